"""What the leaves of a star cost by what is around its hub: the room there, and boxes.

docs/bounds.md, section 10: E and B. Both need much work, for each shape of the hub. So they are looked at
only for those shapes that are the cheapest without them. Prices of boxes are improved by the volume algorithm
(F. Barahona and R. Anbil, doi 10.1007/s101070050002): trials start from the best ones, in the direction of a
smoothed subgradient.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from wse_cp.bounds.cover.boxed import price_in_boxes, price_with_hubs
from wse_cp.bounds.cover.boxes import BOXES, DEAR, DRIFT, PRICE_OF, place_boxes, room_in_box, taken
from wse_cp.bounds.cover.places import (
    AREA,
    HEIGHT,
    IN_BOXES,
    ROOM,
    THIN,
    WIDTH,
    Costs,
    in_the_room,
    left_of_the_room,
)
from wse_cp.compiled import inner
from wse_cp.shapes.arrays import FloatArray, IntArray
from wse_cp.shapes.elementary import copy_into

#: Other prices of a star: of the free half of a pair; how far the room around the hub reaches (tiles), and
#: what a tile costs there for each tile that it is within.
PAIR_PRICE, REACH, DENSITY = range(3)
#: How much of the smoothed subgradient each trial keeps.
_KEPT = 0.7
#: The first step of prices; by what a step is longer after a gain, and shorter else; the longest one.
FIRST_STEP, _LONGER, _SHORTER, _LONGEST = 0.5, 1.2, 0.8, 1.0
#: No price falls below this share of all prices of a star's boxes.
_LEAST = 1e-3


class Around(NamedTuple):
    """A star's leaves, with their shapes and prices."""

    leaves: IntArray
    kinds: IntArray
    pointers: IntArray
    shapes: FloatArray
    wafer: FloatArray
    wires: FloatArray  #: cost of a tile of wire to each leaf
    prices: FloatArray
    refunds: FloatArray
    first: IntArray  #: the first leaf that is like each one


class Improved(NamedTuple):
    """The boxes of a star that are being improved."""

    state: FloatArray  #: reach, price, smoothed subgradient of each
    step: FloatArray  #: how far prices move (one entry)
    placed: FloatArray  #: the best ones as they count: width, reach, price


@inner
def copy_costs(target: Costs, source: Costs) -> None:
    """Write costs over others."""
    copy_into(target.totals, source.totals)
    copy_into(target.told, source.told)


@inner
def _at_least(costs: Costs, shape: int, value: float, says: int) -> None:
    """Raise the cost with one shape of the hub to a value, if it is less."""
    if value > costs.totals[shape]:
        costs.totals[shape], costs.told[shape] = value, says


@inner
def first_alike(
    leaves: IntArray, kinds: IntArray, wires: FloatArray, prices: FloatArray, refunds: FloatArray
) -> IntArray:
    """Return for each leaf the first one of its kind whose wire and prices are the same."""
    found = np.arange(len(leaves))
    for i in range(len(leaves)):
        for j in range(i):
            if (
                found[j] == j
                and kinds[leaves[i]] == kinds[leaves[j]]
                and wires[i] == wires[j]
                and prices[i] == prices[j]
                and refunds[i] == refunds[j]
            ):
                found[i] = j
                break
    return found


@inner
def shapes_of(star: Around, leaf: int) -> FloatArray:
    """Return the shapes of a leaf."""
    kind = star.kinds[star.leaves[leaf]]
    return star.shapes[star.pointers[kind] : star.pointers[kind + 1]]


@inner
def cheapest(costs: FloatArray, own: FloatArray) -> int:
    """Return which shape of a hub is cheapest; `own` is paid for their size, `costs` for all else."""
    found = 0
    for s in range(1, len(costs)):
        if costs[s] + own[s] < costs[found] + own[found]:
            found = s
    return found


@inner
def turned(hub: FloatArray, which: int, wafer: FloatArray) -> int:
    """Return the place of a shape when it is turned; its own if it is not there, or the wafer no square."""
    other = len(hub) - 1 - which
    same = hub[other, WIDTH] == hub[which, HEIGHT] and hub[other, HEIGHT] == hub[which, WIDTH]
    return other if same and wafer[0] == wafer[1] else which


@inner
def raise_by_room(
    star: Around, hub: FloatArray, own: FloatArray, others: FloatArray, costs: Costs, known: FloatArray
) -> int:
    """Raise the costs of leaves by the room; return which shape of the hub is cheapest.

    `known` is what is known already of the room with each shape (-inf: nothing).
    """
    for s in range(len(hub)):
        _at_least(costs, s, known[s], ROOM)
    which = cheapest(costs.totals, own)
    while known[which] == -math.inf:
        found = _in_room(star, hub[which], others)
        for s in (which, turned(hub, which, star.wafer)):
            known[s] = found
            _at_least(costs, s, found, ROOM)
        which = cheapest(costs.totals, own)
    return which


@inner
def _in_room(star: Around, hub: FloatArray, others: FloatArray) -> float:
    """Return the cost of the leaves by the room, with one shape of the hub."""
    total: float = -left_of_the_room(hub, others[REACH], others[DENSITY], star.wafer)
    costs = np.empty(len(star.leaves))
    for i in range(len(star.leaves)):
        if star.first[i] == i:
            prices = star.wires[i], star.prices[i], star.refunds[i]
            costs[i] = in_the_room(shapes_of(star, i), prices, hub, others[REACH], others[DENSITY])
        total += costs[star.first[i]]
    return total


