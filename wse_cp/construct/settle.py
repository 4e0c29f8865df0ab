"""Positions for given rows, by coordinate descent on the exact wire length; compiled.

First every row gets its direction and its offset, then every kernel its place between its neighbours. Along
one axis the best place of a row or a kernel is a weighted median of where the other ends of its edges are.

Arrays are int64. Coordinates `low` and extents `size` are in tiles, by position in the order.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from wse_cp.compiled import compiled, inner
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.elementary import ascending

#: Rounds at most; each descent stops earlier when nothing moves.
_SWEEPS = 8


class Graph(NamedTuple):
    """The edges of each kernel: of kernel i they are first[i] .. first[i + 1], to `other`, `times` times."""

    first: IntArray
    other: IntArray
    times: IntArray


@inner
def _median(values: IntArray, weights: IntArray) -> int:
    """Return a weighted median."""
    total = seen = 0
    for weight in weights:
        total += weight
    order = ascending(values)
    for i in order:
        seen += weights[i]
        if 2 * seen >= total:
            return int(values[i])
    return int(values[order[-1]])


@inner
def _wire(targets: IntArray, times: IntArray, place: int) -> int:
    """Return the wire from a place to targets (half tiles), which count so many times."""
    total = 0
    for e in range(len(targets)):
        total += abs(targets[e] - 2 * place) * times[e]
    return total


@compiled
def slide(low: IntArray, size: IntArray, graph: Graph, start: IntArray, end: IntArray) -> None:
    """Move every kernel to the median of its neighbours within [start, end), until all rest."""
    for _ in range(_SWEEPS):
        moved = False
        for i in range(len(low)):
            moved |= _slide_one(low, size, graph, i, start[i], end[i])
        if not moved:
            return


@inner
def _slide_one(low: IntArray, size: IntArray, graph: Graph, i: int, start: int, end: int) -> bool:
    """Move kernel i to its best place within [start, end); tell whether that shortened its wire."""
    a, b = graph.first[i], graph.first[i + 1]
    if a == b:
        return False
    other, times = graph.other[a:b], graph.times[a:b]
    targets = np.empty(b - a, np.int64)
    for e in range(b - a):
        targets[e] = 2 * low[other[e]] + size[other[e]] - size[i]
    goal = _median(targets, times)
    best, best_cost = low[i], _wire(targets, times, low[i])
    old = best_cost
    for place in (goal // 2, goal // 2 + 1):
        place = min(max(place, start), end - size[i])
        cost = _wire(targets, times, place)
        if cost < best_cost:
            best, best_cost = place, cost
    low[i] = best
    return bool(best_cost < old)


@compiled
def slide_in_rows(x: IntArray, widths: IntArray, starts: IntArray, graph: Graph, width: int) -> None:
    """Slide every kernel along its row between its two neighbours, until all rest."""
    for _ in range(_SWEEPS):
        moved = False
        for row in range(len(starts) - 1):
            a, b = starts[row], starts[row + 1]
            order = ascending(x[a:b])
            for k in range(len(order)):
                i = a + order[k]
                start = 0 if k == 0 else x[a + order[k - 1]] + widths[a + order[k - 1]]
                end = width if k == len(order) - 1 else x[a + order[k + 1]]
                moved |= _slide_one(x, widths, graph, i, start, end)
        if not moved:
            return


@compiled
def settle_rows(x: IntArray, widths: IntArray, starts: IntArray, graph: Graph, width: int) -> None:
    """Give each row in turn its best direction and offset, until nothing moves."""
    for _ in range(_SWEEPS):
        moved = False
        for row in range(len(starts) - 1):
            moved |= _settle_row(x, widths, starts[row], starts[row + 1], graph, width)
        if not moved:
            return


@inner
def _settle_row(x: IntArray, widths: IntArray, a: int, b: int, graph: Graph, width: int) -> bool:
    """Give row [a, b) its best direction and offset; tell whether that shortened the wire."""
    first, other, times = graph
    size = first[b] - first[a]
    low, high = x[a], x[a] + widths[a]
    for i in range(a + 1, b):
        low, high = min(low, x[i]), max(high, x[i] + widths[i])
    total = high - low
    weights, shifts = np.empty(size, np.int64), np.empty(size, np.int64)
    best_cost, best_shift, best_flip = -1, 0, False
    for flip in (False, True):
        used = 0
        for i in range(a, b):
            relative = x[i] - low
            center2 = 2 * (total - relative - widths[i] if flip else relative) + widths[i]
            for e in range(first[i], first[i + 1]):
                j = other[e]
                if j < a or j >= b:
                    shifts[used], weights[used] = 2 * x[j] + widths[j] - center2, times[e]
                    used += 1
        if used == 0:
            return False
        goal = _median(shifts[:used], weights[:used])
        for place in (low, goal // 2, goal // 2 + 1):
            if place == low and flip:
                place = goal // 2
            place = min(max(place, 0), width - total)
            cost = _wire(shifts[:used], weights[:used], place)
            if best_cost < 0 or cost < best_cost:
                best_cost, best_shift, best_flip = cost, place, flip
    if best_shift == low and not best_flip:
        return False
    for i in range(a, b):
        relative = x[i] - low
        x[i] = best_shift + (total - relative - widths[i] if best_flip else relative)
    return True


class Settled(NamedTuple):
    """Lower left corners by position in the order (tiles), and the wire they need (half tiles)."""

    x: IntArray
    y: IntArray
    wire2: int


def settle(widths: IntArray, heights: IntArray, starts: IntArray, edges: IntArray, width: int) -> Settled:
    """Return positions for rows [starts[r], starts[r+1]) of boxes, rows stacked upwards from y = 0.

    Parameters
    ----------
    widths, heights
        Boxes (tiles) in the linear order, int64; the boxes of a row fit side by side into `width`.
    edges
        Rows (position, position, multiplicity), int64.
    """
    row_of = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    tops = np.cumsum([heights[a:b].max() for a, b in pairwise(starts)])
    x = snake(widths, starts, width)
    bottom, top = np.concatenate([[0], tops])[row_of], tops[row_of]
    y = bottom + (top - bottom - heights) // 2
    graph = adjacency(edges, len(widths))
    settle_rows(x, widths, starts, graph, width)
    slide_in_rows(x, widths, starts, graph, width)
    slide(y, heights, graph, bottom, top)
    return Settled(x, y, int(wire_length2(x, widths, edges) + wire_length2(y, heights, edges)))


def snake(widths: IntArray, starts: IntArray, width: int) -> IntArray:
    """Return x of rows that run alternately rightwards and leftwards, turning at a common wall."""
    x, wall = np.zeros(len(widths), np.int64), 0
    for row, (a, b) in enumerate(pairwise(starts)):
        total = int(widths[a:b].sum())
        low = min(wall, width - total) if row % 2 == 0 else max(wall - total, 0)
        before = np.cumsum(widths[a:b]) - widths[a:b]
        x[a:b] = low + before if row % 2 == 0 else low + total - before - widths[a:b]
        wall = low + total if row % 2 == 0 else low
    return x


def adjacency(edges: IntArray, count: int) -> Graph:
    """Return the graph of `count` kernels with edges (position, position, multiplicity)."""
    ends = np.concatenate([edges[:, [0, 1, 2]], edges[:, [1, 0, 2]]])
    ends = ends[np.argsort(ends[:, 0], kind="stable")]
    first = np.searchsorted(ends[:, 0], np.arange(count + 1))
    return Graph(first, np.ascontiguousarray(ends[:, 1]), np.ascontiguousarray(ends[:, 2]))


def wire_length2(low: IntArray, size: IntArray, edges: IntArray) -> int:
    """Return the wire along one axis (half tiles)."""
    center2 = 2 * low + size
    return int((np.abs(center2[edges[:, 0]] - center2[edges[:, 1]]) * edges[:, 2]).sum())
