"""How often a process is started again that ends by itself: a few times, then it is given up."""

from __future__ import annotations

import threading

#: So many processes one after the other that end before they are ready are given up; so many that end while
#: they work, with no work done in between.
STILLBORN, CRASHED = 3, 20


class Tries:
    """Counts the ends of processes of one kind; shared by all that start them, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stillborn = self._crashed = 0
        self._reason, self._told = "", False

    @property
    def given_up(self) -> bool:
        """Whether no more are to be started."""
        return bool(self._reason)

    def worked(self) -> None:
        """Take note that a process has done some work."""
        with self._lock:
            self._stillborn = self._crashed = 0

    def ended(self, why: str, ready: bool) -> None:
        """Take note that a process ended by itself, or could not be started; `ready` if it had been ready."""
        with self._lock:
            self._stillborn = 0 if ready else self._stillborn + 1
            self._crashed += 1
            if not self._reason and (self._stillborn >= STILLBORN or self._crashed >= CRASHED):
                self._reason = f"given up after {self._crashed} tries: {why}"

    def verdict(self) -> str:
        """Return why no more are started, to whom asks first; "" to others."""
        with self._lock:
            told, self._told = self._told, True
            return "" if told else self._reason
