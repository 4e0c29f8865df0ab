"""Events and activity: what a run tells while it goes on.

Observers and monitors from outside, kept from doing harm: what they raise ends the run in good order.
"""

from __future__ import annotations

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
    """Something worth telling: a new incumbent (with its score), a better bound, or a message (neither).

    `seconds` counts from the start of the run; `source` names what found it.
    """

    seconds: float
    source: str
    message: str = ""
    score: Score | None = None
    bound: Bound | None = None

    @property
    def is_message(self) -> bool:
        """Whether there is nothing to tell but the message."""
        return self.score is None and self.bound is None


@dataclass(frozen=True)
class Activity:
    """What goes on at a moment of a run.

    `seconds` counts from the start of the run; `searching` names what each thread is at, as `Event.source`
    does; `statistics` says how every way of improving has fared so far.
    """

    seconds: float
    searching: tuple[str, ...]
    statistics: tuple[OperatorStatistics, ...]


Observer = Callable[[Event], object]
Monitor = Callable[[Activity], object]


#: Seconds between two reports to a monitor.
REPORT_PERIOD = 0.25


class GuardedObserver:
    """Passes events on until an observer raises something.

    `ended` is true from then on. An exception other than `StopIteration`, which only asks for the end of the
    run, waits in `error`: events come from threads of the search, where nobody could catch it.
    """

    def __init__(self, observers: Sequence[Observer]) -> None:
        self._observers = observers
        self.ended = False
        self.error: Exception | None = None

    def __call__(self, event: Event) -> None:
        """Tell each observer."""
        if self.ended:
            return
        try:
            for observer in self._observers:
                observer(event)
        except StopIteration:
            self.ended = True
        except Exception as error:
            self.ended, self.error = True, error


class GuardedMonitor:
    """Tells monitors of the activity now and then; `ended` once one of them has raised `StopIteration`.

    Other exceptions pass: monitors are told in the thread of the caller, who can catch them.
    """

    def __init__(self, monitors: Sequence[Monitor], period: float = REPORT_PERIOD) -> None:
        self._monitors, self._period, self._next = monitors, period, 0.0
        self.ended = False

    def look(self, activity: Callable[[], Activity]) -> None:
        """Tell the monitors if the last time is long enough ago."""
        if self.ended or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self._period
        found = activity()
        try:
            for monitor in self._monitors:
                monitor(found)
        except StopIteration:
            self.ended = True
