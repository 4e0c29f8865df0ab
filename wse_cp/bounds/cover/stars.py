"""What the wires of a star cost at least: a kernel in the middle, the *hub*, and its *leaves* around it.

docs/bounds.md, section 10, has the argument. Every leaf crosses one of the two lines through the hub's
centre, or neither. Those that cross the same line stand in a stack with the hub, one above the other: a leaf
with r others farther out on its side pays (r + 1/2) of its extent for the star's wire, and its side has room
for one leaf of each r, its *rank*. The least cost of leaves in ranks is an assignment problem. With its dual
prices, the bound of a star asks of each kernel alone; so does the verifier.
"""

from __future__ import annotations

import numpy as np

from wse_cp.compiled import compiled, inner
from wse_cp.shapes.arrays import FloatArray, IntArray

#: Columns of the shapes of kernels.
WIDTH, HEIGHT, AREA = range(3)
#: Rows of prices of ranks: beside pairs, in a stack along x or y; in two stacks at once, along x and along y.
ONE_X, ONE_Y, TWO_X, TWO_Y = range(4)
#: Other prices of a star: of the free half of a pair; how far the room around the hub reaches (tiles), and what a
#: tile costs there for each tile that it is within.
PAIR_PRICE, REACH, DENSITY = range(3)
#: Up to so many leaves, ranks cost nothing: a place on either side. From so many on, the room counts.
PAIR, ROOMY = 2, 5
#: Times that the prices of ranks are found anew for a better shape of the hub.
_ROUNDS = 3


@compiled
def evaluate_stars(
    hubs: IntArray,
    pointers: IntArray,
    leaves: IntArray,
    kinds: IntArray,
    shape_pointers: IntArray,
    shapes: FloatArray,
    weights: FloatArray,
    hub_prices: FloatArray,
    leaf_prices: FloatArray,
    values: FloatArray,
    hub_areas: FloatArray,
    leaf_areas: FloatArray,
    ranks: FloatArray,
    others: FloatArray,
) -> None:
    """Write the least cost of every star into `values`, with what it is made of.

    Parameters
    ----------
    hubs, pointers, leaves
        The leaves of star i, whose hub is hubs[i], stand from pointers[i] to pointers[i + 1] (int64).
    kinds, shape_pointers, shapes
        The shapes of kernel v are the rows from shape_pointers[kinds[v]] up to the next one's (float64).
    weights
        Cost of a tile of wire in each star.
    hub_prices, leaf_prices
        Cost of a tile of area of the hub of each star, and of each entry of `leaves`.
    hub_areas, leaf_areas
        Are filled with the tiles that they take in the cheapest case.
    ranks
        Is filled with the prices of ranks (4 x entries, `ONE_X` to `TWO_Y`): those of star i from pointers[i]
        on, half as many as its leaves, rounded up.
    others
        Is filled with each star's other prices (stars x 3, `PAIR_PRICE` to `DENSITY`).
    """
    for star in range(len(hubs)):
        first, last = pointers[star], pointers[star + 1]
        _star(
            hubs[star],
            leaves[first:last],
            kinds,
            shape_pointers,
            shapes,
            weights[star],
            hub_prices[star],
            leaf_prices[first:last],
            values[star : star + 1],
            hub_areas[star : star + 1],
            leaf_areas[first:last],
            ranks[:, first:last],
            others[star],
        )


