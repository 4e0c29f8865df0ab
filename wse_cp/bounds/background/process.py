"""The parent's side of the process that searches for a bound."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from fractions import Fraction

from wse_cp.bounds.background.messages import (
    Begin,
    Better,
    Cost,
    End,
    Known,
    Learn,
    Over,
    Placed,
    ProofSigns,
    Ready,
    Refused,
    Report,
    Request,
    Signs,
)
from wse_cp.bounds.result import Bound
from wse_cp.instance import Instance
from wse_cp.options import MAX_MEMORY
from wse_cp.placement import Placement
from wse_cp.processes.child_process import ChildProcess, IdleProcess

#: The module that the process runs.
MODULE = "wse_cp.bounds.background.child"

#: Seconds between looks at the incumbent.
_PERIOD = 0.02
#: Seconds that loading and compiling is waited for.
_PATIENCE = 300.0
#: Share of its memory that a process has which stands in for one that ended.
_LESS = 0.7


#: The process of a run that is over waits here for the next one.
IDLE: IdleProcess[Request, Report] = IdleProcess()


_log = logging.getLogger(__name__)


class ProcessEndedError(RuntimeError):
    """The process ended before the run did."""


class BoundProcess:
    """A process that improves a bound beside a search; a context manager for one run. It loads at once.

    Where it cannot be started, or ends early, `run` says so; what was found before stays.

    Parameters
    ----------
    memory
        Bytes that it may take with its own children; None if there is to be no process, for lack of memory.
    """

    def __init__(self, memory: int | None = MAX_MEMORY) -> None:
        self._memory, self._lock = memory, threading.Lock()
        self._process: ChildProcess[Request, Report] | None = None
        self._ready, self._idle = False, True
        self._trouble = "" if memory is not None else "the memory limit leaves no room for its process"
        self.best: Bound | None = None
        self.verified = False
        if memory is None:
            IDLE.clear()
        else:
            self._process = IDLE.take()
            self._ready = self._process is not None
            self._start()

    def _start(self) -> None:
        if self._process is None:
            try:
                self._process = ChildProcess(MODULE, "the bound's process")
            except OSError as error:
                self._trouble = f"the bound's process could not be started: {error}"

    def again(self) -> bool:
        """Start another process, with less memory, after one that ended; return whether `run` may be called.

        One that could not even load is not tried again.
        """
        with self._lock:
            if self._process is None or self._memory is None or not self._ready:
                return False
            self._process.kill()
            self._memory = int(_LESS * self._memory)
            self._process, self._ready, self._idle, self._trouble = None, False, True, ""
            self._start()
            return not self._trouble

    def __enter__(self) -> BoundProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """Number of the process, if there is one."""
        return None if self._process is None else self._process.pid

    def close(self) -> None:
        """Give the process up: it stays for the next run if it is ready for one, else it ends."""
        with self._lock:
            process, reusable = self._process, self._ready and self._idle and not self._trouble
            self._process, self._trouble = None, self._trouble or "closed"
        if process is not None and reusable:
            IDLE.give(process)
        elif process is not None:
            process.kill()

    def learn(self, certificate: str) -> None:
        """Have a certificate that others have found verified; if it holds and is better, it counts."""
        self._send(Learn(certificate))

    def wait(self) -> None:
        """Wait until it is ready, or has ended."""
        end = time.monotonic() + _PATIENCE
        while not (self._ready or self._trouble) and time.monotonic() < end:
            self._report(_PERIOD)

    def run(
        self,
        instance: Instance,
        workers: int,
        cost: Callable[[], Fraction | None],
        over: Callable[[], bool],
        tell: Callable[[Bound], object],
        offer: Callable[[Placement], object],
        signs: ProofSigns,
        known: Known | None = None,
    ) -> bool:
        """Follow the work until the run is over (False), or the incumbent is proven optimal (True).

        Parameters
        ----------
        workers
            Processes that verify.
        cost
            Returns the cost of the incumbent, None as long as there is none.
        over
            Tells whether the run is over.
        tell
            Told of better bounds.
        offer
            Given placements that proofs came with.
        signs
            Shows when a proof of the incumbent is near, until this returns.
        known
            What is known before: of bounds only better ones are told, and of its certificate nothing until it
            is verified.

        Raises
        ------
        ProcessEndedError
            If the process ended by itself.
        """
        known = known or Known()
        if known.bound is not None:
            self.best, self.verified = known.bound, True
            tell(known.bound)
        try:
            return self._run(Begin(instance, workers, known, self._memory), cost, over, tell, offer, signs)
        finally:
            signs.show(Signs())  # else others would wait for it for ever

    def _run(
        self,
        begin: Begin,
        cost: Callable[[], Fraction | None],
        over: Callable[[], bool],
        tell: Callable[[Bound], object],
        offer: Callable[[Placement], object],
        signs: ProofSigns,
    ) -> bool:
        known, ended, self._idle = None, False, False
        self._send(begin)
        while True:
            latest = cost()
            if latest is not None and latest != known:
                self._send(Cost(latest))
                known = latest
            if not ended and over():
                self._send(End())
                ended = True
            report = self._report(_PERIOD)
            if isinstance(report, Over):
                self._idle = True
                return report.optimal
            if isinstance(report, Signs):
                signs.show(report)
            elif isinstance(report, Placed):
                offer(report.placement)
            elif isinstance(report, Refused):
                _log.warning("a certificate is left out: %s", " ".join(report.reason.split())[:300])
            elif isinstance(report, Better):
                self.best, self.verified = report.bound, report.verified
                tell(report.bound)
            elif self._trouble and (ended or over()):
                return False
            elif self._trouble:
                raise ProcessEndedError(self._trouble)

    def _send(self, request: Request) -> None:
        process = self._process
        if process is not None:
            process.send(request)

    def _report(self, seconds: float) -> Report | None:
        """Return the next report if there is one within so many seconds; take note if there will be none."""
        process = self._process
        if process is None or self._trouble:
            time.sleep(_PERIOD)
            return None
        try:
            report = process.reports.get(timeout=seconds)
        except queue.Empty:
            return None
        if report is None:
            self._trouble = self._trouble or process.epitaph()
        self._ready = self._ready or isinstance(report, Ready)
        return report
