"""Boxes around hubs against a literal reading of docs/bounds.md, section 10, and against all places."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import ceil, floor
from random import Random
from types import ModuleType
from typing import NamedTuple

import numpy as np
import pytest

from tests.bounds.verifier.boxes import Box, Leaf, Shape, box_value, least_anywhere, most_room
from tests.bounds.verifier.cases import NETWORKS, random_network
from tests.bounds.verifier.forests import joint_value, random_joint_cover
from tests.bounds.verifier.test_flows import found_value
from tests.marks import with_slow
from wse_cp.bounds.verifier import boxes as boxes_module
from wse_cp.bounds.verifier.cover import Cover, read_covers

#: Prices are for a unit of 1, costs in quarters: in a price of so many, no part of a cost is rounded down.
EXACT = 8
#: How many cases are compared with all places there are.
SEEDS = 80


class Case(NamedTuple):
    """Shapes of a hub (along x, along y), a wafer, leaves' shapes with what they cost, and boxes."""

    hubs: list[Shape]
    wafer: Shape
    leaves: list[Leaf]
    boxes: list[Box]


def random_case(random: Random) -> Case:
    """A small one; boxes are wider than the wafer or reach beyond it at times, few are nested."""
    wafer = random.randint(4, 9), random.randint(3, 9)
    hubs = []
    for _ in range(random.randint(1, 3)):
        long = random.randint(1, wafer[0])
        hubs.append((long, random.randint(1, min(long, wafer[1]))))
    leaves: list[Leaf] = []
    for _ in range(random.randint(1, 3)):
        price = random.choice([0, 0, random.randint(0, 6)])
        some = [(random.randint(1, 5), random.randint(1, 5)) for _ in range(random.randint(1, 3))]
        shapes = [(w, h, Fraction(price * w * h)) for w, h in some]
        leaves.append((shapes, Fraction(random.choice([0, 1, 5, 30, 100]))))
    widths, exact = [random.randint(1, 12) for _ in range(2)], random.choice([1, EXACT])
    boxes = [
        (random.choice([*widths, 1]), random.randint(1, 4 * 9), exact * random.randint(1, 4))
        for _ in range(random.randint(1, 3))
    ]
    return Case(hubs, wafer, leaves, boxes)


def beside_case(random: Random) -> Case:
    """Leaves that are cheapest beside the hub: tall ones, or small ones beside a thick hub."""
    high = random.random() < 0.5
    long = random.randint(1, 5)
    hub = long, long if high else random.randint(1, long)
    w, h = (1, 1) if high else (random.randint(1, 3), random.randint(2, 6))
    reach = random.randint(1, 8) if high else random.randint(2, 30)
    width = hub[0] + random.choice([1, 2 * w, 9])
    boxes = [(width, reach, EXACT * random.randint(4, 90) if high else random.randint(1, 40))]
    if high:
        # above the hub it is dear
        boxes.append((hub[0], 40, EXACT * random.randint(20, 90)))
    elif random.random() < 0.5:
        boxes.append((width + random.randint(1, 4), random.randint(1, reach), random.randint(1, 40)))
    wire = random.choice([10, 20]) if high else random.choice([30, 100])
    return Case([hub], (9, 9), [([(w, h, Fraction(0))], Fraction(wire))], boxes)


def case_of(seed: int) -> Case:
    return (beside_case if seed % 3 == 0 else random_case)(Random(f"boxes {seed}"))


def found_in_boxes(module: ModuleType, case: Case) -> np.ndarray:
    """What the verifier says each leaf pays at least, with each shape of the hub."""
    rows = [(w, h, int(4 * tiles), int(wire)) for shapes, wire in case.leaves for w, h, tiles in shapes]
    first = np.cumsum([0, *(len(shapes) for shapes, _ in case.leaves[:-1])])
    shapes = module.BoxedShapes(*np.array(rows, np.int64).T)
    boxes = [module.Box(*box) for box in case.boxes]
    return np.asarray(module.least_in_boxes(shapes, hubs_of(module, case), boxes, first))


def found_room(module: ModuleType, case: Case) -> list[int]:
    boxes = [module.Box(*box) for box in case.boxes]
    found: list[int] = module.room_in_boxes(hubs_of(module, case), boxes).tolist()
    return found


