"""Linear arrangement: orders in which the ends of wires stand close, by annealing; compiled.

In an order kernels stand side by side, each with its thickness, and a wire is as long as its two ends are
apart. To find the order of least wire is NP-hard (Garey, Johnson and Stockmeyer 1976, doi
10.1016/0304-3975(76)90059-1); annealing starts from a good one. A move lets two neighbouring runs of kernels
change places, so that what it takes depends on these runs, not on the network.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial

import numpy as np

from wse_cp.clock import WALL, Clock
from wse_cp.compiled import compiled, inner
from wse_cp.construct.cycle_limits import rounded_up
from wse_cp.construct.orders import Order, edges_by_position
from wse_cp.construct.random import below, new_random, uniform
from wse_cp.construct.settle import Graph, adjacency
from wse_cp.instance import Instance
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.curves import shape_curves
from wse_cp.shapes.elementary import copy_into

#: Moves for each kernel, and at most; with fewer than the least for each kernel annealing would only spoil
#: an order.
_MOVES_A_KERNEL, _MOST_MOVES, _LEAST_A_KERNEL = 500, 2_000_000, 50
#: First and last temperature relative to the mean wire of an edge.
_HOT, _COLD = 0.5, 0.005
#: Mean lengths of the two runs that change places, and the most.
_SHORT, _LONG, _LONGEST = 1.5, 8.0, 60
#: Numbers of rows for which orders are annealed, and their cycle limit relative to the least by area.
_ROWS, _NEAR = (1, 2, 3), Fraction(6, 5)
#: Chunks between looks at whether to stop, and seconds that a move takes, roughly.
_CHUNKS, _MOVE_WORK = 50, 5e-7


@inner
def _length(random: IntArray, mean: float, most: int) -> int:
    """Return a random length of at least 1: one more than an exponential with that mean, at most `most`."""
    return min(1 + int(-mean * math.log(1.0 - uniform(random))), most)


@inner
def _drafted(
    order: IntArray,
    sizes: IntArray,
    centre2: IntArray,
    bounds: tuple[int, int, int],
    turned: bool,
    draft: IntArray,
    draft2: IntArray,
) -> None:
    """Write the positions [begin, end) with the runs [begin, middle) and [middle, end) exchanged.

    `draft` gets the kernels, `draft2` their centres (half tiles), by kernel. With `turned` the longer run is
    reversed.
    """
    begin, middle, end = bounds
    at = begin
    for i in range(middle, end):
        draft[at] = order[middle + end - 1 - i if turned and end - middle < middle - begin else i]
        at += 1
    for i in range(begin, middle):
        draft[at] = order[begin + middle - 1 - i if turned and end - middle >= middle - begin else i]
        at += 1
    x2 = centre2[order[begin]] - sizes[order[begin]]
    for i in range(begin, end):
        draft2[draft[i]] = x2 + sizes[draft[i]]
        x2 += 2 * sizes[draft[i]]


@inner
def _change(
    graph: Graph,
    centre2: IntArray,
    draft: IntArray,
    draft2: IntArray,
    begin: int,
    end: int,
    span2: tuple[int, int],
) -> int:
    """Return by how much the wire changes (half tiles) if the positions [begin, end) are as drafted.

    They cover the places of `span2` (half tiles).
    """
    first, other, times = graph
    inside = outside = 0
    for i in range(begin, end):
        u = draft[i]
        for e in range(first[u], first[u + 1]):
            v = other[e]
            if span2[0] < centre2[v] < span2[1]:
                inside += times[e] * (abs(draft2[u] - draft2[v]) - abs(centre2[u] - centre2[v]))
            else:
                outside += times[e] * (abs(draft2[u] - centre2[v]) - abs(centre2[u] - centre2[v]))
    return outside + inside // 2


@compiled
def anneal_order(
    order: IntArray,
    sizes: IntArray,
    graph: Graph,
    centre2: IntArray,
    best: IntArray,
    costs: IntArray,
    random: IntArray,
    temperature: float,
    moves: int,
) -> None:
    """Make moves at a temperature; change `order`, and `best` wherever the wire is less than any before.

    Parameters
    ----------
    sizes
        Thickness of each kernel (tiles, at least 1), int64 like all arrays.
    centre2
        Centre of each kernel in the order (half tiles).
    costs
        Wire of the order relative to the first one, and that of the best (half tiles).
    temperature
        In half tiles of wire.
    """
    count = len(order)
    draft, draft2 = np.empty(count, np.int64), np.empty(count, np.int64)
    for _ in range(moves):
        one = _length(random, _SHORT, count // 2)
        two = _length(random, _LONG, min(_LONGEST, count - one))
        if below(random, 2):
            one, two = two, one
        begin = below(random, count - one - two + 1)
        end = begin + one + two
        _drafted(order, sizes, centre2, (begin, begin + one, end), below(random, 4) == 0, draft, draft2)
        first, last = order[begin], order[end - 1]
        span2 = centre2[first] - sizes[first], centre2[last] + sizes[last]
        change = _change(graph, centre2, draft, draft2, begin, end, span2)
        if change <= 0 or change <= -temperature * math.log(1.0 - uniform(random)):
            for i in range(begin, end):
                order[i] = draft[i]
                centre2[draft[i]] = draft2[draft[i]]
            costs[0] += change
            if costs[0] < costs[1]:
                costs[1] = costs[0]
                copy_into(best, order)


class LinearArrangement:
    """The wires of one instance, to anneal orders of its kernels for different thickness.

    Kernels are numbered in file order.
    """

    def __init__(self, instance: Instance) -> None:
        names = list(instance.kernels)
        self._edges = edges_by_position(instance, names)
        self._graph = adjacency(self._edges, len(names))

    def wire2(self, order: IntArray, sizes: IntArray) -> int:
        """Return the wire of an order of kernels of some thickness (half tiles)."""
        centre2 = centres2(order, sizes)
        ends = centre2[self._edges[:, :2]]
        return int(np.abs(ends[:, 0] - ends[:, 1]) @ self._edges[:, 2])

    def annealed(
        self,
        order: IntArray,
        sizes: IntArray,
        seed: int,
        clock: Clock,
        stopped: Callable[[], bool] = lambda: False,
    ) -> IntArray:
        """Return an order with no more wire than the one given, int64.

        Parameters
        ----------
        sizes
            Thickness of each kernel (tiles), int64.
        stopped
            Asked now and then; if true, the best order so far is returned.
        """
        count, wires = len(order), int(self._edges[:, 2].sum())
        moves = min(_MOVES_A_KERNEL * count, _MOST_MOVES)
        if count < 2 or not wires or moves < _LEAST_A_KERNEL * count:
            return order
        sizes, best = np.maximum(sizes, 1), order.copy()
        state = order.copy(), sizes, self._graph, centres2(order, sizes), best, np.zeros(2, np.int64)
        random, mean = new_random(seed), self.wire2(order, sizes) / wires
        for share in np.linspace(0, 1, _CHUNKS).tolist():
            if stopped():
                break
            temperature = mean * _HOT * (_COLD / _HOT) ** share
            anneal_order(*state, random, temperature, moves // _CHUNKS)
            clock.spend(_MOVE_WORK * moves / _CHUNKS)
        return best


def centres2(order: IntArray, sizes: IntArray) -> IntArray:
    """Return the centre of each kernel, side by side in an order (half tiles), int64."""
    ends = np.cumsum(sizes[order])
    found = np.empty_like(ends)
    found[order] = 2 * ends - sizes[order]
    return found


def annealed_orders(
    instance: Instance, choice: Sequence[Order], least: Fraction, seed: int, clock: Clock = WALL
) -> list[Order]:
    """Return distinct orders, each annealed for the thickness that kernels have in so many equal rows.

    Parameters
    ----------
    choice
        Orders to begin with, at least one; the best of them is annealed.
    least
        The least time by area (cycles); the orders are for a cycle limit a little above.
    """
    arrangement, names = LinearArrangement(instance), list(instance.kernels)
    rank = {name: i for i, name in enumerate(names)}
    begins = [np.array([rank[name] for name in order], np.int64) for order in choice]
    curves = shape_curves(instance, rounded_up(instance, least * _NEAR))
    found = []
    for rows in _ROWS:
        sizes = curves[:, max(instance.settings.height // rows, 1)].astype(np.int64)
        begin = min(begins, key=partial(arrangement.wire2, sizes=sizes))
        order = arrangement.annealed(begin, sizes, seed, clock)
        found.append(tuple(names[i] for i in order))
    return list(dict.fromkeys(found))


def better_order(
    instance: Instance,
    order: Sequence[str],
    thickness: Mapping[str, int],
    generator: np.random.Generator,
    clock: Clock = WALL,
) -> list[str]:
    """Return an order with no more wire at the given thickness (tiles), by annealing."""
    names = list(instance.kernels)
    rank = {name: i for i, name in enumerate(names)}
    ranks = np.array([rank[name] for name in order], np.int64)
    sizes = np.array([thickness[name] for name in names], np.int64)
    seed = int(generator.integers(1 << 62))
    found = LinearArrangement(instance).annealed(ranks, sizes, seed, clock)
    return [names[i] for i in found]
