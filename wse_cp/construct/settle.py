"""Positions for given rows: direction and offset of each row, then every kernel in its gap.

Plain coordinate descent on the exact wire: the best offset of a row, and the best place of a kernel
between its neighbours, is a weighted median of where the other ends of its edges are.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from wse_cp.construct.descent import settle_rows, slide, slide_in_rows
from wse_cp.shapes.arrays import IntArray


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
    y = (
        np.concatenate([[0], tops])[row_of]
        + (tops[row_of] - np.concatenate([[0], tops])[row_of] - heights) // 2
    )
    neighbours = adjacency(edges, len(widths))
    settle_rows(x, widths, starts, *neighbours, width)
    left, right = np.zeros_like(x), np.full_like(x, width)
    slide_in_rows(x, widths, starts, *neighbours, left, right)
    bottoms = np.concatenate([[0], tops])[row_of]
    slide(y, heights, *neighbours, bottoms, tops[row_of])
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


def adjacency(edges: IntArray, count: int) -> tuple[IntArray, IntArray, IntArray]:
    """Return the graph as (first, other, multiplicity): edges of i are first[i] .. first[i + 1]."""
    ends = np.concatenate([edges[:, [0, 1, 2]], edges[:, [1, 0, 2]]])
    ends = ends[np.argsort(ends[:, 0], kind="stable")]
    first = np.searchsorted(ends[:, 0], np.arange(count + 1))
    return first, np.ascontiguousarray(ends[:, 1]), np.ascontiguousarray(ends[:, 2])


def wire_length2(low: IntArray, size: IntArray, edges: IntArray) -> int:
    """Return the wire along one axis (half tiles)."""
    center2 = 2 * low + size
    return int((np.abs(center2[edges[:, 0]] - center2[edges[:, 1]]) * edges[:, 2]).sum())
