"""What the wires of a star cost at least: a kernel in the middle, the *hub*, and its *leaves* around it.

docs/bounds.md, section 10, has the argument. Every leaf crosses one of the two lines through the hub's
centre, or neither. Those that cross the same line stand in a stack with the hub, one above the other: a leaf
with r others farther out on its side pays (r + 1/2) of its extent for the star's wire, and its side has room
for one leaf of each r, its *rank*. The least cost of leaves in ranks is an assignment problem. With its dual
prices, the bound of a star asks of each kernel alone; so does the verifier.
"""

from __future__ import annotations

import math

import numpy as np

from wse_cp.bounds.cover.around import (
    DENSITY,
    PAIR_PRICE,
    REACH,
    Around,
    cheapest,
    first_alike,
    improve_boxes,
    raise_by_room,
    set_boxed_sizes,
    shapes_of,
)
from wse_cp.bounds.cover.assignment import assigned
from wse_cp.bounds.cover.boxes import BOXED
from wse_cp.bounds.cover.places import (
    AREA,
    HEIGHT,
    IN_BOXES,
    PAIRS_Y,
    ROOM,
    STACKS,
    THIN,
    TWO_X,
    TWO_Y,
    WIDTH,
    Leaves,
    cost_by_hub,
    cost_without_ranks,
    outside_a_stack,
    price_leaf,
    reach_of,
)
from wse_cp.bounds.programme.pricing import UNIT
from wse_cp.compiled import compiled, inner
from wse_cp.shapes.arrays import BoolArray, FloatArray, IntArray
from wse_cp.shapes.elementary import copy_into

#: Up to so many leaves, ranks cost nothing: a place on either side. From so many on, the room counts.
PAIR, ROOMY = 2, 5
#: Times that the prices of ranks are found, if they are to be good; that other prices of boxes are tried.
ROUNDS, TRIES = 3, 1


@compiled
def evaluate_stars(
    hubs: IntArray,
    pointers: IntArray,
    leaves: IntArray,
    demands: FloatArray,
    ranked: BoolArray,
    kinds: IntArray,
    shape_pointers: IntArray,
    shapes: FloatArray,
    wafer: FloatArray,
    weights: FloatArray,
    hub_prices: FloatArray,
    leaf_prices: FloatArray,
    hub_refunds: FloatArray,
    leaf_refunds: FloatArray,
    boxes: FloatArray,
    steps: FloatArray,
    values: FloatArray,
    hub_sizes: FloatArray,
    leaf_sizes: FloatArray,
    ranks: FloatArray,
    others: FloatArray,
    placed: FloatArray,
    rounds: int,
    tries: int,
) -> None:
    """Write the least cost of every star into `values`, with what it is made of.

    Parameters
    ----------
    hubs, pointers, leaves
        The leaves of star i, whose hub is hubs[i], stand from pointers[i] to pointers[i + 1] (int64).
    demands, ranked
        How often the wire to each entry of `leaves` counts, and whether it does once at all of a star: then
        leaves in stacks pay for their ranks, else for the room and the boxes only.
    kinds, shape_pointers, shapes
        The shapes of kernel v are the rows from shape_pointers[kinds[v]] up to the next one's (float64).
    wafer
        Its width and height (tiles).
    weights
        Cost of a tile of wire in each star.
    hub_prices, leaf_prices
        Cost of a tile of area of the hub of each star, and of each entry of `leaves`.
    hub_refunds, leaf_refunds
        What is taken off for a tile of their lesser extents.
    boxes, steps
        Those around each star's hub, as `improve_boxes` has them: they are improved (stars x `BOXES` x 3).
    hub_sizes, leaf_sizes
        Are filled with their areas and lesser extents in the cheapest case (2 x stars, 2 x entries; tiles).
    ranks
        Is filled with the prices of ranks (4 x entries, `ONE_X` to `TWO_Y`): those of star i from pointers[i]
        on, half as many as its leaves, rounded up.
    others
        Is filled with each star's other prices (stars x 3, `PAIR_PRICE` to `DENSITY`).
    placed
        Is filled with the boxes as they count here: width, reach, price (stars x `BOXES` x 3).
    rounds
        How often at most the prices of ranks are found, each time for a better shape of the hub.
    tries
        How often other prices of boxes are tried.
    """
    for star in range(len(hubs)):
        first, last = pointers[star], pointers[star + 1]
        _star(
            hubs[star],
            leaves[first:last],
            weights[star] * demands[first:last],
            ranked[star],
            kinds,
            shape_pointers,
            shapes,
            wafer,
            weights[star],
            hub_prices[star],
            leaf_prices[first:last],
            hub_refunds[star],
            leaf_refunds[first:last],
            boxes[star],
            steps[star : star + 1],
            values[star : star + 1],
            hub_sizes[:, star],
            leaf_sizes[:, first:last],
            ranks[:, first:last],
            others[star],
            placed[star],
            rounds,
            tries,
        )


