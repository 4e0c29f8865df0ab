"""The process that seeks a bound: reads what the parent knows from stdin, writes bounds to what was stdout.

Started by `process` as ``python -m wse_cp.bounds.background.child``.
"""

from __future__ import annotations

import os
import pickle
import threading
from fractions import Fraction
from typing import IO

from wse_cp.bounds.background.messages import Begin, Better, Cost, Over, Ready
from wse_cp.bounds.background.work import BoundWork
from wse_cp.bounds.exercise import exercise_bounds
from wse_cp.processes.sender import Sender
from wse_cp.processes.serving import take_pipes
from wse_cp.warm_up import warm_up


class _Parent:
    """What the parent has said so far, noted by a thread of its own."""

    def __init__(self, requests: IO[bytes]) -> None:
        self._requests = requests
        self._begin: Begin | None = None
        self._begun = threading.Event()
        self.cost: Fraction | None = None
        self.over = False
        threading.Thread(target=self._listen, daemon=True).start()

    def task(self) -> Begin:
        """Wait for what is to be done."""
        self._begun.wait()
        assert self._begin is not None
        return self._begin

    def _listen(self) -> None:
        try:
            while True:
                request = pickle.load(self._requests)
                if isinstance(request, Begin):
                    self._begin = request
                    self._begun.set()
                elif isinstance(request, Cost):
                    self.cost = request.value
                else:
                    self.over = True
        finally:
            os._exit(0)


def _work(parent: _Parent, sender: Sender) -> None:
    warm_up(exercise_bounds, lambda _: None)
    sender.send(Ready())
    task = parent.task()
    work = BoundWork(
        task.instance,
        lambda: parent.cost,
        lambda: parent.over,
        lambda bound, verified: sender.send(Better(bound, verified)),
        sender.send,
        task.workers,
    )
    sender.send(Over(work.run()))


def main() -> None:
    """Serve the parent for one run."""
    sender, requests = take_pipes()
    _work(_Parent(requests), sender)


if __name__ == "__main__":
    main()
