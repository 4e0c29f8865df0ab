"""Straight stacks: legal, in order, exact where the network is a tree."""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import pairwise, permutations, product

import numpy as np
import pytest

from wse_cp.construct.linear import better_order
from wse_cp.construct.stacks.build import Stacker
from wse_cp.construct.stacks.matching import (
    PARITY,
    KnownGroups,
    StackTable,
    cheapest_partners,
    close_table,
    common_splits,
    grouped,
    match,
    stack_table,
    total,
)
from wse_cp.construct.stacks.scan import thickness_prices
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv, DBlock, Kernel, convs, input_protocol
from wse_cp.score import checked_score
from wse_cp.shapes.loops import HEIGHT, WIDTH


def network(edges: list[tuple[int, int]], count: int = 4, wadapter: int = 7) -> Instance:
    kernels: list[Kernel] = [DBlock(4, 4, 8) if i % 2 else Conv(4, 4, 3, 3, 8, 8, 1) for i in range(count)]
    nodes = tuple(Node(i, f"k{i}", kernel) for i, kernel in enumerate(kernels))
    links = tuple(Edge(f"k{u}", f"k{v}") for u, v in edges)
    return Instance(Settings(80, 40, wlength=2, wadapter=wadapter, memlimit=3000), nodes, links)


CHAIN = [(0, 1), (1, 2), (2, 3)]
CYCLE = [*CHAIN, (0, 3), (0, 2)]


def random_table(generator: np.random.Generator, size: int = 5) -> StackTable:
    protocols = generator.integers(1, 3, (size, 4))
    return StackTable(protocols, generator.integers(1, 9, size), np.zeros((size, 13), np.int64))


@pytest.mark.parametrize("seed", range(20))
def test_matching_is_exact_on_a_tree_and_never_claims_too_little(seed: int) -> None:
    generator = np.random.default_rng(seed)
    for edges in (CHAIN, CYCLE):
        instance = network(edges)
        tables = {name: random_table(generator) for name in instance.kernels}
        prices = {name: float(generator.integers(1, 5)) for name in instance.kernels}
        base = {name: tables[name].thickness * prices[name] for name in tables}
        cost, chosen = match(instance, tables, prices, generator, KnownGroups())
        assert cost == total(instance, tables, base, chosen)
        every = (dict(zip(tables, picks, strict=True)) for picks in product(range(5), repeat=4))
        least = min(total(instance, tables, base, picks) for picks in every)
        assert cost >= least
        if edges is CHAIN:
            assert cost == least


@pytest.mark.parametrize("seed", range(10))
def test_partners_are_the_cheapest(seed: int) -> None:
    generator = np.random.default_rng(seed)
    costs, ours, theirs = (
        generator.random(6),
        generator.integers(1, 4, (6, 3)),
        generator.integers(1, 4, (8, 3)),
    )
    best, option = cheapest_partners(costs, grouped(ours, theirs), np.full(3, 0.3))
    for i, partner in enumerate(theirs):
        every = costs + 0.3 * (ours != partner).sum(axis=1)
        assert best[i] == pytest.approx(every.min())
        assert every[option[i]] == pytest.approx(every.min())


def test_prices_add_up_to_the_wire_of_the_stack() -> None:
    instance = network(CYCLE)
    order = ["k2", "k0", "k3", "k1"]
    stack = Stacker(instance, np.random.default_rng(0)).stack(order, 10**6)
    assert stack is not None
    placement = stack.placement
    prices = thickness_prices(instance, order)
    rectangles = {name: kernel.rectangle for name, kernel in placement.items()}
    along = sum(abs(rectangles[u].center2[0] - rectangles[v].center2[0]) for u, v, _ in instance.kernel_edges)
    assert sum(prices[n] * rectangles[n].width for n in order) == instance.settings.wlength * along / 2


@pytest.mark.parametrize("limit", [60, 200, 1000, 10**6])
def test_stacks_are_legal_in_order_and_fast_enough(limit: int) -> None:
    instance = network(CYCLE)
    order = ["k1", "k0", "k2", "k3"]
    stack = Stacker(instance, np.random.default_rng(0)).stack(order, limit)
    assert stack is not None
    placement = stack.placement
    assert checked_score(instance, placement).max_time * instance.time_scale <= limit
    assert sorted(placement, key=lambda name: placement[name].x) == order


def test_nothing_is_faster_than_a_cycle() -> None:
    instance = network(CYCLE)
    assert Stacker(instance, np.random.default_rng(0)).stack(list(instance.kernels), 1) is None


def test_a_stack_that_would_be_too_thick_is_made_thinner() -> None:
    wide = network(CHAIN, wadapter=1000)
    free = Stacker(wide, np.random.default_rng(0)).stack(list(wide.kernels), 200)
    thin = Stacker(network(CHAIN, wadapter=0), np.random.default_rng(0)).stack(list(wide.kernels), 200)
    assert free is not None
    assert thin is not None
    thickness = sum(kernel.rectangle.width for kernel in free.placement.values())
    assert sum(kernel.rectangle.width for kernel in thin.placement.values()) < thickness
    settings = Settings(thickness - 1, 40, wlength=2, wadapter=1000, memlimit=3000)
    narrow = Instance(settings, wide.nodes, wide.edges)
    tight = Stacker(narrow, np.random.default_rng(0)).stack(list(wide.kernels), 200)
    assert tight is not None
    checked_score(narrow, tight.placement)


