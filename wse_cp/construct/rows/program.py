"""The row programme, compiled: cut a linear order into rows of least estimated wire, exactly.

A row of height H holds consecutive kernels of the order, each `curve[H]` wide and centred vertically.
Rows are stacked; each runs against the one before (boustrophedon), so the order turns at a common wall.
The cost of a layout, in half tiles of wire, is a sum over rows:

* an edge inside a row costs its exact length: half of both ends and all widths between;
* an edge between rows costs its exact vertical length: half of both heights and all rows between;
* horizontally, of two kernels in adjacent rows those equally many places from the turning wall count
  as one above the other. An edge costs the distance from its end that is more places away to the
  kernel of its own row opposite to the other end; a row between adds the distance of its outer centres.

The last is the only estimate; it makes the cost a sum over rows. No term is negative.

Dynamic programming over (kernels placed, height used) finds the least cost over all cuts and heights.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wse_cp.compiled import compiled, inner
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.loops import NONE

#: A state's cost is packed above the pointer to its predecessor: (cost << 32) | (start << 13) | height.
_SHIFT, _START_SHIFT = 32, 13
_UNREACHED = 1 << 60
_REACHED_BELOW = 1 << 59


class RowPlan(NamedTuple):
    """What the programme found: rows [starts[r], starts[r+1]) with their heights, bottom to top."""

    cost2: int  #: estimated wire, half tiles
    starts: tuple[int, ...]  #: first position of each row, then the number of kernels
    heights: tuple[int, ...]  #: tiles


def plan_rows(curves: IntArray, edges: IntArray, width: int, height: int) -> RowPlan | None:
    """Return the cheapest rows for the kernels in the order of `curves`, or None if none fit.

    Parameters
    ----------
    curves
        One row per kernel, in the linear order; index = height limit (tiles).
    edges
        Rows (earlier position, later position, multiplicity), int64, sorted by the later position.
    width, height
        Room for the rows (tiles).
    """
    limited = np.ascontiguousarray(curves[:, : height + 1], dtype=np.int64)
    rest = suffix_heights(limited, width)
    if rest[0] > height:
        return None
    table = _fill(prefix_sums(limited), edges, crossing_counts(edges, len(limited)), rest, width)
    best = int(np.argmin(table[-1]))
    return _trace(table, best) if table[-1, best] < _REACHED_BELOW else None


def suffix_heights(curves: IntArray, width: int) -> IntArray:
    """Return, for each position, the height (tiles) that the kernels from there on need by area alone."""
    areas = (np.arange(1, curves.shape[1]) * curves[:, 1:]).min(axis=1, initial=NONE * NONE)
    return np.asarray(-(-np.append(np.cumsum(areas[::-1])[::-1], 0) // width))


def prefix_sums(curves: IntArray) -> IntArray:
    """Return int64 `[position, height]`: total width of the kernels before that position."""
    return np.concatenate([np.zeros((1, curves.shape[1]), np.int64), np.cumsum(curves, axis=0)])


def crossing_counts(edges: IntArray, count: int) -> IntArray:
    """Return int64 `[a, b]`: how many edges have their earlier end before a and their later end before b."""
    counts = np.zeros((count + 1, count + 1), dtype=np.int64)
    np.add.at(counts, (edges[:, 0] + 1, edges[:, 1] + 1), edges[:, 2])
    return counts.cumsum(axis=0).cumsum(axis=1)


def _trace(table: IntArray, used: int) -> RowPlan:
    """Follow the pointers back from the last position."""
    cost2, position = int(table[-1, used]) >> _SHIFT, len(table) - 1
    starts, heights = [position], []
    while position:
        pointer = int(table[position, used]) & ((1 << _SHIFT) - 1)
        position, row_height = pointer >> _START_SHIFT, pointer & ((1 << _START_SHIFT) - 1)
        used -= row_height
        starts.append(position)
        heights.append(row_height)
    return RowPlan(cost2, tuple(reversed(starts)), tuple(reversed(heights)))


@compiled
def _fill(prefix: IntArray, edges: IntArray, counts: IntArray, rest: IntArray, width: int) -> IntArray:
    """Return the packed table [kernels placed, height used] of least costs."""
    count, side = prefix.shape[0] - 1, prefix.shape[1] - 1
    table = np.full((count + 1, side + 1), _UNREACHED, np.int64)
    table[0, 0] = 0
    for start in range(count):
        reached = np.nonzero(table[start] < _REACHED_BELOW)[0]
        if len(reached) == 0:
            continue
        low, high = reached[0], reached[-1]
        base = (table[start] >> _SHIFT) << _SHIFT
        inner = np.zeros(side + 1, np.int64)
        for stop in range(start + 1, count + 1):
            if prefix[stop, side] - prefix[start, side] > width:
                break
            _add_last_kernel(inner, prefix, edges, start, stop)
            row = inner + _turn_costs(prefix, edges, counts, start, stop)
            for limit in range(1, side - rest[stop] - low + 1):
                row_width = prefix[stop, limit] - prefix[start, limit]
                if row_width > width or row_width == prefix[stop, limit - 1] - prefix[start, limit - 1]:
                    continue
                step = (row[limit] << _SHIFT) + (start << _START_SHIFT) + limit
                last = min(high, side - rest[stop] - limit)
                _relax(table[stop], base, step, low, last, limit)
    return table


@inner
def _relax(target: IntArray, base: IntArray, step: int, low: int, last: int, limit: int) -> None:
    """Offer `target` the states `base[low..last]` followed by a row of height `limit`."""
    for used in range(low, last + 1):
        target[used + limit] = min(target[used + limit], base[used] + step)


@inner
def _add_last_kernel(inner: IntArray, prefix: IntArray, edges: IntArray, start: int, stop: int) -> None:
    """Add to `inner[height]` what position stop - 1 brings: edges within the row, edges to the row below."""
    v = stop - 1
    first = np.searchsorted(edges[:, 1], v)
    last = np.searchsorted(edges[:, 1], v + 1)
    for e in range(first, last):
        u = edges[e, 0]
        opposite = u if u >= start else 2 * start - 1 - u
        if opposite < v:
            inner += edges[e, 2] * (prefix[v + 1] + prefix[v] - prefix[opposite + 1] - prefix[opposite])


@inner
def _turn_costs(prefix: IntArray, edges: IntArray, counts: IntArray, start: int, stop: int) -> IntArray:
    """Return by height the vertical cost of row [start, stop) and the horizontal one of its leaving edges."""
    total = counts.shape[0] - 1
    over = counts[start, total] - counts[start, stop]
    entering = counts[start, stop] - counts[start, start]
    leaving = counts[stop, total] - counts[stop, stop] - over
    costs = over * (prefix[stop] + prefix[stop - 1] - prefix[start + 1] - prefix[start])
    costs += (2 * over + entering + leaving) * np.arange(prefix.shape[1])
    for e in range(np.searchsorted(edges[:, 1], stop), len(edges)):
        u = edges[e, 0]
        opposite = 2 * stop - 1 - edges[e, 1]
        if start <= u < stop and opposite > u:
            costs += edges[e, 2] * (prefix[opposite + 1] + prefix[opposite] - prefix[u + 1] - prefix[u])
    return np.asarray(costs)
