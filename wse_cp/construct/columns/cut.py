"""Chooses the heights of rows, and where each ends, by dynamic programming over the height used; compiled.

A row takes as many columns of its height's partition as fit the width. For each height used only the state
that has placed most kernels is kept: then a longer rest never has to fit less room. So the time is linear in
the height of the wafer and does not depend on the number of kernels but for a logarithm.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wse_cp.compiled import compiled, inner
from wse_cp.shapes.arrays import IntArray


class Partitions(NamedTuple):
    """Partitions of one order for several row heights: `begins` and `widths` of (heights, n + 1)."""

    heights: IntArray  #: ascending (tiles)
    begins: IntArray
    widths: IntArray


class Rows(NamedTuple):
    """Columns in rows: row r has the columns from starts[r], column j the positions from begins[j]."""

    starts: IntArray
    heights: IntArray
    begins: IntArray


def cut_into_rows(parts: Partitions, width: int, height: int) -> Rows | None:
    """Return rows that hold the whole order, or None if none were found."""
    placed, row = furthest(parts, width, height)
    count = parts.begins.shape[1] - 1
    complete = np.nonzero(placed == count)[0]
    if not len(complete):
        return None
    used = int(complete[0])
    starts, heights, begins = [], [], [count]
    end = count
    while used:
        kind = row[used]
        used -= int(parts.heights[kind])
        start = int(placed[used])
        inside = np.unique(np.maximum(parts.begins[kind, start:end], start))
        starts.append(len(inside))
        begins.extend(inside[::-1])
        heights.append(parts.heights[kind])
        end = start
    starts.append(0)
    return Rows(np.cumsum(starts[::-1]), np.array(heights[::-1]), np.array(begins[::-1]))


@compiled
def furthest(parts: Partitions, width: int, height: int) -> tuple[IntArray, IntArray]:
    """Return by height used how many kernels can be placed, and the last row (index of its height).

    Only heights that a stack of rows meets exactly count; others repeat what less height reaches.
    """
    placed, last = np.zeros(height + 1, np.int64), np.full(height + 1, -1)
    for used in range(1, height + 1):
        for row in range(len(parts.heights)):
            below = used - parts.heights[row]
            if below < 0:
                break
            if below > 0 and last[below] < 0:
                continue
            end = reach(parts.begins[row], parts.widths[row], placed[below], width)
            if end > placed[used] and end > placed[below]:
                placed[used], last[used] = end, row
        if last[used] < 0:
            placed[used] = 0
    return placed, last


@inner
def reach(begins: IntArray, widths: IntArray, start: int, width: int) -> int:
    """Return where a row ends that begins at a position, with as many whole columns as fit the width."""
    limit = widths[start] + width
    low, high = start, len(begins) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if widths[middle] <= limit:
            low = middle
        else:
            high = middle - 1
    return int(max(start, begins[low]))
