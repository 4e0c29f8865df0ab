"""Boxes around the hub of a star, long and flat ones that long thin kernels fill; leaves pay for them.

docs/bounds.md, section 10: B. All is said of a hub whose lesser extent is its height; a box lies along x
with the hub in its middle. Else the axes are exchanged: `axis` is 1 if that lesser extent is along y, 0 if
along x. The boxes of a star are *nested*: each is at least as wide as the one before and reaches at least as
far. Distances are in tiles.
"""

from __future__ import annotations

import math

import numpy as np

from wse_cp.bounds.cover.places import WIDTH
from wse_cp.bounds.programme.pricing import UNIT
from wse_cp.compiled import inner
from wse_cp.shapes.arrays import FloatArray

#: How many boxes a star has, if it has at least so many leaves.
BOXES, BOXED = 6, 5
#: Columns of a box: its width, how far it reaches, what a tile of area costs for each tile it is within.
BROAD, FAR, DEAR = range(3)
#: Columns of a box that is being improved: reach, price (see `place_boxes`), smoothed subgradient.
REACH_OF, PRICE_OF, DRIFT = range(3)
#: How far the boxes reach and how wide they are, as shares of half the stack in which the leaves are at their
#: thinnest; what they cost at first, as shares of the price at which the leaves fill that stack.
_REACHES = np.array([0.2, 0.54, 0.8, 0.83, 0.86, 0.9])
_WIDTHS = np.array([0.07, 0.39, 0.55, 0.9, 1.33, 1.64])
_PRICES = np.array([0.17, 0.08, 0.15, 0.26, 0.31, 0.27])
#: How much wider than its reach each box is.
_WIDE = _WIDTHS / _REACHES
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
        least = boxes[box - 1, BROAD] if box else 1.0
        boxes[box, BROAD] = max(math.floor(_WIDE[box] * boxes[box, FAR] + 0.5), least)
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
