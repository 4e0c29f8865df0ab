"""The value of a star in section 10 of docs/bounds.md against layouts, and each of its elements broken."""

from __future__ import annotations

from random import Random

import pytest

from tests.bounds.star_reference import (
    Prices,
    Rules,
    Shape,
    Spot,
    Star,
    climb,
    cost_of,
    least_cost,
    least_value,
    random_prices,
    random_star,
)
from tests.marks import with_slow

#: (leaves, halves of tiles that leaves may be away, stars)
SIZES = [(1, 8, 40), (2, 9, 60), (3, 10, 60), (4, 11, 30)]


@pytest.mark.parametrize(("leaves", "reach", "count"), with_slow(SIZES, *SIZES[2:]))
def test_no_star_can_be_laid_out_for_less_than_its_value(leaves: int, reach: int, count: int) -> None:
    random = Random(leaves)
    tight = 0
    for _ in range(count):
        star = random_star(random, leaves)
        least = least_cost(star, reach)
        best = max(least_value(star, prices) for prices in _price_lists(random, star))
        assert best <= least, star
        tight += best == least
    assert tight > count // 4


def _price_lists(random: Random, star: Star) -> list[Prices]:
    """Arbitrary prices, and good ones."""
    arbitrary = [random_prices(random, star) for _ in range(10)]
    return [*arbitrary, climb(random, star, arbitrary[0], 150), climb(random, star, arbitrary[1], 150)]


def fixed(hub: Shape, *leaves: Shape) -> Star:
    """A star of weight 1 with one shape each, and no prices of area."""
    return Star(1, (hub,), tuple((leaf,) for leaf in leaves))


def spots(*places: tuple[int, int, int, int]) -> list[Spot]:
    return [(x, y, (w, h)) for x, y, w, h in places]


#: Two flat leaves, above and below a flat hub.
SANDWICH = (fixed((6, 1), (6, 1), (6, 1)), spots((0, 2, 6, 1), (0, -2, 6, 1)))
#: The same with one more leaf above.
THREE = (fixed((6, 1), *[(6, 1)] * 3), spots((0, 2, 6, 1), (0, -2, 6, 1), (0, 4, 6, 1)))
#: Two tall leaves above a flat hub and two below.
COMB = (fixed((6, 1), *[(1, 3)] * 4), spots((0, 4, 1, 3), (2, 4, 1, 3), (0, -4, 1, 3), (2, -4, 1, 3)))
#: Four small squares around a fifth.
CROSS = (fixed((1, 1), *[(1, 1)] * 4), spots((2, 0, 1, 1), (-2, 0, 1, 1), (0, 2, 1, 1), (0, -2, 1, 1)))
#: Leaves on three sides of a square hub.
THREE_SIDES = (fixed((2, 2), (1, 2), (1, 2), (1, 1)), spots((3, 0, 1, 2), (-3, 0, 1, 2), (0, -3, 1, 1)))
#: A tall leaf on either side and a flat one below.
TALL_AND_FLAT = (
    fixed((1, 2), (1, 3), (4, 1), (2, 3)),
    spots((2, 0, 1, 3), (0, -4, 4, 1), (-3, 0, 2, 3)),
)

#: element: layout, prices, the rules with that element broken
BROKEN = {
    "a leaf in a stack pays for half of itself": (SANDWICH, Prices((0,), (0,)), Rules(first_rank=4)),
    "two leaves can have the same rank": (SANDWICH, Prices((0,), (4,)), Rules(sides=1)),
    "there are as many ranks as half the leaves, rounded up": (
        THREE,
        Prices((0, 0), (12, 8)),
        Rules(ranks_left_out=1),
    ),
    "a leaf beside pays for half of its extents": (COMB, Prices((0, 0), (6, 0)), Rules(aside=4)),
    "a leaf beside pays for half of the hub's least extent": (
        COMB,
        Prices((0, 0), (6, 0)),
        Rules(hub_beside=False),
    ),
    "a pair pays for half of the hub's least extent once": (
        THREE_SIDES,
        Prices((1, 0), (1, 0), 1),
        Rules(hub_of_pairs=2),
    ),
    "a pair has a free leaf": (CROSS, Prices((1, 0), (1, 0)), Rules(free_leaf=False)),
    "the free leaf may be of either class": (
        TALL_AND_FLAT,
        Prices((0, 0), (0, 0), 1),
        Rules(either_free=False),
    ),
    "what a free leaf pays is given back": (CROSS, Prices((1, 0), (1, 0), 2), Rules(given_back=False)),
    "either class may have fewer leaves": (SANDWICH, Prices((0,), (0,), 6), Rules(more_in_either=False)),
}


@pytest.mark.parametrize("element", BROKEN)
def test_without_an_element_the_value_is_above_what_a_layout_costs(element: str) -> None:
    (star, places), prices, broken = BROKEN[element]
    cost = cost_of(star, star.hub[0], places)
    assert least_value(star, prices) <= cost < least_value(star, prices, broken)


@pytest.mark.parametrize(
    ("layout", "prices"),
    [
        (SANDWICH, Prices((0,), (0,))),
        (THREE, Prices((0, 0), (4, 0))),
        (CROSS, Prices((0, 0), (0, 0), 1)),
        (THREE_SIDES, Prices((0, 0), (0, 0), 1)),
    ],
)
def test_with_the_right_prices_some_stars_cost_just_their_value(
    layout: tuple[Star, list[Spot]], prices: Prices
) -> None:
    star, places = layout
    assert least_value(star, prices) == cost_of(star, star.hub[0], places)