@inner
def _star(
    hub: int,
    leaves: IntArray,
    kinds: IntArray,
    shape_pointers: IntArray,
    shapes: FloatArray,
    weight: float,
    hub_price: float,
    leaf_prices: FloatArray,
    value: FloatArray,
    hub_area: FloatArray,
    leaf_areas: FloatArray,
    ranks: FloatArray,
    others: FloatArray,
) -> None:
    many = len(leaves)
    rooms = (many + 1) // 2
    cost = np.empty((2, many, rooms))  # along x and y: of a leaf in a rank
    area = np.empty((2, many, rooms))
    beside = np.empty((many, 2))  # of a leaf that crosses neither line: cost and area
    for i in range(many):
        kind = kinds[leaves[i]]
        sizes = shapes[shape_pointers[kind] : shape_pointers[kind + 1]]
        _leaf(sizes, weight, leaf_prices[i], cost[:, i], area[:, i], beside[i])
    kind = kinds[hub]
    middle = shapes[shape_pointers[kind] : shape_pointers[kind + 1]]
    free = np.minimum(cost[0, :, 0], cost[1, :, 0])  # of a leaf without rank
    others[:] = 0.0
    others[PAIR_PRICE] = np.sum(beside[:, 0] - free) / (2 * many)
    roomy = np.full(len(middle), -np.inf)
    if many >= ROOMY:
        others[REACH] = np.round(4 * np.sqrt((np.sum(area[1, :, 0]) + middle[0, AREA]) / 2)) / 4
        others[DENSITY] = weight * many / np.sum(area[1, :, 0])
        for s in range(len(middle)):
            roomy[s] = _room(
                middle[s],
                leaves,
                kinds,
                shape_pointers,
                shapes,
                weight,
                leaf_prices,
                others[REACH],
                others[DENSITY],
            )
    ranks[:, :] = 0.0
    found = np.zeros((4, many))
    places, best_places = np.full((3, many), -1, np.int64), np.full((3, many), -1, np.int64)
    priced = np.empty((4, many))
    constants = np.zeros(3)
    totals = np.empty((2, len(middle)))
    reference = np.empty(2, np.int64)
    for axis in range(2):
        reference[axis] = _thin(middle, axis, weight * many / 2, hub_price)
    value[0] = -np.inf
    at = told = 0
    for turn in range(_ROUNDS if many > PAIR else 1):
        if many > PAIR:
            for axis in range(2):
                elsewhere = _elsewhere(
                    middle[reference[axis]], axis, weight, free, beside, others[PAIR_PRICE]
                )
                constants[axis] = _assigned(cost[axis], elsewhere, found[axis], places[axis])
            constants[2] = _assigned_twice(cost, middle[reference[1]], weight, beside, found, places[2])
        for axis in range(2):
            _cheapest(cost[axis], found[axis], priced[axis])
            _cheapest(cost[axis], found[2 + axis], priced[2 + axis])
        _all(middle, weight, priced, cost, found, free, beside, others[PAIR_PRICE], constants, roomy, totals)
        which = _cheapest_shape(middle, totals[0], hub_price)
        total = totals[0, which] + hub_price * middle[which, AREA]
        if total > value[0]:
            value[0], at, told = total, which, int(totals[1, which])
            ranks[:, :], best_places = found, places.copy()
        if reference[0] == which or reference[1] == which:
            break
        for axis in range(2):
            reference[axis] = _thinnest(middle, axis, totals[0], hub_price)
    hub_area[0] = middle[at, AREA]
    for i in range(many):
        leaf_areas[i] = beside[i, 1]
        place = best_places[min(told, 2), i]
        if told >= 2 and place >= rooms:
            leaf_areas[i] = area[0, i, place - rooms]
        elif place >= 0:
            leaf_areas[i] = area[min(told, 1), i, place]
        elif told < 2 and beside[i, 0] - others[PAIR_PRICE] > free[i] + others[PAIR_PRICE]:
            leaf_areas[i] = area[0 if cost[0, i, 0] < cost[1, i, 0] else 1, i, 0]


@inner
def _leaf(
    sizes: FloatArray, weight: float, price: float, cost: FloatArray, area: FloatArray, beside: FloatArray
) -> None:
    """Write what a leaf costs in each rank along x and y (2 x ranks), or beside both lines."""
    rooms = cost.shape[1]
    cost[:, :] = np.inf
    beside[0] = np.inf
    for s in range(len(sizes)):
        tiles = price * sizes[s, AREA]
        for axis in range(2):
            extent = weight * sizes[s, WIDTH + axis]
            for r in range(rooms):
                total = extent * (r + 0.5) + tiles
                if total < cost[axis, r]:
                    cost[axis, r], area[axis, r] = total, sizes[s, AREA]
        total = weight * (sizes[s, WIDTH] + sizes[s, HEIGHT]) / 2 + tiles
        if total < beside[0]:
            beside[0], beside[1] = total, sizes[s, AREA]


@inner
def _thin(hub: FloatArray, axis: int, weight: float, price: float) -> int:
    """Return which shape of a hub is best in a stack along an axis."""
    best, which = np.inf, 0
    for s in range(len(hub)):
        total = weight * hub[s, WIDTH + axis] + price * hub[s, AREA]
        if total < best:
            best, which = total, s
    return which


@inner
def _cheapest_shape(hub: FloatArray, totals: FloatArray, price: float) -> int:
    """Return which shape of a hub is cheapest with what its leaves cost."""
    best, which = np.inf, 0
    for s in range(len(hub)):
        total = totals[s] + price * hub[s, AREA]
        if total < best:
            best, which = total, s
    return which


