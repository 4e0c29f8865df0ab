"""What a run reports while it goes on: events to observers, its activity to monitors.

An event is something that happened once (a new incumbent, a better bound, a message); the activity is the
state of the search, reported several times a second. Observers and monitors may be the user's: the guarded
ones catch what those raise and end the run in an orderly way.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wse_cp.bounds.result import Bound
    from wse_cp.result import OperatorStatistics
    from wse_cp.score import Score


@dataclass(frozen=True)
class Event:
    """A new incumbent (with its score), a better bound, or a message (neither).

    Parameters
    ----------
    seconds
        Time since the start of the run.
    source
        What found it: a strategy, an operator, the bound.
    message
        Text for people; may accompany a score.
    score, bound
        Score of the incumbent, or the bound; at most one of them.
    """

    seconds: float
    source: str
    message: str = ""
    score: Score | None = None
    bound: Bound | None = None

    @property
    def is_message(self) -> bool:
        """Whether it is a message only, without a score or a bound."""
        return self.score is None and self.bound is None


@dataclass(frozen=True)
class Activity:
    """The state of the search at a moment of a run.

    Parameters
    ----------
    seconds
        Time since the start of the run.
    searching
        What each thread is running, by the names that `Event.source` has.
    statistics
        Calls, improvements, gain and time of every operator so far.
    """

    seconds: float
    searching: tuple[str, ...]
    statistics: tuple[OperatorStatistics, ...]


Observer = Callable[[Event], object]
Monitor = Callable[[Activity], object]


#: Seconds between two reports to a monitor.
REPORT_PERIOD = 0.25


class GuardedObserver:
    """Passes events on to observers, one at a time from any thread, until one raises an exception.

    `ended` is true from then on. An exception other than `StopIteration`, which only asks for the end of the
    run, is kept in `error`: events come from threads of the search, where the caller could not catch it.
    """

    def __init__(self, observers: Sequence[Observer]) -> None:
        self._observers = observers
        self._lock = threading.RLock()
        self.ended = False
        self.error: Exception | None = None

    def __call__(self, event: Event) -> None:
        """Call each observer."""
        with self._lock:
            if not self.ended:
                self._pass_on(event)

    def _pass_on(self, event: Event) -> None:
        try:
            for observer in self._observers:
                observer(event)
        except StopIteration:
            self.ended = True
        except Exception as error:
            self.ended, self.error = True, error


class GuardedMonitor:
    """Reports the activity to monitors every `period` seconds; `ended` once one has raised `StopIteration`.

    Other exceptions are not caught: monitors run in the thread of the caller, who can catch them.
    """

    def __init__(self, monitors: Sequence[Monitor], period: float = REPORT_PERIOD) -> None:
        self._monitors, self._period, self._next = monitors, period, 0.0
        self.ended = False

    def look(self, activity: Callable[[], Activity]) -> None:
        """Call the monitors if the last call is long enough ago; `activity` is computed only then."""
        if self.ended or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self._period
        found = activity()
        try:
            for monitor in self._monitors:
                monitor(found)
        except StopIteration:
            self.ended = True
