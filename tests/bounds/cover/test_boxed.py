"""What a leaf costs in boxes, as the search has it, against all places that the text names."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import numpy as np
import pytest

from tests.bounds.verifier.boxes import Shape, box_value
from wse_cp.bounds.cover.boxed import price_in_boxes, price_with_hubs
from wse_cp.bounds.cover.boxes import BOXES, BROAD, FAR, first_boxes, place_boxes, taken
from wse_cp.shapes.arrays import FloatArray

#: So large that no box ends at its border; without a room to pay for, it does not matter.
WAFER = 10_000, 10_000


def minimal_shapes(random: Random, most: int) -> list[Shape]:
    """Some shapes with their rotations, sorted by width; none fits in another one."""
    found = {(random.randint(1, most), random.randint(1, most)) for _ in range(random.randint(1, 6))}
    found |= {(h, w) for w, h in found}
    return sorted(one for one in found if not any(a <= one[0] and b <= one[1] for a, b in found - {one}))


def nested_boxes(random: Random, weight: int) -> list[tuple[int, int, int]]:
    """Width, reach (quarters of a tile) and price; some cost nothing, some are as wide or reach as far."""
    width, reach, found = 1, 1, []
    for _ in range(BOXES):
        width += random.choice([0, random.randint(1, 9), random.randint(1, 60)])
        reach += random.choice([0, random.randint(1, 9), random.randint(1, 60)])
        found.append((width, reach, random.choice([0, 1, weight // (2 * reach), weight // 9])))
    return found


def as_array(shapes: list[Shape]) -> FloatArray:
    return np.array([(w, h, w * h, min(w, h)) for w, h in shapes], float)


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("seed", range(25))
def test_a_leaf_costs_what_the_cheapest_of_all_places_does(axis: int, seed: int) -> None:
    random = Random(seed)
    shapes, weight = minimal_shapes(random, random.choice([6, 30, 80])), random.randint(1, 300)
    price, refund = random.choice([0, 0, random.randint(0, 3)]), random.choice([0, 0, random.randint(1, 40)])
    boxes = nested_boxes(random, weight)
    placed = np.array([(width, reach / 4, dear) for width, reach, dear in boxes], float)
    hubs = [(w, h) for w, h in minimal_shapes(random, 60) if (h <= w) == (axis == 1)]
    if axis == 0:
        hubs.reverse()  # the thickest ones first
    if not hubs:
        pytest.skip("no shape of the hub lies along this axis")
    costs = np.empty(len(hubs))
    prices = float(weight), float(price), float(refund)
    price_with_hubs(as_array(shapes), prices, as_array(hubs), axis, placed, costs)
    leaf = [(w, h, Fraction(price * w * h - refund * min(w, h))) for w, h in shapes], Fraction(weight)
    for hub, cost in zip(hubs, costs.tolist(), strict=True):
        free = box_value(hub, [], boxes, WAFER, Fraction(1))  # what the room costs
        exact = float(box_value(hub, [leaf], boxes, WAFER, Fraction(1)) - free)
        assert cost == pytest.approx(exact, rel=1e-9, abs=1e-6)
        found = np.empty(3)
        alone = price_in_boxes(as_array(shapes), prices, as_array([hub])[0], axis, placed, found)
        assert alone == pytest.approx(exact, rel=1e-9, abs=1e-6)
        # where the leaf is then, it costs that much
        w, h = shapes[int(found[0])]
        long, thick = (w, h) if axis == 1 else (h, w)
        paid = sum(
            dear * taken(box, long, thick, found[1], found[2])
            for box, (_, _, dear) in zip(placed, boxes, strict=True)
        )
        tiles = price * w * h - refund * min(w, h)
        assert tiles + weight * (found[1] + found[2]) + paid == pytest.approx(exact, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_boxes_are_nested(seed: int) -> None:
    random = Random(f"nested {seed}")
    stacks = np.array([random.choice([0.5, 1.0, random.uniform(0, 12), random.uniform(0, 900)])])
    (first,) = first_boxes(stacks, np.array([random.random()]))
    placed = np.empty((BOXES, 3))
    place_boxes(first, random.uniform(0.01, 9), placed)
    assert (placed[0, [BROAD, FAR]] > 0).all()
    for column in (BROAD, FAR):
        assert (np.diff(placed[:, column]) >= 0).all()
