"""The search for a lower bound, which improves while there is time: from an instance to a certificate.

Branch and bound over the largest time: of all intervals (`intervals`) the weakest is worked on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import inf
from typing import NamedTuple

from wse_cp.bounds.network.structure import structure_of
from wse_cp.bounds.result import Bound, BoundParts
from wse_cp.bounds.search.certificate import Piece, certificate_text, claim, cost_step, merged
from wse_cp.bounds.search.cuts import shortened
from wse_cp.bounds.search.intervals import Interval, Intervals
from wse_cp.bounds.search.limit import Relaxation, relaxation_of
from wse_cp.instance import Instance
from wse_cp.shapes.curves import least_time_by_area

#: What a bound says of how it was found.
METHOD = "Lagrangian over area, runs and protocols"

#: Where adapters cost, a bound without them is sought first, for at most so many seconds.
_ROUGH_SECONDS = 15.0
#: Seconds between two reports of a better bound.
_PAUSE = 0.5
#: Steps on a tiny instance that run every compiled loop.
_EXERCISE_STEPS = 20


class _Stage(NamedTuple):
    """A stage of the search."""

    relaxation: Relaxation  #: that it began with
    intervals: Intervals
    with_adapters: bool  #: whether adapters cost something in it


class BoundSearch:
    """The search for a bound, step by step; threads may call `step` at the same time.

    Where adapters cost something there are two stages, the first without them.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._began = time.monotonic()
        self._first = int(least_time_by_area(instance) * instance.time_scale)
        relaxation = self._promising()
        self._stage = _Stage(relaxation, Intervals(relaxation.free, self._first), with_adapters=False)
        self._rough = bool(instance.settings.wadapter)
        self._lock = threading.Lock()

    @property
    def finished(self) -> bool:
        """Tell whether nothing can be improved any more."""
        return self._stage.intervals.finished and not self._rough

    @property
    def gains_by_threads(self) -> bool:
        """Tell whether several threads are faster than one.

        Long evaluations run without the interpreter's lock; short ones mostly wait for it.
        """
        return self._stage.with_adapters

    @property
    def value(self) -> Fraction:
        """The bound so far."""
        return claim(self.instance, self._stage.intervals.bound)

    def step(self) -> bool:
        """Do a small piece of work; return whether there was any that no other thread does."""
        if self._rough and (
            self._stage.intervals.finished or time.monotonic() > self._began + _ROUGH_SECONDS
        ):
            self.count_adapters()
        return self._stage.intervals.improve()

    def count_adapters(self) -> None:
        """Begin the second stage, if there is one to come."""
        with self._lock:
            if self._rough:
                self._stage, self._rough = self._with_adapters(), False

    def _with_adapters(self) -> _Stage:
        """Return the second stage; where the first one was weakest, a shorter spine may be better."""
        relaxation, known = self._stage.relaxation, self._stage.intervals.all()
        weakest = min(known)
        better = shortened(weakest.limit)
        if better is not None:
            known = [replace(weakest, limit=better) if item is weakest else item for item in known]
        return _Stage(relaxation, Intervals(relaxation, self._first, known, cut=False), with_adapters=True)

    def bound(self, ceiling: Fraction | None = None) -> Bound:
        """Return the bound so far, at most `ceiling`, with its certificate."""
        stage = self._stage
        intervals, structure = stage.intervals.all(), stage.relaxation.structure
        weakest = min(intervals)
        value = claim(self.instance, weakest.bound)
        value = value if ceiling is None else min(value, ceiling)
        per_time = self.instance.settings.wdeltat / self.instance.time_scale
        pieces = [
            Piece(
                item.start, item.limit.value, item.limit.multipliers(), item.limit.relaxation.structure.part
            )
            for item in intervals
        ]
        pieces = merged(pieces, per_time, weakest.bound)
        text = certificate_text(self.instance, structure, stage.relaxation.cases, pieces, value)
        parts = self._parts(stage, weakest, value)
        return Bound(value, parts, METHOD, time.monotonic() - self._began, text)

    def _parts(self, stage: _Stage, weakest: Interval, value: Fraction) -> BoundParts:
        """Return how the bound is made up where it is weakest; the wire has what the others leave.

        Adapters have what they add to the minimum under the same multipliers.
        """
        weights, step = self.instance.settings, cost_step(self.instance)
        time_part = min(Fraction(weights.wdeltat * weakest.start, self.instance.time_scale), value)
        limit, adapters = weakest.limit, Fraction(0)
        if stage.with_adapters and limit.tables is not None:
            wire = limit.relaxation.free.dual.value(
                limit.tables, limit.cases[limit.weakest].at, limit.weakest
            )
            adapters = int((limit.value - wire.value) / float(step)) * step
        adapters = min(max(adapters, Fraction(0)), value - time_part)
        return BoundParts(time_part, value - time_part - adapters, adapters)

    def _promising(self) -> Relaxation:
        """Return the relaxation that promises more: with a spine, or without one and with cycles instead.

        Along a spine the off-axis surcharges of most cycles are lost. What wire costs at least in the
        fastest placements decides.
        """
        along = relaxation_of(self.instance, structure_of(self.instance))
        if not along.structure.has_cycles:
            return along
        around = relaxation_of(self.instance, structure_of(self.instance, runs=False, cycles=True))
        wire = self._wire(around)
        return along if self._wire(along, enough=wire) >= wire else around

    def _wire(self, relaxation: Relaxation, enough: float = inf) -> float:
        """Return what wire costs at least in the fastest placements, or something not below `enough`."""
        return Intervals(relaxation.free, self._first).wire_at(self._first, enough)


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
        Threads. More than one are used only where adapters cost something.
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

    def work(first: bool) -> None:
        try:
            while not over():
                if not ((first or search.gains_by_threads) and search.step()):
                    time.sleep(0.01)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(k == 0,), daemon=True) for k in range(workers)]
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


def exercise_bounds(instance: Instance) -> None:
    """Run every compiled loop of the search on a tiny instance, so that it is compiled, or loaded."""
    search = BoundSearch(instance)
    for _ in range(2):
        for _ in range(_EXERCISE_STEPS):
            search.step()
        search.count_adapters()
