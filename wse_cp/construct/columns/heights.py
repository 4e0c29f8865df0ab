"""Simulated annealing of the heights of rows of single kernels, each filled in turn; compiled.

The order stays; heights decide where a row ends. A step is linear in the order, without any table.
"""

from __future__ import annotations

import math

import numpy as np

from wse_cp.compiled import compiled, inner
from wse_cp.construct.random import below, uniform
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.elementary import copy_into

#: "Wire" (half tiles) of rows that do not hold the whole order; what is left over adds to it.
_LEFT_OVER = 1 << 44
#: Usual and largest change of a height in one step (tiles); out of so many steps one is large.
_SMALL, _LARGE, _RARE = 6, 30, 3
#: A row has at least this height (tiles).
_LOWEST = 4


@compiled
def fill_rows(curves: IntArray, kinds: IntArray, heights: IntArray, width: int) -> IntArray:
    """Return where each row begins if all are filled in turn, and the end: how many kernels were placed."""
    starts = np.zeros(len(heights) + 1, np.int64)
    row, x = 0, 0
    for i in range(len(kinds)):
        wide = curves[kinds[i], heights[row]]
        while x + wide > width:
            row += 1
            starts[row], x = i, 0
            if row == len(heights):
                return starts
            wide = curves[kinds[i], heights[row]]
        x += wide
    starts[row + 1 :] = len(kinds)
    return starts


@inner
def _wire(
    curves: IntArray, kinds: IntArray, edges: IntArray, heights: IntArray, width: int, centres: IntArray
) -> int:
    """Return the wire (half tiles) of rows filled in turn, every other one from right to left."""
    starts = fill_rows(curves, kinds, heights, width)
    if starts[-1] < len(kinds):
        left = 0
        for i in range(starts[-1], len(kinds)):
            left += curves[kinds[i], heights[-1]]
        return _LEFT_OVER + left
    base = 0
    for row in range(len(heights)):
        tall, x2 = heights[row], 0
        for i in range(starts[row], starts[row + 1]):
            wide = curves[kinds[i], tall]
            centres[0, i] = 2 * width - x2 - wide if row % 2 else x2 + wide
            own = curves[kinds[i], wide]
            centres[1, i] = 2 * (base + (tall - own) // 2) + own
            x2 += 2 * wide
        base += tall
    wire = 0
    for e in range(len(edges)):
        u, v, times = edges[e]
        wire += times * (abs(centres[0, u] - centres[0, v]) + abs(centres[1, u] - centres[1, v]))
    return wire


@inner
def _change(heights: IntArray, random: IntArray) -> None:
    """Change one or two heights at random."""
    kind, i, j = below(random, 4), below(random, len(heights)), below(random, len(heights))
    step = 1 + below(random, _SMALL if below(random, _RARE) else _LARGE)
    if kind == 3:
        heights[i], heights[j] = heights[j], heights[i]
        return
    if kind != 1:
        heights[i] += step
    if kind != 0:
        heights[j] -= step


@compiled
def anneal_heights(
    curves: IntArray,
    kinds: IntArray,
    edges: IntArray,
    heights: IntArray,
    width: int,
    height: int,
    random: IntArray,
    steps: int,
    hot: float,
    cold: float,
) -> IntArray:
    """Return heights of less wire.

    Parameters
    ----------
    kinds, edges
        The class of each kernel of the order; rows (position, position, multiplicity).
    width, height
        Of the wafer (tiles).
    hot, cold
        First and last temperature (half tiles).
    """
    centres = np.zeros((2, len(kinds)), np.int64)
    now, best, tried = heights.copy(), heights.copy(), heights.copy()
    wire = least = _wire(curves, kinds, edges, heights, width, centres)
    for step in range(steps):
        copy_into(tried, now)
        _change(tried, random)
        if tried.min() < _LOWEST or tried.sum() > height:
            continue
        new = _wire(curves, kinds, edges, tried, width, centres)
        temperature = hot * (cold / hot) ** (step / steps)
        if new <= wire or uniform(random) < math.exp((wire - new) / temperature):
            copy_into(now, tried)
            wire = new
            if wire < least:
                least = wire
                copy_into(best, now)
    return best
