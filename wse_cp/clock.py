"""The clocks that a search may go by: wall time, or the work done, which is the same in every run."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time in seconds."""

    @property
    def deterministic(self) -> bool:
        """Whether equal runs see equal times."""

    def now(self) -> float:
        """Return the time (seconds since some fixed moment)."""

    def spend(self, seconds: float) -> None:
        """Note that work was done which takes about so long."""


class WallClock:
    """Time as it passes."""

    deterministic = False

    def now(self) -> float:
        """Return `time.monotonic()`."""
        return time.monotonic()

    def spend(self, seconds: float) -> None:
        """Do nothing: time passes by itself."""


class WorkClock:
    """Advances only by the work that is noted; for one thread.

    Whoever does work in proportion to what time is left must note it, or the search never ends.
    """

    deterministic = True

    def __init__(self) -> None:
        self._seconds = 0.0

    def now(self) -> float:
        """Return the sum of all work noted."""
        return self._seconds

    def spend(self, seconds: float) -> None:
        """Add to the work done."""
        self._seconds += seconds


WALL: Clock = WallClock()
