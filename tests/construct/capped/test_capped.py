"""Capped stacks: the programme for strips against brute force, plans against the rules, the search."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from tests.marks import with_slow
from wse_cp.construct.capped.build import CappedSearch
from wse_cp.construct.capped.plan import CappedOrder, caps
from wse_cp.construct.capped.program import UNREACHED, Wires, stand
from wse_cp.construct.orders import orders
from wse_cp.construct.rows.build import realised
from wse_cp.files.by_suffix import read_instance_file
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv
from wse_cp.score import checked_score
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.curves import least_time_by_area

MUCH = Fraction(1 << 40)


def random_network(seed: int, width: int = 90, height: int = 70) -> Instance:
    generator = np.random.default_rng(seed)
    channels = generator.integers(4, 40, (9, 2)).tolist()
    convs = [Conv(7, 7, 3, 3, C, K, 1) for C, K in channels]
    nodes = tuple(Node(i, f"k{i}", conv) for i, conv in enumerate(convs))
    links = [
        (u, v) for u, v in combinations(range(9), 2) if v == u + 1 or (v < u + 4 and generator.random() < 0.2)
    ]
    settings = Settings(width, height, 1, int(generator.integers(1, 10)), 0, memlimit=4000)
    return Instance(settings, nodes, tuple(Edge(f"k{u}", f"k{v}") for u, v in links))


def capped_search(instance: Instance, seed: int = 0, most: Fraction = MUCH) -> CappedSearch:
    choice = orders(instance, np.random.default_rng(seed))
    return CappedSearch(instance, choice, least_time_by_area(instance), most)


def least_by_hand(
    curves: IntArray,
    room: list[int],
    deepest: int,
    prices: tuple[IntArray, IntArray, IntArray],
    links: list[list[tuple[int, int]]],
) -> int:
    """The least cost over all places of the strips, each with the room that is above its own tiles."""
    tile2, empty2, raised = prices

    def rest(i: int, end: int) -> int:
        if i == len(curves):
            return 0
        best = UNREACHED
        for x in range(end, len(room)):
            fitting = [w for w in range(1, len(room) - x + 1) if w >= curves[i, min(room[x : x + w])]]
            wide = int(curves[i, deepest])
            for w in {*fitting[:1], *([wide] if x + wide <= len(room) else [])}:
                cost = empty2[i] * (x - end) + tile2[i] * w + raised[i] * max(0, curves[i, w] - deepest)
                cost += sum(times * abs(2 * x + w - center2) for center2, times in links[i])
                best = min(best, cost + rest(i + 1, x + w))
        return best

    return rest(0, 0)


@pytest.mark.parametrize("seed", range(25))
def test_strips_stand_where_they_cost_least(seed: int) -> None:
    generator = np.random.default_rng(seed)
    strips, width, height = int(generator.integers(1, 4)), 9, 9
    curves = np.sort(generator.integers(1, 6, (strips, height + 1)), axis=1)[:, ::-1].astype(np.int64)
    limits = np.array([height, 6, 3])[: int(generator.integers(1, 4))]
    level = generator.integers(0, len(limits), width)
    tile2, empty2, raised = generator.integers(0, 5, (3, strips))
    links = [[(int(c), 1) for c in generator.integers(0, 18, generator.integers(0, 3))] for _ in curves]
    flat = [link for found in links for link in found]
    first = np.cumsum([0, *map(len, links)])
    center2, times = (np.array([link[k] for link in flat], np.int64) for k in (0, 1))
    wires = Wires(tile2, empty2, raised, first=first, row=np.zeros_like(times), times=times)
    cost, x, widths = stand(curves, level, limits, wires, center2, UNREACHED)
    room = limits[level].tolist()
    assert cost == least_by_hand(curves, room, int(limits[-1]), (tile2, empty2, raised), links)
    if cost < UNREACHED:
        ends = x + widths
        assert (x[1:] >= ends[:-1]).all()
        assert ends[-1] <= width
        for i, (a, b) in enumerate(zip(x, ends, strict=True)):
            assert b - a >= curves[i, min(room[a:b])]


def test_nothing_stands_where_there_is_no_room() -> None:
    none, nowhere = np.zeros(2, np.int64), np.zeros(0, np.int64)
    wires = Wires(none, none, none, np.zeros(3, np.int64), nowhere, nowhere)
    curves, level = np.full((2, 5), 3, np.int64), np.zeros(5, np.int64)
    cost, x, _ = stand(curves, level, np.array([4]), wires, nowhere, UNREACHED)
    assert cost == UNREACHED
    assert len(x) == 0


@pytest.mark.parametrize("size", [(90, 70), (70, 90), (80, 80)])
@pytest.mark.parametrize("seed", with_slow(range(4), 1, 2))
def test_plans_are_legal_and_cost_what_they_say(seed: int, size: tuple[int, int]) -> None:
    instance = random_network(seed, *size)
    plans = capped_search(instance, seed).run(5)
    assert plans
    for plan in plans:
        placement, _ = realised(instance, plan)
        found = checked_score(instance, placement)
        assert 2 * found.wire_length == plan.boxes.settled.wire2
        assert found.max_time <= plan.time
        assert plan.cost == instance.cost(plan.time, found.wire_length, 0)


def test_the_cap_is_the_end_of_the_order() -> None:
    instance = random_network(1)
    for plan in capped_search(instance).run(5):
        strips = plan.boxes.starts[1]
        bottoms = plan.boxes.settled.y[strips:]
        assert plan.boxes.starts == (0, *range(strips, 10))
        assert (np.diff(bottoms) > 0).all()
        assert (np.diff(plan.boxes.settled.x[:strips]) > 0).all()


def test_a_row_may_lie_over_short_strips_beside_long_ones() -> None:
    """Three strips as wide as the wafer, the middle one shorter: a row fits there and nowhere else."""

    def curve(*shapes: tuple[int, int]) -> list[int]:
        turned = [*shapes, *(shape[::-1] for shape in shapes)]
        return [min([b for a, b in turned if a <= limit], default=99) for limit in range(41)]

    side = curve((14, 10), (15, 6))
    curves = np.array([side, curve((12, 6)), side, curve((12, 3))], np.int64)
    edges = np.array([(0, 1, 1), (1, 2, 1), (2, 3, 1)], np.int64)
    boxes = CappedOrder(("a", "b", "c", "d"), edges).plan(curves, 3, (40, 10))
    assert boxes is not None
    assert boxes.heights.tolist() == [10, 6, 10, 3]
    assert boxes.settled.x.tolist() == [0, 14, 26, 14]
    assert boxes.settled.y[3] == 7


def test_caps_are_flattest_for_their_lengths() -> None:
    curves = np.array([[99, 90, 50, 20, 10, 8, 5, 5, 4, 3, 3]] * 4, np.int64)
    found = list(caps(curves, (10, 10)))
    assert found[0].thickness.tolist() == [3] * 4
    assert {tuple(cap.thickness.tolist()) for cap in found} >= {(5, 5, 3, 3), (4, 4, 4, 4)}
    for cap in found:
        assert (curves[0, cap.thickness] == cap.lengths).all()


def test_where_nothing_is_worth_it_there_is_no_plan() -> None:
    instance = random_network(2)
    best = capped_search(instance).run(1)[0]
    for most in (best.time, best.cost, 2 * best.cost):
        found = capped_search(instance, most=most).run(9)
        assert all(plan.cost < most for plan in found)
        assert found or most <= best.cost


def test_a_search_that_is_stopped_makes_do() -> None:
    instance = random_network(3)
    search = CappedSearch(
        instance, orders(instance, np.random.default_rng(0)), Fraction(1), MUCH, stopped=lambda: True
    )
    assert search.run(3) == []


@pytest.mark.parametrize(("case", "percent"), with_slow([("C", 7), ("J", 9.5)], ("J", 9.5)))
def test_deep_networks_of_unequal_kernels_are_near_their_bounds(
    case: str, percent: float, instances: Path
) -> None:
    """Where rows waste room and a straight stack is slow."""
    instance = read_instance_file(instances / f"{case}.kgraph")
    bound = Fraction(*json.loads((instances / "bounds" / f"{case}.json").read_text())["bound"])
    plan = capped_search(instance).run(1)[0]
    assert bound <= plan.cost <= bound * Fraction(1 + percent / 100)
