"""Shorter spines: a bound may become better where some kernels at the spine's ends are left out.

Turns and breaks count along the spine only. Small kernels can turn at almost no cost, and often the first
and the last kernels of a network are small. Without them every turn that counts is one among large kernels.
But a spine that is too short fits the wafer as a straight stack, without any turn. docs/bounds.md, section
9.
"""

from __future__ import annotations

from itertools import pairwise
from math import inf

from wse_cp.bounds.network.structure import Structure
from wse_cp.bounds.search.limit import Limit

#: At most so many cells are cut off at either end.
_MOST = 6
#: Evaluations that the case without turns and breaks has to show that it is not the weakest.
_STEPS = 8

#: Cells that are cut off at the start and at the end.
Ends = tuple[int, int]


def shortened(limit: Limit) -> Limit | None:
    """Return a limit with a shorter spine and a larger value; None if there is none."""
    if limit.tables is None or limit.weakest == 0 or len(limit.relaxation.structure.spine) < 2:
        return None
    cuts = _Cuts(limit)
    best = (0, 0)
    for many in range(1, _MOST + 1):
        best = max(best, (many, many), key=cuts.value)
        if cuts.is_straight((many, many)):
            break
    first, last = best
    near = [(first - 1, last), (first, last - 1), (first + 1, last), (first, last + 1)]
    best = max([best, *near], key=cuts.value)
    return None if best == (0, 0) else cuts.limit(best)


class _Cuts:
    """The limit with the whole spine, and with every shorter spine that has been looked at."""

    def __init__(self, limit: Limit) -> None:
        self._relaxation = limit.relaxation
        self._borders = _cell_borders(limit.relaxation.structure)
        self._known: dict[Ends, Limit] = {(0, 0): limit}

    def value(self, ends: Ends) -> float:
        """Return the value found with a spine, -inf if it would be too short."""
        return self.limit(ends).value if self._is_possible(ends) else -inf

    def is_straight(self, ends: Ends) -> bool:
        """Tell whether the case without turns and breaks is the weakest, or the spine too short."""
        return not self._is_possible(ends) or self.limit(ends).weakest == 0

    def limit(self, ends: Ends) -> Limit:
        """Return the limit with a spine that is possible."""
        if ends not in self._known:
            first, last = self._borders[ends[0]], self._borders[-1 - ends[1]] + 1
            self._known[ends] = evaluated(
                self._known[0, 0].seen_by(self._relaxation.with_part((first, last)))
            )
        return self._known[ends]

    def _is_possible(self, ends: Ends) -> bool:
        return min(ends) >= 0 and 2 * sum(ends) < len(self._borders)


def evaluated(limit: Limit) -> Limit:
    """Evaluate each case of a limit near the multipliers it begins with; return the limit."""
    straight, *others = limit.cases
    for case in others:
        case.step()
    least = min(case.value for case in others)
    for _ in range(_STEPS):
        straight.step()
        if straight.value > least:
            break
    return limit


def _cell_borders(structure: Structure) -> list[int]:
    """Return the places in the path of the spine's two ends, and of its kernels between two of its cells."""
    first, last = structure.part
    cell_of = {edge: number for number, cell in enumerate(structure.cells) for edge in cell.spine}
    cells = [cell_of[frozenset(edge)] for edge in pairwise(structure.spine)]
    between = [first + i + 1 for i, (a, b) in enumerate(pairwise(cells)) if a != b]
    return [first, *between, last - 1]