@inner
def _star(
    hub: int,
    leaf_kernels: IntArray,
    wires: FloatArray,
    ranked: bool,
    kinds: IntArray,
    shape_pointers: IntArray,
    shapes: FloatArray,
    wafer: FloatArray,
    weight: float,
    hub_price: float,
    leaf_prices: FloatArray,
    hub_refund: float,
    leaf_refunds: FloatArray,
    state: FloatArray,
    step: FloatArray,
    value: FloatArray,
    hub_size: FloatArray,
    leaf_sizes: FloatArray,
    ranks: FloatArray,
    others: FloatArray,
    boxes: FloatArray,
    rounds: int,
    tries: int,
) -> None:
    """Write the least cost of one star: `value` and `step` have one entry, `hub_size` two."""
    middle = shapes[shape_pointers[kinds[hub]] : shape_pointers[kinds[hub] + 1]]
    own = hub_price * middle[:, AREA] - hub_refund * middle[:, THIN]
    first = first_alike(leaf_kernels, kinds, wires, leaf_prices, leaf_refunds)
    star = Around(leaf_kernels, kinds, shape_pointers, shapes, wafer, wires, leaf_prices, leaf_refunds, first)
    many = len(leaf_prices)
    leaves = _priced_leaves(star, weight, (many + 1) // 2 if ranked else 1)
    others[PAIR_PRICE] = 0.0
    for i in range(many if ranked else 0):
        others[PAIR_PRICE] += (leaves.beside[i] - leaves.free[i]) / (2 * many)
    if many >= ROOMY:
        _set_room(leaves, wires, middle[0, AREA], wafer, others)
    totals, told = np.empty(len(middle)), np.empty(len(middle))
    which = _price_ranks(star, leaves, middle, own, ranked, rounds, totals, told, leaf_sizes, ranks, others)
    if many >= BOXED:
        which = improve_boxes(star, middle, own, weight, totals, told, tries, state, step, boxes)
        if told[which] == IN_BOXES:
            set_boxed_sizes(star, boxes, middle[which], leaf_sizes)
    value[0] = totals[which] + own[which]
    hub_size[0], hub_size[1] = middle[which, AREA], middle[which, THIN]


@inner
def _price_ranks(
    star: Around,
    leaves: Leaves,
    hub: FloatArray,
    own: FloatArray,
    ranked: bool,
    rounds: int,
    totals: FloatArray,
    told: FloatArray,
    leaf_sizes: FloatArray,
    ranks: FloatArray,
    others: FloatArray,
) -> int:
    """Write good prices of ranks and what leaves cost with them; return the cheapest shape of the hub.

    `totals` and `told` are what leaves cost without boxes with each shape, and what says so.
    """
    many, which, best = len(star.leaves), 0, -np.inf
    found, constants, places = np.zeros((4, many)), np.zeros(3), np.full((3, many), -1)
    rooms = np.full(len(hub), -np.inf)
    references = _thinnest(hub, leaves.weight * many / 2, own)
    for _ in range(rounds if many > PAIR and ranked else 1):
        if many > PAIR and ranked:
            _set_ranks(leaves, hub, references, others[PAIR_PRICE], found, places, constants)
        if ranked:
            costs, says = cost_by_hub(leaves, hub, found, others[PAIR_PRICE], constants)
        else:
            costs, says = cost_without_ranks(leaves, star.wires, hub)
        if many >= ROOMY:
            at = raise_by_room(star, hub, own, others, costs, says, rooms)
        else:
            at = cheapest(costs, own)
        if costs[at] + own[at] > best:
            best, which = costs[at] + own[at], at
            copy_into(totals, costs)
            copy_into(told, says)
            for row in range(4):
                copy_into(ranks[row], found[row])
            _set_sizes(leaves, int(told[which]), places, others[PAIR_PRICE], leaf_sizes)
        if references[0] == at or references[1] == at:
            break
        references = _cheapest_thin(hub, costs, own)
    return which


@inner
def _priced_leaves(star: Around, weight: float, rooms: int) -> Leaves:
    """Return what leaves cost in so many ranks, a tile of wire costing `weight` at the hub."""
    many = len(star.leaves)
    cost, size = np.empty((2, many, rooms)), np.empty((2, 2, many, rooms))
    free, beside, beside_size = np.empty(many), np.empty(many), np.empty((2, many))
    for i in range(many):
        first = star.first[i]
        if first < i:
            copy_into(free[i : i + 1], free[first : first + 1])
            beside[i], beside_size[0, i], beside_size[1, i] = (
                beside[first],
                beside_size[0, first],
                beside_size[1, first],
            )
            for axis in range(2):
                copy_into(cost[axis, i], cost[axis, first])
                copy_into(size[0, axis, i], size[0, axis, first])
                copy_into(size[1, axis, i], size[1, axis, first])
            continue
        price_leaf(
            shapes_of(star, i),
            star.wires[i],
            star.prices[i],
            star.refunds[i],
            cost[:, i],
            size[:, :, i],
            beside[i : i + 1],
            beside_size[:, i],
        )
        free[i] = min(cost[0, i, 0], cost[1, i, 0])
    return Leaves(weight, cost, size, free, beside, beside_size)


@inner
def _set_room(
    leaves: Leaves, wires: FloatArray, hub_area: float, wafer: FloatArray, others: FloatArray
) -> None:
    """Write how far the room reaches and its price, so that all would fill it.

    In quarters of a tile and multiples of 1 / UNIT: small errors of the two would change the bound too much.
    """
    tiles = 0.0
    for i in range(len(leaves.free)):
        tiles += leaves.size[0, 1, i, 0]
    others[REACH] = math.floor(4 * reach_of(tiles + hub_area, wafer) + 0.5) / 4
    others[DENSITY] = math.floor(wires.sum() / tiles * UNIT + 0.5) / UNIT


@inner
def _thinnest(hub: FloatArray, extent_price: float, own: FloatArray) -> IntArray:
    """Return which thin shape of a hub is cheapest if its wire costs so much for each tile of extent.

    The first is thin along x, the second along y. Where no shape is thin it is the first one.
    """
    found = np.zeros(2, np.int64)
    for axis in range(2):
        costs = np.empty(len(hub))
        for s in range(len(hub)):
            costs[s] = extent_price * hub[s, WIDTH + axis]
        found[axis] = _cheapest_thin(hub, costs, own)[axis]
    return found


@inner
def _cheapest_thin(hub: FloatArray, costs: FloatArray, own: FloatArray) -> IntArray:
    """Return the same for given costs of each shape besides what is paid for its size."""
    found = np.zeros(2, np.int64)
    for axis in range(2):
        best = np.inf
        for s in range(len(hub)):
            total = costs[s] + own[s]
            if hub[s, WIDTH + axis] <= hub[s, HEIGHT - axis] and total < best:
                best, found[axis] = total, s
    return found


@inner
def _set_ranks(
    leaves: Leaves,
    hub: FloatArray,
    references: IntArray,
    pair: float,
    ranks: FloatArray,
    places: IntArray,
    constants: FloatArray,
) -> None:
    """Write prices of ranks that suit two shapes of the hub, thin along x and along y.

    With them go the places of leaves and sums of prices, for pairs along x and along y and for two stacks.
    """
    many, rooms = leaves.cost.shape[1:]
    shape = hub[references[1]]
    aside_x, aside_y = leaves.weight * shape[WIDTH] / 2, leaves.weight * shape[HEIGHT] / 2
    both, along = np.empty((many, 2 * rooms)), np.zeros(2 * rooms)
    beside: FloatArray = np.empty(many)
    for i in range(many):
        beside[i] = leaves.beside[i] + min(aside_x, aside_y)
        for r in range(rooms):
            both[i, r], both[i, rooms + r] = leaves.cost[0, i, r] + aside_x, leaves.cost[1, i, r] + aside_y
    first = np.empty((1, many))
    for way in range(3):
        cost, outside, prices = both, beside, along
        if way != STACKS:
            cost, prices = leaves.cost[way], ranks[way]
            outside = outside_a_stack(leaves, hub[references[way]], way, pair)
        if way == 0:
            first[0] = outside
        elif way == 1 and _alike(leaves.cost[0], cost) and _alike(first, outside.reshape(1, many)):
            # as on a square wafer: nothing tells the axes apart
            constants[way] = constants[0]
            copy_into(prices, ranks[0])
            copy_into(places[way], places[0])
            continue
        # one call only: what it does is compiled once
        constants[way] = assigned(cost, outside, prices, places[way])
    for r in range(rooms):
        ranks[TWO_X, r], ranks[TWO_Y, r] = along[r], along[rooms + r]


@inner
def _alike(one: FloatArray, other: FloatArray) -> bool:
    """Tell whether two tables are equal."""
    different = 0
    for i in range(one.shape[0]):
        for j in range(one.shape[1]):
            different += one[i, j] != other[i, j]
    return different == 0


@inner
def _set_sizes(leaves: Leaves, told: int, places: IntArray, pair: float, sizes: FloatArray) -> None:
    """Write area and lesser extent of each leaf where a star is cheapest, by what says so."""
    rooms = leaves.cost.shape[2]
    alone = told == ROOM and places[STACKS].max() < 0
    for i in range(sizes.shape[1]):
        place = places[min(told, STACKS), i]
        axis, rank = -1, 0
        if place >= 0 and told >= STACKS:
            axis, rank = place // rooms, place % rooms
        elif place >= 0:
            axis, rank = told, place
        elif alone or (told <= PAIRS_Y and leaves.beside[i] - pair > leaves.free[i] + pair):
            axis = 0 if leaves.cost[0, i, 0] < leaves.cost[1, i, 0] else 1
        for j in range(2):
            sizes[j, i] = leaves.beside_size[j, i] if axis < 0 else leaves.size[j, axis, i, rank]
