"""What a run begins with, and who may end it early."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from wse_cp.bounds.background.process import BoundProcess
from wse_cp.checkpoint.memory import Memory
from wse_cp.incumbent import Incumbent
from wse_cp.options import RunOptions
from wse_cp.processes.budget import Budget
from wse_cp.progress import GuardedMonitor, GuardedObserver


@dataclass(frozen=True)
class Prepared:
    """A run whose time has not begun."""

    incumbent: Incumbent
    options: RunOptions
    shares: Budget  #: of the memory
    memory: Memory  #: what is known from earlier runs
    bounding: BoundProcess
    told: GuardedObserver
    watched: GuardedMonitor
    asked: threading.Event  #: whether the user asked to stop

    def over(self) -> bool:
        """Tell whether the user, an observer or a monitor ends the run."""
        return self.told.ended or self.watched.ended or self.asked.is_set()

    @contextmanager
    def placement_in_hand(self) -> Iterator[None]:
        """End the run at Ctrl-C as if asked to stop, if there is a placement to return."""
        try:
            yield
        except KeyboardInterrupt:
            if self.incumbent.best is None:
                raise
            self.asked.set()
