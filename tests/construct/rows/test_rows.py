"""Rows: orders, the row programme against brute force, legality, the stack."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations, pairwise, product

import networkx as nx
import numpy as np
import pytest

from tests.marks import with_slow
from wse_cp.construct.orders import bandwidth_orders, each_order, narrow, orders, topological_orders
from wse_cp.construct.rows.build import construct_rows
from wse_cp.construct.rows.layout import RowLayout
from wse_cp.construct.rows.program import plan_rows
from wse_cp.construct.settle import settle
from wse_cp.errors import InputError
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv
from wse_cp.placement import Placement
from wse_cp.score import checked_score
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.loops import NONE

NAMES = "abcdefghijklmnop"


def build(kernels: list[Conv], links: list[tuple[int, int]], settings: Settings) -> Instance:
    nodes = tuple(Node(i, NAMES[i], kernel) for i, kernel in enumerate(kernels))
    return Instance(settings, nodes, tuple(Edge(NAMES[u], NAMES[v]) for u, v in links))


def square_conv(rng: np.random.Generator) -> Conv:
    side, (c, k) = int(rng.integers(4, 15)), rng.integers(4, 40, 2)
    return Conv(side, side, 3, 3, int(c), int(k), 1)


def random_instance(seed: int) -> Instance:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 9))
    kernels = [square_conv(rng) for _ in range(count)]
    links = [(u, v) for u, v in combinations(range(count), 2) if v == u + 1 or rng.random() < 0.2]
    width, height = (int(v) for v in rng.integers(60, 120, 2))
    weights = (1, int(rng.integers(0, 30)), int(rng.integers(0, 2)) * 50)
    return build(kernels, links, Settings(width, height, *weights, memlimit=4000))


def random_curves(rng: np.random.Generator, count: int, side: int) -> IntArray:
    """Random falling curves with some heights impossible."""
    curves = np.sort(rng.integers(1, side + 1, (count, side + 1)), axis=1)[:, ::-1].astype(np.int32)
    for row in curves:
        row[: rng.integers(1, 3)] = NONE
    return np.ascontiguousarray(curves)


def model_cost2(starts: tuple[int, ...], heights: tuple[int, ...], curves: IntArray, edges: IntArray) -> int:
    """The programme's cost model written down edge by edge (half tiles)."""
    row_of = [r for r, (a, b) in enumerate(pairwise(starts)) for _ in range(a, b)]
    widths = [int(curves[i, heights[r]]) for i, r in enumerate(row_of)]
    middle2 = [2 * sum(widths[:i]) + widths[i] for i in range(len(widths))]
    total = 0
    for u, v, count in edges.tolist():
        r, s = row_of[u], row_of[v]
        if r == s:
            total += count * (middle2[v] - middle2[u])
            continue
        total += count * (heights[r] + heights[s] + 2 * sum(heights[r + 1 : s]))
        total += count * sum(middle2[starts[t + 1] - 1] - middle2[starts[t]] for t in range(r + 1, s))
        mirror_v, mirror_u = 2 * starts[r + 1] - 1 - v, 2 * starts[s] - 1 - u
        total += count * (middle2[mirror_v] - middle2[u] if mirror_v > u else 0)
        total += count * (middle2[v] - middle2[mirror_u] if mirror_u < v else 0)
    return total


def brute_force(curves: IntArray, edges: IntArray, width: int, height: int) -> int | None:
    best: int | None = None
    count = len(curves)
    for size in range(count):
        for cuts in combinations(range(1, count), size):
            starts = (0, *cuts, count)
            for heights in product(range(1, height + 1), repeat=size + 1):
                rows = [curves[a:b, h].sum() for (a, b), h in zip(pairwise(starts), heights, strict=True)]
                if sum(heights) <= height and max(rows) <= width:
                    cost2 = model_cost2(starts, heights, curves, edges)
                    best = cost2 if best is None else min(best, cost2)
    return best


