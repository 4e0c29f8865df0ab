"""Covers by stars (section 10 of docs/bounds.md) of networks small enough to look at every placement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from random import Random

import pytest

from tests.bounds.star_reference import NEVER, Prices, Shape, Star, climb, least_value, random_prices
from tests.marks import with_slow

Pair = tuple[int, int]
Box = tuple[int, int, Shape]  #: lower left corner, (width, height)

#: Weights and prices of a cover are in halves.
UNIT = 2


@dataclass(frozen=True)
class Network:
    """A wafer, the shapes of kernels 0, 1, ..., and the multiplicities of edges; a tile of wire costs 1."""

    wafer: Shape
    shapes: tuple[tuple[Shape, ...], ...]
    edges: dict[Pair, int]

    def neighbours(self, kernel: int) -> list[int]:
        return [u + v - kernel for u, v in self.edges if kernel in (u, v)]


@dataclass(frozen=True)
class CoverStar:
    hub: int
    leaves: tuple[int, ...]
    weight: int
    prices: tuple[int, ...]  #: of the hub, then of the leaves

    def star(self, network: Network) -> Star:
        leaves = tuple(network.shapes[leaf] for leaf in self.leaves)
        return Star(self.weight, network.shapes[self.hub], leaves, self.prices[0], self.prices[1:])


def cover_value(network: Network, area: int, stars: Sequence[tuple[CoverStar, Prices]]) -> Fraction:
    """The bound of a cover for the wire."""
    paid: Counter[int] = Counter()
    for one, _ in stars:
        paid.update(dict(zip((one.hub, *one.leaves), one.prices, strict=True)))
    rests = sum(
        (area - paid[kernel]) * min(w * h for w, h in shapes) for kernel, shapes in enumerate(network.shapes)
    )
    total = sum(least_value(one.star(network), prices) for one, prices in stars)
    return Fraction(total + 4 * (rests - area * network.wafer[0] * network.wafer[1]), 4 * UNIT)


def least_wire(network: Network) -> Fraction:
    """The least wire of all placements; `NEVER` if there is none."""
    return Fraction(_descend(network, [], 0, 2 * NEVER), 2)


def _descend(network: Network, placed: list[Box], wire: int, below: int) -> int:
    kernel = len(placed)
    if wire >= below or kernel == len(network.shapes):
        return min(wire, below)
    for w, h in network.shapes[kernel]:
        for x in range(network.wafer[0] - w + 1):
            for y in range(network.wafer[1] - h + 1):
                box = (x, y, (w, h))
                if not any(_overlap(box, other) for other in placed):
                    more = sum(
                        network.edges.get((other, kernel), 0) * _twice_distance(box, place)
                        for other, place in enumerate(placed)
                    )
                    below = _descend(network, [*placed, box], wire + more, below)
    return below


def _overlap(a: Box, b: Box) -> bool:
    (xa, ya, (wa, ha)), (xb, yb, (wb, hb)) = a, b
    return xa < xb + wb and xb < xa + wa and ya < yb + hb and yb < ya + ha


def _twice_distance(a: Box, b: Box) -> int:
    (xa, ya, (wa, ha)), (xb, yb, (wb, hb)) = a, b
    return abs(2 * xa + wa - 2 * xb - wb) + abs(2 * ya + ha - 2 * yb - hb)


def random_network(random: Random) -> Network:
    """Three or four kernels, most of them joined, some twice, on a wafer that is often not square."""
    count = random.choice([3, 3, 4])
    wafer = random.randint(2, 4), random.randint(3, 4)
    pairs = [pair for pair in combinations(range(count), 2) if random.random() < 0.8] or [(0, 1)]
    longest = random.choice([1, 2, 3])
    shapes: list[tuple[Shape, ...]] = []
    for _ in range(count):
        a, b = random.randint(1, longest), random.randint(1, 2)
        fitting = {(w, h) for w, h in ((a, b), (b, a)) if w <= wafer[0] and h <= wafer[1]}
        shapes.append(tuple(sorted(fitting)) or ((1, 1),))
    return Network(wafer, tuple(shapes), {pair: random.choice([1, 1, 2, 3]) for pair in pairs})


def random_cover(random: Random, network: Network) -> tuple[int, list[tuple[CoverStar, Prices]]]:
    """The price of area, and stars that share out edges and area at random or by halves."""
    left = {pair: UNIT * count for pair, count in network.edges.items()}
    area, fair = random.choice([0, 0, 1, 2, 4]), random.random() < 0.5
    rest = dict.fromkeys(range(len(network.shapes)), area)
    stars = []
    for hub in [*rest, *random.choices(range(len(rest)), k=3)]:
        among = network.neighbours(hub)
        leaves = [v for v in among if left[_pair(hub, v)] and (fair or random.random() < 0.8)]
        if not leaves:
            continue
        most = min(left[_pair(hub, v)] for v in leaves)
        weight = min(most, UNIT // 2) if fair else random.randint(0, most)
        prices = tuple(random.randint(0, rest[kernel]) for kernel in (hub, *leaves))
        for leaf in leaves:
            left[_pair(hub, leaf)] -= weight
        for kernel, price in zip((hub, *leaves), prices, strict=True):
            rest[kernel] -= price
        one = CoverStar(hub, tuple(leaves), weight, prices)
        star = one.star(network)
        stars.append((one, climb(random, star, random_prices(random, star), 15)))
    return area, stars


def _pair(u: int, v: int) -> Pair:
    return min(u, v), max(u, v)


@pytest.mark.parametrize("seed", with_slow(range(30), *range(12, 30)))
def test_no_cover_is_above_the_least_wire(seed: int) -> None:
    random = Random(seed)
    network = random_network(random)
    least = least_wire(network)
    assert all(cover_value(network, *random_cover(random, network)) <= least for _ in range(20))


#: Two dominoes on a wafer that is twice as wide as it has to be; and their edge.
DOMINOES = Network((4, 2), (((2, 1),), ((2, 1),)), {(0, 1): 1})


def halves(weight: int, price: int) -> list[tuple[CoverStar, Prices]]:
    """Each domino a hub of the other."""
    prices = Prices((8,), (0,))
    return [(CoverStar(hub, (1 - hub,), weight, (price, price)), prices) for hub in (0, 1)]


def test_the_ends_of_an_edge_share_its_weight() -> None:
    """Were the whole edge in either star, it would be charged twice."""
    assert cover_value(DOMINOES, 0, halves(1, 0)) == least_wire(DOMINOES) == 1
    assert cover_value(DOMINOES, 0, halves(2, 0)) > 1


def test_the_stars_of_a_kernel_share_its_price_of_area() -> None:
    """On a full wafer any price is right; if the stars take more than that, it proves too much."""
    full = Network((2, 2), DOMINOES.shapes, DOMINOES.edges)
    assert cover_value(full, 4, halves(1, 2)) == least_wire(full) == 1
    over = halves(1, 4)
    assert cover_value(full, 8, over) == 1
    unrested = sum(least_value(one.star(full), prices) for one, prices in over)
    assert Fraction(unrested - 4 * 4 * 4, 4 * UNIT) > 1


def test_what_is_left_of_the_price_of_area_counts_for_each_kernel_in_stars_or_not() -> None:
    """A third domino without any edge takes room as the others do: 6 tiles on 4."""
    crowded = Network((2, 2), (*DOMINOES.shapes, ((2, 1),)), DOMINOES.edges)
    assert least_wire(crowded) == NEVER
    assert cover_value(crowded, 20, halves(1, 3)) == 1 + Fraction(20 * (6 - 4), UNIT)
