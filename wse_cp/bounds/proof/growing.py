"""The multipliers of a region, by a programme that learns of shapes as the least choices need them.

Column generation: the programme begins with a few shapes of each kernel. As long as its multipliers prove
less than its value, the least choice has a shape that it does not know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wse_cp.bounds.proof.choice import Joint, Least
from wse_cp.bounds.proof.prices import Money, Prices
from wse_cp.bounds.proof.programme import undominated
from wse_cp.bounds.proof.region import Region
from wse_cp.bounds.proof.relaxation import Solved, solve_region
from wse_cp.shapes.arrays import IntArray

#: Rounds of a programme; how many shapes of each kernel it learns of in one.
_ROUNDS, _MORE = 4, 3
#: A value that is short by such a part is as good as it.
_NEAR = 1e-4


@dataclass(frozen=True, eq=False)
class Priced:
    """A region's multipliers and what they prove."""

    prices: Prices
    least: Least
    joint: Joint
    solved: Solved | None = None
    known: tuple[IntArray, ...] = ()  #: shapes that the programme knows, rows of each kernel


def priced(
    money: Money, region: Region, known: Sequence[IntArray], scale: float, ceiling: int, rounds: int = _ROUNDS
) -> Priced | None:
    """Return the best multipliers that a few rounds find; None where the solver fails.

    Parameters
    ----------
    known
        Rows of each kernel to begin with, of the region or not; maybe none.
    """
    tables = [_begun(part, rows, region.start) for part, rows in zip(known, region.shapes, strict=True)]
    best: Priced | None = None
    for _ in range(rounds):
        solved = solve_region(money, region, tables, scale)
        if solved is None:
            return best
        joint = money.joint(region, solved.prices)
        least = joint.least(ceiling)
        if best is None or least.value > best.least.value:
            best = Priced(solved.prices, least, joint, solved, tuple(tables))
        else:
            best = Priced(best.prices, best.least, best.joint, solved, tuple(tables))
        if least.value >= min(ceiling, solved.value - _NEAR * abs(solved.value)):
            return best
        more = [
            _more(table, rows, marginal, at)
            for table, rows, marginal, at in zip(
                tables, region.shapes, joint.marginals, least.rows, strict=True
            )
        ]
        if all(len(a) == len(b) for a, b in zip(tables, more, strict=True)):
            return best
        tables = more
    return best


def _begun(known: IntArray, rows: IntArray, start: int) -> IntArray:
    """Return the known rows that are left; where there are none, those that are needed without adapters."""
    left = known[_among(known, rows)] if len(known) else known
    return left if len(left) else undominated(rows, start)


def _more(table: IntArray, rows: IntArray, marginal: IntArray, at: int) -> IntArray:
    """Add the row of the least choice, and a few others that cost the least."""
    few = np.argpartition(marginal, _MORE)[:_MORE] if len(rows) > _MORE else np.arange(len(rows))
    found = np.unique(rows[np.append(few, at)], axis=0)
    return np.concatenate([table, found[~_among(found, table)]])


def _among(some: IntArray, rows: IntArray) -> np.typing.NDArray[np.bool_]:
    """Tell which rows are among others."""
    return np.isin(_codes(some), _codes(rows))


def _codes(rows: IntArray) -> IntArray:
    """Return a number for each row that tells it from others of a listing."""
    found: IntArray = rows[:, [0, 1, 3, 4, 5, 6]] @ (128 ** np.arange(6))
    return found
