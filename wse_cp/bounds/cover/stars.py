"""What the wires of a star cost at least: a kernel in the middle, the *hub*, and its *leaves* around it.

docs/bounds.md, section 10, has the argument. Every leaf crosses one of the two lines through the hub's
centre, or neither. Those that cross the same line stand in a stack with the hub, one above the other: a leaf
with r others farther out on its side pays (r + 1/2) of its extent for the star's wire, and its side has room
for one leaf of each r, its *rank*. The least cost of leaves in ranks is an assignment problem. With its dual
prices, the bound of a star asks of each kernel alone; so does the verifier.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from wse_cp.bounds.cover.around import (
    DENSITY,
    PAIR_PRICE,
    REACH,
    Around,
    Improved,
    cheapest,
    copy_costs,
    first_alike,
    improve_boxes,
    raise_by_room,
    set_boxed_sizes,
    shapes_of,
)
from wse_cp.bounds.cover.assignment import assigned
from wse_cp.bounds.cover.boxes import BOXED, BOXES
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
    Costs,
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


class Asked(NamedTuple):
    """Stars whose cost is asked for; those of a cover that have a weight.

    The leaves of star i, whose hub is hubs[i], stand from pointers[i] to pointers[i + 1].
    """

    hubs: IntArray
    pointers: IntArray
    leaves: IntArray
    demands: FloatArray  #: how often the wire to each entry of `leaves` counts
    ranked: BoolArray  #: whether it counts once at all of a star: if not, only room and boxes are looked at
    weights: FloatArray  #: cost of a tile of wire in each star
    hub_prices: FloatArray  #: cost of a tile of area of each star's hub
    leaf_prices: FloatArray  #: the same of each leaf
    hub_refunds: FloatArray  #: what is taken off for a tile of the hub's lesser extent
    leaf_refunds: FloatArray  #: the same of each leaf


class Kernels(NamedTuple):
    """The shapes of kernel v are the rows from pointers[kinds[v]] up to the next one's.

    They are sorted by width, and none fits in another one of its kernel: so heights fall.
    """

    kinds: IntArray
    pointers: IntArray
    shapes: FloatArray
    wafer: FloatArray  #: its width and height (tiles)


class Evaluated(NamedTuple):
    """What is found of stars that are asked for; all but the first two are filled."""

    state: FloatArray  #: boxes around each hub, as `improve_boxes` has them; they are improved
    steps: FloatArray  #: how far their prices move
    values: FloatArray  #: the least cost of each star
    hub_sizes: FloatArray  #: area and lesser extent in the cheapest case (2 x stars; tiles)
    leaf_sizes: FloatArray  #: the same (2 x leaves)
    ranks: FloatArray  #: prices, `ONE_X` to `TWO_Y` (4 x leaves); of a star the first half of its entries
    others: FloatArray  #: other prices, `PAIR_PRICE` to `DENSITY` (stars x 3)
    placed: FloatArray  #: boxes as they count here: width, reach, price (stars x `BOXES` x 3)


def room_for(asked: Asked, state: FloatArray, steps: FloatArray) -> Evaluated:
    """Return room for what is found of stars that have these boxes (see `Evaluated`)."""
    stars, leaves = len(asked.hubs), len(asked.leaves)
    sizes = np.zeros(stars), np.zeros((2, stars)), np.zeros((2, leaves))
    return Evaluated(
        state, steps, *sizes, np.zeros((4, leaves)), np.zeros((stars, 3)), np.zeros((stars, BOXES, 3))
    )


class _Written(NamedTuple):
    """The entries of one star in what is found."""

    leaf_sizes: FloatArray
    ranks: FloatArray
    others: FloatArray


@compiled
def evaluate_stars(asked: Asked, kernels: Kernels, found: Evaluated, rounds: int, tries: int) -> None:
    """Write the least cost of every star, with what it is made of.

    Parameters
    ----------
    rounds
        How often at most the prices of ranks are found, each time for a better shape of the hub.
    tries
        How often other prices of boxes are tried.
    """
    for star in range(len(asked.hubs)):
        _star(star, asked, kernels, found, rounds, tries)


@inner
def _star(star: int, asked: Asked, kernels: Kernels, found: Evaluated, rounds: int, tries: int) -> None:
    """Write the least cost of one star."""
    first, last = asked.pointers[star], asked.pointers[star + 1]
    kind, many, weight = kernels.kinds[asked.hubs[star]], last - first, asked.weights[star]
    hub = kernels.shapes[kernels.pointers[kind] : kernels.pointers[kind + 1]]
    own = asked.hub_prices[star] * hub[:, AREA] - asked.hub_refunds[star] * hub[:, THIN]
    written = _Written(found.leaf_sizes[:, first:last], found.ranks[:, first:last], found.others[star])
    around, ranked = _around(asked, kernels, star), asked.ranked[star]
    leaves = _priced_leaves(around, weight, (many + 1) // 2 if ranked else 1)
    written.others[PAIR_PRICE] = 0.0
    for i in range(many if ranked else 0):
        written.others[PAIR_PRICE] += (leaves.beside[i] - leaves.free[i]) / (2 * many)
    if many >= ROOMY:
        _set_room(leaves, around.wires, hub[0, AREA], kernels.wafer, written.others)
    costs = Costs(np.empty(len(hub)), np.empty(len(hub)))
    which = _price_ranks(around, leaves, hub, own, rounds if ranked else 0, costs, written)
    if many >= BOXED:
        boxes = found.placed[star]
        improved = Improved(found.state[star], found.steps[star : star + 1], boxes)
        which = improve_boxes(around, hub, own, weight, costs, tries, improved)
        if costs.told[which] == IN_BOXES:
            set_boxed_sizes(around, boxes, hub[which], written.leaf_sizes)
    found.values[star] = costs.totals[which] + own[which]
    found.hub_sizes[0, star], found.hub_sizes[1, star] = hub[which, AREA], hub[which, THIN]


@inner
def _around(asked: Asked, kernels: Kernels, star: int) -> Around:
    """Return the leaves of a star."""
    own = slice(asked.pointers[star], asked.pointers[star + 1])
    leaves, wires = asked.leaves[own], asked.weights[star] * asked.demands[own]
    prices, refunds = asked.leaf_prices[own], asked.leaf_refunds[own]
    first = first_alike(leaves, kernels.kinds, wires, prices, refunds)
    return Around(
        leaves,
        kernels.kinds,
        kernels.pointers,
        kernels.shapes,
        kernels.wafer,
        wires,
        prices,
        refunds,
        first,
    )


@inner
def _price_ranks(
    star: Around,
    leaves: Leaves,
    hub: FloatArray,
    own: FloatArray,
    rounds: int,
    costs: Costs,
    written: _Written,
) -> int:
    """Write good prices of ranks and what leaves cost with them; return the cheapest shape of the hub.

    `costs` are filled with those without boxes. With no rounds, ranks have no prices.
    """
    many, which, best = len(star.leaves), 0, -np.inf
    found, constants, places = np.zeros((4, many)), np.zeros(3), np.full((3, many), -1)
    rooms = np.full(len(hub), -np.inf)
    references = _thinnest(hub, leaves.weight * many / 2, own)
    for _ in range(max(rounds, 1) if many > PAIR else 1):
        if many > PAIR and rounds:
            _set_ranks(leaves, hub, references, written.others[PAIR_PRICE], found, places, constants)
        if rounds:
            new = cost_by_hub(leaves, hub, found, written.others[PAIR_PRICE], constants)
        else:
            new = cost_without_ranks(leaves, star.wires, hub)
        if many >= ROOMY:
            at = raise_by_room(star, hub, own, written.others, new, rooms)
        else:
            at = cheapest(new.totals, own)
        if new.totals[at] + own[at] > best:
            best, which = new.totals[at] + own[at], at
            copy_costs(costs, new)
            for row in range(4):
                copy_into(written.ranks[row], found[row])
            _set_sizes(leaves, int(costs.told[which]), places, written)
        if references[0] == at or references[1] == at:
            break
        references = _cheapest_thin(hub, new.totals, own)
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
def _set_sizes(leaves: Leaves, told: int, places: IntArray, written: _Written) -> None:
    """Write area and lesser extent of each leaf where a star is cheapest, by what says so."""
    rooms, pair, sizes = leaves.cost.shape[2], written.others[PAIR_PRICE], written.leaf_sizes
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
