"""What a run needs of a search that goes on in other places than its own process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from wse_cp.bounds.background.process import BoundProcess
from wse_cp.checkpoint.memory import Memory
from wse_cp.incumbent import Incumbent
from wse_cp.options import RunOptions
from wse_cp.strategy.run import Run


class Elsewhere(Protocol):
    """A search that goes on in other places than this process, and offers to the same incumbent."""

    @property
    def lost(self) -> str:
        """Why it ended early, if it did."""

    def prepare(
        self, incumbent: Incumbent, options: RunOptions, memory: Memory, over: Callable[[], bool]
    ) -> None:
        """Do what comes before the run's time, such as compiling, until `over`."""

    def search(self, run: Run, bounding: BoundProcess) -> None:
        """Search until the time is up or the run is stopped; bounds go to the process that verifies them."""
