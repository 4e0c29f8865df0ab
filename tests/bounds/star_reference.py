"""Stars and their value as section 10 of docs/bounds.md has it, and layouts of them, the best one included.

All amounts of cost are in quarters, so that halves of extents and quarters of a hub's are integers.
Places are those of centres, doubled, relative to the hub's centre.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random

Shape = tuple[int, int]
Spot = tuple[int, int, Shape]  #: twice x, twice y, (width, height)


@dataclass(frozen=True)
class Star:
    """A hub and its leaves: the cost of a tile of wire (`weight`), and of a tile of area of each kernel."""

    weight: int
    hub: tuple[Shape, ...]
    leaves: tuple[tuple[Shape, ...], ...]
    hub_price: int = 0
    prices: tuple[int, ...] = ()

    def price(self, leaf: int) -> int:
        """The price of a leaf, 0 if none are given."""
        return self.prices[leaf] if self.prices else 0


@dataclass(frozen=True)
class Prices:
    """Prices of ranks (from 0) in stacks along x and along y, and what a free leaf pays; in quarters."""

    x: tuple[int, ...]
    y: tuple[int, ...]
    free: int = 0


@dataclass(frozen=True)
class Rules:
    """The elements of the argument as numbers; what differs from these here is an error planted by a test."""

    first_rank: int = 2  #: quarters of its extent that a leaf of rank 0 pays
    sides: int = 2  #: how many leaves of a stack have the same rank
    ranks_left_out: int = 0
    aside: int = 2  #: quarters of both extents that a leaf of Z pays
    hub_beside: bool = True  #: whether such a leaf pays for the hub's least extent, not its largest
    hub_of_pairs: int = 1  #: quarters of the hub's least extent that each leaf of a pair pays
    free_leaf: bool = True  #: whether a pair has a free leaf at all
    either_free: bool = True  #: whether a leaf of X may be the free one, as well as one of Y
    given_back: bool = True  #: whether a free leaf's partner gets its price back
    more_in_either: bool = True  #: whether the class with fewer leaves may be X as well as Y


TRUE_RULES = Rules()


def least_value(star: Star, prices: Prices, rules: Rules = TRUE_RULES) -> int:
    """z, in quarters: no layout of the star costs less."""
    mirrored = Star(
        star.weight,
        tuple(turned(shape) for shape in star.hub),
        tuple(tuple(turned(shape) for shape in shapes) for shapes in star.leaves),
        star.hub_price,
        star.prices,
    )
    return min(
        4 * star.hub_price * hub[0] * hub[1]
        + max(
            _all_stacked(star, hub, prices.y, rules),
            _all_stacked(mirrored, turned(hub), prices.x, rules),
            (min if rules.more_in_either else max)(
                paired(star, hub, prices.y, prices.free, rules),
                paired(mirrored, turned(hub), prices.x, prices.free, rules),
            ),
        )
        for hub in star.hub
    )


def turned(shape: Shape) -> Shape:
    return shape[1], shape[0]


def _all_stacked(star: Star, hub: Shape, ranks: tuple[int, ...], rules: Rules) -> int:
    """A, for the axis y: only leaves of Y pay for their ranks."""
    ranks = ranks[: len(ranks) - rules.ranks_left_out]
    c, total = star.weight, -rules.sides * sum(ranks)
    for leaf in range(len(star.leaves)):
        x = _least(star, leaf, 2, 0) + 2 * c * hub[0]
        total += min(_in_stack(star, leaf, hub, ranks, rules), x, _beside(star, leaf, hub, rules))
    return total


def paired(star: Star, hub: Shape, ranks: tuple[int, ...], free: int, rules: Rules) -> int:
    """F, for the axis y: where at least as many leaves are in Y as in X."""
    ranks = ranks[: len(ranks) - rules.ranks_left_out]
    total = -rules.sides * sum(ranks)
    for leaf in range(len(star.leaves)):
        half = min([_least(star, leaf, 0, 2)] + [_least(star, leaf, 2, 0)] * rules.either_free)
        both = _least(star, leaf, 2, 2)
        of_pair = min(half + free, both - free * rules.given_back) if rules.free_leaf else both
        of_pair += star.weight * rules.hub_of_pairs * min(hub)
        total += min(_in_stack(star, leaf, hub, ranks, rules), _beside(star, leaf, hub, rules), of_pair)
    return total


def _in_stack(star: Star, leaf: int, hub: Shape, ranks: tuple[int, ...], rules: Rules) -> int:
    return 2 * star.weight * hub[1] + min(
        _least(star, leaf, 0, 4 * rank + rules.first_rank) + price for rank, price in enumerate(ranks)
    )


def _beside(star: Star, leaf: int, hub: Shape, rules: Rules) -> int:
    of_hub = min(hub) if rules.hub_beside else max(hub)
    return _least(star, leaf, rules.aside, rules.aside) + 2 * star.weight * of_hub


def _least(star: Star, leaf: int, per_width: int, per_height: int) -> int:
    """The least that any shape of a leaf costs, by quarters paid per tile of its extents, and by area."""
    return min(
        star.weight * (per_width * w + per_height * h) + 4 * star.price(leaf) * w * h
        for w, h in star.leaves[leaf]
    )


def cost_of(star: Star, hub: Shape, spots: Sequence[Spot]) -> int:
    """What a layout costs, in quarters; it is an error if kernels overlap."""
    assert hub in star.hub
    assert all(spot[2] in shapes for spot, shapes in zip(spots, star.leaves, strict=True))
    assert not any(_overlap(a, b) for a, b in combinations([(0, 0, hub), *spots], 2))
    leaves = sum(_spot_cost(star, leaf, spot) for leaf, spot in enumerate(spots))
    return leaves + 4 * star.hub_price * hub[0] * hub[1]


def _spot_cost(star: Star, leaf: int, spot: Spot) -> int:
    x, y, (w, h) = spot
    return 2 * star.weight * (abs(x) + abs(y)) + 4 * star.price(leaf) * w * h


def _overlap(a: Spot, b: Spot) -> bool:
    (xa, ya, (wa, ha)), (xb, yb, (wb, hb)) = a, b
    return abs(xa - xb) < wa + wb and abs(ya - yb) < ha + hb


def least_cost(star: Star, reach: int) -> int:
    """The least cost of layouts with centres at halves of tiles, up to `reach` halves away in each axis."""
    least = min(_least_with(star, hub, reach) for hub in star.hub)
    assert least < NEVER
    return least


NEVER = 10**9


def _least_with(star: Star, hub: Shape, reach: int) -> int:
    spots = [
        sorted((_spot_cost(star, leaf, spot), spot) for spot in _spots(shapes, reach, hub))
        for leaf, shapes in enumerate(star.leaves)
    ]
    return _descend(spots, NEVER, 4 * star.hub_price * hub[0] * hub[1])


def _spots(shapes: Sequence[Shape], reach: int, hub: Shape) -> Iterator[Spot]:
    for shape in shapes:
        for x in range(-reach, reach + 1):
            for y in range(-reach, reach + 1):
                if not _overlap((x, y, shape), (0, 0, hub)):
                    yield x, y, shape


def _descend(spots: list[list[tuple[int, Spot]]], below: int, spent: int) -> int:
    """Place the leaf that costs most, then the next; `spots` are those still possible, cheapest first."""
    if not spots:
        return min(below, spent)
    if not all(spots):
        return below
    least = [possible[0][0] for possible in spots]
    leaf = max(range(len(spots)), key=least.__getitem__)
    for cost, spot in spots[leaf]:
        if spent + sum(least) - least[leaf] + cost >= below:
            break
        room = below - spent - cost - sum(least) + least[leaf]  # above the least that any other leaf may cost
        rest = [
            [found for found in _cheaper(possible, least[other] + room) if not _overlap(found[1], spot)]
            for other, possible in enumerate(spots)
            if other != leaf
        ]
        below = _descend(rest, below, spent + cost)
    return below


def _cheaper(possible: list[tuple[int, Spot]], than: int) -> Iterator[tuple[int, Spot]]:
    for found in possible:
        if found[0] >= than:
            return
        yield found


def random_star(random: Random, leaves: int) -> Star:
    """A star whose kernels have one to four shapes, thin ones or any."""
    longest, thickest = random.choice([(2, 2), (3, 3), (4, 1), (4, 2)])

    def shapes() -> tuple[Shape, ...]:
        found: set[Shape] = set()
        for _ in range(random.choice([1, 1, 2])):
            a, b = random.randint(1, longest), random.randint(1, thickest)
            found |= random.choice([{(a, b)}, {(b, a)}, {(a, b), (b, a)}])
        return tuple(sorted(found))

    alike = shapes() if random.random() < 0.4 else None
    return Star(
        weight=random.randint(1, 3),
        hub=shapes(),
        leaves=tuple(alike or shapes() for _ in range(leaves)),
        hub_price=random.choice([0, 0, 1, 3]),
        prices=tuple(random.choice([0, 0, 1, 3]) for _ in range(leaves)),
    )


def random_prices(random: Random, star: Star) -> Prices:
    """Prices that are in the order of the extents of the leaves, falling ones in half of all cases."""
    count, most = (len(star.leaves) + 1) // 2, random.choice([0, 8, 16, 40]) * star.weight
    x, y = ([random.randint(0, most) for _ in range(count)] for _ in range(2))
    if random.random() < 0.5:
        x, y = sorted(x, reverse=True), sorted(y, reverse=True)
    return Prices(tuple(x), tuple(y), random.randint(-4, 16) * star.weight)


def climb(random: Random, star: Star, prices: Prices, steps: int) -> Prices:
    """Better prices, by random steps that do not make the value less."""
    value = least_value(star, prices)
    for _ in range(steps):
        trial = _changed(random, star, prices)
        if (found := least_value(star, trial)) >= value:
            value, prices = found, trial
    return prices


def _changed(random: Random, star: Star, prices: Prices) -> Prices:
    lists = [list(prices.x), list(prices.y), [prices.free]]
    for _ in range(random.randint(1, 3)):
        some = random.choice(lists)
        first = random.randrange(len(some))
        last = random.choice([first + 1, len(some)])
        step = random.choice([-1, 1]) * random.choice([1, star.weight, 4 * star.weight])
        some[first:last] = [value + step for value in some[first:last]]
    x, y = (tuple(max(0, value) for value in values) for values in lists[:2])
    return Prices(x, y, lists[2][0])