def test_a_stopped_stack_is_none() -> None:
    stop = threading.Event()
    stop.set()
    instance = network(CHAIN)
    stacker = Stacker(instance, np.random.default_rng(0))
    assert stacker.stack(list(instance.kernels), 10**6, stop.is_set) is None


def test_better_orders_of_few_kernels_are_the_best() -> None:
    instance = network(CYCLE)
    thickness = {"k0": 5, "k1": 2, "k2": 9, "k3": 1}

    def wire(order: list[str]) -> float:
        prices = thickness_prices(instance, order)
        return sum(prices[name] * thickness[name] for name in order)

    found = better_order(instance, ["k2", "k1", "k3", "k0"], thickness, np.random.default_rng(0))
    assert wire(found) == min(wire(list(order)) for order in permutations(thickness))


def test_tables_hold_true_options_one_for_each_protocol() -> None:
    instance = network(CHAIN)
    kernel = instance.kernels["k1"]
    table = stack_table(instance, kernel, convs(kernel)[0].C, 2000, 8, common_splits(instance, 2000))
    assert table is not None
    assert len(np.unique(table.protocols, axis=0)) == len(table.protocols)
    assert table.thickness.max() <= table.thickness.min() + 8
    assert (table.rows[:, 2] <= 2000).all()


def test_a_depthwise_convolution_splits_its_input_as_its_producer_does() -> None:
    pointwise, depthwise = Conv(8, 8, 1, 1, 64, 96, 1), Conv(8, 8, 3, 3, 1, 96, 1)
    nodes = (Node(1, "k1", pointwise), Node(2, "k2", depthwise), Node(3, "k3", replace(pointwise, C=96)))
    settings = Settings(width=600, height=600, wlength=2, wadapter=1000)
    instance = Instance(settings, nodes, (Edge("k1", "k2"), Edge("k2", "k3")))
    stack = Stacker(instance, np.random.default_rng(0)).stack(["k1", "k2", "k3"], 300)
    assert stack is not None
    assert checked_score(instance, stack.placement).adapters == 0
    assert input_protocol(stack.placement["k2"].args).channels > 1


@pytest.mark.parametrize("seed", range(5))
def test_partners_are_the_cheapest_if_parts_differ_in_price(seed: int) -> None:
    generator = np.random.default_rng(seed)
    costs, prices = generator.random(6), generator.random(4)
    ours, theirs = generator.integers(1, 3, (6, 4)), generator.integers(1, 3, (8, 4))
    best, option = cheapest_partners(costs, grouped(ours, theirs), prices)
    for i, partner in enumerate(theirs):
        every = costs + (ours != partner) @ prices
        assert best[i] == pytest.approx(every.min())
        assert every[option[i]] == pytest.approx(every.min())


def long_chain(wadapter: int) -> Instance:
    """Kernels of one pixel and more and more channels: half tiles count, as strips are 2 or 3 tiles thick."""
    channels = [2 ** (1 + i // 2) for i in range(12)]
    kernels = [Conv(1, 1, 1, 1, C, K, 1) for C, K in pairwise(channels)]
    nodes = tuple(Node(i, f"k{i}", kernel) for i, kernel in enumerate(kernels))
    links = tuple(Edge(f"k{i}", f"k{i + 1}") for i in range(len(kernels) - 1))
    return Instance(Settings(120, 120, wlength=40, wadapter=wadapter), nodes, links)


def test_stacks_whose_shapes_are_chosen_once_more_save_half_tiles() -> None:
    saved = []
    for wadapter in (40, 400):
        instance = long_chain(wadapter)
        order = list(instance.kernels)
        stacker = Stacker(instance, np.random.default_rng(0))
        for limit in range(20, 400, 20):
            first = stacker.stack(order, limit)
            assert first is not None
            again = stacker.stack(order, limit, near=first.placement)
            assert again is not None
            before, after = (checked_score(instance, stack.placement) for stack in (first, again))
            assert after.max_time <= limit
            saved.append(before.cost - after.cost)
    assert min(saved) >= 0
    assert sum(saved) > 0


def test_close_tables_tell_parities_apart() -> None:
    instance = network(CHAIN)
    kernel = instance.kernels["k1"]
    table = close_table(instance, kernel, convs(kernel)[0].C, 2000, 8, np.array([[1, 1], [2, 2]]))
    assert table is not None
    across = table.rows[:, WIDTH] + table.rows[:, HEIGHT] - table.thickness
    assert (table.protocols[:, PARITY] == across % 2).all()
    assert len(np.unique(table.protocols, axis=0)) == len(table.protocols)
    assert {(h, w) for h, w, *_ in table.protocols.tolist()} <= {(1, 1), (2, 2)}
