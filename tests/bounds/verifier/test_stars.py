"""Both stacks and the room of a star, against a second reading of docs/bounds.md, section 10."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from random import Random

from tests.bounds.star_reference import Prices, Shape, Star
from tests.bounds.star_room import Room, room_value, stacks_value
from tests.bounds.verifier.cases import random_network
from tests.bounds.verifier.covers import random_cover, shapes_within, smallest
from wse_cp.bounds.verifier.cover import CoverStar, read_covers
from wse_cp.bounds.verifier.patterns import SCALE
from wse_cp.bounds.verifier.rectangles import Demands, Rectangles
from wse_cp.bounds.verifier.stars import CoverCost
from wse_cp.instance import Instance

#: A price of ranks with which pairs say nothing.
DEAR = 10**6


def second_reading(instance: Instance, star: CoverStar, shapes: list[list[Shape]]) -> int:
    """The value of a star whose bound by pairs says nothing, in quarters, rounded down; the unit is 1."""
    along_x, along_y = (tuple(4 * p for p in ranks) for ranks in (star.both_x, star.both_y))
    values = []
    for shape in shapes[star.hub]:
        one = Star(
            weight=instance.settings.wlength * star.weight,
            hub=(shape,),
            leaves=tuple(tuple(shapes[v]) for v in star.leaves),
            hub_price=star.price,
            prices=star.prices,
        )
        stacks = [stacks_value(one, Prices(*own)) for own in ((along_x, along_y), (along_y, along_x))]
        wafer = instance.settings.width, instance.settings.height
        prices = Fraction(star.room), Fraction(0)
        rooms = [room_value(one, Room(Fraction(star.reach, 4), price, wafer)) for price in prices]
        values.append(max(*stacks, *map(floor, rooms)))
    return min(values)


def test_both_stacks_and_the_room_are_as_the_second_reading_has_them() -> None:
    compared = 0
    for seed in range(40):
        random = Random(f"second {seed}")
        instance = random_network(random, random.choice(["star", "dense", "fan"]), adapters=False)
        shapes = [smallest(own) for own in shapes_within(instance, None)]
        if not all(shapes):
            continue
        for contents in random_cover(random, instance, 6)["stars"]:
            contents[4] = contents[5] = [DEAR]
            (cover,) = read_covers([{"area": 0, "stars": [contents]}])
            (star,) = cover.stars
            # what the star takes of the area's price is none of it
            tiles = sum(
                price * min(w * h for w, h in shapes[v])
                for v, price in zip((star.hub, *star.leaves), (star.price, *star.prices), strict=True)
            )
            found = CoverCost(instance, cover)(Rectangles(Demands(instance), None)) + SCALE * tiles
            assert found == second_reading(instance, star, shapes), (seed, contents)
            compared += 1
    assert compared > 100
