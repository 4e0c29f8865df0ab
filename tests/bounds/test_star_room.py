"""The bounds of a star by both stacks and by the room around the hub, against the cheapest layouts."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from tests.bounds.star_reference import (
    Prices,
    Shape,
    Spot,
    Star,
    cost_of,
    least_cost,
    least_value,
    random_prices,
    random_star,
)
from tests.bounds.star_room import Room, RoomRules, room_value, stacks_value
from tests.marks import with_slow

SIZES = [(1, 8, 30), (2, 9, 40), (3, 10, 40), (4, 11, 20)]


def rooms_of(star: Star) -> list[Room]:
    """Rooms of all sizes, at the prices that make a leaf as dear inside as outside, and at half of these."""
    areas = {w * h for shapes in star.leaves for w, h in shapes}
    prices = [Fraction(star.weight * part, 2 * area) for area in areas for part in (1, 2)]
    return [Room(Fraction(reach, 4), price) for reach in range(2, 33) for price in prices]


@pytest.mark.parametrize(("leaves", "reach", "count"), with_slow(SIZES, *SIZES[2:]))
def test_no_star_can_be_laid_out_for_less_than_these_values(leaves: int, reach: int, count: int) -> None:
    random = Random(f"room {leaves}")
    for _ in range(count):
        star = random_star(random, leaves)
        least = least_cost(star, reach)
        assert max(room_value(star, room) for room in rooms_of(star)) <= least
        assert max(stacks_value(star, random_prices(random, star)) for _ in range(20)) <= least


def ring_of_squares(rings: int) -> tuple[Star, list[Spot]]:
    """A square of one tile, and more of them on all tiles that are at most so many steps away."""
    steps = range(-rings, rings + 1)
    places = [(x, y) for x in steps for y in steps if 0 < abs(x) + abs(y) <= rings]
    one: tuple[Shape, ...] = ((1, 1),)
    return Star(1, one, (one,) * len(places)), [(2 * x, 2 * y, (1, 1)) for x, y in places]


def test_the_room_around_a_hub_is_most_of_what_many_leaves_cost() -> None:
    """Pairs and stacks charge 1 for a small square; the mean distance of 40 of them is 3."""
    star, spots = ring_of_squares(4)
    cost = cost_of(star, (1, 1), spots)
    flat = Prices((0,) * 20, (0,) * 20, 1)
    best = max(room_value(star, Room(Fraction(reach, 4), Fraction(1))) for reach in range(4, 33))
    assert 3 * least_value(star, flat) == cost
    assert cost * Fraction(9, 10) < best <= cost


def test_both_stacks_say_more_than_one_of_them() -> None:
    """Only four of eight squares can be next to a fifth; if one stack has no prices, they all can, in it."""
    star = Star(1, ((1, 1),), (((1, 1),),) * 8)
    free = (0, 0, 0, 0)
    assert least_value(star, Prices(free, free, 1)) == stacks_value(star, Prices(free, free)) == 8 * 4
    assert stacks_value(star, Prices((2, 0, 0, 0), (2, 0, 0, 0))) == 4 * 4 + 4 * 6


@pytest.mark.parametrize(
    "rules",
    [
        RoomRules(integral=Fraction(1, 2)),
        RoomRules(own=Fraction(0)),
        RoomRules(of_hub=Fraction(0)),
    ],
)
def test_no_constant_of_the_room_can_be_more(rules: RoomRules) -> None:
    star, spots = ring_of_squares(1)
    cost = cost_of(star, (1, 1), spots)
    rooms = [Room(Fraction(reach, 8), Fraction(1)) for reach in range(4, 33)]
    assert max(room_value(star, room) for room in rooms) <= cost
    assert max(room_value(star, room, rules) for room in rooms) > cost
