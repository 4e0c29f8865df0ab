"""Where strips stand under a cap, compiled: dynamic programming over (strips placed, tiles used), exact.

A strip is as thin as the room under the cap allows where it stands, or under the deepest part of the cap. Its
cost, in half tiles of wire, has three parts: its thickness times the wires that pass it and half of those
that end at it; the way along x to the rows of the cap it has wires to; and, if it is longer than the room
under the deepest part, how far its middle is above that of the others. A tile left empty costs the wires that
pass it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wse_cp.compiled import compiled, inner
from wse_cp.shapes.arrays import IntArray

#: The cost of a state that is not reached: more than any wire.
UNREACHED = 1 << 60


class Wires(NamedTuple):
    """What the wires of strips cost, by position: half tiles (int64).

    Those to the cap come as a graph: of strip i they are first[i] .. first[i + 1], `times` times to the row
    `row`.
    """

    tile2: IntArray  #: (strips,) for each tile of thickness
    empty2: IntArray  #: (strips,) for each tile left empty before a strip
    raised: IntArray  #: (strips,) for each half tile that a strip's middle is above that of the others
    first: IntArray  #: (strips + 1,)
    row: IntArray
    times: IntArray


@compiled
def stand(
    curves: IntArray, level: IntArray, limits: IntArray, wires: Wires, center2: IntArray, most: int
) -> tuple[int, IntArray, IntArray]:
    """Return the least cost, and x and thickness of every strip; `UNREACHED` if none below `most` fits.

    Parameters
    ----------
    curves
        int64 (strips, side + 1): least thickness for every length.
    level
        How deep the cap is above each tile along x, as an index of `limits`.
    limits
        The room under the cap (tiles) at each level, descending.
    center2
        Twice the place along x of the row that each wire to the cap ends at.
    """
    strips, width = len(curves), len(level)
    cost = np.full((strips + 1, width + 1), UNREACHED, np.int64)
    step = np.zeros((strips + 1, width + 1), np.int64)
    cost[0, 0] = 0
    for i in range(strips):
        _leave_empty(cost[i], step[i], wires.empty2[i])
        _place(i, cost, step, curves[i], level, limits, wires, center2, most)
        if cost[i + 1].min() == UNREACHED:
            return UNREACHED, step[0, :0], step[0, :0]
    x = int(np.argmin(cost[strips]))
    places, thickness = _trace(step, x)
    return cost[strips, x], places, thickness


@inner
def _place(
    i: int,
    cost: IntArray,
    step: IntArray,
    curve: IntArray,
    level: IntArray,
    limits: IntArray,
    wires: Wires,
    center2: IntArray,
    most: int,
) -> None:
    """Let strip i follow wherever those before it end."""
    width = len(level)
    for x in range(width):
        if cost[i, x] >= most:
            continue
        for w in (_thickness(curve, level, limits, x), curve[limits[-1]]):
            if x + w > width:
                continue
            value = cost[i, x] + wires.tile2[i] * w + wires.raised[i] * max(0, curve[w] - limits[-1])
            for e in range(wires.first[i], wires.first[i + 1]):
                value += wires.times[e] * abs(2 * x + w - center2[e])
            if value < cost[i + 1, x + w]:
                cost[i + 1, x + w], step[i + 1, x + w] = value, w


@inner
def _trace(step: IntArray, x: int) -> tuple[IntArray, IntArray]:
    """Return x and thickness of the strips, the last of which or empty tiles end at `x`."""
    i = len(step) - 1
    places, thickness = np.zeros(i, np.int64), np.zeros(i, np.int64)
    while i > 0:
        w = step[i, x]
        if w > 0:
            i -= 1
            places[i], thickness[i] = x - w, w
        x -= max(w, 1)
    return places, thickness


@inner
def _leave_empty(cost: IntArray, step: IntArray, price: int) -> None:
    """Let empty tiles follow; in `step` they have no thickness."""
    for x in range(1, len(cost)):
        if cost[x - 1] + price < cost[x]:
            cost[x], step[x] = cost[x - 1] + price, 0


@inner
def _thickness(curve: IntArray, level: IntArray, limits: IntArray, x: int) -> int:
    """Return the least thickness of a strip that begins at x."""
    deepest = level[x]
    w = curve[limits[deepest]]
    tile = x + 1
    while tile < x + w and tile < len(level):
        if level[tile] > deepest:
            deepest = level[tile]
            w = curve[limits[deepest]]
        tile += 1
    return int(w)
