"""What one leaf of a star costs at least in boxes around the hub: its best shape and place.

docs/bounds.md, section 10: B, and which places need be looked at. A leaf is *over* the hub, or *aside*,
beyond one of its ends. Shapes are sorted by width, and none fits in another one of its kernel.
"""

from __future__ import annotations

import math

from wse_cp.bounds.cover.boxes import BROAD, DEAR, FAR, taken
from wse_cp.bounds.cover.places import AREA, THIN, WIDTH
from wse_cp.compiled import inner
from wse_cp.shapes.arrays import FloatArray


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
    wire, hub_long, hub_thick = prices[0], hub[WIDTH + 1 - axis], hub[WIDTH + axis]
    best, y = math.inf, 0.0
    for place in range(len(shapes)):
        # shapes are sorted by width: the flattest ones come first, as they are often the cheapest
        s = len(shapes) - 1 - place if axis == 1 else place
        long, thick = shapes[s, WIDTH + 1 - axis], shapes[s, WIDTH + axis]
        tiles = prices[1] * shapes[s, AREA] - prices[2] * shapes[s, THIN]
        over = (hub_thick + thick) / 2
        for i in range(-1, len(boxes)):  # nothing of a leaf is in box i where x is its (long + width) / 2
            x = 0.0 if i < 0 else (long + boxes[i, BROAD]) / 2
            if tiles + wire * (x + over) >= best:
                break
            cost, y = _cheapest_beyond(boxes, wire, i + 1, (long, thick), x, over)
            if cost + tiles < best:
                best, found[0], found[1], found[2] = cost + tiles, s, x, y
        cost, x, y = _cheapest_aside(boxes, wire, (long, thick), hub_long, best - tiles)
        if cost + tiles < best:
            best, found[0], found[1], found[2] = cost + tiles, s, x, y
    return best


@inner
def price_with_hubs(
    shapes: FloatArray,
    prices: tuple[float, float, float],
    hubs: FloatArray,
    axis: int,
    boxes: FloatArray,
    costs: FloatArray,
) -> None:
    """Write the least cost of one leaf (see `price_in_boxes`) for each of some shapes of the hub.

    These lie along the same axis, and the thickest ones come first.
    """
    wire, given_back = prices[0], prices[2]
    costs[:] = math.inf
    least_area = math.inf
    for place in range(len(shapes)):
        s = len(shapes) - 1 - place if axis == 1 else place
        # at x = 0 what is thicker and no smaller pays more of each box, and is farther from the hub
        if shapes[s, AREA] < least_area or given_back > 0.0:
            least_area = min(least_area, shapes[s, AREA])
            extents = shapes[s, WIDTH + 1 - axis], shapes[s, WIDTH + axis]
            tiles = prices[1] * shapes[s, AREA] - given_back * shapes[s, THIN]
            _lower_over(boxes, wire, 0, extents, 0.0, tiles, hubs[:, WIDTH + axis], costs)
    for place in range(len(shapes)):
        # the narrowest ones first: nearly all that are cheap aside
        s = place if axis == 1 else len(shapes) - 1 - place
        extents = shapes[s, WIDTH + 1 - axis], shapes[s, WIDTH + axis]
        tiles = prices[1] * shapes[s, AREA] - given_back * shapes[s, THIN]
        _lower_farther(boxes, wire, extents, tiles, hubs[:, WIDTH + axis], costs)
        _lower_aside(boxes, wire, extents, tiles, hubs[:, WIDTH + 1 - axis], costs)


@inner
def _lower_over(
    boxes: FloatArray,
    wire: float,
    first: int,
    extents: tuple[float, float],
    x: float,
    tiles: float,
    hub_thicks: FloatArray,
    costs: FloatArray,
) -> None:
    """Lower the costs of a leaf to those of one shape at x over each hub, where it is cheaper there.

    It goes as in `_cheapest_beyond`, for one hub after the other.
    """
    long, thick = extents
    box, y = len(boxes) - 1, boxes[-1, FAR]
    cost, rate = wire * (x + y), wire
    for k in range(len(hub_thicks)):
        nearest = (hub_thicks[k] + thick) / 2
        while y > nearest and rate > 0.0:
            nearer = max(nearest, boxes[box, FAR]) if box >= first else nearest
            cost -= rate * (y - nearer)
            y = nearer
            if box >= first and y == boxes[box, FAR]:
                across = min(min(long, boxes[box, BROAD]), (long + boxes[box, BROAD]) / 2 - x)
                rate -= boxes[box, DEAR] * thick * max(across, 0.0)
                box -= 1
        costs[k] = min(costs[k], tiles + max(cost, wire * (x + nearest)))


