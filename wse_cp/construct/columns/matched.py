"""Plans whose protocols are chosen first, for the rows of a plan without: then rows are scanned anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from wse_cp.construct.columns.evaluate import equal_rows
from wse_cp.construct.columns.problem import ColumnProblem
from wse_cp.construct.columns.scan import ColumnScan, Plan
from wse_cp.construct.cycle_limits import rounded_up
from wse_cp.construct.rows.build import adapter_count
from wse_cp.construct.rows.choose import choose_protocols
from wse_cp.construct.rows.layout import Boxes
from wse_cp.construct.settle import Settled
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.splits import split_values

#: Cycle limits and numbers of rows tried, relative to those of the best plan.
_LIMITS, _MORE_ROWS = (1.0, 1.1, 1.22, 1.4), (0, 1)
#: Cycle limits of the scan with protocols kept, relative to the one they were chosen for.
_FACTORS = (0.8, 0.85, 0.9, 0.94, 0.97, 0.99, 1.0, 1.02, 1.05, 1.1, 1.2)
#: Number of half tiles that no wire has: positions do not matter where protocols are chosen.
_NOWHERE = Settled(np.zeros(0, np.int64), np.zeros(0, np.int64), 0)


@dataclass(frozen=True)
class ProtocolMatching:
    """Chooses protocols for equal rows and scans again with these forced.

    Parameters
    ----------
    over
        Tells when to begin nothing new.
    """

    generator: np.random.Generator
    over: Callable[[], bool]

    def trials(self, scan: ColumnScan) -> Iterator[list[Plan]]:
        """Yield the better plans of one trial after the other, cheapest last, for the best order of a scan.

        Of each trial only plans better than those of all trials before are kept.
        """
        base = scan.best
        if base is None:
            return
        best: Plan | None = None
        for factor in _LIMITS:
            limit = rounded_up(scan.problem.instance, base.limit * Fraction(factor))
            for more in _MORE_ROWS:
                if self.over():
                    return
                found = self._trial(scan, limit, base.key[0], base.rows, more)
                found = [plan for plan in found if best is None or plan.cost < best.cost]
                best = found[-1] if found else best
                yield found

    def _trial(self, scan: ColumnScan, limit: Fraction, order: int, rows: int, more: int) -> list[Plan]:
        """Return ever better plans with protocols chosen for some more rows at a limit."""
        forced = self._forced(scan.problem, scan.orders[order], limit, rows + more)
        if forced is None:
            return []
        again = ColumnScan(forced, scan.least, [scan.orders[order]], self.over)
        limits = [rounded_up(scan.problem.instance, limit * Fraction(f)) for f in _FACTORS]
        counts = [rows, rows + 1, rows + 2]
        return [*again.equal_rows(0, counts, limits), *again.unequal_rows(0, limits, counts)]

    def _forced(
        self, problem: ColumnProblem, sequence: IntArray, limit: Fraction, count: int
    ) -> ColumnProblem | None:
        """Return the problem with protocols chosen for equal rows, or None if none fit."""
        kinds, instance = problem.classes[sequence], problem.instance
        starts = equal_rows(problem.curves(limit), kinds, count, problem.width, problem.height)
        if not starts[-1]:
            return None
        tall = problem.height // count
        heights = np.full(len(kinds), tall)
        widths = problem.curves(limit)[kinds, tall].astype(np.int64)
        names = tuple(problem.names[i] for i in sequence)
        begins = tuple(int(start) for start in np.unique(starts))
        boxes = Boxes(names, begins, widths, heights, _NOWHERE, problem.transposed)
        protocols = choose_protocols(instance, boxes, limit, split_values(instance), self.generator)
        if protocols is None:
            return None
        return replace(problem, protocols=protocols, adapters=adapter_count(instance, protocols))