@pytest.mark.parametrize("seed", with_slow(range(25), 13, 15))
def test_row_programme_equals_brute_force(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count, height = int(rng.integers(1, 6)), int(rng.integers(4, 9))
    curves = random_curves(rng, count, height)
    pairs = [(u, v) for u, v in combinations(range(count), 2) if v == u + 1 or rng.random() < 0.5]
    edges = np.array([(u, v, int(rng.integers(1, 3))) for u, v in pairs], dtype=np.int64).reshape(-1, 3)
    edges = edges[np.lexsort((edges[:, 0], edges[:, 1]))]
    width = int(rng.integers(4, 14))
    plan = plan_rows(curves, edges, width, height)
    assert (plan and plan.cost2) == brute_force(curves, edges, width, height)
    if plan:
        assert plan.cost2 == model_cost2(plan.starts, plan.heights, curves, edges)


def check(instance: Instance, placement: Placement, layout: RowLayout) -> None:
    checked_score(instance, placement)
    assert sorted(layout.order) == sorted(name for row in layout.rows for name in row)
    axis = 1 if layout.transposed else 0
    for row in layout.rows:
        corners = [placement[name].rectangle[axis] for name in row]
        assert corners == sorted(corners)
    assert max(placed.time for placed in placement.values()) <= layout.time


@pytest.mark.parametrize("seed", with_slow(range(12), *range(5, 12)))
def test_rows_of_random_instances_are_legal_and_as_their_layout_says(seed: int) -> None:
    instance = random_instance(seed)
    found = construct_rows(instance, seconds=0.4, generator=np.random.default_rng(seed))
    assert found
    for placement, layout in found:
        check(instance, placement, layout)
    costs = [checked_score(instance, placement).cost for placement, _ in found]
    assert costs == sorted(costs)


def test_wire_of_great_weight_gives_one_stack_along_the_chain() -> None:
    instance = build(
        [Conv(8, 8, 3, 3, 16, 16, 1)] * 6, [(i, i + 1) for i in range(5)], Settings(200, 200, 1, 1000)
    )
    _, layout = construct_rows(instance, seconds=1, generator=np.random.default_rng(0))[0]
    assert len(layout.rows) == 1
    assert layout.rows[0] in (tuple(NAMES[:6]), tuple(NAMES[5::-1]))


def test_kernels_that_exceed_the_wafer_are_an_input_error() -> None:
    instance = build([Conv(8, 8, 3, 3, 16, 16, 1)] * 9, [], Settings(10, 5, memlimit=10**6))
    with pytest.raises(InputError):
        construct_rows(instance, seconds=1, generator=np.random.default_rng(0))


@pytest.mark.parametrize("seed", range(10))
def test_orders_are_topological_and_distinct(seed: int) -> None:
    graph = random_instance(seed).kernel_graph
    found = topological_orders(graph, np.random.default_rng(seed))
    assert len(set(found)) == len(found)
    for order in found:
        rank = {name: i for i, name in enumerate(order)}
        assert sorted(order) == sorted(graph)
        assert all(rank[u] < rank[v] for u, v in graph.edges)


def test_bandwidth_order_keeps_the_ends_of_long_skips_close() -> None:
    links = [(i, i + 1) for i in range(9)] + [(i, 9 - i) for i in range(4)]
    graph = build([Conv(8, 8, 3, 3, 16, 16, 1)] * 10, links, Settings()).kernel_graph
    rank = {name: i for i, name in enumerate(bandwidth_orders(graph)[0])}
    assert max(abs(rank[u] - rank[v]) for u, v in nx.Graph(graph).edges) <= 3


def test_depth_first_order_keeps_branches_together() -> None:
    links = [(0, 1), (1, 2), (2, 6), (0, 3), (3, 4), (4, 6), (0, 5), (5, 6)]
    graph = build([Conv(8, 8, 3, 3, 16, 16, 1)] * 7, links, Settings()).kernel_graph
    order = topological_orders(graph, np.random.default_rng(0))[0]
    assert abs(order.index("b") - order.index("c")) == 1
    assert abs(order.index("d") - order.index("e")) == 1


def test_orders_are_repeatable() -> None:
    instance = random_instance(3)
    first, second = (orders(instance, np.random.default_rng(5)) for _ in range(2))
    assert first == second


def test_settled_rows_turn_at_a_common_wall() -> None:
    widths, heights = np.array([3, 4, 5, 6]), np.array([2, 2, 4, 4])
    edges = np.array([(0, 1, 1), (1, 2, 1), (2, 3, 1)])
    settled = settle(widths, heights, np.array([0, 2, 4]), edges, 20)
    assert settled.y.tolist() == [0, 0, 2, 2]
    # 3.5 and 5.5 tiles inside the rows, 3 tiles up; the turn can be straight.
    assert settled.wire2 <= 2 * (3.5 + 5.5 + 3) + 1


@pytest.mark.parametrize("letter", "AKM")
def test_contest_cases_have_legal_rows(contest_case: Callable[[str], Instance], letter: str) -> None:
    instance = contest_case(letter)
    placement, layout = construct_rows(instance, seconds=0.3, generator=np.random.default_rng(0))[0]
    check(instance, placement, layout)
    assert layout.time >= Fraction(1)


def quadratic(graph: nx.DiGraph[str], key: Callable[[str, list[str]], tuple[int, int]]) -> tuple[str, ...]:
    """Take the ready kernel of least key again and again, all keys asked for each time."""
    waiting = {name: graph.in_degree(name) for name in graph}
    ready, placed = [name for name, count in waiting.items() if not count], list[str]()
    while ready:
        chosen = min(ready, key=lambda name: key(name, placed))
        ready.remove(chosen)
        placed.append(chosen)
        for after in graph.successors(chosen):
            waiting[after] -= 1
            ready += [after] * (not waiting[after])
    return tuple(placed)


@pytest.mark.parametrize("seed", range(20))
def test_a_narrow_order_is_that_of_looking_at_all_ready_kernels(seed: int) -> None:
    graph = random_instance(seed).kernel_graph

    def key(name: str, placed: list[str]) -> tuple[int, int]:
        opened = graph.out_degree(name) - graph.in_degree(name)
        return opened, -max((placed.index(before) for before in graph.predecessors(name)), default=-1)

    assert narrow(graph) == quadratic(graph, key)


def test_orders_come_one_by_one_as_they_come_together() -> None:
    lengths = []
    for seed in range(12):
        instance = random_instance(seed)
        together = orders(instance, np.random.default_rng(0))
        assert list(each_order(instance, np.random.default_rng(0))) == together
        assert len(set(together)) == len(together)
        lengths.append(len(together))
    assert max(lengths) > 1
