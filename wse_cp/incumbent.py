"""Incumbent: the best checked placement so far, shared by everything that searches."""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

from wse_cp.bounds.result import Bound
from wse_cp.decimals import exact_text
from wse_cp.instance import Instance
from wse_cp.placement import Placement
from wse_cp.progress import Activity, Event, NullObserver, Observer
from wse_cp.result import OperatorStatistics
from wse_cp.score import Score, checked_score

_log = logging.getLogger(__name__)


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
        self._best: tuple[Placement, Score] | None = None
        self._closed = False
        self._history: list[tuple[float, Fraction]] = []
        self._tallies: defaultdict[str, _Tally] = defaultdict(_Tally)
        self._at: dict[int, str] = {}

    @property
    def best(self) -> tuple[Placement, Score] | None:
        """The best placement with its score, or None so far."""
        with self._lock:
            return self._best

    def offer(self, placement: Placement, source: str) -> bool:
        """Take a placement if it is better than the best; return whether it was.

        Raises
        ------
        IllegalPlacementError
            If it is not legal: nothing unchecked becomes the incumbent.
        """
        found = checked_score(self.instance, placement)
        with self._lock:
            if self._closed or (self._best is not None and found.cost >= self._best[1].cost):
                return False
            if self._best is not None:
                self._tallies[source].gain += self._best[1].cost - found.cost
            self._tallies[source].improvements += 1
            self._best = placement, found
            seconds = time.monotonic() - self.started
            self._history.append((seconds, found.cost))
            _log.debug("%.2f s: cost %s by %s", seconds, exact_text(found.cost), source)
            self.observer(Event(seconds, source, score=found))
            return True

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

    def working(self, source: str) -> None:
        """Note what the calling thread is at; "" if it is at nothing any more."""
        thread = threading.get_ident()
        if self._at.get(thread, "") != source:
            self._at[thread] = source
            _log.debug("begins: %s", source or "nothing")

    def activity(self) -> Activity:
        """Return who is at what, and how every way of improving has fared so far."""
        at = tuple(source for source in list(self._at.values()) if source)
        return Activity(time.monotonic() - self.started, at, self.statistics())

    def count(self, source: str, seconds: float) -> None:
        """Record one call of a way of improving and the time it took."""
        with self._lock:
            self._tallies[source].calls += 1
            self._tallies[source].seconds += seconds

    def history(self) -> tuple[tuple[float, Fraction], ...]:
        """Return the seconds at which each incumbent was found, and its cost."""
        with self._lock:
            return tuple(self._history)

    def statistics(self) -> tuple[OperatorStatistics, ...]:
        """Return how every way of improving fared."""
        with self._lock:
            return tuple(
                OperatorStatistics(name, t.calls, t.improvements, t.gain, t.seconds)
                for name, t in self._tallies.items()
            )
