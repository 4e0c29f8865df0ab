"""The process that seeks bounds: reads what the parent knows from stdin, writes bounds to what was stdout.

Started by `process` as ``python -m wse_cp.bounds.background.child``. It serves one run after the other.
"""

from __future__ import annotations

import os
import pickle
import queue
import threading
from dataclasses import dataclass
from fractions import Fraction
from typing import IO

from wse_cp.bounds.background.messages import Begin, Better, Cost, Over, Ready
from wse_cp.bounds.background.work import BoundWork
from wse_cp.bounds.exercise import exercise_bounds
from wse_cp.processes.sender import Sender
from wse_cp.processes.serving import take_pipes
from wse_cp.warm_up import warm_up


@dataclass
class _Run:
    """A run as the parent has told it so far."""

    task: Begin
    cost: Fraction | None = None
    over: bool = False


class _Parent:
    """Notes what the parent says, in a thread of its own, until the pipe closes."""

    def __init__(self, requests: IO[bytes]) -> None:
        self._requests = requests
        self.runs: queue.Queue[_Run] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        run: _Run | None = None
        try:
            while True:
                request = pickle.load(self._requests)
                if isinstance(request, Begin):
                    run = _Run(request)
                    self.runs.put(run)
                elif run is not None and isinstance(request, Cost):
                    run.cost = request.value
                elif run is not None:
                    run.over = True
        finally:
            os._exit(0)


def _optimal(run: _Run, sender: Sender) -> bool:
    work = BoundWork(
        run.task.instance,
        lambda: run.cost,
        lambda: run.over,
        lambda bound, verified: sender.send(Better(bound, verified)),
        sender.send,
        run.task.workers,
    )
    return work.run()


def main() -> None:
    """Serve the parent until it is gone."""
    sender, requests = take_pipes()
    parent = _Parent(requests)
    warm_up(exercise_bounds, lambda _: None)
    sender.send(Ready())
    while True:
        sender.send(Over(_optimal(parent.runs.get(), sender)))


if __name__ == "__main__":
    main()
