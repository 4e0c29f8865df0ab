"""Solve the programme of a region, and round its multipliers.

Any integers are valid, these are nearly the best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wse_cp.bounds.proof.prices import Flow, Money, Prices
from wse_cp.bounds.proof.programme import SCALE, Programme
from wse_cp.bounds.proof.region import Region
from wse_cp.bounds.proof.simplex import optimum
from wse_cp.shapes.arrays import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Solved:
    """A solution of a region's programme, and its multipliers rounded."""

    prices: Prices
    value: float  #: of the programme (1 / D cost units)
    centres: FloatArray  #: half tiles, (2, kernels)
    extents: FloatArray  #: tiles, (2, kernels): means
    late: float  #: largest time (1 / time_scale cycles)
    shares: tuple[tuple[IntArray, FloatArray], ...]  #: rows of each kernel's mean, and their shares


def solve_region(money: Money, region: Region, shapes: Sequence[IntArray], scale: float) -> Solved | None:
    """Return the solution of the programme that knows these shapes of a region; None where the solver fails.

    A placement costs about `scale` (1 / D cost units); a tile that lacks on the wafer costs many times that.
    """
    programme = Programme(money, region, shapes, max(scale, 1.0) / SCALE)
    found = optimum(programme.whole())
    if found is None:
        return None
    x, count = found.x, len(region.shapes)
    duals = -found.duals * programme.scale
    return Solved(
        _prices(programme, duals),
        found.value * programme.scale + money.time * region.start,
        x[: 2 * count].reshape(2, count),
        x[2 * count : 4 * count].reshape(2, count),
        float(x[programme.time]) + region.start,
        tuple(_shares(programme, x)),
    )


def _shares(programme: Programme, x: FloatArray) -> list[tuple[IntArray, FloatArray]]:
    found, at = [], programme.first
    for rows in programme.shapes:
        part = x[at : at + len(rows)]
        at += len(rows)
        found.append((rows[part > 1e-7], part[part > 1e-7]))
    return found


def _prices(programme: Programme, duals: FloatArray) -> Prices:
    orders = ((i, j, axis, _whole(duals[row])) for i, j, axis, row in programme.orders)
    cliques = ((axis, members, _whole(duals[row])) for axis, members, row in programme.cliques)
    return Prices(
        _capped([_whole(duals[row]) for row in programme.times], programme.money.time),
        _whole(duals[programme.area]),
        tuple(_flow(programme, duals, k) for k in range(programme.edges)),
        tuple(item for item in orders if item[-1]),
        tuple(item for item in cliques if item[-1]),
        _potentials(programme, duals[len(programme.limits) :]),
    )


def _potentials(programme: Programme, duals: FloatArray) -> dict[tuple[int, int], IntArray]:
    """Return the potentials of wires outside the forest, from the duals of differences."""
    inside, found = set(programme.money.forest.up.values()), dict[tuple[int, int], IntArray]()
    wafer = programme.money.instance.settings
    lines = programme.differences
    for wire, split, value, cost, dual in zip(
        *(part.tolist() for part in lines[:4]), duals[: len(lines.costs)].tolist(), strict=True
    ):
        if wire not in inside and (amount := min(_whole(dual), cost)):
            table = found.setdefault((wire, split), np.zeros(max(wafer.width, wafer.height), np.int64))
            table[value] = amount
    return found


def _flow(programme: Programme, duals: FloatArray, k: int) -> Flow:
    """Return the multipliers of a wire, lessened where rounding makes them exceed what it costs."""
    capacity = programme.money.edges[k].many * programme.money.wire
    axis_apart, row = programme.apart[k]
    held = min(_whole(duals[row]), capacity)
    short, extents = (
        (held, [0, 0]) if axis_apart is None else (0, [held * (axis_apart == 0), held * axis_apart])
    )
    along = []
    for axis in (0, 1):
        room = capacity - short - extents[axis]
        flow = round(duals[programme.ahead[k][axis]] - duals[programme.back[k][axis]])
        along.append(min(max(flow, -room), room))
    return Flow(along[0], along[1], short, extents[0], extents[1])


def _whole(value: float) -> int:
    return max(round(value), 0)


def _capped(values: list[int], most: int) -> tuple[int, ...]:
    """Return the values, lessened where their sum exceeds `most`."""
    over = sum(values) - most
    for i, value in enumerate(values):
        if over > 0:
            values[i] = max(value - over, 0)
            over -= value - values[i]
    return tuple(values)
