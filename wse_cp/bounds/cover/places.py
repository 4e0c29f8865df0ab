"""What the leaves of a star cost with each shape of the hub, under prices of ranks and of room.

docs/bounds.md, section 10: F (pairs beside one stack), G (two stacks) and E (the room around the hub).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from wse_cp.compiled import inner
from wse_cp.shapes.arrays import FloatArray

#: Columns of the shapes of kernels; the last one is the lesser extent.
WIDTH, HEIGHT, AREA, THIN = range(4)
#: Rows of prices of ranks: in a stack along x or y, beside pairs; in two stacks at once, along x and along y.
ONE_X, ONE_Y, TWO_X, TWO_Y = range(4)
#: What says most of a star's cost: pairs beside a stack along x or y, two stacks, the room, boxes.
PAIRS_X, PAIRS_Y, STACKS, ROOM, IN_BOXES = range(5)

#: Halvings that find how far a room reaches.
_HALVINGS = 40


class Leaves(NamedTuple):
    """What the leaves of a star cost, the hub's part not counted."""

    weight: float  #: cost of a tile of wire at the hub
    cost: FloatArray  #: along x and y, of each leaf, in each rank (2 x leaves x ranks)
    size: FloatArray  #: area and lesser extent of the shapes that cost this (2 x 2 x leaves x ranks)
    free: FloatArray  #: cost of a leaf without rank, along whichever axis is cheaper
    beside: FloatArray  #: cost of a leaf that crosses neither line
    beside_size: FloatArray  #: area and lesser extent (2 x leaves)


class Costs(NamedTuple):
    """What the leaves of a star cost with each shape of the hub."""

    totals: FloatArray
    told: FloatArray  #: what says so (`PAIRS_X`, ...)


@inner
def price_leaf(
    shapes: FloatArray,
    weight: float,
    price: float,
    refund: float,
    cost: FloatArray,
    size: FloatArray,
    beside: FloatArray,
    beside_size: FloatArray,
) -> None:
    """Write what one leaf costs in each rank (2 x ranks), and beside both lines (one entry).

    With it go area and lesser extent (`size`, 2 x 2 x ranks; `beside_size`, 2). `price` is for a tile of
    area, `refund` for one of the lesser extent.
    """
    beside[0] = np.inf
    for axis in range(2):
        for r in range(cost.shape[1]):
            cost[axis, r] = np.inf
    for s in range(len(shapes)):
        tiles = price * shapes[s, AREA] - refund * shapes[s, THIN]
        for axis in range(2):
            extent = weight * shapes[s, WIDTH + axis]
            for r in range(cost.shape[1]):
                total = extent * (r + 0.5) + tiles
                if total < cost[axis, r]:
                    cost[axis, r] = total
                    size[0, axis, r], size[1, axis, r] = shapes[s, AREA], shapes[s, THIN]
        total = weight * (shapes[s, WIDTH] + shapes[s, HEIGHT]) / 2 + tiles
        if total < beside[0]:
            beside[0], beside_size[0], beside_size[1] = total, shapes[s, AREA], shapes[s, THIN]


@inner
def outside_a_stack(leaves: Leaves, hub: FloatArray, axis: int, pair: float) -> FloatArray:
    """Return what each leaf costs outside a stack along an axis, less what the hub pays for one inside."""
    along = leaves.weight * hub[WIDTH + axis] / 2
    low = leaves.weight * min(hub[WIDTH], hub[HEIGHT]) / 2
    found = np.empty(len(leaves.free))
    for i in range(len(found)):
        paired = min(leaves.free[i] + pair, leaves.beside[i] - pair) + low / 2
        found[i] = min(leaves.beside[i] + low, paired) - along
    return found


@inner
def with_prices(cost: FloatArray, ranks: FloatArray, found: FloatArray) -> None:
    """Write what each leaf costs at least in any rank with its price."""
    for i in range(len(cost)):
        found[i] = np.inf
        for r in range(cost.shape[1]):
            found[i] = min(found[i], cost[i, r] + ranks[r])


@inner
def beside_pairs(leaves: Leaves, stacked: FloatArray, hub: FloatArray, axis: int, pair: float) -> float:
    """Return the cost of all leaves if those outside a stack along an axis pay in pairs."""
    along = leaves.weight * hub[WIDTH + axis] / 2
    outside = outside_a_stack(leaves, hub, axis, pair)
    total = 0.0
    for i in range(len(stacked)):
        total += min(stacked[i], outside[i]) + along
    return total


@inner
def two_stacks(leaves: Leaves, along_x: FloatArray, along_y: FloatArray, hub: FloatArray) -> float:
    """Return the cost of all leaves in two stacks, or beside both."""
    x, y = leaves.weight * hub[WIDTH] / 2, leaves.weight * hub[HEIGHT] / 2
    total = 0.0
    for i in range(len(along_x)):
        total += min(along_x[i] + x, along_y[i] + y, leaves.beside[i] + min(x, y))
    return total