@inner
def _thinnest(hub: FloatArray, axis: int, totals: FloatArray, price: float) -> int:
    """Return which shape of a hub is cheapest of those that are thin along an axis."""
    best, which = np.inf, 0
    for s in range(len(hub)):
        total = totals[s] + price * hub[s, AREA]
        if hub[s, WIDTH + axis] <= hub[s, HEIGHT - axis] and total < best:
            best, which = total, s
    return which


@inner
def _elsewhere(
    hub: FloatArray, axis: int, weight: float, free: FloatArray, beside: FloatArray, pair: float
) -> FloatArray:
    """Return what each leaf costs outside the stack along an axis, less what the hub pays in it."""
    along, over = weight * hub[WIDTH + axis] / 2, weight * hub[HEIGHT - axis] / 2
    low = min(along, over)
    found = np.empty(len(free))
    for i in range(len(free)):
        paired = min(free[i] + pair, beside[i, 0] - pair) + low / 2
        found[i] = min(beside[i, 0] + low, paired) - along
    return found


@inner
def _room(
    hub: FloatArray,
    leaves: IntArray,
    kinds: IntArray,
    shape_pointers: IntArray,
    shapes: FloatArray,
    weight: float,
    prices: FloatArray,
    reach: float,
    density: float,
) -> float:
    """Return what the leaves cost at least by the room around the hub."""
    own = max(0.0, reach - (hub[WIDTH] + hub[HEIGHT]) / 4)
    total = density * (hub[AREA] * own - 2 / 3 * reach**3)
    low = min(hub[WIDTH], hub[HEIGHT])
    for i in range(len(leaves)):
        kind = kinds[leaves[i]]
        least = np.inf
        for s in range(shape_pointers[kind], shape_pointers[kind + 1]):
            width, height, tiles = shapes[s, WIDTH], shapes[s, HEIGHT], shapes[s, AREA]
            for case in range(3):
                if case == 0:
                    nearest, across = (hub[WIDTH] + width) / 2, height / 4
                elif case == 1:
                    nearest, across = (hub[HEIGHT] + height) / 2, width / 4
                else:
                    nearest, across = (width + height + low) / 2, 0.0
                far = max(nearest, reach - across)
                inside = weight * nearest + density * tiles * max(0.0, reach - nearest - across)
                least = min(least, min(inside, weight * far) + prices[i] * tiles)
        total += least
    return total


@inner
def _cheapest(cost: FloatArray, ranks: FloatArray, found: FloatArray) -> None:
    """Write what each leaf costs at least in any rank with its price."""
    for i in range(len(cost)):
        found[i] = np.inf
        for r in range(cost.shape[1]):
            found[i] = min(found[i], cost[i, r] + ranks[r])


@inner
def _in_pairs(
    hub: FloatArray,
    axis: int,
    weight: float,
    priced: FloatArray,
    free: FloatArray,
    beside: FloatArray,
    pair: float,
) -> float:
    """Return the cost of the leaves if those outside the stack along an axis pay in pairs."""
    along, over = weight * hub[WIDTH + axis] / 2, weight * hub[HEIGHT - axis] / 2
    low = min(along, over)
    total = 0.0
    for i in range(len(priced)):
        paired = min(free[i] + pair, beside[i, 0] - pair) + low / 2
        total += min(priced[i] + along, beside[i, 0] + low, paired)
    return total


@inner
def _in_stacks(
    hub: FloatArray, weight: float, along_x: FloatArray, along_y: FloatArray, beside: FloatArray
) -> float:
    """Return the cost of the leaves in two stacks, or beside both."""
    x, y = weight * hub[WIDTH] / 2, weight * hub[HEIGHT] / 2
    total = 0.0
    for i in range(len(along_x)):
        total += min(along_x[i] + x, along_y[i] + y, beside[i, 0] + min(x, y))
    return total


