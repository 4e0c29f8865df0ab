"""The search for a lower bound, and after it the refinement of what it has found."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from fractions import Fraction
from math import ceil, inf

from wse_cp.bounds.halftiles.refinement import HalfTiles
from wse_cp.bounds.result import Bound, BoundParts
from wse_cp.bounds.search.best_first import BoundSearch
from wse_cp.bounds.search.certificate import cost_step
from wse_cp.instance import Instance
from wse_cp.processes.reliefs import Pressure


def _never() -> bool:
    return False


class RefinedSearch(BoundSearch):
    """The search, and once it has found all that it can, its certificate made stronger by comparing parities.

    For the parameters see `BoundSearch`.
    """

    def __init__(self, instance: Instance, ended: Callable[[], bool] = _never, proofs: bool = True) -> None:
        self._refinement: HalfTiles | None = None
        self._aim: Fraction | None = None
        self._short = False  # whether memory has been
        self._refining = threading.Lock()
        super().__init__(instance, ended, proofs)

    @property
    def searched(self) -> bool:
        """Tell whether the search has found all that it can: what is left is the refinement."""
        return super().finished

    @property
    def finished(self) -> bool:
        """Tell whether nothing can be improved any more."""
        if not self.searched:
            return False
        ended = self._refinement is not None and self._refinement.finished
        return ended or self._short or not self.by_multipliers

    @property
    def value(self) -> Fraction:
        """The bound so far."""
        return max(super().value, self._refined)

    @property
    def _refined(self) -> Fraction:
        """What the refinement has proven; 0 without one."""
        value = inf if self._refinement is None else self._refinement.value
        step = cost_step(self.instance)
        if value == inf or not step:
            return Fraction(0)
        return ceil(Fraction(value) / step) * step

    def aim(self, cost: Fraction) -> None:
        """Take note that a placement costs that much: more need not be proven."""
        super().aim(cost)
        self._aim = cost
        if self._refinement is not None:
            self._refinement.aim(cost)

    def ease(self, pressure: Pressure) -> None:
        """Take less memory: refine no more when it is short. What was found stays."""
        self._short = self._short or pressure >= Pressure.SHORT
        super().ease(pressure)

    def step(self, first: bool = True) -> bool:
        """Do a small piece of work; return whether there was any that no other thread does.

        For what it raises see `BoundSearch.step`.
        """
        if not self.searched:
            return super().step(first)
        if self.finished or not self._refining.acquire(blocking=False):
            return False
        try:
            self._refine()
        finally:
            self._refining.release()
        return True

    def _over(self) -> bool:
        return self._short or self._ended()

    def _refine(self) -> None:
        if self._refinement is None:
            certificate, values = super().bound().certificate, self.values()
            self._refinement = HalfTiles(self.instance, certificate, self._over, values)
            if self._aim is not None:
                self._refinement.aim(self._aim)
        if not self._refinement.finished:
            self._refinement.step()

    def bound(self, ceiling: Fraction | None = None) -> Bound:
        """Return the bound so far, at most `ceiling`, with its certificate."""
        found = super().bound(ceiling)
        value = self._refined if ceiling is None else min(self._refined, ceiling)
        if self._refinement is None or value <= found.value:
            return found
        parts = None if found.parts is None else _parts(found.parts, self._refinement.least_time, value)
        certificate = self._refinement.certificate(value)
        return Bound(value, parts, f"{found.method}, half tiles", time.monotonic() - self._began, certificate)


def _parts(former: BoundParts, time_part: Fraction, value: Fraction) -> BoundParts:
    """Return how a bound is made up: adapters have what they had, the wire what the others leave."""
    time_part = min(time_part, value)
    adapters = min(former.adapters, value - time_part)
    return BoundParts(time_part, value - time_part - adapters, adapters)
