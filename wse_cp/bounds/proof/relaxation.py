"""Solve the programme of a region, and round its multipliers.

Any integers are valid, these are nearly the best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linprog

from wse_cp.bounds.proof.prices import Flow, Money, Prices
from wse_cp.bounds.proof.programme import SCALE, Programme
from wse_cp.bounds.proof.region import Region
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
    costs = programme.costs()
    rows, equations = programme.matrices(len(costs))
    solve: Any = linprog  # its types know no sparse rows
    found = solve(
        costs,
        A_ub=rows,
        b_ub=programme.most(),
        A_eq=equations,
        b_eq=np.tile([0.0, 0.0, 0.0, 1.0], len(region.shapes)),
        bounds=programme.bounds(len(costs)),
        method="highs-ds",
    )
    if found.status != 0:
        return None
    x, count = np.asarray(found.x), len(region.shapes)
    duals = -np.asarray(found.ineqlin.marginals) * programme.scale
    return Solved(
        _prices(programme, duals),
        float(found.fun) * programme.scale + money.time * region.start,
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
    for item, dual in zip(programme.differences, duals.tolist(), strict=True):
        if item.wire not in inside and (amount := min(_whole(dual), item.cost)):
            table = found.setdefault(
                (item.wire, item.split), np.zeros(max(wafer.width, wafer.height), np.int64)
            )
            table[item.value] = amount
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