def hubs_of(module: ModuleType, case: Case) -> object:
    return module.Hubs(*np.array(case.hubs, np.int64).T, *case.wafer)


@cache
def truth(seed: int) -> np.ndarray:
    """What each leaf pays at least at any place, with each shape of the hub, in quarters, rounded down."""
    case = case_of(seed)
    return np.array(
        [
            [floor(4 * least_anywhere(hub, leaf, case.boxes, Fraction(1))) for hub in case.hubs]
            for leaf in case.leaves
        ]
    )


@cache
def room_of(seed: int) -> list[int]:
    """The most that each shape of the hub leaves at any place of the wafer, in quarters, rounded up."""
    case = case_of(seed)
    return [
        ceil(4 * sum(box[2] * most_room(hub, box, case.wafer) for box in case.boxes)) for hub in case.hubs
    ]


HALVES = [range(SEEDS // 2), range(SEEDS // 2, SEEDS)]


@pytest.mark.parametrize("seeds", with_slow(HALVES, HALVES[1]))
def test_no_leaf_pays_less_at_any_place(seeds: range) -> None:
    assert all((found_in_boxes(boxes_module, case_of(seed)) <= truth(seed)).all() for seed in seeds)


def test_the_least_is_that_of_the_places_of_the_text() -> None:
    exact = 0
    for seed in range(300):
        case = case_of(seed)
        found = found_in_boxes(boxes_module, case)
        for i, leaf in enumerate(case.leaves):
            for s, hub in enumerate(case.hubs):
                whole = [box_value(hub, some, case.boxes, case.wafer, Fraction(1)) for some in ([leaf], [])]
                least = 4 * (whole[0] - whole[1])
                assert least - 1 < found[i, s] <= least, seed
                exact += found[i, s] == least
                if all(price % EXACT == 0 for _, _, price in case.boxes):
                    assert found[i, s] == least, seed
    assert exact > 400


def test_the_room_is_the_most_that_a_hub_leaves_anywhere_on_the_wafer() -> None:
    for seed in range(60):
        assert found_room(boxes_module, case_of(seed)) == room_of(seed), seed


def test_a_tall_leaf_may_cost_least_beside_the_middle_of_the_hub() -> None:
    # beside a hub of 1 x 1, in a box as wide as all: centres at (1, 0) and at (1, 2)
    leaf: Leaf = [(1, 4, Fraction(0))], Fraction(100)
    case = Case([(1, 1)], (20, 20), [leaf], [(20, 12, EXACT)])
    # wire to (1, 0), and 2 * theta * m - m^2 with theta = 3, m = 2
    assert found_in_boxes(boxes_module, case).tolist() == [[4 * (100 + EXACT * 8)]]
    assert least_anywhere((1, 1), leaf, case.boxes, Fraction(1)) == 100 + EXACT * 8


def read(cover: object) -> Cover:
    (found,) = read_covers([cover], forests=True, flows=True, boxes=True)
    return found


KINDS = [kind for kind in NETWORKS if kind != "one"]
#: They stand for the other networks.
QUICK = {"chain", "star", "triangle", "ring", "dense", "fan", "two"}


@pytest.mark.parametrize("kind", with_slow(KINDS, *(set(KINDS) - QUICK)))
def test_a_cover_with_demands_and_boxes_has_the_value_of_section_10(kind: str) -> None:
    finite = 0
    for seed in range(4):
        random = Random(f"boxed {seed}")
        instance = random_network(random, kind, adapters=seed % 3 == 0)
        unit, limit = random.choice([1, 3, 8]), random.choice([None, 40, 400])
        cover = random_joint_cover(random, instance, unit, boxes=True)
        value = joint_value(instance, cover, unit, limit)
        assert found_value(instance, read(cover), unit, limit) == value, seed
        finite += value is not None
    assert finite


def test_covers_without_demands_and_boxes_are_worth_what_those_of_version_8_are() -> None:
    for seed in range(20):
        random = Random(f"unboxed {seed}")
        instance = random_network(random, random.choice(["dense", "star"]), adapters=False, largest=7)
        cover = random_joint_cover(random, instance, 4, flows=True)
        (plain,) = read_covers([cover], forests=True, flows=True)
        assert read({**cover, "stars": [[*star, [], []] for star in cover["stars"]]}) == plain
