"""Room in every row: where the last one is half empty, all are filled a little less."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wse_cp.construct.columns.arrangement import Arrangement, boustrophedon, opened
from wse_cp.construct.columns.cut import Rows
from wse_cp.construct.columns.heights import fill_rows
from wse_cp.construct.columns.scan import Plan
from wse_cp.construct.columns.state import WIRE2
from wse_cp.shapes.arrays import IntArray

#: A balanced plan may cost so many times the one before: moves are cheaper where there is room.
_DEARER = 1.01


def balanced(plan: Plan) -> Plan:
    """Return a plan whose rows of single kernels are filled alike, or the plan itself."""
    problem, arrangement = plan.problem, plan.arrangement
    if len(arrangement.begins) <= len(arrangement.sequence):
        return plan
    sequence, curves = _unrolled(arrangement), problem.curves(plan.limit)
    kinds = problem.classes[sequence]
    low, high = 1, problem.width
    while low < high:
        middle = (low + high) // 2
        if fill_rows(curves, kinds, arrangement.heights, middle)[-1] == len(kinds):
            high = middle
        else:
            low = middle + 1
    starts = fill_rows(curves, kinds, arrangement.heights, low)
    if starts[-1] < len(kinds):
        return plan
    rows = Rows(starts, arrangement.heights, np.arange(len(kinds) + 1))
    other = boustrophedon(sequence, rows, problem.width)
    state = opened(problem, curves, other)
    if state is None:
        return plan
    cost = problem.cost(plan.limit, state.scalars[WIRE2])
    return replace(plan, cost=cost, arrangement=other) if cost <= _DEARER * plan.cost else plan


def _unrolled(arrangement: Arrangement) -> IntArray:
    """Return the order that was cut into rows of single kernels: every other row is read backwards."""
    rows = zip(arrangement.starts[:-1], arrangement.starts[1:], strict=True)
    parts = [arrangement.sequence[a:b][:: -1 if r % 2 else 1] for r, (a, b) in enumerate(rows)]
    return np.concatenate(parts)
