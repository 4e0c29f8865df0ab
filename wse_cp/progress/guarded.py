"""Observers and monitors from outside, kept from doing harm: what they raise ends the run in good order."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from wse_cp.progress.events import Activity, Event, Monitor, Observer

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
