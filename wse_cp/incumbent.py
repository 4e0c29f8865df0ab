"""Incumbent: the best checked placement so far, shared by everything that searches.

Here, and only here, a search has its placements checked and scored: builders offer placements, and the answer
says what they cost.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from typing import NamedTuple

from wse_cp.bounds.result import Bound
from wse_cp.decimals import exact_text
from wse_cp.instance import Instance
from wse_cp.placement import Placement
from wse_cp.progress import Activity, Event, NullObserver, Observer
from wse_cp.result import OperatorStatistics
from wse_cp.score import Score, checked_score

_log = logging.getLogger(__name__)


class Kind(Enum):
    """What a way of improving starts from."""

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
        self._closed = False
        self._history: list[tuple[float, Fraction]] = []
        self._tallies: defaultdict[tuple[str, Kind], _Tally] = defaultdict(_Tally)
        self._at: dict[int, str] = {}

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
            tally = self._tallies[source, kind]
            if self._best is not None:
                tally.gain += self._best.score.cost - found.cost
            tally.improvements += 1
            self._best = Scored(placement, found)
            seconds = time.monotonic() - self.started
            self._history.append((seconds, found.cost))
            _log.debug("%.2f s: cost %s by %s", seconds, exact_text(found.cost), source)
            self.observer(Event(seconds, source, score=found))
            return Offer(found, taken=True)

    def begin(self) -> None:
        """Start the run's time; what was found before counts as found at its start."""
        with self._lock:
            self.started = time.monotonic()
            self._history = [(0.0, cost) for _, cost in self._history]

    def close(self) -> None:
        """Take no more placements and tell the observer nothing more: the run is over."""
        with self._lock:
            self._closed = True

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

    def activity(self) -> Activity:
        """Return who is at what, and how every way of improving has fared so far."""
        at = tuple(source for source in list(self._at.values()) if source)
        return Activity(time.monotonic() - self.started, at, self.statistics())

    def count(self, source: str, seconds: float, kind: Kind = Kind.CONSTRUCTION) -> None:
        """Record one call of a way of improving and the time it took."""
        with self._lock:
            self._tallies[source, kind].calls += 1
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
