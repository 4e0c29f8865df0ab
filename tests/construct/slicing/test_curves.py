"""Curves of leaves and cuts against plain enumeration."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from tests.construct.slicing.cases import complete, random_search
from wse_cp.construct.slicing.anneal import SlicingSearch
from wse_cp.construct.slicing.curves import add_curves, combine, fill_leaf, invert
from wse_cp.construct.slicing.state import ABOVE, BESIDE, FAR, TIME_INDEX, new_tree
from wse_cp.instance import Settings
from wse_cp.kernels import Arguments, Conv, Kernel, conv_memory, conv_time, convs, performance
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.curves import kernel_curve
from wse_cp.shapes.loops import NONE


def random_curve(rng: np.random.Generator, domain: int) -> IntArray:
    """A falling curve that may begin with FAR, exceed its domain, or reach down to 0."""
    values = np.sort(rng.integers(0, int(rng.integers(2, 2 * domain)), domain + 1))[::-1].astype(np.int16)
    values[: rng.integers(domain + 2)] = FAR
    return np.ascontiguousarray(values)


def least_below(curve: IntArray, limit: int) -> int:
    return next((a for a, value in enumerate(curve) if value <= limit), FAR)


@pytest.mark.parametrize("seed", range(40))
def test_inverse_is_the_least_extent_within_each_limit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    curve = random_curve(rng, int(rng.integers(2, 30)))
    inverse = np.full_like(curve, -1)
    invert(curve[None], inverse[None], 0)
    assert inverse.tolist() == [least_below(curve, b) for b in range(len(curve))]


def test_inverse_of_a_curve_without_shapes_is_far_everywhere() -> None:
    curve, inverse = np.full(9, FAR, np.int16), np.zeros(9, np.int16)
    invert(curve[None], inverse[None], 0)
    assert inverse.tolist() == [FAR] * 9


@pytest.mark.parametrize("seed", range(10))
def test_sums_of_curves_stay_within_far(seed: int) -> None:
    rng = np.random.default_rng(seed)
    first, second = (random_curve(rng, 20) for _ in range(2))
    rows = np.stack([first, second, np.zeros_like(first)])
    add_curves(rows, 0, 1, 2)
    assert rows[2].tolist() == [min(int(a) + int(b), FAR) for a, b in zip(first, second, strict=True)]


@pytest.mark.parametrize("cut", [ABOVE, BESIDE])
@pytest.mark.parametrize("seed", range(10))
def test_a_cut_holds_every_pair_of_child_shapes(seed: int, cut: int) -> None:
    rng, domain = np.random.default_rng(seed), 14
    tree = new_tree(2, domain)
    for leaf in range(2):
        tree.by_width[leaf] = random_curve(rng, domain)
        tree.by_width[leaf, 0] = FAR
        invert(tree.by_width, tree.by_height, leaf)
        tree.ready[:, leaf] = 1
    tree.links[:, 2] = 0, 1, -1, cut
    combine(tree, 2)
    complete(tree)
    boxes = [[(w, int(v)) for w, v in enumerate(tree.by_width[i]) if v <= domain] for i in range(2)]
    pairs = [(a, b) for a in boxes[0] for b in boxes[1]]
    if cut == ABOVE:
        sizes = [(max(a[0], b[0]), a[1] + b[1]) for a, b in pairs]
    else:
        sizes = [(a[0] + b[0], max(a[1], b[1])) for a, b in pairs]
    for width in range(domain + 1):
        least = min((h for w, h in sizes if w <= width), default=FAR)
        assert min(tree.by_width[2, width], domain + 1) == min(least, domain + 1)
    for height in range(domain + 1):
        least = min((w for w, h in sizes if h <= height), default=FAR)
        assert min(tree.by_height[2, height], domain + 1) == min(least, domain + 1)


def least_k_of(conv: Conv, h: int, w: int, c: int, limit: Fraction, memlimit: int, most: int) -> int:
    """The least k up to `most` within time (cycles) and memory by trying all, or NONE."""
    ks = range(1, most + 1)
    met = (
        k for k in ks if conv_time(conv, h, w, c, k) <= limit and conv_memory(conv, h, w, c, k) <= memlimit
    )
    return next(met, NONE)


def enumerated_curve(
    kernel: Kernel, forced: tuple[int, int, int, int], limit: Fraction, memlimit: int, domain: int
) -> list[int]:
    """The curve of a kernel with (h, w) forced, by enumeration.

    k out is at least the forced one, and so is c in of a conv; that of a block is the forced one.
    """
    h, w, least_c, least_out = forced
    parts, curve = convs(kernel), [FAR] * (domain + 1)
    best = [NONE] * len(parts)
    for level in range(max(least_c, 1), domain // (h * w)):
        for i, conv in enumerate(parts):
            c = least_c if least_c and i == 0 and len(parts) > 1 else level
            k = least_k_of(conv, h, w, c, limit, memlimit, domain // 3)
            best[i] = min(best[i], max(k, least_out) if i == min(2, len(parts) - 1) else k)
        width, height = 3 * sum(best), h * w * (level + 1)
        if width <= domain:
            curve[width], curve[height] = min(curve[width], height), min(curve[height], width)
    for a, b in pairwise(range(domain + 1)):
        curve[b] = min(curve[a], curve[b])
    return curve


def limit_of(search: SlicingSearch) -> Fraction:
    time = int(search.model.times[search.tree.scalars[TIME_INDEX]])
    return Fraction(time, search.space.instance.time_scale)


@pytest.mark.parametrize("seed", range(12))
def test_forced_leaves_equal_enumeration_of_arguments(seed: int) -> None:
    search, shape = random_search(seed, 50, count=6, slowest=seed % 2 == 0)
    memlimit = search.model.memlimit
    for leaf, kernel in enumerate(search.space.instance.kernels.values()):
        h, w, least_c, least_out = map(int, shape.forced[:, leaf])
        forced = h, w, least_c, least_out
        expected = enumerated_curve(kernel, forced, limit_of(search), memlimit, search.model.domain)
        assert search.tree.by_width[leaf].tolist() == expected
        assert search.tree.by_height[leaf].tolist() == expected


def is_conv(kernel: Kernel) -> bool:
    return len(convs(kernel)) == 1


@pytest.mark.parametrize("seed", range(6))
def test_forced_leaves_equal_the_best_exact_channels(seed: int) -> None:
    search, shape = random_search(seed, 50, count=3)
    model, instance = search.model, search.space.instance
    side, time = model.domain, int(model.times[search.tree.scalars[TIME_INDEX]])
    settings = Settings(side, side, memlimit=model.memlimit)
    for leaf, kernel in enumerate(instance.kernels.values()):
        h, w, least_c, least_out = map(int, shape.forced[:, leaf])
        cs = range(max(least_c, 1), max(side // (h * w), least_c + 1)) if is_conv(kernel) else [least_c]
        ks = range(max(least_out, 1), max(side // 3, least_out) + 1)
        split, scale = (h, w), instance.time_scale
        exact = [kernel_curve(kernel, settings, scale, time, split, (c, k)) for c in cs for k in ks]
        expected = np.minimum(np.min(exact, axis=0), FAR)
        assert search.tree.by_width[leaf].tolist() == expected.tolist()


@pytest.mark.parametrize("seed", range(6))
def test_free_leaves_equal_the_kernel_curve(seed: int) -> None:
    search, _ = random_search(seed, 0, slowest=False)
    side, instance = search.model.domain, search.space.instance
    settings = Settings(side, side, memlimit=search.model.memlimit)
    time = int(search.model.times[search.tree.scalars[TIME_INDEX]])
    assert not search.space.forced
    for leaf, kernel in enumerate(instance.kernels.values()):
        fill_leaf(search.model, search.tree, leaf)
        expected = np.minimum(kernel_curve(kernel, settings, instance.time_scale, time), FAR)
        assert search.tree.by_width[leaf].tolist() == expected.tolist()


@pytest.mark.parametrize("seed", range(12))
def test_levels_and_protocols_tell_what_stands_behind_each_entry(seed: int) -> None:
    search, shape = random_search(seed, 50, count=6, slowest=seed % 2 == 0)
    tree, limit, memlimit = search.tree, limit_of(search), search.model.memlimit
    for leaf, kernel in enumerate(search.space.instance.kernels.values()):
        h, w, least_c, least_out = map(int, shape.forced[:, leaf])
        for extent in np.flatnonzero(tree.by_width[leaf] < FAR):
            level = int(tree.level[leaf, extent])
            low_c, k_out, total = map(int, tree.protocol[:, leaf, abs(level)])
            sides = 3 * total, h * w * (abs(level) + 1)
            across, along = sides if level > 0 else sides[::-1]
            assert across <= extent
            assert along == tree.by_width[leaf, extent]
            assert low_c <= (least_c if least_c and not is_conv(kernel) else abs(level))
            assert least_out <= k_out <= total
            args = arguments_of(kernel, h, w, abs(level), low_c, k_out, limit, memlimit)
            found = performance(kernel, args)
            assert found.time <= limit
            assert found.memory <= memlimit
            assert found.width == 3 * total
            assert found.height <= sides[1]


def arguments_of(
    kernel: Kernel, h: int, w: int, level: int, low_c: int, k_out: int, limit: Fraction, memlimit: int
) -> Arguments:
    """Arguments at a height level: c as high as it goes but at the input, k least but at the output."""
    parts = convs(kernel)
    c = [low_c, *[level] * (len(parts) - 1)]
    k = [least_k_of(conv, h, w, own, limit, memlimit, 10**4) for conv, own in zip(parts, c, strict=True)]
    k[min(2, len(parts) - 1)] = k_out
    return Arguments(h, w, tuple(c), tuple(k))
