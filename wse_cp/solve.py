"""The facade: an instance in, the best checked placement found within the time limit out."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from fractions import Fraction

from wse_cp.bounds.background.process import BoundProcess
from wse_cp.clock import WALL, Clock, WorkClock
from wse_cp.compiled import warm_up
from wse_cp.errors import NoPlacementError
from wse_cp.incumbent import Incumbent
from wse_cp.instance import Instance
from wse_cp.options import DEFAULT_SEED, DEFAULT_TIME_LIMIT, DEFAULT_WORKERS, RunOptions, check_options
from wse_cp.placement import Placement
from wse_cp.progress import GuardedMonitor, GuardedObserver, Monitor, Observer, open_view
from wse_cp.result import Result
from wse_cp.shapes.curves import least_time_by_area
from wse_cp.strategy import Run, Stacks, build_caps, construct, first_rows, improve
from wse_cp.strategy.exercise import exercise_search

#: Seconds between looks at a search that should have ended.
_PERIOD = 0.1
#: Seconds that the last bound is waited for at the end.
_LAST_STEP = 0.5

_log = logging.getLogger(__name__)


def solve(
    instance: Instance,
    *,
    time_limit: float = DEFAULT_TIME_LIMIT,
    workers: int = DEFAULT_WORKERS,
    seed: int = DEFAULT_SEED,
    start: Placement | None = None,
    observer: Observer | None = None,
    monitor: Monitor | None = None,
    progress: bool = False,
    stop: threading.Event | None = None,
    deterministic: bool = False,
    without: Collection[str] = (),
) -> Result:
    """Place the kernels of an instance as cheaply as the time allows.

    Parameters
    ----------
    time_limit
        Wall time in seconds. Compiling, which happens once on a machine, does not count.
    workers
        Threads that search at the same time, each with a solver process of its own at times. The lower bound
        is sought beside them by one more process, at first on a whole core, then on a fifth of one. It stays
        for the next call and ends with the program.
    seed
        Of all random choices; with more than one worker runs still differ by timing.
    start
        A legal placement to improve on.
    observer
        Told of every improvement, better bound and message (an `Event`), from any thread but never from two
        at once. If it raises `StopIteration` the run ends early, and the best placement so far is returned;
        any other exception ends the run too and is raised here. What it returns does not matter.
    monitor
        Told about four times a second who searches and what that has brought (an `Activity`), in the
        thread that called. What it raises ends the run as with `observer`.
    progress
        Show incumbent, bound, gap and activity: in the cell of a notebook, on a terminal, or as lines on
        standard error.
    stop
        Set it, from any thread, to end the run early; the best placement so far is returned. So it is after
        Ctrl-C (`KeyboardInterrupt`) once there is one; a second Ctrl-C is raised.
    deterministic
        Go by an estimate of the work done instead of wall time: then equal seeds lead to equal placements on
        equal machines and versions. One worker only; `time_limit` is then met only roughly.
    without
        Parts of the search to leave out, of `options.COMPONENTS`: to see what each contributes.

    Raises
    ------
    InputError
        If an option is out of range, or the kernels cannot fit the wafer at any speed.
    IllegalPlacementError
        If `start` is not legal.
    NoPlacementError
        If nothing legal was found in time.
    """
    check_options(time_limit, workers, seed, deterministic, without)
    with open_view(progress, time_limit) as view, BoundProcess() as bounding:
        told = GuardedObserver([view, *([observer] if observer else [])])
        watched = GuardedMonitor([view.watch, *([monitor] if monitor else [])])
        clock: Clock = WorkClock() if deterministic else WALL
        run = _begin(instance, told, bounding, time_limit, workers, seed, start, clock, frozenset(without))
        result = _solve(run, _Prover(run, bounding), told, watched, stop or threading.Event())
    options = RunOptions(time_limit, workers, seed, deterministic, tuple(sorted(without)))
    return replace(result, options=options)


def _begin(
    instance: Instance,
    observer: Observer,
    bounding: BoundProcess,
    time_limit: float,
    workers: int,
    seed: int,
    start: Placement | None,
    clock: Clock,
    without: frozenset[str],
) -> Run:
    """Compile what has to be compiled; the run's time begins afterwards."""
    incumbent = Incumbent(instance, observer)
    if start is not None:
        incumbent.offer(start, "start")
    least = least_time_by_area(instance)
    warm_up(exercise_search, lambda text: incumbent.say("compiler", text), bounding.wait)
    incumbent.started = time.monotonic()
    _log.info("%s kernels, %g s, %d workers, seed %d", len(instance.kernels), time_limit, workers, seed)
    end = clock.now() + time_limit
    return Run(incumbent, end, workers, seed, threading.Event(), least, clock, without)


