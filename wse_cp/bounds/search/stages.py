"""The stages of the search for a bound: first without cycles, then by cells, at last with adapters."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import NamedTuple

from wse_cp.bounds.cover.cover import Stars
from wse_cp.bounds.network.structure import structure_of
from wse_cp.bounds.search.choosing import Choice, most_neighbours
from wse_cp.bounds.search.cuts import shortened
from wse_cp.bounds.search.intervals import Intervals
from wse_cp.bounds.search.least_time import many_kernels, promising_time
from wse_cp.bounds.search.limit import Relaxation, forests_at, relaxation_of
from wse_cp.bounds.search.limits import Limits
from wse_cp.instance import Instance

#: Where adapters cost, a bound without them is sought first, for at most so many seconds.
_ROUGH_SECONDS = 25.0
#: It ends sooner once the bound has stood for as long as it took to get there, and for so many seconds. To
#: rise by less than this share is to stand.
_RISE, _STANDING_SECONDS = 0.01, 2.0
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


class Stage(NamedTuple):
    """A stage of the search."""

    relaxation: Relaxation  #: that it began with
    intervals: Intervals
    with_adapters: bool = False  #: whether adapters cost something in it
    until: float = inf  #: when the next stage begins at the latest, if there is one (`time.monotonic`)

    @property
    def over(self) -> bool:
        """Whether the next stage is to begin."""
        return self.intervals.finished or time.monotonic() > self.until


class Rise:
    """Watches a bound, and tells when it has stood for long enough."""

    def __init__(self, began: float) -> None:
        self._began = self._latest = began
        self._bound = 0.0

    def over(self, bound: float) -> bool:
        """Tell whether the bound, now so high, has stood for as long as it took to get there."""
        now = time.monotonic()
        if bound > (1 + _RISE) * self._bound:
            self._bound, self._latest = bound, now
        if not self._bound:  # it has not begun to rise
            return False
        return now - self._latest > max(_STANDING_SECONDS, self._latest - self._began)


class Stages:
    """The stage that is worked on, the best one before it, and those to come.

    Where there are many kernels the first stage takes the network apart into single edges, which is quick.
    Where adapters cost something there is a last stage with them. Only one thread may call `prepare`, `due`,
    `begin_all` or `focus` at a time.
    """

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._began = time.monotonic()
        self._first = 0  # the largest time that comes first (1 / time_scale cycles)
        self.current: Stage | None = None
        self._former: Stage | None = None  # the best of those before
        self.region: tuple[int, int | None] = (0, None)
        self.adapters_given_up = False  # whether they are not counted any more
        self._ahead: deque[Callable[[], Stage | None]] = deque([self._quick, self._by_cells])
        neighbours = most_neighbours(instance)
        few_edges = len(instance.kernel_edges) <= _MOST_EDGES
        self._stars = Stars(instance) if neighbours >= _HUB and few_edges else None
        if not many_kernels(instance) and neighbours < _GREAT_HUB:
            self._ahead.popleft()
        # whether no stage with adapters comes: stars that reach farther are left to the last one
        self._last = not (instance.settings.wadapter and _has_few(instance))
        self._rise = Rise(self._began)  # of the bound without adapters
        if not self._last:
            self._ahead.append(self._with_adapters)

    @property
    def best(self) -> Stage | None:
        """The stage with the best bound so far."""
        stages = [stage for stage in (self.current, self._former) if stage is not None]
        return max(stages, key=lambda stage: stage.intervals.bound, default=None)

    @property
    def finished(self) -> bool:
        """Whether nothing can be improved any more."""
        stage = self.current
        if stage is None:
            return False
        if stage.with_adapters and self.adapters_given_up:
            return True
        return stage.intervals.finished and not self._ahead

    def prepare(self) -> None:
        """Find out what largest time the first stage begins with.

        Raises
        ------
        InputError
            If the kernels cannot fit the wafer at any speed.
        """
        if self.current is None:
            self._first = self._first or promising_time(self._instance)

    def due(self) -> Stage | None:
        """Return the stage to work on: the next one if this one is over."""
        while self._ahead and (self.current is None or self._is_over(self.current)):
            self._begin_next()
        return self.current

    def _is_over(self, stage: Stage) -> bool:
        """Tell whether the next stage is to begin."""
        adapters_next = len(self._ahead) == 1 and not self._last
        return stage.over or (adapters_next and self._rise.over(stage.intervals.bound))

    def begin_all(self) -> None:
        """Go on to the last stage."""
        while self._ahead:
            self._begin_next()

    def focus(self, region: tuple[int, int | None]) -> None:
        """Work only on a range of largest times, in this stage and those to come (`BoundSearch.focus`)."""
        self.region = region
        for stage in (self.current, self._former):
            if stage is not None:
                stage.intervals.focus(region)

    def _begin_next(self) -> None:
        found = self._ahead[0]()
        if found is not None:
            found.intervals.focus(self.region)
        self._former, self.current = self.best, found or self.current
        self._ahead.popleft()

    def _quick(self) -> Stage:
        """Return the stage that knows no cycles and no spine."""
        relaxation = relaxation_of(self._instance, structure_of(self._instance, runs=False))
        return Stage(
            relaxation,
            Intervals(Limits(relaxation.free, self._first, stars=self._stars, far=self._last)),
            until=time.monotonic() + _QUICK_SECONDS,
        )

    def _by_cells(self) -> Stage | None:
        """Return the stage with the cells that promise most; None if that is the one that there is."""
        known = None if self.current is None else self.current.intervals
        relaxation = self._cells(known)
        if relaxation is None:
            return None
        limits = Limits(relaxation.free, self._first, stars=self._stars, far=self._last)
        intervals = Intervals(limits, [] if known is None else known.all())
        return Stage(relaxation, intervals, until=self._began + _ROUGH_SECONDS)

    def _cells(self, known: Intervals | None) -> Relaxation | None:
        """Return the relaxation with the cells that promise most; None if none promises more."""
        choice = Choice(self._instance, self._first)
        if known is None:
            return choice.promising()
        if _covers_lead(known):
            return None
        return choice.with_cycles(known) if many_kernels(self._instance) else choice.promising()

    def _with_adapters(self) -> Stage | None:
        """Return the stage with adapters, None if it is given up.

        Where the one before was weakest, a shorter spine may be better.
        """
        assert self.current is not None
        if self.adapters_given_up:
            return None
        relaxation, known = self.current.relaxation, self.current.intervals.all()
        weakest = min(known)
        better = shortened(weakest.limit)
        if better is not None:
            known = [replace(weakest, limit=better) if item is weakest else item for item in known]
        forests = forests_at(min(known).limit, self._stars)
        limits = Limits(relaxation, self._first, cut=False, stars=self._stars, forests=forests)
        return Stage(relaxation, Intervals(limits, known, spreads=True), with_adapters=True)


def _has_few(instance: Instance) -> bool:
    """Tell whether an instance has few enough kernels and kinds of kernels to be looked at with adapters."""
    kernels = instance.kernels.values()
    kinds = len(set(kernels))
    return any(len(kernels) <= most and kinds <= several for most, several in _WITH_ADAPTERS)


def _covers_lead(known: Intervals) -> bool:
    """Tell whether covers by stars are so good that cells need not be looked at."""
    limit = min(known.all()).limit
    return limit.covered and limit.value > _LEAD * min(limit.values())
