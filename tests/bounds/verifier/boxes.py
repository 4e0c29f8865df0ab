"""Boxes around hubs, by a literal reading of docs/bounds.md, section 10 (B), and by all places there are.

Shapes are (along x, along y), here with x along the hub's greater extent where nothing else is said. Reaches
are in quarters of a tile, prices in whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import floor
from random import Random

Shape = tuple[int, int]
Box = tuple[int, int, int]  #: width, reach, price
#: Shapes of a leaf, each with what its size costs, and the cost of a tile of wire.
Leaf = tuple[Sequence[tuple[int, int, Fraction]], Fraction]

_NONE = Fraction(0)


def random_boxes(random: Random, weight: int) -> list[int]:
    """Boxes as a certificate has them, at times nested ones, at times alike, at times without a price."""
    found: list[int] = []
    for _ in range(random.choice([0, 0, 1, 2, 3, 4])):
        width = random.choice([random.randint(1, 6), random.randint(1, 30), found[-3] if found else 3])
        reach = random.choice([random.randint(1, 20), random.randint(8, 80), 0])
        price = random.choice([max(1, weight // max(1, width)), random.randint(0, 3), max(1, weight // 3), 0])
        found += [width, reach, price]
    return found


def box_value(
    hub: Shape,
    leaves: Sequence[Leaf],
    boxes: Sequence[Box],
    wafer: Shape,
    price_unit: Fraction,
    step: Fraction = _NONE,
) -> Fraction:
    """The bound B with one shape of the hub; what a leaf pays for boxes is rounded down to `step`, if any."""
    if hub[0] < hub[1]:
        turned = [([(h, w, tiles) for w, h, tiles in shapes], wire) for shapes, wire in leaves]
        return box_value(hub[::-1], turned, boxes, wafer[::-1], price_unit, step)
    exact = [(Fraction(width), Fraction(reach, 4), price * price_unit) for width, reach, price in boxes]
    total = -sum((rho * room(hub, b, theta, wafer) for b, theta, rho in exact), _NONE)
    for shapes, wire in leaves:
        total += min(
            tiles + wire * (x + y) + rounded(sum((rho * c * i for rho, c, i in pays), _NONE), step)
            for w, h, tiles in shapes
            for x, y, pays in places(hub, w, h, exact)
        )
    return total


def rounded(value: Fraction, step: Fraction) -> Fraction:
    return floor(value / step) * step if step else value


def room(hub: Shape, b: Fraction, theta: Fraction, wafer: Shape) -> Fraction:
    """Psi: the integral over a wafer with the hub in its middle, less that over the hub."""
    m = min(Fraction(hub[1], 2), theta)
    beyond = max(_NONE, theta - Fraction(wafer[1], 2))
    whole, own = min(b, Fraction(wafer[0])), min(b, Fraction(hub[0]))
    return whole * (theta * theta - beyond * beyond) - own * (2 * theta * m - m * m)


def places(
    hub: Shape, w: int, h: int, boxes: Sequence[tuple[Fraction, Fraction, Fraction]]
) -> Iterator[tuple[Fraction, Fraction, list[tuple[Fraction, Fraction, Fraction]]]]:
    """The few places that have to be looked at, with the price of each box, C, and I (or less)."""
    ends = [(w + b) / 2 for b, _, _ in boxes]
    reaches = [theta for _, theta, _ in boxes]
    above, beside, middle = Fraction(hub[1] + h, 2), Fraction(hub[0] + w, 2), Fraction(h, 2)
    spots = [(x, y) for x in (_NONE, *ends) for y in (above, *(t for t in reaches if t > above))]
    for x in (beside, *(e for e in ends if e > beside)):
        spots += [(x, y) for y in (_NONE, middle, *(t for t in reaches if t > middle))]
    for x, y in spots:
        pays = []
        for b, theta, rho in boxes:
            c = max(_NONE, min(Fraction(w), b, (w + b) / 2 - x))
            m = min(middle, theta)
            i = 2 * theta * m - m**2 if y == 0 else h * max(_NONE, theta - y)
            pays.append((rho, c, i))
        yield x, y, pays


def over(x: int, y: int, w: int, h: int, box: Box) -> Fraction:
    """The integral of what is left of a box's reach over w x h tiles; their centre is in quarters."""
    return _across(x, w, box[0]) * _along(y, h, box[1])


def _across(x: int, w: int, width: int) -> Fraction:
    return Fraction(max(0, min(x + 2 * w, 2 * width) - max(x - 2 * w, -2 * width)), 4)


def _along(y: int, h: int, reach: int) -> Fraction:
    return Fraction(_up_to(y + 2 * h, reach) - _up_to(y - 2 * h, reach), 32)


def _up_to(t: int, reach: int) -> int:
    """Twice the integral of max(0, reach - |t|) from 0 to t."""
    near = min(abs(t), reach)
    return (1 if t > 0 else -1) * (2 * reach * near - near * near)


def least_anywhere(hub: Shape, leaf: Leaf, boxes: Sequence[Box], price_unit: Fraction) -> Fraction:
    """What a leaf pays at least, of all places on a grid of quarters of a tile beside the hub.

    Integrals are exact.
    """
    shapes, wire = leaf
    best: Fraction | None = None
    for w, h, tiles in shapes:
        far_x = 2 * (w + max([hub[0], *(box[0] for box in boxes)]))
        far_y = max([2 * (hub[1] + h), *(box[1] for box in boxes)])
        # the same numbers again and again: along each axis they are found once
        across = [[_across(x, w, width) for width, _, _ in boxes] for x in range(far_x + 1)]
        along = [[_along(y, h, reach) for _, reach, _ in boxes] for y in range(far_y + 1)]
        prices = [price * price_unit for _, _, price in boxes]
        for x, c in enumerate(across):
            paid = [p * one for p, one in zip(prices, c, strict=True)]
            for y in range(0 if x >= 2 * (hub[0] + w) else 2 * (hub[1] + h), far_y + 1):
                cost = tiles + wire * Fraction(x + y, 4)
                if best is None or cost < best:
                    cost += sum((p * i for p, i in zip(paid, along[y], strict=True)), _NONE)
                    best = cost if best is None else min(best, cost)
    assert best is not None
    return best


def most_room(hub: Shape, box: Box, wafer: Shape) -> Fraction:
    """The most integral that a hub leaves, wherever on the wafer it is (its corner at halves of tiles)."""
    own = over(0, 0, *hub, box)
    return max(
        over(2 * wafer[0] - left - 2 * hub[0], 2 * wafer[1] - low - 2 * hub[1], *wafer, box) - own
        for left in range(0, 4 * (wafer[0] - hub[0]) + 1, 2)
        for low in range(0, 4 * (wafer[1] - hub[1]) + 1, 2)
    )
