"""The incumbent: offers are checked and scored here, and the best one is kept."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from wse_cp.bounds.result import Bound
from wse_cp.decimals import exact_text
from wse_cp.errors import IllegalPlacementError
from wse_cp.incremental.links import Links
from wse_cp.incremental.restless import Restless
from wse_cp.incremental.state import PlacementState
from wse_cp.incumbent.at_work import AtWork
from wse_cp.incumbent.audit import Audit
from wse_cp.incumbent.offers import ChangeOffer, Offer, Scored, Update
from wse_cp.incumbent.tallies import Kind, Tallies
from wse_cp.instance import Instance
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.progress import Activity, Event, NullObserver, Observer
from wse_cp.result import OperatorStatistics
from wse_cp.score import checked_score, violations

#: How many changes are remembered for those who follow the incumbent; who has missed more starts anew.
CHANGES = 1000

_log = logging.getLogger(__name__)


@dataclass
class Incumbent:
    """Holds the best placement; safe to use from several threads.

    Parameters
    ----------
    instance
        What is being solved.
    observer
        Told of every improvement and message; called under the lock, one event at a time.
    started
        `time.monotonic()` at the start of the run; events count their seconds from it.
    """

    instance: Instance
    observer: Observer = field(default_factory=NullObserver)
    started: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self._lock = threading.RLock()
        self._best: Scored | None = None
        self._stopgap = self._closed = False
        self._history: list[tuple[float, Fraction]] = []
        self._tallies, self._at = Tallies(), AtWork()
        self._audit = Audit(self.instance)
        self._version = 0
        #: Changes by the number of the incumbent they led to, without gap up to the newest.
        self._changes: deque[tuple[int, tuple[PlacedKernel, ...]]] = deque(maxlen=CHANGES)
        self._state: PlacementState | None = None

    @cached_property
    def links(self) -> Links:
        """The edges of each kernel."""
        return Links(self.instance)

    @cached_property
    def restless(self) -> Restless:
        """Kernels that may have somewhere better to go since the incumbent changed."""
        return Restless(self.links)

    @property
    def best(self) -> Scored | None:
        """The best placement with its score, or None so far."""
        with self._lock:
            return self._best

    def offer(self, placement: Placement, source: str, kind: Kind = Kind.CONSTRUCTION) -> Offer:
        """Check and score a placement; take it if it is better than the best.

        Parameters
        ----------
        source, kind
            Name and kind of the way of improving that found it.

        Raises
        ------
        IllegalPlacementError
            If it is not legal: nothing unchecked becomes the incumbent.
        """
        found = checked_score(self.instance, placement)
        with self._lock:
            if self._closed or (self._best is not None and found.cost >= self._best.score.cost):
                return Offer(found, taken=False)
            self._changes.clear()
            self._state, self._audit.done = None, True
            self.restless.disturb_all()
            self._take(Scored(placement, found), source, kind)
            return Offer(found, taken=True)

    def begin(self) -> None:
        """Start the run's time; what was found before counts as found at its start."""
        with self._lock:
            self.started = time.monotonic()
            self._history = [(0.0, cost) for _, cost in self._history]

    def offer_change(
        self, base: Placement, kernels: Iterable[PlacedKernel], source: str, kind: Kind = Kind.NEIGHBOURHOOD
    ) -> ChangeOffer:
        """Check and score a change by what it touches; make it if the newest incumbent is better with it.

        Parameters
        ----------
        base
            The incumbent in which the kernels are to stand anew; the newest one or an older one.
        source, kind
            As for `offer`.

        Raises
        ------
        IllegalPlacementError
            If the change is not legal, other changes since `base` apart.
        RuntimeError
            If the incumbent so made has not the score that it should have.
        """
        change = {kernel.name: kernel for kernel in kernels if base.get(kernel.name) != kernel}
        with self._lock:
            best, state = self._present()
            blockers = state.blockers(change) if state.lawful(change) else None
            if blockers is None or any(base.get(name) == state[name] for name in blockers):
                raise IllegalPlacementError(
                    violations(self.instance, best.placement.replace(change.values()))
                )
            if blockers:
                return ChangeOffer(None, Fraction(0), taken=False)
            found = state.score_of(state.parts_after(change))
            gain = best.score.cost - found.cost
            if self._closed or gain <= 0:
                return ChangeOffer(found, Fraction(0), taken=False)
            placement = best.placement.replace(change.values())
            self._audit.compare_if_due(placement, found)
            state.apply(change)
            self.restless.disturb(change)
            self._changes.append((self._version + 1, tuple(change.values())))
            self._take(Scored(placement, found), source, kind)
            return ChangeOffer(found, gain, taken=True)

    def since(self, version: int) -> Update | None:
        """Return the newest incumbent and what has changed since an older one; None if there is none.

        Parameters
        ----------
        version
            Number of the older one (0: none).
        """
        with self._lock:
            if self._best is None:
                return None
            known = version == self._version or (self._changes and self._changes[0][0] <= version + 1)
            changed = (kernel for number, kernels in self._changes if number > version for kernel in kernels)
            return Update(self._version, self._best, tuple(changed) if version and known else None)

    def _present(self) -> tuple[Scored, PlacementState]:
        """Return the incumbent and its state, built anew if the incumbent did not come of a change."""
        if self._best is None:
            raise ValueError("there is no incumbent to change")
        if self._state is None:
            self._state = PlacementState(self.instance, self._best.placement, self.links)
        return self._best, self._state

    def _take(self, scored: Scored, source: str, kind: Kind) -> None:
        """Make a better placement the incumbent; the lock is held."""
        cost, gain = scored.score.cost, Fraction(0)
        if self._best is not None and not self._stopgap:
            gain = self._best.score.cost - cost
        self._tallies.improve(source, kind, gain)
        self._best, self._stopgap = scored, kind is Kind.STOPGAP
        self._audit.take(scored)
        self._version += 1
        seconds = 0.0 if self._stopgap else time.monotonic() - self.started
        self._history.append((seconds, cost))
        _log.debug("%.2f s: cost %s by %s", seconds, exact_text(cost), source)
        self.observer(Event(seconds, source, score=scored.score))

    def close(self) -> None:
        """Take no more placements: the run is over. The observer is told nothing more.

        If the best placement came of a change and has not the score that it should have, the last one that
        was scored as a whole takes its place, and the observer is told of the defect.
        """
        with self._lock:
            if self._best is not None and not self._audit.done:
                try:
                    self._audit.compare(*self._best)
                except (RuntimeError, IllegalPlacementError) as error:
                    self.say("score", f"a defect: {error}")
                    self._fall_back()
                self._audit.done = True
            self._closed = True

    def _fall_back(self) -> None:
        """Make the last placement scored as a whole the best one, and forget what came after it."""
        self._best, self._state = self._audit.whole, None
        least = None if self._best is None else self._best.score.cost
        self._history = [(at, cost) for at, cost in self._history if least is not None and cost >= least]

    def say(self, source: str, message: str) -> None:
        """Pass a message to the observer."""
        _log.info("%s: %s", source, message)
        with self._lock:
            if not self._closed:
                self.observer(Event(time.monotonic() - self.started, source, message))

    def say_bound(self, bound: Bound) -> None:
        """Pass a better lower bound to the observer."""
        _log.debug("%.2f s: claimed bound %s", bound.seconds, exact_text(bound.value))
        with self._lock:
            if not self._closed:
                self.observer(Event(time.monotonic() - self.started, "bound", bound=bound))

    def working(self, source: str) -> AbstractContextManager[None]:
        """Note what the calling thread is at, until the context ends."""
        return self._at.working(source)

    def at_work(self, who: object, source: str) -> None:
        """Note what somebody who is no thread of this process is at; nothing if `source` is empty."""
        self._at.note(who, source)

    def activity(self) -> Activity:
        """Return who is at what, and how every way of improving has fared so far."""
        return Activity(time.monotonic() - self.started, self._at.sources(), self.statistics())

    def count(self, source: str, seconds: float, kind: Kind = Kind.CONSTRUCTION, calls: int = 1) -> None:
        """Record calls of a way of improving (one) and the time they took."""
        self._tallies.call(source, kind, seconds, calls)

    def history(self) -> tuple[tuple[float, Fraction], ...]:
        """Return the seconds at which each incumbent was found, and its cost."""
        with self._lock:
            return tuple(self._history)

    def statistics(self) -> tuple[OperatorStatistics, ...]:
        """Return how every way of improving fared."""
        return self._tallies.statistics()

    def totals(self, kind: Kind) -> tuple[float, float]:
        """Return what all ways of improving of a kind have gained (cost) and the seconds they took."""
        return self._tallies.totals(kind)