@inner
def _all(
    hub: FloatArray,
    weight: float,
    priced: FloatArray,
    cost: FloatArray,
    ranks: FloatArray,
    free: FloatArray,
    beside: FloatArray,
    pair: float,
    constants: FloatArray,
    roomy: FloatArray,
    totals: FloatArray,
) -> None:
    """Write what a star costs at least with each shape of its hub, and what says so.

    0 and 1 stand for pairs beside a stack along x and along y, 2 for two stacks, 3 for the room.
    """
    turned = np.empty((2, len(free)))  # two stacks, their prices exchanged
    _cheapest(cost[0], ranks[TWO_Y], turned[0])
    _cheapest(cost[1], ranks[TWO_X], turned[1])
    for s in range(len(hub)):
        x = _in_pairs(hub[s], 0, weight, priced[0], free, beside, pair) - constants[0]
        y = _in_pairs(hub[s], 1, weight, priced[1], free, beside, pair) - constants[1]
        totals[0, s] = min(x, y)
        totals[1, s] = 0.0 if x < y else 1.0
        two = _in_stacks(hub[s], weight, priced[2], priced[3], beside)
        two = max(two, _in_stacks(hub[s], weight, turned[0], turned[1], beside)) - constants[2]
        if two > totals[0, s]:
            totals[0, s], totals[1, s] = two, 2.0
        if roomy[s] > totals[0, s]:
            totals[0, s], totals[1, s] = roomy[s], 3.0


@inner
def _assigned_twice(
    cost: FloatArray, hub: FloatArray, weight: float, beside: FloatArray, ranks: FloatArray, places: IntArray
) -> float:
    """Solve the assignment of leaves to the ranks of two stacks, or beside; return the sum of all prices."""
    many, rooms = cost.shape[1:]
    x, y = weight * hub[WIDTH] / 2, weight * hub[HEIGHT] / 2
    both = np.empty((many, 2 * rooms))
    elsewhere = np.empty(many)
    for i in range(many):
        elsewhere[i] = beside[i, 0] + min(x, y)
        for r in range(rooms):
            both[i, r], both[i, rooms + r] = cost[1, i, r] + y, cost[0, i, r] + x
    along = np.zeros(2 * rooms)
    total = _assigned(both, elsewhere, along, places)
    for r in range(rooms):
        ranks[TWO_Y, r], ranks[TWO_X, r] = along[r], along[rooms + r]
    return total


@inner
def _assigned(cost: FloatArray, elsewhere: FloatArray, ranks: FloatArray, places: IntArray) -> float:
    """Solve the assignment of leaves to ranks, two places each, or elsewhere.

    Writes the prices of the ranks and the rank of each leaf (-1 elsewhere); returns the sum of the prices of
    all places.
    """
    many, rooms = cost.shape
    table = np.empty((many, 2 * rooms + many))
    for i in range(many):
        for r in range(rooms):
            table[i, 2 * r] = table[i, 2 * r + 1] = cost[i, r]
        table[i, 2 * rooms :] = elsewhere[i]
    prices = np.empty(2 * rooms + many)
    _hungarian(table, prices, places)
    total = 0.0
    for r in range(rooms):
        ranks[r] = min(prices[2 * r], prices[2 * r + 1])
        total += 2 * ranks[r]
    for i in range(many):
        places[i] = places[i] // 2 if places[i] < 2 * rooms else -1
    return total


@inner
def _hungarian(cost: FloatArray, prices: FloatArray, places: IntArray) -> None:
    """Solve an assignment problem, rows to at least as many columns; write the columns' prices (>= 0).

    The method of shortest augmenting paths: R. Jonker and A. Volgenant, A shortest augmenting path algorithm
    for dense and sparse linear assignment problems (doi 10.1007/BF02278710).
    """
    rows, columns = cost.shape
    up = np.zeros(rows + 1)
    down = np.zeros(columns + 1)
    row_of = np.full(columns + 1, -1, np.int64)
    way = np.zeros(columns + 1, np.int64)
    least = np.empty(columns + 1)
    used = np.empty(columns + 1, np.bool_)
    for row in range(rows):
        row_of[columns] = row
        at = columns
        least[:] = np.inf
        used[:] = False
        while row_of[at] >= 0:
            used[at] = True
            here, delta, following = row_of[at], np.inf, 0
            for j in range(columns):
                if not used[j]:
                    reduced = cost[here, j] - up[here] - down[j]
                    if reduced < least[j]:
                        least[j], way[j] = reduced, at
                    if least[j] < delta:
                        delta, following = least[j], j
            for j in range(columns + 1):
                if used[j]:
                    up[row_of[j]] += delta
                    down[j] -= delta
                else:
                    least[j] -= delta
            at = following
        while at != columns:
            before = way[at]
            row_of[at] = row_of[before]
            at = before
    for j in range(columns):
        prices[j] = -down[j]
        if row_of[j] >= 0:
            places[row_of[j]] = j
