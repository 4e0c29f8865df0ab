"""How long a task goes on: until its time is over, it is told to stop, or nobody asks any more."""

from __future__ import annotations

import threading
import time

from wse_cp.cluster.messages import ENDED, Order, State
from wse_cp.options import MAX_TIME_LIMIT

#: Seconds without an order after which a search ends: nobody would hear what it finds.
LEASE = 60.0
#: Seconds for which the last report waits to be asked for.
_LAST_REPORT = 10.0


class Lease:
    """Sets `stop` when nobody has asked for a report for too long, or when told to stop.

    Parameters
    ----------
    seconds
        That count as too long.
    """

    def __init__(self, seconds: float = LEASE) -> None:
        self.stop, self.begun, self._told = threading.Event(), threading.Event(), threading.Event()
        self.unheard = False
        self._seconds = seconds
        self._heard = time.monotonic()
        self._over = threading.Event()
        self._deadline: float | None = None

    @property
    def left(self) -> float:
        """Seconds until the end of the run; without end as long as it has not begun."""
        return MAX_TIME_LIMIT if self._deadline is None else self._deadline - time.monotonic()

    def hear(self, order: Order) -> None:
        """Take note of an order."""
        self._heard = time.monotonic()
        if order.left is not None and self._deadline is None:
            self._deadline = time.monotonic() + order.left
            self.begun.set()
        if order.stop:
            self.end()

    def end(self) -> None:
        """Stop the search."""
        self.stop.set()
        self.begun.set()

    def watch(self) -> None:
        """Begin to look at the clock, in a thread of its own, until `close`."""
        threading.Thread(target=self._watch, daemon=True).start()

    def tell(self, state: State, order: Order) -> None:
        """Take note that a report is given, with that state."""
        if order.stop or state in ENDED:
            self._told.set()

    def linger(self) -> None:
        """Wait for the last report to be asked for; then look at the clock no more."""
        if not self.unheard:
            self._told.wait(_LAST_REPORT)
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            if time.monotonic() - self._heard > self._seconds:
                self.unheard = True
                self.end()
