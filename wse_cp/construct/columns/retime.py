"""Another cycle limit for an arrangement: the columns stay as they are, rows get the heights they need."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from wse_cp.compiled import compiled
from wse_cp.construct.columns.arrangement import Arrangement, opened
from wse_cp.construct.columns.partition import column_width
from wse_cp.construct.columns.problem import ColumnProblem
from wse_cp.construct.columns.state import WIRE2
from wse_cp.construct.cycle_limits import rounded_up
from wse_cp.shapes.arrays import IntArray

#: Cycle limits tried, relative to the present one, beside the least that fits.
_FACTORS = (0.97, 0.985, 0.993, 1.0, 1.01, 1.03)
#: Bisections to find the least that fits, and how low it may be, relative to the present one.
_BISECTIONS, _LOWEST = 7, 0.85


@compiled
def needed_heights(
    curves: IntArray, kinds: IntArray, begins: IntArray, starts: IntArray, width: int, height: int
) -> IntArray:
    """Return for each row the least height at which its columns fit the width, height + 1 if there is none.

    Parameters
    ----------
    kinds
        The classes of the kernels in the sequence of the arrangement.
    """
    found = np.empty(len(starts) - 1, np.int64)
    for row in range(len(found)):
        low, high = 1, height + 1
        while low < high:
            middle = (low + high) // 2
            total = 0
            for j in range(starts[row], starts[row + 1]):
                total += column_width(curves, kinds[begins[j] : begins[j + 1]], middle, 1, width)
                if total > width:
                    break
            if total <= width:
                high = middle
            else:
                low = middle + 1
        found[row] = low
    return found


def heights_at(problem: ColumnProblem, arrangement: Arrangement, limit: Fraction) -> IntArray | None:
    """Return the least heights of the rows at a cycle limit, or None if together they exceed the wafer."""
    kinds = problem.classes[arrangement.sequence]
    found = needed_heights(
        problem.curves(limit), kinds, arrangement.begins, arrangement.starts, problem.width, problem.height
    )
    return found if found.sum() <= problem.height else None


def at_limit(
    problem: ColumnProblem, arrangement: Arrangement, limit: Fraction
) -> tuple[Fraction, Arrangement] | None:
    """Return cost and arrangement at a cycle limit, the rows low or spread, or None if none fit."""
    least = heights_at(problem, arrangement, limit)
    if least is None:
        return None
    spare = problem.height - int(least.sum())
    found = []
    for heights in (least, least + _shares(least, spare), arrangement.heights):
        if np.all(heights >= least) and heights.sum() <= problem.height:
            other = arrangement._replace(heights=heights)
            state = opened(problem, problem.curves(limit), other)
            if state is not None:
                found.append((problem.cost(limit, state.scalars[WIRE2]), other))
    return min(found, key=lambda item: item[0], default=None)


def _shares(heights: IntArray, spare: int) -> IntArray:
    """Return how so many tiles are shared out in proportion to the heights."""
    ends = np.cumsum(heights) * spare // max(int(heights.sum()), 1)
    return np.asarray(np.diff(ends, prepend=0))


def retimed(
    problem: ColumnProblem, arrangement: Arrangement, limit: Fraction
) -> tuple[Fraction, Fraction, Arrangement] | None:
    """Return cost, cycle limit and arrangement of the best cycle limit near the present one."""
    least = _least_limit(problem, arrangement, limit)
    limits = {rounded_up(problem.instance, limit * Fraction(factor)) for factor in _FACTORS} | {least}
    found = []
    for other in limits:
        if other >= least:
            result = at_limit(problem, arrangement, other)
            if result is not None:
                found.append((result[0], other, result[1]))
    return min(found, key=lambda item: item[:2], default=None)


def _least_limit(problem: ColumnProblem, arrangement: Arrangement, limit: Fraction) -> Fraction:
    """Return about the least cycle limit at which the rows fit; `limit` itself does."""
    low, high = limit * Fraction(_LOWEST), limit
    for _ in range(_BISECTIONS):
        middle = rounded_up(problem.instance, (low + high) / 2)
        if middle >= high:
            break
        if heights_at(problem, arrangement, middle) is None:
            low = middle
        else:
            high = middle
    return high
