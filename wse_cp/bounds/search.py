"""Lower bounds, improving while there is time: from an instance to a bound with its certificate."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from math import inf

from wse_cp.bounds.certificate import Piece, certificate_text, claim, cost_step, merged
from wse_cp.bounds.dual import Dual
from wse_cp.bounds.intervals import Interval, Intervals
from wse_cp.bounds.plan import plan_of
from wse_cp.bounds.result import Bound, BoundParts
from wse_cp.bounds.structure import Structure, structure_of
from wse_cp.instance import Instance
from wse_cp.shapes import least_time_by_area

METHOD = "Lagrangian over area, runs and protocols"

#: Cases of runs: none, one, two or more turns and breaks; fewer where adapters make each dear.
_CASES, _CASES_WITH_ADAPTERS = 3, 2
#: Where adapters cost, a bound without them is sought first, for at most so many seconds.
_ROUGH_SECONDS = 15.0
#: Seconds between two reports of a better bound.
_PAUSE = 0.5


class BoundSearch:
    """The search for a bound, step by step; threads may call `step` at the same time."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._began = time.monotonic()
        least = least_time_by_area(instance)
        self._first = int(least * instance.time_scale)
        self._structure, self._dual = self._promising()
        self._rough = bool(instance.settings.wadapter)
        self._lock = threading.Lock()
        self._intervals = Intervals(instance, self._free if self._rough else self._dual, self._first)

    @property
    def finished(self) -> bool:
        """Tell whether nothing can be improved any more."""
        return self._intervals.finished and not self._rough

    @property
    def value(self) -> Fraction:
        """The bound so far."""
        return claim(self.instance, self._intervals.bound)

    def step(self) -> bool:
        """Do a small piece of work; return whether there was any that no other thread does."""
        if self._rough and (self._intervals.finished or time.monotonic() > self._began + _ROUGH_SECONDS):
            with self._lock:
                if self._rough:
                    self._intervals = Intervals(self.instance, self._dual, self._first, self._intervals.all())
                    self._rough = False
        return self._intervals.improve()

    def bound(self, ceiling: Fraction | None = None) -> Bound:
        """Return the bound so far, at most `ceiling`, with its certificate."""
        intervals = self._intervals.all()
        weakest = min(intervals)
        value = claim(self.instance, weakest.bound)
        value = value if ceiling is None else min(value, ceiling)
        per_time = self.instance.settings.wdeltat / self.instance.time_scale
        pieces = [Piece(item.start, item.limit.value, item.limit.multipliers()) for item in intervals]
        pieces = merged(pieces, per_time, weakest.bound)
        text = certificate_text(self.instance, self._structure, self._dual.plan.cases, pieces, value)
        return Bound(value, self._parts(weakest, value), METHOD, time.monotonic() - self._began, text)

    def _parts(self, weakest: Interval, value: Fraction) -> BoundParts:
        """Return how the bound is made up where it is weakest; the wire has what the others leave.

        Adapters have what they add to the minimum under the same multipliers.
        """
        weights, step = self.instance.settings, cost_step(self.instance)
        time_part = min(Fraction(weights.wdeltat * weakest.start, self.instance.time_scale), value)
        limit, adapters = weakest.limit, Fraction(0)
        if weights.wadapter and not self._rough and limit.tables is not None:
            free = self._free.value(limit.tables, limit.cases[limit.weakest].at, limit.weakest)
            adapters = int((limit.value - free.value) / float(step)) * step
        adapters = min(max(adapters, Fraction(0)), value - time_part)
        return BoundParts(time_part, value - time_part - adapters, adapters)

    @cached_property
    def _free(self) -> Dual:
        """The dual function if adapters cost nothing."""
        return Dual(_without_adapters(self.instance), self._dual.plan)

    def _promising(self) -> tuple[Structure, Dual]:
        """Return the structure that promises more: with a spine, or without one and with cycles instead.

        Along a spine the off-axis surcharges of most cycles are lost. What wire costs at least in the
        fastest placements decides.
        """
        stack = structure_of(self.instance)
        along = self._dual_of(stack)
        if not stack.has_cycles:
            return stack, along
        rings = structure_of(self.instance, runs=False, cycles=True)
        around = self._dual_of(rings)
        wire = self._wire(around)
        return (stack, along) if self._wire(along, enough=wire) >= wire else (rings, around)

    def _dual_of(self, structure: Structure) -> Dual:
        cases = _CASES_WITH_ADAPTERS if self.instance.settings.wadapter else _CASES
        return Dual(self.instance, plan_of(self.instance, structure, cases if structure.spine else 1))

    def _wire(self, dual: Dual, enough: float = inf) -> float:
        instance = _without_adapters(self.instance)
        return Intervals(instance, Dual(instance, dual.plan), self._first).wire_at(self._first, enough)


def _without_adapters(instance: Instance) -> Instance:
    return replace(instance, settings=replace(instance.settings, wadapter=0))


def lower_bound(
    instance: Instance,
    *,
    time_limit: float = 60.0,
    workers: int = 2,
    stop: threading.Event | None = None,
    observer: Callable[[Bound], None] | None = None,
) -> Bound:
    """Return the best lower bound of an instance's cost that the time allows, with its certificate.

    Parameters
    ----------
    time_limit
        Wall time in seconds.
    workers
        Threads.
    stop
        Set it to end early.
    observer
        Told of better bounds, from one thread at a time.

    Raises
    ------
    InputError
        If the kernels cannot fit the wafer at any speed.
    """
    deadline = time.monotonic() + time_limit
    search = BoundSearch(instance)
    ended = stop or threading.Event()
    failures: list[Exception] = []

    def over() -> bool:
        return search.finished or bool(failures) or ended.is_set() or time.monotonic() > deadline

    def work() -> None:
        try:
            while not over():
                if not search.step():
                    time.sleep(0.01)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(workers)]
    for thread in threads:
        thread.start()
    told = Fraction(-1)
    while any(thread.is_alive() for thread in threads) and not over():
        if observer is not None and search.value > told:
            found = search.bound()
            told = found.value
            observer(found)
        threads[0].join(_PAUSE)
    if failures:
        raise failures[0]
    return search.bound()


__all__ = ["METHOD", "BoundSearch", "lower_bound"]
