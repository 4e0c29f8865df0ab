"""Incumbent: the best checked placement so far, shared by everything that searches.

Here, and only here, a search has its placements checked and scored: builders offer placements, and the answer
says what they cost. Who changes a few kernels of the incumbent offers only these: the change is checked and
scored by what it touches, also if the incumbent has become another one meanwhile.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from wse_cp.bounds.result import Bound
from wse_cp.decimals import exact_text
from wse_cp.errors import IllegalPlacementError
from wse_cp.incremental.links import Links
from wse_cp.incremental.restless import Restless
from wse_cp.incremental.state import PlacementState
from wse_cp.instance import Instance
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.progress import Activity, Event, NullObserver, Observer
from wse_cp.result import OperatorStatistics
from wse_cp.score import Score, checked_score, violations

#: How many changes are remembered for those who follow the incumbent; who has missed more starts anew.
CHANGES = 1000
#: Share of the time that full scores of incumbents made by changes may take, beside the score of the change.
AUDIT_SHARE = 0.1
_log = logging.getLogger(__name__)


class Kind(Enum):
    """What a way of improving starts from."""

    STOPGAP = "stopgap"  #: nothing; it counts as found at the start, and to replace it is no gain
    CONSTRUCTION = "construction"  #: nothing, or a slicing tree: rows, stacks, annealing
    NEIGHBOURHOOD = "neighbourhood"  #: the incumbent, of which it frees a part


class Scored(NamedTuple):
    """A legal placement and its score."""

    placement: Placement
    score: Score


class Offer(NamedTuple):
    """What came of an offer: the score of the placement, and whether it became the incumbent."""

    score: Score
    taken: bool


class ChangeOffer(NamedTuple):
    """What came of a change: the newest incumbent's score with it, its gain, whether it was made.

    The score is None if another change has taken the room meanwhile. `gain` is 0 if it was not made.
    """

    score: Score | None
    gain: Fraction
    taken: bool


class Update(NamedTuple):
    """The newest incumbent, its number, and which kernels changed since an older one (None: all may have)."""

    version: int
    best: Scored
    changed: tuple[PlacedKernel, ...] | None


@dataclass
class _Tally:
    calls: int = 0
    improvements: int = 0
    gain: Fraction = Fraction(0)
    seconds: float = 0.0


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
        self._tallies: defaultdict[tuple[str, Kind], _Tally] = defaultdict(_Tally)
        self._at: dict[object, str] = {}
        self._version = 0
        #: Changes by the number of the incumbent they led to, without gap up to the newest.
        self._changes: deque[tuple[int, tuple[PlacedKernel, ...]]] = deque(maxlen=CHANGES)
        self._state: PlacementState | None = None
        self._next_audit, self._audited = 0.0, True
        self._whole: Scored | None = None  #: the last incumbent that was scored as a whole

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
            self._state, self._audited = None, True
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
            if not state.lawful(change):
                raise IllegalPlacementError(
                    violations(self.instance, best.placement.replace(change.values()))
                )
            blockers = state.blockers(change)
            if any(base.get(name) == state[name] for name in blockers):
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
            self._audit(placement, found)
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

    def _audit(self, placement: Placement, found: Score) -> None:
        """Raise RuntimeError if a placement has not the score that its change says.

        Changes are checked and scored exactly anyway: this guards against defects. Where it takes long it is
        left out for most, so that its share of the time does not grow with the number of kernels; the last
        incumbent is always compared.
        """
        begin = time.monotonic()
        due = begin >= self._next_audit
        if due:
            self._compare(placement, found)
            self._next_audit = begin + (time.monotonic() - begin) / AUDIT_SHARE
        self._audited = due

    def _compare(self, placement: Placement, found: Score) -> None:
        if (full := checked_score(self.instance, placement)) != found:
            raise RuntimeError(f"a change scores {found}, the placement it makes {full}")

    def _take(self, scored: Scored, source: str, kind: Kind) -> None:
        """Make a better placement the incumbent; the lock is held."""
        tally, cost = self._tallies[source, kind], scored.score.cost
        if self._best is not None and not self._stopgap:
            tally.gain += self._best.score.cost - cost
        tally.improvements += 1
        self._best, self._stopgap = scored, kind is Kind.STOPGAP
        if self._audited:
            self._whole = scored
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
            if self._best is not None and not self._audited:
                try:
                    self._compare(*self._best)
                except (RuntimeError, IllegalPlacementError) as error:
                    self.say("score", f"a defect: {error}")
                    self._fall_back()
                self._audited = True
            self._closed = True

    def _fall_back(self) -> None:
        """Make the last placement scored as a whole the best one, and forget what came after it."""
        self._best, self._state = self._whole, None
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

    @contextmanager
    def working(self, source: str) -> Iterator[None]:
        """Note what the calling thread is at, until the context ends."""
        thread = threading.get_ident()
        before = self._at.get(thread, "")
        self._at[thread] = source
        _log.debug("begins: %s", source)
        try:
            yield
        finally:
            self._at[thread] = before

    def at_work(self, who: object, source: str) -> None:
        """Note what somebody who is no thread of this process is at; nothing if `source` is empty."""
        if source:
            self._at[who] = source
        else:
            self._at.pop(who, None)

    def activity(self) -> Activity:
        """Return who is at what, and how every way of improving has fared so far."""
        at = tuple(source for source in list(self._at.values()) if source)
        return Activity(time.monotonic() - self.started, at, self.statistics())

    def count(self, source: str, seconds: float, kind: Kind = Kind.CONSTRUCTION, calls: int = 1) -> None:
        """Record calls of a way of improving (one) and the time they took."""
        with self._lock:
            self._tallies[source, kind].calls += calls
            self._tallies[source, kind].seconds += seconds

    def history(self) -> tuple[tuple[float, Fraction], ...]:
        """Return the seconds at which each incumbent was found, and its cost."""
        with self._lock:
            return tuple(self._history)

    def statistics(self) -> tuple[OperatorStatistics, ...]:
        """Return how every way of improving fared."""
        with self._lock:
            return tuple(
                OperatorStatistics(name, t.calls, t.improvements, t.gain, t.seconds)
                for (name, _), t in self._tallies.items()
            )

    def totals(self, kind: Kind) -> tuple[float, float]:
        """Return what all ways of improving of a kind have gained (cost) and the seconds they took."""
        with self._lock:
            tallies = [tally for (_, other), tally in self._tallies.items() if other is kind]
            return float(sum(tally.gain for tally in tallies)), sum(tally.seconds for tally in tallies)
