"""Two more lower bounds of a star's layouts: both of its stacks at once, and the room around its hub.

*Stacks.* The leaves of Y are a stack along y and those of X one along x, so both may pay for their ranks.

*Room.* Let phi(p) = max(0, theta - |p|), with |p| the L1 distance of a point from the hub's centre. All
kernels together have at most its integral over the plane, 2/3 theta^3. The mean of |p| over the tiles of
a leaf of Y is at most its distance and a quarter of its width (its tiles are all above the centre, or
all below), of X and a quarter of its height, of Z its distance (its tiles are all in one quadrant). So
the integral over a leaf of area a is at least a (theta - distance - that quarter), and over the hub at
least a (theta - (w + h)/4). With a price for phi each leaf costs the least over its shapes, classes, and
distances that the class allows; that is at the least distance or where the leaf leaves the room.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from tests.bounds.star_reference import Prices, Shape, Star


@dataclass(frozen=True)
class Room:
    """How far the room reaches from the hub's centre (theta), and its price."""

    reach: Fraction
    price: Fraction
    wafer: Shape | None = None  #: its width and height; None if it has no end

    def whole(self, integral: Fraction) -> Fraction:
        """The integral of phi, over all of the plane or over a wafer around its middle."""
        if self.wafer is None:
            return integral * self.reach**3
        half, top = Fraction(self.wafer[0], 2), Fraction(self.wafer[1], 2)
        ends = sorted({Fraction(0), half, *(x for x in (self.reach - top, self.reach) if 0 < x < half)})
        # in between it is a polynomial: there Simpson's rule is exact
        pieces = (
            (b - a) / 6 * (self._along(a, top) + 4 * self._along((a + b) / 2, top) + self._along(b, top))
            for a, b in pairwise(ends)
        )
        return 4 * sum(pieces, Fraction(0))

    def _along(self, x: Fraction, top: Fraction) -> Fraction:
        """The integral of phi along y from 0 to `top`."""
        left = max(Fraction(0), self.reach - x)
        return (left**2 - max(Fraction(0), left - top) ** 2) / 2


@dataclass(frozen=True)
class RoomRules:
    """The constants of the argument; what differs from these here is an error planted by a test."""

    integral: Fraction = Fraction(2, 3)
    own: Fraction = Fraction(1, 4)  #: of a leaf's extent across the axis that it crosses
    of_hub: Fraction = Fraction(1, 4)


TRUE_ROOM_RULES = RoomRules()


def stacks_value(star: Star, prices: Prices) -> int:
    """What the star costs at least by both of its stacks, in quarters."""
    return min(
        4 * star.hub_price * hub[0] * hub[1]
        - 2 * sum(prices.x)
        - 2 * sum(prices.y)
        + sum(_stacked(star, leaf, hub, prices) for leaf in range(len(star.leaves)))
        for hub in star.hub
    )


def _stacked(star: Star, leaf: int, hub: Shape, prices: Prices) -> int:
    costs = []
    for w, h in star.leaves[leaf]:
        of_area = 4 * star.price(leaf) * w * h
        ways = [(4 * r + 2) * h * star.weight + 2 * star.weight * hub[1] + p for r, p in enumerate(prices.y)]
        ways += [(4 * r + 2) * w * star.weight + 2 * star.weight * hub[0] + p for r, p in enumerate(prices.x)]
        costs.append(of_area + min([*ways, 2 * star.weight * (w + h + min(hub))]))
    return min(costs)


def room_value(star: Star, room: Room, rules: RoomRules = TRUE_ROOM_RULES) -> Fraction:
    """What the star costs at least by the room around its hub, in quarters."""
    return 4 * min(
        star.hub_price * hub[0] * hub[1]
        - room.price * (room.whole(rules.integral) - _within(hub, room.reach, sum(hub) * rules.of_hub))
        + sum(_roomy(star, leaf, hub, room, rules) for leaf in range(len(star.leaves)))
        for hub in star.hub
    )


def _within(shape: Shape, reach: Fraction, mean: Fraction) -> Fraction:
    """The integral of phi over a kernel, at least, if the mean of |p| is at most `mean`."""
    return shape[0] * shape[1] * max(Fraction(0), reach - mean)


def _roomy(star: Star, leaf: int, hub: Shape, room: Room, rules: RoomRules) -> Fraction:
    costs = []
    for shape in star.leaves[leaf]:
        w, h = shape
        beside = Fraction(w + h + min(hub), 2)
        for nearest, own in (
            (Fraction(h + hub[1], 2), w * rules.own),
            (Fraction(w + hub[0], 2), h * rules.own),
            (beside, Fraction(0)),
        ):
            for distance in (nearest, max(nearest, room.reach - own)):
                inside = room.price * _within(shape, room.reach, distance + own)
                costs.append(star.weight * distance + inside + star.price(leaf) * w * h)
    return min(costs)
