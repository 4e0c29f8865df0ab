"""The solver process: reads problems from stdin, writes solutions and outcomes to what was stdout.

Started by `session` as ``python -m wse_cp.cpsat.child``. Whatever the solver prints goes to stderr, a file of
the parent's. The process ends when its stdin closes or its parent is gone. Where the system allows it, its
memory is limited while it works on a problem.
"""

from __future__ import annotations

import os
import pickle
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import psutil

from wse_cp.cpsat.model import Stopper, solve_problem
from wse_cp.cpsat.outcome import Done, Found, Outcome, Ready, Solve
from wse_cp.processes.pipes import Sender, take_pipes

try:
    import resource
except ImportError:  # not on Windows
    resource = None  # type: ignore[assignment]
#: Seconds between repeated orders to a solver to stop.
STOP_PERIOD = 0.05


@contextmanager
def limited_memory(extra: int | None) -> Iterator[None]:
    """Let this process allocate at most `extra` bytes of address space more than it has now."""
    if extra is None or resource is None:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = psutil.Process().memory_info().vms + extra
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


class Worker:
    """Solves one problem at a time while a second thread listens."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._jobs: queue.Queue[tuple[Solve, Stopper]] = queue.Queue()
        self._stoppers: dict[int, Stopper] = {}

    def listen(self, pipe: IO[bytes]) -> None:
        """Take requests until the pipe closes, then end the process."""
        try:
            while True:
                request = pickle.load(pipe)
                if isinstance(request, Solve):
                    self._stoppers[request.job] = Stopper()
                    self._jobs.put((request, self._stoppers[request.job]))
                else:
                    threading.Thread(target=self._stop, args=(request.job,), daemon=True).start()
        finally:
            os._exit(0)

    def _stop(self, job: int) -> None:
        # Repeated because an order that comes while the search is only starting is lost.
        while (stopper := self._stoppers.get(job)) is not None:
            stopper.stop()
            time.sleep(STOP_PERIOD)

    def work(self) -> None:
        """Solve what is asked, forever."""
        self._sender.send(Ready())
        while True:
            request, stopper = self._jobs.get()
            outcome = self._outcome(request, stopper)
            del self._stoppers[request.job]
            self._sender.send(Done(request.job, outcome))

    def _outcome(self, request: Solve, stopper: Stopper) -> Outcome:
        try:
            with limited_memory(request.limits.memory):
                return solve_problem(
                    request.problem,
                    request.limits,
                    lambda cost, choices: self._sender.send(Found(request.job, cost, choices)),
                    stopper,
                )
        except MemoryError:
            return Outcome("crashed", message="the solver ran out of memory")
        except Exception as error:  # a defect must not take the parent's search down
            return Outcome("crashed", message=f"building or solving a model failed: {error!r}")


def main() -> None:
    """Serve the parent until it is gone."""
    sender, requests = take_pipes()
    worker = Worker(sender)
    threading.Thread(target=worker.listen, args=(requests,), daemon=True).start()
    worker.work()