@inner
def in_the_room(
    shapes: FloatArray, prices: tuple[float, float, float], hub: FloatArray, reach: float, density: float
) -> float:
    """Return the least cost of one leaf that pays for the room it takes.

    `prices` are those of a tile of wire and of area, and what is given back for one of the lesser extent.
    """
    weight, price, refund = prices
    low = min(hub[WIDTH], hub[HEIGHT])
    least = np.inf
    for s in range(len(shapes)):
        width, height, tiles = shapes[s, WIDTH], shapes[s, HEIGHT], shapes[s, AREA]
        for case in range(3):
            if case == 0:
                nearest, across = (hub[WIDTH] + width) / 2, height / 4
            elif case == 1:
                nearest, across = (hub[HEIGHT] + height) / 2, width / 4
            else:
                nearest, across = (width + height + low) / 2, 0.0
            far = weight * max(nearest, reach - across)
            near = weight * nearest + density * tiles * max(0.0, reach - nearest - across)
            least = min(least, min(near, far) + price * tiles - refund * shapes[s, THIN])
    return least


@inner
def whole_room(reach: float, wafer: FloatArray) -> float:
    """Return the integral of what is left of `reach` at each distance, over a wafer around its middle."""
    out_x, out_y = max(0.0, reach - wafer[0] / 2), max(0.0, reach - wafer[1] / 2)
    out_both = max(0.0, reach - wafer[0] / 2 - wafer[1] / 2)
    inside: float = reach**3 - out_x**3 - out_y**3 + out_both**3
    return inside * 2 / 3


@inner
def reach_of(tiles: float, wafer: FloatArray) -> float:
    """Return how far from the middle of a wafer so many tiles reach, the nearest ones."""
    low, high = 0.0, math.sqrt(tiles / 2)
    if high <= min(wafer[0], wafer[1]) / 2:
        return float(high)
    high = (wafer[0] + wafer[1]) / 2
    for _ in range(_HALVINGS):
        reach = (low + high) / 2
        out_x, out_y = max(0.0, reach - wafer[0] / 2), max(0.0, reach - wafer[1] / 2)
        if 2 * (reach * reach - out_x * out_x - out_y * out_y) < tiles:
            low = reach
        else:
            high = reach
    return float(high)


@inner
def left_of_the_room(hub: FloatArray, reach: float, density: float, wafer: FloatArray) -> float:
    """Return the price of the room that the hub leaves."""
    own = max(0.0, reach - (hub[WIDTH] + hub[HEIGHT]) / 4)
    left: float = density * (whole_room(reach, wafer) - hub[AREA] * own)
    return left


@inner
def cost_without_ranks(leaves: Leaves, wires: FloatArray, hub: FloatArray) -> Costs:
    """Return what leaves cost at least with each shape of the hub, each by itself.

    `wires` is the cost of a tile of wire to each of them.
    """
    totals, told = np.empty(len(hub)), np.full(len(hub), float(ROOM))
    free, weight = leaves.free.sum(), wires.sum()
    for s in range(len(hub)):
        totals[s] = free + weight * min(hub[s, WIDTH], hub[s, HEIGHT]) / 2
    return Costs(totals, told)


@inner
def cost_by_hub(
    leaves: Leaves, hub: FloatArray, ranks: FloatArray, pair: float, constants: FloatArray
) -> Costs:
    """Return what the leaves cost at least with each shape of the hub.

    Parameters
    ----------
    ranks, constants
        Prices of ranks (`ONE_X`, ...), and their sums over all places: of a stack along x, along y, of both.
    """
    # in stacks beside pairs, in two, in two with prices exchanged, in two without prices
    stacked = np.empty((8, len(leaves.free)))
    for row in range(6):
        axis, prices = row % 2, row if row <= TWO_Y else TWO_Y - row % 2
        with_prices(leaves.cost[axis], ranks[prices], stacked[row])
    for axis in range(2):
        stacked[6 + axis] = leaves.cost[axis, :, 0]
    totals, told = np.empty(len(hub)), np.empty(len(hub))
    for s in range(len(hub)):
        totals[s] = np.inf
        for axis in range(2):
            total = beside_pairs(leaves, stacked[axis], hub[s], axis, pair) - constants[axis]
            if total < totals[s]:
                totals[s], told[s] = total, axis
        for row in (2, 4, 6):
            total = two_stacks(leaves, stacked[row], stacked[row + 1], hub[s])
            total -= constants[STACKS] if row < 6 else 0.0
            if total > totals[s]:
                totals[s], told[s] = total, STACKS
    return Costs(totals, told)
