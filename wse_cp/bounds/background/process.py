"""The process that seeks a bound as its parent sees it."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from fractions import Fraction

from wse_cp.bounds.background.messages import Begin, Better, Cost, End, Over, Report, Request
from wse_cp.bounds.background.signs import ProofSigns, Signs
from wse_cp.bounds.result import Bound
from wse_cp.instance import Instance
from wse_cp.processes.child_process import ChildProcess

#: What it runs.
MODULE = "wse_cp.bounds.background.child"

#: Seconds between looks at the incumbent.
_PERIOD = 0.02
#: Seconds that loading and compiling is waited for.
_PATIENCE = 300.0


class ProcessEndedError(RuntimeError):
    """The process ended before the run did."""


class BoundProcess:
    """A process that improves a bound beside a search; a context manager. It loads at once.

    Where it cannot be started, or ends early, `run` says so; what was found before stays.
    """

    def __init__(self) -> None:
        self._process: ChildProcess[Request, Report] | None = None
        self._trouble = ""
        self.best: Bound | None = None
        self.verified = False
        try:
            self._process = ChildProcess(MODULE, "the bound's process")
        except OSError as error:
            self._trouble = f"the bound's process could not be started: {error}"

    def __enter__(self) -> BoundProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()

    def wait(self) -> None:
        """Wait until it is ready, or has ended."""
        if self._process is not None and self._report(_PATIENCE) is None:
            self._trouble = self._trouble or "the bound's process took too long to start"

    def run(
        self,
        instance: Instance,
        workers: int,
        cost: Callable[[], Fraction | None],
        over: Callable[[], bool],
        tell: Callable[[Bound], object],
        signs: ProofSigns,
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
        signs
            Shows when a proof of the incumbent is near, until this returns.

        Raises
        ------
        ProcessEndedError
            If the process ended by itself.
        """
        try:
            return self._run(Begin(instance, workers), cost, over, tell, signs)
        finally:
            signs.show(Signs())  # else others would wait for it for ever

    def _run(
        self,
        begin: Begin,
        cost: Callable[[], Fraction | None],
        over: Callable[[], bool],
        tell: Callable[[Bound], object],
        signs: ProofSigns,
    ) -> bool:
        self._send(begin)
        known, ended = None, False
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
                return report.optimal
            if isinstance(report, Signs):
                signs.show(report)
            elif isinstance(report, Better):
                self.best, self.verified = report.bound, report.verified
                tell(report.bound)
            elif self._trouble and ended:
                return False
            elif self._trouble:
                raise ProcessEndedError(self._trouble)

    def _send(self, request: Request) -> None:
        if self._process is not None:
            self._process.send(request)

    def _report(self, seconds: float) -> Report | None:
        """Return the next report if there is one within so many seconds; take note if there will be none."""
        if self._process is None or self._trouble:
            time.sleep(_PERIOD)
            return None
        try:
            report = self._process.reports.get(timeout=seconds)
        except queue.Empty:
            return None
        if report is None:
            self._trouble = self._process.epitaph()
        return report


__all__ = ["MODULE", "BoundProcess", "ProcessEndedError"]