def _solve(
    run: Run, prover: _Prover, told: GuardedObserver, watched: GuardedMonitor, stop: threading.Event
) -> Result:
    incumbent = run.incumbent
    search = _Search(run, prover, lambda: told.ended or watched.ended or stop.is_set(), watched)
    failure = search.run()
    prover.end()
    incumbent.close()
    if told.error is not None:
        raise told.error
    if incumbent.best is None:
        raise failure or NoPlacementError("no legal placement found within the time limit")
    reason = "user" if search.asked or stop.is_set() else "time limit"
    if prover.optimal:
        reason = "optimal"
    elif failure:
        reason = f"failure: {failure!r}"
    _log.info("ended by: %s", reason)
    return _result(run, prover, reason)


def _result(run: Run, prover: _Prover, reason: str) -> Result:
    incumbent = run.incumbent
    assert incumbent.best is not None
    placement, found = incumbent.best
    bound = prover.bound.best
    if bound is not None and bound.value > found.cost:  # a claim that the verifier did not agree to
        bound = None
    return Result(
        incumbent.instance,
        placement,
        found,
        time.monotonic() - incumbent.started,
        run.seed,
        incumbent.statistics(),
        reason,
        bound.value if bound else None,
        bound.certificate if bound else None,
        bound is not None and prover.bound.verified,
        incumbent.history(),
    )


class _Prover:
    """Bounds the cost beside the search, and ends the search when the incumbent is proven optimal."""

    def __init__(self, run: Run, bound: BoundProcess) -> None:
        self._run, self.bound = run, bound
        self._thread: threading.Thread | None = None
        self.optimal = False

    def start(self) -> None:
        """Work in a thread of its own; that it fails must not end the search."""
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop working, also after a search that failed; wait a moment for the bound so far."""
        self._run.stop.set()
        if self._thread is not None:
            self._thread.join(_LAST_STEP)

    def _work(self) -> None:
        run, incumbent = self._run, self._run.incumbent
        try:
            with incumbent.working("bound"):
                self.optimal = self.bound.run(
                    incumbent.instance,
                    run.workers,
                    self._cost,
                    lambda: run.left() < 0,
                    incumbent.say_bound,
                    run.proof,
                )
        except Exception as error:
            _log.info("the bound failed", exc_info=True)
            incumbent.say("bound", f"given up: {error}")
        if self.optimal:
            run.stop.set()

    def _cost(self) -> Fraction | None:
        best = self._run.incumbent.best
        return None if best is None else best.score.cost


class _Search:
    """Searches until the time is up or the user asks to stop, in a thread that is left behind if it is late.

    Single steps (a table for a huge wafer, rows of a thousand kernels) can take seconds and know no
    clock.
    """

    def __init__(self, run: Run, prover: _Prover, over: Callable[[], bool], watched: GuardedMonitor) -> None:
        self._run, self._prover, self._over, self._watched = run, prover, over, watched
        self._failures: list[Exception] = []
        self.asked = False

    def run(self) -> Exception | None:
        """Search; return what it failed with, if it did."""
        thread = threading.Thread(target=self._work, name="search", daemon=True)
        thread.start()
        try:
            try:
                self._wait(thread)
            except KeyboardInterrupt:
                if self._run.incumbent.best is None:
                    raise
                self._stop()
                self._wait(thread)
        except BaseException:  # by Ctrl-C or a monitor: nothing may search on behind the caller's back
            self._stop()
            raise
        return next(iter(self._failures), None)

    def _work(self) -> None:
        try:
            self._prover.start()
            first_rows(self._run)
            stacks = Stacks(self._run)
            alone = stacks.begin()
            build_caps(self._run, stacks.order)
            improve(self._run, construct(self._run, hopeless=alone), stacks)
        except Exception as error:
            _log.info("the search failed", exc_info=True)
            self._failures.append(error)

    def _wait(self, thread: threading.Thread) -> None:
        while thread.is_alive() and not (self._run.incumbent.best and self._run.overdue()):
            if self._over():
                self._stop()
            self._watched.look(self._run.incumbent.activity)
            thread.join(_PERIOD)

    def _stop(self) -> None:
        self.asked = True
        self._run.stop.set()
