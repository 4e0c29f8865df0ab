"""What the leaves of a star pay in boxes around its hub, long and flat ones that long thin kernels fill.

docs/bounds.md, section 10: B. All is said of a hub whose lesser extent is its height; a box lies along x
with the hub in its middle. Else the axes are exchanged: `axis` is 1 if that lesser extent is along y, 0 if
along x. The boxes of a star are *nested*: each is wider than the one before and reaches farther. Distances
are in tiles.
"""

from __future__ import annotations

import math

import numpy as np

from wse_cp.bounds.cover.places import AREA, THIN, WIDTH
from wse_cp.bounds.programme.pricing import UNIT
from wse_cp.compiled import inner
from wse_cp.shapes.arrays import FloatArray

#: How many boxes a star has, if it has at least so many leaves.
BOXES, BOXED = 6, 5
#: Columns of a box: its width, how far it reaches, what a tile of area costs for each tile it is within.
BROAD, FAR, DEAR = range(3)
#: Columns of a box that is being improved: reach, price (see `place_boxes`), smoothed subgradient.
REACH_OF, PRICE_OF, DRIFT = range(3)
#: How far the boxes reach, as shares of the stack in which the leaves are at their thinnest; what they cost
#: at first, as shares of the price at which the leaves fill that stack.
_REACHES = np.array([0.08, 0.16, 0.28, 0.45, 0.7, 1.0])
_PRICES = np.array([0.3, 0.2, 0.15, 0.25, 0.25, 0.4])
#: How much wider than its reach a box is.
_WIDE = 1.5
#: The first box reaches so far at least, the second one twice as far, and so on (tiles).
_NEAREST = 1.0


@inner
def place_boxes(found: FloatArray, wire: float, boxes: FloatArray) -> None:
    """Write boxes as they count into `boxes` (`BOXES` x 3), from those that are being improved.

    Reaches are multiples of a quarter of a tile, widths of a tile, prices of 1 / `UNIT`. A price is for a
    tile along x of the whole width of the box, where a tile of wire costs 1; here it costs `wire`.
    """
    for box in range(BOXES):
        boxes[box, FAR] = math.floor(4 * found[box, REACH_OF] + 0.5) / 4
        boxes[box, BROAD] = max(math.floor(_WIDE * boxes[box, FAR] + 0.5), 1.0)
        boxes[box, DEAR] = math.floor(found[box, PRICE_OF] * wire / boxes[box, BROAD] * UNIT + 0.5) / UNIT


@inner
def taken(box: FloatArray, long: float, thick: float, x: float, y: float) -> float:
    """Return the least integral of what is left of a box's reach over a leaf with its centre at (x, y).

    `y` is 0, or the leaf is on one side of the hub's middle.
    """
    across = min(min(long, box[BROAD]), (long + box[BROAD]) / 2 - x)
    if across <= 0.0:
        return 0.0
    if y == 0.0:
        half = min(thick / 2, box[FAR])
        return float(across * (2 * box[FAR] * half - half * half))
    return float(across * thick * max(0.0, box[FAR] - y))


@inner
def _paid(boxes: FloatArray, first: int, long: float, thick: float, x: float, y: float) -> float:
    """Return what a leaf pays in the boxes from `first` on."""
    total = 0.0
    for box in range(first, len(boxes)):
        if boxes[box, DEAR] > 0.0:
            total += boxes[box, DEAR] * taken(boxes[box], long, thick, x, y)
    return total


@inner
def price_in_boxes(
    shapes: FloatArray,
    prices: tuple[float, float, float],
    hub: FloatArray,
    axis: int,
    boxes: FloatArray,
    found: FloatArray,
) -> float:
    """Return the least cost of one leaf that pays for what it takes of boxes.

    Parameters
    ----------
    prices
        Of a tile of wire and of area; what is given back for one of the lesser extent.
    found
        Is filled with the shape's place in `shapes`, and x and y of its centre, where the leaf is cheapest.
    """
    hub_long, hub_thick = hub[WIDTH + 1 - axis], hub[WIDTH + axis]
    best = math.inf
    for place in range(len(shapes)):
        # shapes are sorted by width: the flattest ones come first, as they are often the cheapest
        s = len(shapes) - 1 - place if axis == 1 else place
        long, thick = shapes[s, WIDTH + 1 - axis], shapes[s, WIDTH + axis]
        tiles = prices[1] * shapes[s, AREA] - prices[2] * shapes[s, THIN]
        for beside in range(2):
            x0, y0 = (0.0, (hub_thick + thick) / 2) if beside == 0 else ((hub_long + long) / 2, thick / 2)
            cost, x, y = _cheapest_place(boxes, prices[0], (long, thick), (x0, y0), beside == 1, best - tiles)
            if cost + tiles < best:
                best, found[0], found[1], found[2] = cost + tiles, s, x, y
    return best


@inner
def _cheapest_place(
    boxes: FloatArray,
    wire: float,
    extents: tuple[float, float],
    nearest: tuple[float, float],
    middle: bool,
    best: float,
) -> tuple[float, float, float]:
    """Return the least cost of wire and boxes, with x and y, from the nearest place on; else `best`.

    `middle` tells whether the leaf may also stand at y = 0.
    """
    many, found_x, found_y = len(boxes), 0.0, 0.0
    long, thick = extents
    for i in range(-1, many):
        x = nearest[0] if i < 0 else (long + boxes[i, BROAD]) / 2
        if x < nearest[0] or wire * (x if middle else x + nearest[1]) >= best:
            continue
        if middle:
            total = wire * x + _paid(boxes, i + 1, long, thick, x, 0.0)
            if total < best:
                best, found_x, found_y = total, x, 0.0
        # boxes are nested: nothing of the leaf is in the first ones at that x, nothing of them left at that y
        for j in range(-1, many):
            y = nearest[1] if j < 0 else boxes[j, FAR]
            if 0 <= j <= i or y < nearest[1] or wire * (x + y) >= best:
                continue
            total = wire * (x + y) + _paid(boxes, max(i, j) + 1, long, thick, x, y)
            if total < best:
                best, found_x, found_y = total, x, y
    return best, found_x, found_y


@inner
def room_in_box(box: FloatArray, hub: FloatArray, axis: int, wafer: FloatArray) -> float:
    """Return the integral of what is left of a box's reach over the wafer without the hub, at most."""
    beyond = max(0.0, box[FAR] - wafer[axis] / 2)
    half = min(hub[WIDTH + axis] / 2, box[FAR])
    own = min(hub[WIDTH + 1 - axis], box[BROAD]) * (2 * box[FAR] * half - half * half)
    whole = min(box[BROAD], wafer[1 - axis]) * (box[FAR] * box[FAR] - beyond * beyond)
    return float(whole - own)


def first_boxes(reaches: FloatArray, prices: FloatArray) -> FloatArray:
    """Return boxes to begin with, to be improved (stars x `BOXES` x 3).

    Parameters
    ----------
    reaches
        Of each star, half of the stack of its leaves at their thinnest, and of its hub (tiles).
    prices
        Of each star, how much demand there is in that stack, for each tile.
    """
    farther = np.maximum(reaches[:, None] * _REACHES, _NEAREST * np.arange(1, BOXES + 1))
    dear = prices[:, None] * _PRICES
    return np.stack([farther, dear, np.zeros_like(dear)], axis=2)
