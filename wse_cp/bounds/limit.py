"""What is known for placements within a time limit: a maximiser for each case of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from math import inf

from wse_cp.bounds.dual import DualValue
from wse_cp.bounds.maximise import Maximiser
from wse_cp.bounds.priced import Multipliers, Tables
from wse_cp.bounds.relaxation import Relaxation


@dataclass(frozen=True)
class Limit:
    """Placements with all times below `end` (1 / time_scale cycles; None: no limit), seen by a relaxation.

    `tables` is None if a kernel is never that fast; `tried` has the spines, as parts of the path, that have
    been tried here.
    """

    relaxation: Relaxation
    end: int | None
    tables: Tables | None
    cases: Sequence[Maximiser]
    tried: set[tuple[int, int]] = field(default_factory=set)

    @property
    def value(self) -> float:
        """The least value of the cases: a bound of wire and adapters."""
        return inf if self.tables is None else min(self.values())

    @property
    def weakest(self) -> int:
        """The number of the case that has it."""
        return min(range(len(self.cases)), key=lambda i: self.cases[i].value)

    def values(self) -> tuple[float, ...]:
        """Return the best value of each case."""
        return tuple(case.value for case in self.cases)

    def multipliers(self) -> tuple[Multipliers, ...]:
        """Return the best multipliers of each case."""
        return tuple(case.at for case in self.cases)

    def seen_by(self, relaxation: Relaxation) -> Limit:
        """Return the same limit for another relaxation, nothing known yet but where to begin."""
        cases = tuple(
            case.elsewhere(evaluator(relaxation, self.tables, number))
            for number, case in enumerate(self.cases)
        )
        return Limit(relaxation, self.end, self.tables, cases)


def evaluator(relaxation: Relaxation, tables: Tables | None, case: int) -> partial[DualValue]:
    """Return the dual function of a case at a limit."""
    return partial(_value, relaxation, tables, case)


def _value(relaxation: Relaxation, tables: Tables | None, case: int, multipliers: Multipliers) -> DualValue:
    if tables is None:
        return DualValue(inf, (0.0, 0.0, 0.0))
    return relaxation.dual.value(tables, multipliers, case)
