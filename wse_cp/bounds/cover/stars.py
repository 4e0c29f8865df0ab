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
#: Up to so many leaves, ranks cost nothing: a place on either side.
PAIR = 2
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
    pairs: FloatArray,
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
        Is filled with the prices of ranks in stacks along x and along y (2 x entries): those of star i from
        pointers[i] on, half as many as its leaves, rounded up.
    pairs
        Is filled with the price of the better half of a pair, for each star.
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
            pairs[star : star + 1],
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
    pair: FloatArray,
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
    free = np.empty(many)  # of a leaf without rank
    difference = 0.0
    for i in range(many):
        free[i] = min(cost[0, i, 0], cost[1, i, 0])
        difference += beside[i, 0] - free[i]
    pair[0] = difference / (2 * many)
    ranks[:, :] = 0.0
    places, best_places = np.full((2, many), -1, np.int64), np.full((2, many), -1, np.int64)
    found = np.zeros((2, many))
    priced = cost[:, :, 0].copy()
    best_priced = priced
    constants = np.zeros(2)
    totals = np.empty((2, len(middle)))
    reference = np.empty(2, np.int64)
    for axis in range(2):
        reference[axis] = _thin(middle, axis, weight * many / 2, hub_price)
    value[0] = -np.inf
    at = along = 0
    for _ in range(_ROUNDS if many > PAIR else 1):
        for axis in range(2):
            if many > PAIR:
                hub_shape = middle[reference[axis]]
                elsewhere = _elsewhere(hub_shape, axis, weight, cost[1 - axis, :, 0], free, beside, pair[0])
                constants[axis] = _assigned(cost[axis], elsewhere, found[axis], places[axis])
                _cheapest(cost[axis], found[axis], priced[axis])
        _all(middle, weight, priced, cost, free, beside, pair[0], constants, totals)
        which = _cheapest_shape(middle, totals[0], hub_price)
        total = totals[0, which] + hub_price * middle[which, AREA]
        if total > value[0]:
            value[0], at, along = total, which, int(totals[1, which])
            ranks[:, :], best_places, best_priced = found, places.copy(), priced.copy()
        if reference[0] == which or reference[1] == which:
            break
        for axis in range(2):
            reference[axis] = _thinnest(middle, axis, totals[0], hub_price)
    hub_area[0] = middle[at, AREA]
    elsewhere = _elsewhere(middle[at], along, weight, cost[1 - along, :, 0], free, beside, pair[0])
    for i in range(many):
        if best_priced[along, i] <= elsewhere[i]:
            leaf_areas[i] = area[along, i, max(best_places[along, i], 0)]
        elif beside[i, 0] - pair[0] <= free[i] + pair[0]:
            leaf_areas[i] = beside[i, 1]
        else:
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
    hub: FloatArray,
    axis: int,
    weight: float,
    across: FloatArray,
    free: FloatArray,
    beside: FloatArray,
    pair: float,
) -> FloatArray:
    """Return what each leaf costs outside the stack along an axis, less what the hub pays in it."""
    along, over = weight * hub[WIDTH + axis] / 2, weight * hub[HEIGHT - axis] / 2
    low = min(along, over)
    found = np.empty(len(across))
    for i in range(len(across)):
        paired = min(free[i] + pair, beside[i, 0] - pair) + low / 2
        found[i] = min(beside[i, 0] + low, max(paired, across[i] + over)) - along
    return found


@inner
def _cheapest(cost: FloatArray, ranks: FloatArray, found: FloatArray) -> None:
    """Write what each leaf costs at least in any rank with its price."""
    for i in range(len(cost)):
        found[i] = np.inf
        for r in range(cost.shape[1]):
            found[i] = min(found[i], cost[i, r] + ranks[r])


@inner
def _sums(
    hub: FloatArray,
    axis: int,
    weight: float,
    priced: FloatArray,
    across: FloatArray,
    free: FloatArray,
    beside: FloatArray,
    pair: float,
) -> tuple[float, float]:
    """Return the cost of the leaves if those outside the stack pay alone, and if they pay in pairs."""
    along, over = weight * hub[WIDTH + axis] / 2, weight * hub[HEIGHT - axis] / 2
    low = min(along, over)
    alone = paired = 0.0
    for i in range(len(priced)):
        inside = min(priced[i] + along, beside[i, 0] + low)
        alone += min(inside, across[i] + over)
        paired += min(inside, min(free[i] + pair, beside[i, 0] - pair) + low / 2)
    return alone, paired


@inner
def _all(
    hub: FloatArray,
    weight: float,
    priced: FloatArray,
    cost: FloatArray,
    free: FloatArray,
    beside: FloatArray,
    pair: float,
    constants: FloatArray,
    totals: FloatArray,
) -> None:
    """Write what a star costs at least with each shape of its hub, and along which axis its stack is."""
    for s in range(len(hub)):
        x_alone, x_paired = _sums(hub[s], 0, weight, priced[0], cost[1, :, 0], free, beside, pair)
        y_alone, y_paired = _sums(hub[s], 1, weight, priced[1], cost[0, :, 0], free, beside, pair)
        x_alone, x_paired = x_alone - constants[0], x_paired - constants[0]
        y_alone, y_paired = y_alone - constants[1], y_paired - constants[1]
        totals[0, s] = max(x_alone, y_alone, min(x_paired, y_paired))
        totals[1, s] = 1.0 if max(y_alone, y_paired) < max(x_alone, x_paired) else 0.0


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
