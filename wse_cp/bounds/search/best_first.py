"""The search for a lower bound, which improves while there is time: from an instance to a certificate.

Branch and bound over the largest time: of all intervals (`intervals`) the weakest is worked on.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import inf
from typing import NamedTuple

from wse_cp.bounds.cover.cover import Stars
from wse_cp.bounds.network.structure import structure_of
from wse_cp.bounds.programme.ending import EndedError, until
from wse_cp.bounds.proof.prover import Prover
from wse_cp.bounds.result import Bound, BoundParts
from wse_cp.bounds.search.by_proof import proven
from wse_cp.bounds.search.certificate import Piece, certificate_text, claim, cost_step, fitting
from wse_cp.bounds.search.choosing import Choice, most_neighbours
from wse_cp.bounds.search.cuts import shortened
from wse_cp.bounds.search.intervals import Interval, Intervals
from wse_cp.bounds.search.least_time import many_kernels, promising_time
from wse_cp.bounds.search.limit import Relaxation, forests_at, relaxation_of
from wse_cp.bounds.search.maximise import NOTHING
from wse_cp.instance import Instance
from wse_cp.placement import Placement
from wse_cp.processes.reliefs import RELIEFS, Pressure

#: What a bound says of how it was found.
METHOD = "Lagrangian over area, runs, protocols and stars"

#: Where adapters cost, a bound without them is sought first, for at most so many seconds.
_ROUGH_SECONDS = 15.0
#: Of many kernels a bound without cycles is sought first, for at most so many seconds.
_QUICK_SECONDS = 5.0
#: At most so many kernels, of so many kinds, are looked at with adapters: each kind has thousands of splits.
_WITH_ADAPTERS = (1000, 100), (2000, 20)
#: Kernels of so many neighbours make stars worth a try; of so many, a bound without cycles is sought first.
_HUB, _GREAT_HUB = 3, 5
#: With more edges the certificate of a cover would be too long to be read.
_MOST_EDGES = 100_000
#: By this factor covers are better than cells without cycles where nothing else is worth a try.
_LEAD = 1.5
#: For at most so many seconds a proof waits for a first bound.
_LISTING_WAITS = 0.5
#: Adapters are given up when memory was spent so many times.
_SPENT = 3
#: Seconds between two reports of a better bound.
_PAUSE = 0.2
#: Seconds that a thread may take to end: until then it holds what it has been evaluating.
_LAST = 2.0


class _Stage(NamedTuple):
    """A stage of the search."""

    relaxation: Relaxation  #: that it began with
    intervals: Intervals
    with_adapters: bool = False  #: whether adapters cost something in it
    until: float = inf  #: when the next stage begins at the latest, if there is one (`time.monotonic`)


def _never() -> bool:
    return False


def _has_few(instance: Instance) -> bool:
    """Tell whether an instance has few enough kernels and kinds of kernels to be looked at with adapters."""
    kernels = instance.kernels.values()
    kinds = len(set(kernels))
    return any(len(kernels) <= most and kinds <= several for most, several in _WITH_ADAPTERS)


class BoundSearch:
    """The search for a bound, step by step; threads may call `step` at the same time.

    It goes by stages. Where there are many kernels the first one takes the network apart into single edges,
    which is quick. Where adapters cost something there is a last stage with them.

    Parameters
    ----------
    ended
        Tells whether the search is over; then a step returns soon, its work undone.
    proofs
        Whether few kernels are tried by a proof by search too.
    """

    def __init__(self, instance: Instance, ended: Callable[[], bool] = _never, proofs: bool = True) -> None:
        self.instance = instance
        self._ended = ended
        self._began = time.monotonic()
        self._first = 0
        self._stage: _Stage | None = None
        self._former: _Stage | None = None  # the best of those before
        self._region: tuple[int, int | None] = (0, None)
        self._ahead: deque[Callable[[], _Stage | None]] = deque([self._quick, self._by_cells])
        neighbours = most_neighbours(instance)
        few_edges = len(instance.kernel_edges) <= _MOST_EDGES
        self._stars = Stars(instance) if neighbours >= _HUB and few_edges else None
        if not many_kernels(instance) and neighbours < _GREAT_HUB:
            self._ahead.popleft()
        if instance.settings.wadapter and _has_few(instance):
            self._ahead.append(self._with_adapters)
        self._lock = threading.Lock()
        self._alone, self._spent = False, 0  # whether one thread is enough, and how often memory was spent
        RELIEFS.add(self.ease)
        self._prover = Prover(instance, cost_step(instance) if proofs else Fraction(0))

    @property
    def finished(self) -> bool:
        """Tell whether nothing can be improved any more."""
        if self._prover.proven or self._stage is None:
            return self._prover.proven
        if self._given_up and self._stage.with_adapters:
            return not self._prover.at_work
        return self._stage.intervals.finished and not self._ahead and not self._prover.at_work

    @property
    def proving(self) -> bool:
        """Tell whether a proof by search is at work, which may end with the least cost."""
        return self._prover.at_work

    @property
    def placement(self) -> Placement | None:
        """A placement that costs as much as the bound, if one was found."""
        return self._prover.placement

    def aim(self, cost: Fraction) -> None:
        """Take note that a placement costs that much: more need not be proven."""
        self._prover.aim(cost)

    @property
    def gains_by_threads(self) -> bool:
        """Tell whether several threads are faster than one.

        Long evaluations run without the interpreter's lock; short ones mostly wait for it.
        """
        return self._stage is not None and self._stage.with_adapters and not self._alone

    def ease(self, pressure: Pressure) -> None:
        """Take less memory: evaluate with one thread, leave evaluations undone, at last count no adapters.

        What was found stays.
        """
        self._alone = self._alone or pressure >= Pressure.SHORT
        self._spent += pressure >= Pressure.SPENT

    @property
    def _given_up(self) -> bool:
        """Whether adapters are not counted any more."""
        return self._spent >= _SPENT

    @property
    def value(self) -> Fraction:
        """The bound so far."""
        stage = self._best
        known = Fraction(0) if stage is None else claim(self.instance, stage.intervals.bound)
        return max(known, self._prover.value)

    @property
    def _best(self) -> _Stage | None:
        """The stage with the best bound so far."""
        stages = [stage for stage in (self._stage, self._former) if stage is not None]
        return max(stages, key=lambda stage: stage.intervals.bound, default=None)

    def step(self, first: bool = True) -> bool:
        """Do a small piece of work; return whether there was any that no other thread does.

        Threads other than the `first` leave their work undone when memory is short.

        Raises
        ------
        InputError
            If the kernels cannot fit the wafer at any speed.
        """
        with until(self._ended if first else lambda: self._alone or self._ended()):
            try:
                return self._step()
            except EndedError:
                return False

    def _step(self) -> bool:
        with self._lock:
            if self._stage is None:
                self._first = self._first or promising_time(self.instance)
            listing = self._stage is not None and self._may_list(self._stage)
        if listing and self._prover.turn():
            return True
        with self._lock, self._prover.waiting():
            while self._ahead and (self._stage is None or self._is_through(self._stage)):
                self._advance()
            stage = self._stage
        with self._prover.waiting():
            if stage is None or (stage.with_adapters and self._given_up):
                return False
            spent = self._spent
            with until(lambda: self._spent > spent and stage.with_adapters, besides=True):
                return stage.intervals.improve()

    def _may_list(self, stage: _Stage) -> bool:
        """Tell whether a proof may begin: listing shapes takes seconds, so a first bound comes before."""
        late = time.monotonic() - self._began > _LISTING_WAITS
        return late or self.value > 0 or stage.intervals.finished

    def focus(self, region: tuple[int, int | None]) -> None:
        """Work from now on only on a range of largest times (1 / time_scale cycles): its start, and its end.

        Then the bound and its certificate hold for placements whose largest time lies there; who has
        certificates of all ranges can join them. Without proofs only, and not while others are at `step`.
        """
        self._region = region
        for stage in (self._stage, self._former):
            if stage is not None:
                stage.intervals.focus(region)

    @property
    def region(self) -> tuple[int, int | None]:
        """The range of largest times that is worked on."""
        return self._region

    def count_adapters(self) -> None:
        """Begin the last stage, if there is one to come."""
        with self._lock:
            while self._ahead:
                self._advance()

    def _advance(self) -> None:
        """Begin the next stage."""
        found = self._ahead[0]()
        if found is not None:
            found.intervals.focus(self._region)
        self._former, self._stage = self._best, found or self._stage
        self._ahead.popleft()

    @staticmethod
    def _is_through(stage: _Stage) -> bool:
        return stage.intervals.finished or time.monotonic() > stage.until

    def _quick(self) -> _Stage:
        """Return the stage that knows no cycles and no spine."""
        relaxation = relaxation_of(self.instance, structure_of(self.instance, runs=False))
        return _Stage(
            relaxation,
            Intervals(relaxation.free, self._first, stars=self._stars),
            until=time.monotonic() + _QUICK_SECONDS,
        )

    def _by_cells(self) -> _Stage | None:
        """Return the stage with the cells that promise most; None if that is the one that there is."""
        known = None if self._stage is None else self._stage.intervals
        relaxation: Relaxation | None = None
        if known is None:
            relaxation = Choice(self.instance, self._first).promising()
        elif not self._covers_lead(known):
            many = many_kernels(self.instance)
            relaxation = (
                Choice(self.instance, self._first).with_cycles(known)
                if many
                else Choice(self.instance, self._first).promising()
            )
        if relaxation is None:
            return None
        intervals = Intervals(
            relaxation.free, self._first, [] if known is None else known.all(), stars=self._stars
        )
        return _Stage(relaxation, intervals, until=self._began + _ROUGH_SECONDS)

    @staticmethod
    def _covers_lead(known: Intervals) -> bool:
        """Tell whether covers by stars are so good that cells need not be looked at."""
        limit = min(known.all()).limit
        return limit.covered and limit.value > _LEAD * min(limit.values())

    def _with_adapters(self) -> _Stage | None:
        """Return the stage with adapters, None if it is given up.

        Where the one before was weakest, a shorter spine may be better.
        """
        assert self._stage is not None
        if self._given_up:
            return None
        relaxation, known = self._stage.relaxation, self._stage.intervals.all()
        weakest = min(known)
        better = shortened(weakest.limit)
        if better is not None:
            known = [replace(weakest, limit=better) if item is weakest else item for item in known]
        forests = forests_at(min(known).limit, self._stars)
        intervals = Intervals(relaxation, self._first, known, cut=False, stars=self._stars, forests=forests)
        return _Stage(relaxation, intervals, with_adapters=True)

    def bound(self, ceiling: Fraction | None = None) -> Bound:
        """Return the bound so far, at most `ceiling`, with its certificate."""
        stage = self._best
        known = Fraction(0) if stage is None else claim(self.instance, stage.intervals.bound)
        if self._prover.value > known:
            value = self._prover.value if ceiling is None else min(self._prover.value, ceiling)
            return proven(self.instance, self._prover, value, time.monotonic() - self._began)
        if stage is None:
            return self._trivial()
        intervals, structure = stage.intervals.all(), stage.relaxation.structure
        weakest = min(intervals)
        per_time = self.instance.settings.wdeltat / self.instance.time_scale
        pieces, proven_value = fitting([_piece(item) for item in intervals], per_time, weakest.bound)
        value = claim(self.instance, proven_value)
        value = value if ceiling is None else min(value, ceiling)
        counted = stage.with_adapters or not self.instance.settings.wadapter
        text = certificate_text(
            self.instance, structure, stage.relaxation.cases, pieces, value, adapters=counted
        )
        parts = self._parts(stage, weakest, value)
        return Bound(value, parts, METHOD, time.monotonic() - self._began, text)

    def _trivial(self) -> Bound:
        """Return what is known before the first step: that no cost is negative."""
        nothing = Fraction(0)
        pieces = [Piece(0, 0.0, (NOTHING,), (0, 0))]
        text = certificate_text(self.instance, structure_of(self.instance, runs=False), 1, pieces, nothing)
        parts = BoundParts(nothing, nothing, nothing)
        return Bound(nothing, parts, METHOD, time.monotonic() - self._began, text)

    def _parts(self, stage: _Stage, weakest: Interval, value: Fraction) -> BoundParts:
        """Return how the bound is made up where it is weakest; the wire has what the others leave.

        Adapters have what they add to the minimum under the same multipliers. Where covers say more, it is
        what these have won since they count adapters.
        """
        weights, step = self.instance.settings, cost_step(self.instance)
        time_part = min(Fraction(weights.wdeltat * weakest.start, self.instance.time_scale), value)
        limit, adapters = weakest.limit, Fraction(0)
        if stage.with_adapters and limit.tables is not None and not limit.covered:
            wire = limit.relaxation.free.dual.value(
                limit.tables, limit.cases[limit.weakest].at, limit.weakest
            )
            adapters = int((limit.value - wire.value) / float(step)) * step
        elif limit.covered and limit.ascent is not None and limit.ascent.counts_adapters:
            adapters = int((limit.value - limit.ascent.plain) / float(step)) * step
        adapters = min(max(adapters, Fraction(0)), value - time_part)
        return BoundParts(time_part, value - time_part - adapters, adapters)


def _piece(interval: Interval) -> Piece:
    limit = interval.limit
    multipliers, ascent = limit.multipliers(), limit.ascent if limit.covered else None
    if ascent is not None:
        multipliers = (NOTHING,) * len(multipliers)
    return Piece(interval.start, limit.value, multipliers, limit.relaxation.structure.part, ascent)


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
    ended = stop or threading.Event()
    failures: list[Exception] = []

    def over() -> bool:
        return bool(failures) or ended.is_set() or time.monotonic() > deadline

    search = BoundSearch(instance, over)

    def work(first: bool) -> None:
        try:
            while not (over() or search.finished):
                if not ((first or search.gains_by_threads) and search.step(first)):
                    time.sleep(0.01)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(k == 0,), daemon=True) for k in range(workers)]
    for thread in threads:
        thread.start()
    told = Fraction(0)
    while any(thread.is_alive() for thread in threads) and not (over() or search.finished):
        if observer is not None and search.value > told:
            found = search.bound()
            told = found.value
            observer(found)
        threads[0].join(_PAUSE)
    for thread in threads:
        thread.join(_LAST)
    if failures:
        raise failures[0]
    return search.bound()
