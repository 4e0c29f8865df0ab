"""Rows by class and those that can be optimal, against all shapes."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import numpy as np
import pytest
from numpy.random import default_rng

from tests.marks import with_slow
from wse_cp.bounds.programme import columns as col
from wse_cp.bounds.programme.pricing import candidates
from wse_cp.bounds.programme.rows import ComparedSplits, RowMaker, channel_classes, first_splits
from wse_cp.instance import Instance, Node, Settings
from wse_cp.kernels import Arguments, Conv, DBlock, Kernel, convs, performance

TIME = 30
Sizes = set[tuple[int, int]]
#: Classes of h, of w, of the input's and of the output's channels.
Key = tuple[int, int, int, int]


def all_sizes(kernel: Kernel, settings: Settings, reads: int, writes: int) -> dict[Key, Sizes]:
    """All footprints by the classes of their splits; channels are compared by so many, 0 for not at all."""
    side = max(settings.width, settings.height)
    parts = convs(kernel)
    found: dict[Key, Sizes] = defaultdict(set)
    for h, w in product(range(1, side // 2 + 1), repeat=2):
        splits = range(1, side // (h * w))
        for channels in product(splits, repeat=len(parts)):
            for ks in product(range(1, side // 3 + 1), repeat=len(parts)):
                if 3 * sum(ks) > side:
                    continue
                shape = performance(kernel, Arguments(h, w, channels, ks))
                if shape.time > TIME or shape.memory > settings.memlimit:
                    continue
                k = ks[min(2, len(ks) - 1)]
                key = (
                    -(-kernel.H // h),
                    -(-kernel.W // w),
                    -(-reads // channels[0]),
                    -(-writes // k),
                )
                for size in ((shape.width, shape.height), (shape.height, shape.width)):
                    if size[0] <= settings.width and size[1] <= settings.height:
                        found[key].add(size)
    return found


def minimal(sizes: Sizes) -> Sizes:
    return {(w, h) for w, h in sizes if not any(a <= w and b <= h and (a, b) != (w, h) for a, b in sizes)}


@pytest.mark.parametrize("wafer", [(12, 12), (13, 9)])
@pytest.mark.parametrize(("reads", "writes"), with_slow([(4, 3), (0, 3), (4, 0)], (4, 0)))
@pytest.mark.parametrize("kernel", [Conv(3, 2, 1, 1, 4, 3, 1), DBlock(2, 1, 4)])
def test_rows_by_class_are_the_minimal_sizes_of_every_class(
    kernel: Kernel, reads: int, writes: int, wafer: tuple[int, int]
) -> None:
    settings = Settings(*wafer, memlimit=60)
    instance = Instance(settings, (Node(0, "k", kernel),), ())
    compared = ComparedSplits(True, reads, (writes,) if writes else ())
    no_prices = np.zeros((0, col.MOST + 1))
    rows = RowMaker(instance).by_class(kernel, compared, TIME * instance.time_scale, no_prices)
    found: dict[Key, Sizes] = defaultdict(set)
    for i in range(len(rows.width)):
        inputs, outputs = rows.inputs[rows.into[i]], rows.outputs[rows.out[i]]
        assert inputs[[col.H_CLASS, col.W_CLASS]].tolist() == outputs[[col.H_CLASS, col.W_CLASS]].tolist()
        side = max(wafer)
        # the class of channels as ceil(reference / split)
        read = first_splits(channel_classes([reads] * bool(reads), side))[inputs[col.CHANNEL_CLASS]]
        key = (
            int(inputs[col.H_CLASS]),
            int(inputs[col.W_CLASS]),
            -(-reads // int(read)),
            -(-writes // int(outputs[col.CHANNEL_CLASS])),
        )
        found[key].add((int(rows.width[i]), int(rows.height[i])))
    exact = all_sizes(kernel, settings, reads, writes)
    assert found.keys() == exact.keys()
    for key, sizes in exact.items():
        # sizes of a split with more h, w that do no better are left out only if another size covers them
        assert minimal(found[key]) == minimal(sizes)


def test_rows_that_cost_too_much_are_left_out_and_no_others() -> None:
    kernel, settings = Conv(3, 2, 1, 1, 4, 3, 1), Settings(12, 12, memlimit=60)
    instance = Instance(settings, (Node(0, "k", kernel),), ())
    compared = ComparedSplits(True, 4, (3,))
    maker, time = RowMaker(instance), TIME * instance.time_scale
    everything = maker.by_class(kernel, compared, time, np.zeros((0, col.MOST + 1)))
    prices = np.array([[1.0, 2.0, 0.5, 0.0]])
    cost = everything.usage @ prices[0, : col.MOST]
    prices[0, col.MOST] = np.median(cost)
    found = maker.by_class(kernel, compared, time, prices, near=np.inf)
    affordable = everything.usage[cost < prices[0, col.MOST]]
    kept = found.usage[found.usage @ prices[0, : col.MOST] < prices[0, col.MOST]]
    assert sorted(map(tuple, kept.tolist())) == sorted(map(tuple, affordable.tolist()))
    assert len(found.width) < len(everything.width)


def test_classes_of_splits_are_equal_where_all_quotients_are() -> None:
    classes = channel_classes([6, 4], 8)
    quotients = [(-(-6 // split), -(-4 // split)) for split in range(1, 9)]
    for a, b in product(range(8), repeat=2):
        assert (classes[a + 1] == classes[b + 1]) == (quotients[a] == quotients[b])
    firsts = first_splits(classes)
    assert [int(classes[split]) for split in firsts] == list(range(len(firsts)))
    assert all(split == 1 or classes[split - 1] < classes[split] for split in firsts)


@pytest.mark.parametrize("seed", range(10))
def test_candidates_have_a_cheapest_row_whatever_adapters_cost(seed: int) -> None:
    generator = default_rng(seed)
    count = 40
    width, height = generator.integers(1, 9, (2, count)).astype(float)
    into, out = generator.integers(0, 5, count), generator.integers(0, 4, count)
    prices = generator.uniform(0, 1, (3, col.PER_HEIGHT + 1))
    adapters = np.zeros(3)
    adapters[col.INPUT_CHANNELS], adapters[col.OUTPUT_CHANNELS] = 2.0, 3.0
    adapters[col.ALL_ADAPTERS] = 5.0
    pointers = np.empty(len(prices) + 1, np.int64)
    found, costs = candidates(width, height, into, out, np.array([5, 4]), prices, adapters, pointers)
    assert len(found) < len(prices) * count
    for i, price in enumerate(prices):
        every = price[col.PER_AREA] * width * height
        every += price[col.PER_WIDTH] * width + price[col.PER_HEIGHT] * height
        rows = found[pointers[i] : pointers[i + 1]]
        assert costs[pointers[i] : pointers[i + 1]] == pytest.approx(every[rows])
        for _ in range(20):
            paid = adapters[col.INPUT_CHANNELS] * generator.integers(0, 2, 5)[into]
            paid += adapters[col.OUTPUT_CHANNELS] * generator.integers(0, 2, 4)[out]
            assert (every + paid)[rows].min() == pytest.approx((every + paid).min())
