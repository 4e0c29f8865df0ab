"""A session solves one model after the other in a child process that may crash, hang or grow without harm."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from time import monotonic

from wse_cp.cpsat.outcome import Done, Found, Limits, Outcome, Ready, Report, Request, Solve, Status, Stop
from wse_cp.cpsat.problem import Choice, FreeKernel, OnSolution, Problem
from wse_cp.kernels import Arguments
from wse_cp.processes.child_process import ChildProcess
from wse_cp.processes.tries import Tries
from wse_cp.shapes.options import Option

_log = logging.getLogger(__name__)

#: Seconds a model may overrun its limit, and an interrupted one may take to answer.
GRACE = 3.0
INTERRUPT_GRACE = 1.0
#: Seconds after which a process that has not even loaded the solver is given up.
STARTUP_LIMIT = 120.0
#: Seconds between looks at a waiting interrupt.
POLL = 0.05


@dataclass
class _Job:
    """A running model: what it found so far, and when it must be over."""

    number: int
    deadline: float
    on_solution: OnSolution | None
    begin: float = field(default_factory=monotonic)
    cost: int | None = None
    choices: Mapping[str, Choice] = field(default_factory=dict)
    interrupted: bool = False

    def found(self, report: Found) -> None:
        if self.cost is None or report.cost < self.cost:
            self.cost, self.choices = report.cost, report.choices
            if self.on_solution is not None:
                self.on_solution(report.cost, report.choices)

    def failed(self, status: Status, message: str) -> Outcome:
        """Return the outcome of a model that was not answered: what was found before still counts."""
        return Outcome(status, self.choices, self.cost, seconds=monotonic() - self.begin, message=message)


class Session:
    """A child process that solves models; a context manager. Started in the background at once.

    One model at a time; `interrupt` may be called from any thread. A process that ends by itself is followed
    by another, until they are given up.

    Parameters
    ----------
    grace
        Seconds a model may overrun its limit.
    tries
        Counts how processes ended; shared by sessions that are to give up together.
    """

    def __init__(self, grace: float = GRACE, tries: Tries | None = None) -> None:
        self._grace, self._tries = grace, tries or Tries()
        self._started = monotonic()
        self._ready = False
        self._process = self._new_process()
        self._number = 0
        self._job: _Job | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child process."""
        if self._process is not None:
            self._process.kill()

    @property
    def pid(self) -> int | None:
        """Number of the present child process, if there is one."""
        return None if self._process is None else self._process.pid

    def interrupt(self) -> None:
        """End the running model promptly; `solve` then returns what was found. No effect between models."""
        with self._lock:
            if self._job is not None and not self._job.interrupted:
                self._job.interrupted = True
                self._job.deadline = min(self._job.deadline, monotonic() + INTERRUPT_GRACE)
                self._send(Stop(self._job.number))

    def solve(self, problem: Problem, limits: Limits, on_solution: OnSolution | None = None) -> Outcome:
        """Solve a problem in the child; always returns, whatever happens there.

        Parameters
        ----------
        on_solution
            Called in this thread with cost and choices of every improving solution.
        """
        self._number += 1
        job = _Job(self._number, monotonic() + limits.seconds, on_solution)
        with self._lock:
            self._job = job
        try:
            return self._solve(job, problem, limits)
        except BaseException:
            self._replace_process()  # the child may still be busy with this job
            raise
        finally:
            with self._lock:
                self._job = None

    def _solve(self, job: _Job, problem: Problem, limits: Limits) -> Outcome:
        if self._process is not None and not self._process.alive:
            self._ended(self._process)
        if self._process is None:
            self._replace_process()
        while not self._ready:
            outcome = self._step(job)
            if outcome is not None:
                return outcome
        left = job.deadline - monotonic()
        with self._lock:
            if job.interrupted:
                return job.failed("timeout", "interrupted before the solver began")
            job.deadline += self._grace
        self._send(Solve(job.number, problem, replace(limits, seconds=max(0.01, left))))
        while True:
            outcome = self._step(job)
            if outcome is not None:
                return outcome

    def _step(self, job: _Job) -> Outcome | None:
        """Handle one report, or the lack of any; return the outcome if that ends the job."""
        process = self._process
        if process is None:
            return self._without(job)
        try:
            # Short waits, since an interrupt may move the deadline.
            report = process.reports.get(timeout=POLL)
        except queue.Empty:
            return self._overdue(job) if monotonic() > job.deadline else None
        if report is None:
            ready, message = self._ready, self._ended(process)
            return job.failed("crashed", message) if ready else self._without(job)
        if isinstance(report, Ready):
            self._ready = True
        elif isinstance(report, Found) and report.job == job.number:
            job.found(report)
        elif isinstance(report, Done) and report.job == job.number:
            return self._finished(job, report.outcome)
        return None

    def _finished(self, job: _Job, outcome: Outcome) -> Outcome:
        if outcome.status == "crashed":
            _log.info("the solver process reports: %s", outcome.message)
            self._tries.ended(outcome.message, ready=True)
            self._replace_process()  # whatever went wrong there, do not build on it
            outcome = replace(outcome, choices=job.choices, cost=job.cost)
        else:
            self._tries.worked()
        return replace(outcome, seconds=monotonic() - job.begin)

    def _overdue(self, job: _Job) -> Outcome:
        if not self._ready and monotonic() - self._started < STARTUP_LIMIT:
            return job.failed("timeout", "the solver was not loaded in time")
        why = "was interrupted" if job.interrupted else "did not answer in time"
        if not job.interrupted:
            self._tries.ended(f"the solver process {why}", self._ready)
        self._replace_process()
        _log.info("the solver process %s and is replaced", why)
        return job.failed("timeout", f"the solver {why} and was ended")

    def _without(self, job: _Job) -> Outcome:
        """Return the outcome of a model for which there was no process."""
        if not self._tries.given_up:
            return job.failed("crashed", "")  # not worth a word: the next one may run
        reason = self._tries.verdict()
        return job.failed("gone", reason and f"the solver is {reason}")

    def _ended(self, process: ChildProcess[Request, Report]) -> str:
        """Replace a process that ended by itself; return how it ended."""
        message = process.epitaph()
        _log.info("%s", message)
        self._tries.ended(message, self._ready)
        self._replace_process()
        return message

    def _replace_process(self) -> None:
        self.close()
        self._started, self._ready = monotonic(), False
        self._process = self._new_process()

    def _new_process(self) -> ChildProcess[Request, Report] | None:
        """Start a process, unless they are given up; None too if that is not possible."""
        if self._tries.given_up:
            return None
        try:
            return ChildProcess("wse_cp.cpsat.child", "the solver process")
        except OSError as error:
            _log.info("no solver process: %s", error)
            self._tries.ended(f"no process could be started: {error}", ready=False)
            return None

    def _send(self, request: Request) -> None:
        if self._process is not None:
            self._process.send(request)


def solve_trial(seconds: float) -> Outcome:
    """Return what comes of two wired squares on a wafer that just holds them; optimal if all is well."""
    square = (Option(1, 1, 1, Arguments(1, 1, (1,), (1,)), rotated=False),)
    kernels = tuple(FreeKernel(name, square, (0, 2), (0, 1)) for name in ("k1", "k2"))
    problem = Problem(2, 1, 1, 1, 0, 1, kernels, edges=(("k1", "k2", 1),))
    with Session() as session:
        while True:
            outcome = session.solve(problem, Limits(seconds))
            if outcome.status != "crashed" or outcome.message:
                return outcome