@inner
def _lying(hub: FloatArray, axis: int, wafer: FloatArray) -> IntArray:
    """Return which shapes of a hub lie along x (axis 1) or y, the thickest first.

    Those that are others turned, on a square wafer, are left out along y.
    """
    found, many = np.empty(len(hub), np.int64), 0
    for place in range(len(hub)):
        s = place if axis == 1 else len(hub) - 1 - place
        if (hub[s, HEIGHT] <= hub[s, WIDTH]) == (axis == 1) and (axis == 1 or turned(hub, s, wafer) == s):
            found[many] = s
            many += 1
    return found[:many]


@inner
def _in_boxes(star: Around, boxes: FloatArray, hub: FloatArray) -> FloatArray:
    """Return the cost of the leaves by boxes, with each shape of the hub."""
    totals = np.zeros(len(hub))
    for axis in range(1, -1, -1):
        lying = _lying(hub, axis, star.wafer)
        if len(lying) == 0:
            continue
        hubs, costs = hub[lying], np.empty((len(star.leaves), len(lying)))
        for i in range(len(star.leaves)):
            first = star.first[i]
            if first == i:
                prices = star.wires[i], star.prices[i], star.refunds[i]
                price_with_hubs(shapes_of(star, i), prices, hubs, axis, boxes, costs[i])
            for k in range(len(lying)):
                totals[lying[k]] += costs[first, k]
        for k in range(len(lying)):
            for box in range(BOXES):
                room = room_in_box(boxes[box], hubs[k], axis, star.wafer)
                totals[lying[k]] -= boxes[box, DEAR] * room
            totals[turned(hub, lying[k], star.wafer)] = totals[lying[k]]
    return totals


@inner
def _set_excess(star: Around, boxes: FloatArray, hub: FloatArray, excess: FloatArray) -> None:
    """Write by how much more than there is of each box the leaves take, as a share."""
    axis = 1 if hub[HEIGHT] <= hub[WIDTH] else 0
    found, takes = np.empty(3), np.empty((len(star.leaves), BOXES))
    for box in range(BOXES):
        excess[box] = 0.0
    for i in range(len(star.leaves)):
        first = star.first[i]
        if first == i:
            own, prices = shapes_of(star, i), (star.wires[i], star.prices[i], star.refunds[i])
            price_in_boxes(own, prices, hub, axis, boxes, found)
            long, thick = own[int(found[0]), WIDTH + 1 - axis], own[int(found[0]), WIDTH + axis]
            for box in range(BOXES):
                takes[i, box] = taken(boxes[box], long, thick, found[1], found[2])
        for box in range(BOXES):
            excess[box] += takes[first, box]
    for box in range(BOXES):
        excess[box] = excess[box] / max(room_in_box(boxes[box], hub, axis, star.wafer), 1.0) - 1.0


@inner
def set_boxed_sizes(star: Around, boxes: FloatArray, hub: FloatArray, sizes: FloatArray) -> None:
    """Write area and lesser extent of each leaf where it is cheapest in boxes (2 x leaves)."""
    axis = 1 if hub[HEIGHT] <= hub[WIDTH] else 0
    found = np.empty(3)
    for i in range(len(star.leaves)):
        first = star.first[i]
        if first == i:
            own = shapes_of(star, i)
            price_in_boxes(own, (star.wires[i], star.prices[i], star.refunds[i]), hub, axis, boxes, found)
            sizes[0, i], sizes[1, i] = own[int(found[0]), AREA], own[int(found[0]), THIN]
        sizes[0, i], sizes[1, i] = sizes[0, first], sizes[1, first]


@inner
def _move(state: FloatArray, step: float, trial: FloatArray) -> None:
    """Write prices that are a step away from the best ones, along the smoothed subgradient."""
    least = _LEAST * state[:, PRICE_OF].sum()
    for box in range(BOXES):
        trial[box, PRICE_OF] = max(state[box, PRICE_OF] * math.exp(step * state[box, DRIFT]), least)


@inner
def improve_boxes(
    star: Around,
    hub: FloatArray,
    own: FloatArray,
    weight: float,
    costs: Costs,
    tries: int,
    found: Improved,
) -> int:
    """Try prices of boxes, keep the best ones; return which shape of the hub is cheapest then.

    Parameters
    ----------
    weight
        Cost of a tile of wire at the hub.
    costs
        Those without boxes; they are raised.
    tries
        How many prices are tried besides the given ones.
    """
    best, which = -math.inf, 0
    trial, placed = found.state.copy(), np.empty((BOXES, 3))
    plain = Costs(costs.totals.copy(), costs.told.copy())
    raised = Costs(costs.totals.copy(), costs.told.copy())
    for attempt in range(tries + 1):
        if attempt:
            _move(found.state, found.step[0], trial)
        place_boxes(trial, weight, placed)
        copy_costs(raised, plain)
        at = _tried(star, placed, hub, own, raised, found.state)
        value = raised.totals[at] + own[at]
        if attempt:
            longer = min(found.step[0] * _LONGER, _LONGEST)
            found.step[0] = longer if value > best else found.step[0] * _SHORTER
        if value > best:
            best, which = value, at
            copy_into(found.state[:, PRICE_OF], trial[:, PRICE_OF])
            copy_into(found.placed, placed)
            copy_costs(costs, raised)
    return which


@inner
def _tried(
    star: Around, placed: FloatArray, hub: FloatArray, own: FloatArray, costs: Costs, state: FloatArray
) -> int:
    """Raise costs by boxes, and smooth the subgradient; return which shape of the hub is cheapest."""
    found, excess = _in_boxes(star, placed, hub), np.empty(BOXES)
    for s in range(len(hub)):
        _at_least(costs, s, found[s], IN_BOXES)
    at = cheapest(costs.totals, own)
    _set_excess(star, placed, hub[at], excess)
    for box in range(BOXES):
        towards = min(max(excess[box], -1.0), 1.0)
        state[box, DRIFT] = _KEPT * state[box, DRIFT] + (1 - _KEPT) * towards
    return at
