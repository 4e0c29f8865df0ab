"""The least cost of stars that the search finds, against the reference of the text and against layouts."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

import numpy as np
import pytest

from tests.bounds.star_reference import (
    TRUE_RULES,
    Prices,
    Shape,
    Star,
    least_cost,
    paired,
    random_star,
    turned,
)
from tests.bounds.star_room import Room, room_value, stacks_value
from wse_cp.bounds.cover.around import DENSITY, FIRST_STEP, PAIR_PRICE, REACH
from wse_cp.bounds.cover.boxes import BOXES
from wse_cp.bounds.cover.places import ONE_X, ONE_Y, TWO_X, TWO_Y, reach_of, whole_room
from wse_cp.bounds.cover.stars import ROUNDS, Asked, Kernels, evaluate_stars, room_for


def minimal_star(random: Random, leaves: int) -> Star:
    """A random star without shapes in which another one fits: the search is given none of these."""
    star = random_star(random, leaves)
    return replace(star, hub=minimal(star.hub), leaves=tuple(map(minimal, star.leaves)))


def minimal(shapes: tuple[Shape, ...]) -> tuple[Shape, ...]:
    return tuple(
        (w, h) for w, h in shapes if not any(a <= w and b <= h and (a, b) != (w, h) for a, b in shapes)
    )


class Found:
    """One star as the search sees it: its value, and the prices that it chose, in quarters and exact.

    Its boxes cost nothing.
    """

    def __init__(self, star: Star) -> None:
        kernels = [star.hub, *star.leaves]
        many = len(star.leaves)
        shapes = np.array([(w, h, w * h, min(w, h)) for own in kernels for w, h in own], float)
        asked = Asked(
            np.zeros(1, np.int64),
            np.array([0, many]),
            np.arange(1, many + 1),
            np.ones(many),
            np.ones(1, np.bool_),
            np.array([float(star.weight)]),
            np.array([float(star.hub_price)]),
            np.array([float(star.price(leaf)) for leaf in range(many)]),
            np.zeros(1),
            np.zeros(many),
        )
        pointers = np.append(0, np.cumsum([len(own) for own in kernels]))
        wafer = np.array([1e4, 2e4])  # on a square one all shapes would be rotated, too
        found = room_for(asked, np.zeros((1, BOXES, 3)), np.full(1, FIRST_STEP))
        evaluate_stars(asked, Kernels(np.arange(many + 1), pointers, shapes, wafer), found, ROUNDS, 0)
        value, hub, sizes, ranks, others = found[2:7]
        self.value, self.hub_area, self.areas = 4 * float(value[0]), float(hub[0, 0]), sizes[0]
        rooms = (many + 1) // 2
        self.ranks = [[Fraction(price) * 4 for price in row[:rooms].tolist()] for row in ranks]
        self.free = Fraction(float(others[0, PAIR_PRICE])) * 4
        self.room = Room(Fraction(float(others[0, REACH])), Fraction(float(others[0, DENSITY])))

    def prices(self, x: int, y: int) -> Prices:
        return Prices(tuple(self.ranks[x]), tuple(self.ranks[y]), self.free)  # type: ignore[arg-type]


@pytest.mark.parametrize("leaves", [1, 2, 3, 4, 5, 6, 7])
def test_the_value_is_that_of_the_text_with_the_prices_chosen(leaves: int) -> None:
    random = Random(leaves)
    for _ in range(30):
        star = minimal_star(random, leaves)
        found = Found(star)
        texts = by_the_text(star, found)
        assert found.value == pytest.approx(texts, rel=1e-9, abs=1e-6)


def by_the_text(star: Star, found: Found) -> float:
    """The bounds of a star are maxima for each shape of the hub, so each shape is a star of its own."""
    values = []
    for hub in star.hub:
        one = Star(star.weight, (hub,), star.leaves, star.hub_price, star.prices)
        ways: list[float | Fraction] = [
            stacks_value(one, found.prices(TWO_X, TWO_Y)),
            stacks_value(one, found.prices(TWO_Y, TWO_X)),
            pairs_value(one, found),
        ]
        if found.room.price:
            # boxes that cost nothing say what a room that costs nothing does
            ways += [room_value(one, room) for room in (found.room, Room(Fraction(0), Fraction(0)))]
        values.append(max(map(float, ways)))
    return min(values)


def pairs_value(star: Star, found: Found) -> float:
    """F, of a star whose hub has one shape."""
    (hub,) = star.hub
    turned_star = Star(
        star.weight,
        (turned(hub),),
        tuple(tuple(map(turned, own)) for own in star.leaves),
        star.hub_price,
        star.prices,
    )
    prices = found.prices(ONE_X, ONE_Y)
    along_y = paired(star, hub, prices.y, prices.free, TRUE_RULES)
    along_x = paired(turned_star, turned(hub), prices.x, prices.free, TRUE_RULES)
    return float(min(along_x, along_y)) + 4 * star.hub_price * hub[0] * hub[1]


@pytest.mark.parametrize(("leaves", "reach"), [(1, 8), (2, 9), (3, 10), (4, 11)])
def test_no_layout_costs_less(leaves: int, reach: int) -> None:
    random = Random(10 + leaves)
    tight = 0
    for _ in range(25):
        star = minimal_star(random, leaves)
        least = least_cost(star, reach)
        value = Found(star).value
        assert value <= least + 1e-6
        tight += value > least - 1e-6
    assert tight > 5


def test_a_stack_of_strips_costs_what_it_costs() -> None:
    strips = ((1, 40), (40, 1))
    star = Star(1, strips, (strips,) * 6)
    # along one axis, three on either side: at distances 1, 2 and 3, in quarters
    assert Found(star).value == 4 * 2 * (1 + 2 + 3)


def test_many_squares_need_room() -> None:
    square = ((10, 10),)
    few, many = (Found(Star(1, square, (square,) * count)).value for count in (8, 40))
    # around a square there is room for four at the distance of its side: 40 are three times as far
    assert many / 40 > 2 * few / 8


@pytest.mark.parametrize("seed", range(20))
def test_the_room_ends_at_the_edge_of_the_wafer(seed: int) -> None:
    random = Random(seed)
    width, height = random.randint(2, 30), random.randint(2, 30)
    wafer, reach = np.array([width, height], float), random.randint(1, 4 * 40)
    exact = Room(Fraction(reach, 4), Fraction(1), (width, height)).whole(Fraction(2, 3))
    assert whole_room(reach / 4, wafer) == pytest.approx(float(exact))
    tiles = random.uniform(1.0, width * height)
    far = reach_of(tiles, wafer)
    within = [whole_room(far + step, wafer) for step in (-1e-4, 1e-4)]
    assert (within[1] - within[0]) / 2e-4 == pytest.approx(tiles, rel=1e-3)
