"""Full scores beside the scores of changes: a guard against defects."""

from __future__ import annotations

import time

from wse_cp.incumbent.offers import Scored
from wse_cp.instance import Instance
from wse_cp.placement import Placement
from wse_cp.score import Score, checked_score

#: Share of the time that full scores of incumbents made by changes may take, beside the score of the change.
AUDIT_SHARE = 0.1


class Audit:
    """Compares the scores of changes with those of the whole placements that they make.

    Changes are checked and scored exactly anyway. Where a full score takes long it is left out for most, so
    that its share of the time does not grow with the number of kernels; the last incumbent is always
    compared. Not to be used by two threads at a time.
    """

    def __init__(self, instance: Instance) -> None:
        self._instance, self._next = instance, 0.0
        self.done = True  #: whether the newest incumbent was scored as a whole
        self.whole: Scored | None = None  #: the last incumbent that was

    def compare_if_due(self, placement: Placement, found: Score) -> None:
        """Compare, unless that would take too large a share of the time.

        Raises
        ------
        IllegalPlacementError, RuntimeError
            As `compare`.
        """
        begin = time.monotonic()
        due = begin >= self._next
        if due:
            self.compare(placement, found)
            self._next = begin + (time.monotonic() - begin) / AUDIT_SHARE
        self.done = due

    def compare(self, placement: Placement, found: Score) -> None:
        """Score a placement as a whole.

        Raises
        ------
        IllegalPlacementError
            If it is not legal.
        RuntimeError
            If it has not the score that its change says.
        """
        if (full := checked_score(self._instance, placement)) != found:
            raise RuntimeError(f"a change scores {found}, the placement it makes {full}")

    def take(self, scored: Scored) -> None:
        """Take note of a new incumbent."""
        if self.done:
            self.whole = scored