@inner
def _lower_farther(
    boxes: FloatArray,
    wire: float,
    extents: tuple[float, float],
    tiles: float,
    hub_thicks: FloatArray,
    costs: FloatArray,
) -> None:
    """Lower a leaf's costs to those of one shape over each hub at the ends of boxes, if they are less."""
    lowest = wire * (hub_thicks[-1] + extents[1]) / 2 + tiles
    for i in range(len(boxes)):
        x = (extents[0] + boxes[i, BROAD]) / 2
        if lowest + wire * x >= costs.max():
            break
        _lower_over(boxes, wire, i + 1, extents, x, tiles, hub_thicks, costs)


@inner
def _lower_aside(
    boxes: FloatArray,
    wire: float,
    extents: tuple[float, float],
    tiles: float,
    hub_longs: FloatArray,
    costs: FloatArray,
) -> None:
    """Lower the costs of a leaf to those of one shape beside each hub's end, where it is cheaper there.

    The hubs' lengths rise.
    """
    long, highest = extents[0], costs.max() - tiles
    if wire * (hub_longs[0] + long) / 2 >= highest:
        return
    farther, box = math.inf, len(boxes) - 1
    for k in range(len(hub_longs) - 1, -1, -1):
        aside = (hub_longs[k] + long) / 2
        while box >= 0 and long + boxes[box, BROAD] >= 2 * aside:
            x = (long + boxes[box, BROAD]) / 2
            if wire * x < min(highest, farther):
                best = min(highest, farther)
                farther = min(farther, _cheapest_at(boxes, wire, box + 1, extents, x, best)[0])
            box -= 1
        best = min(costs[k] - tiles, farther)
        if wire * aside < best:
            best = min(best, _cheapest_at(boxes, wire, box + 1, extents, aside, best)[0])
        costs[k] = min(costs[k], tiles + best)


@inner
def _cheapest_at(
    boxes: FloatArray, wire: float, first: int, extents: tuple[float, float], x: float, best: float
) -> tuple[float, float]:
    """Return the least cost of a leaf beside the hub's end at x, and y there; at least `best` if no less."""
    long, thick = extents
    middle = wire * x
    for box in range(first, len(boxes)):
        middle += boxes[box, DEAR] * taken(boxes[box], long, thick, x, 0.0)
        if middle >= best:
            break
    if wire * (x + thick / 2) >= min(middle, best):
        return middle, 0.0
    cost, y = _cheapest_beyond(boxes, wire, first, extents, x, thick / 2)
    return (cost, y) if cost < middle else (middle, 0.0)


@inner
def _cheapest_aside(
    boxes: FloatArray, wire: float, extents: tuple[float, float], hub_long: float, best: float
) -> tuple[float, float, float]:
    """Return the least cost of one shape beside the hub's end, and x and y there; else `best`."""
    aside, found_x, found_y = (hub_long + extents[0]) / 2, 0.0, 0.0
    for i in range(-1, len(boxes)):
        x = aside if i < 0 else (extents[0] + boxes[i, BROAD]) / 2
        if x < aside:
            continue
        if wire * x >= best:
            break
        cost, y = _cheapest_at(boxes, wire, i + 1, extents, x, best)
        if cost < best:
            best, found_x, found_y = cost, x, y
    return best, found_x, found_y


@inner
def _cheapest_beyond(
    boxes: FloatArray, wire: float, first: int, extents: tuple[float, float], x: float, nearest: float
) -> tuple[float, float]:
    """Return the least cost of a leaf at x with y at least `nearest`, and that y.

    It pays in the boxes from `first` on. Boxes reach farther one after the other, and the cost is convex in
    y: so y comes nearer from where nothing is paid, as long as that costs less.
    """
    long, thick = extents
    y = max(nearest, boxes[-1, FAR])
    cost, rate = wire * (x + y), wire  # what a tile less of y saves
    for box in range(len(boxes) - 1, first - 1, -1):
        if boxes[box, FAR] < nearest:
            break
        cost -= rate * (y - boxes[box, FAR])
        y = boxes[box, FAR]
        across = min(min(long, boxes[box, BROAD]), (long + boxes[box, BROAD]) / 2 - x)
        rate -= boxes[box, DEAR] * thick * max(across, 0.0)
        if rate <= 0.0:
            return cost, y
    return cost - rate * (y - nearest), nearest
