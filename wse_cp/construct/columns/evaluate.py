"""The exact wire of planned rows, faster than by a state; compiled."""

from __future__ import annotations

import numpy as np

from wse_cp.compiled import compiled
from wse_cp.construct.columns.cut import Rows
from wse_cp.construct.columns.partition import column_width
from wse_cp.shapes.arrays import IntArray


@compiled
def rows_wire(curves: IntArray, kinds: IntArray, edges: IntArray, rows: Rows, width: int) -> int:
    """Return the wire (half tiles) of rows that run back and forth, -1 if they do not fit the width.

    Parameters
    ----------
    kinds
        The class of each kernel of the order that was cut.
    edges
        Rows (position, position, multiplicity).
    """
    x2, y2 = np.empty(len(kinds), np.int64), np.empty(len(kinds), np.int64)
    base = 0
    for row in range(len(rows.heights)):
        height, x = rows.heights[row], 0
        for j in range(rows.starts[row], rows.starts[row + 1]):
            begin, end = rows.begins[j], rows.begins[j + 1]
            wide = column_width(curves, kinds[begin:end], height, 1, width)
            total = 0
            for i in range(begin, end):
                total += curves[kinds[i], wide]
            low2 = 2 * (base + (height - total) // 2)
            for i in range(begin, end):
                tall = curves[kinds[i], wide]
                x2[i] = 2 * (width - x) - wide if row % 2 else 2 * x + wide
                y2[i] = low2 + tall
                low2 += 2 * tall
            x += wide
        if x > width:
            return -1
        base += height
    wire = 0
    for e in range(len(edges)):
        u, v = edges[e, 0], edges[e, 1]
        wire += edges[e, 2] * (abs(x2[u] - x2[v]) + abs(y2[u] - y2[v]))
    return wire


@compiled
def equal_rows(curves: IntArray, kinds: IntArray, count: int, width: int, height: int) -> IntArray:
    """Return where each of some equal rows of single kernels begins, and the end; all zero if they don't fit.

    Parameters
    ----------
    kinds
        The class of each kernel of the order.
    height
        Of the wafer (tiles).
    """
    starts, row, x = np.zeros(count + 1, np.int64), 0, 0
    for i in range(len(kinds)):
        wide = curves[kinds[i], height // count]
        if x + wide > width:
            row += 1
            if row == count or wide > width:
                return np.zeros(count + 1, np.int64)
            starts[row], x = i, 0
        x += wide
    starts[row + 1 :] = len(kinds)
    return starts
