"""The search of a run, from compiling to the result; `wse_cp.solve` is its beginning."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial

from wse_cp.ahead.compiling import Compiling
from wse_cp.ahead.parts import SEARCH, first_parts
from wse_cp.bounds.background.messages import Known
from wse_cp.bounds.background.process import BoundProcess, ProcessEndedError
from wse_cp.checkpoint.memory import Memory
from wse_cp.clock import WALL, Clock, WorkClock
from wse_cp.errors import NoPlacementError
from wse_cp.incumbent import Incumbent
from wse_cp.lns.solvers import Solvers
from wse_cp.options import RunOptions
from wse_cp.processes.budget import Budget
from wse_cp.processes.reliefs import spared
from wse_cp.progress import GuardedMonitor, GuardedObserver
from wse_cp.result import Result
from wse_cp.shapes.curves import least_time_by_area, least_time_by_work
from wse_cp.strategy import Elsewhere, Run, search

#: Seconds between looks at a search that should have ended.
_PERIOD = 0.1
#: Seconds that the last bound is waited for at the end.
_LAST_STEP = 0.5
#: How many processes may work on the bound, one after the other: each but the last one may end.
_TRIES = 3
#: A run of so many seconds begins before everything is compiled.
_LONG = 30.0
#: Why most runs end.
_TIME_LIMIT = "time limit"

_log = logging.getLogger(__name__)


def search_with_bound(
    incumbent: Incumbent,
    options: RunOptions,
    shares: Budget,
    memory: Memory,
    bounding: BoundProcess,
    told: GuardedObserver,
    watched: GuardedMonitor,
    asked: threading.Event,
    elsewhere: Elsewhere | None = None,
) -> Result:
    """Compile what is needed, then search and bound until the time is over or `asked` is set.

    The search is in this process, or `elsewhere`.

    Raises
    ------
    InputError
        If the kernels cannot fit the wafer at any speed.
    NoPlacementError
        If nothing legal was found in time.
    """
    if elsewhere is not None:
        return _search_elsewhere(
            incumbent, options, shares, memory, bounding, told, watched, asked, elsewhere
        )
    first = first_parts(incumbent.instance)
    with Compiling(lambda text: incumbent.say("compiler", text), first, shares.compilers) as compiling:
        if compiling.needed:
            _compile(incumbent, options, compiling, asked, lambda: told.ended or asked.is_set())
        run = _begin(incumbent, options, shares, memory)
        return _solve(run, _Prover(run, bounding), told, watched, asked)


def _search_elsewhere(
    incumbent: Incumbent,
    options: RunOptions,
    shares: Budget,
    memory: Memory,
    bounding: BoundProcess,
    told: GuardedObserver,
    watched: GuardedMonitor,
    asked: threading.Event,
    elsewhere: Elsewhere,
) -> Result:
    """Search elsewhere, with the same incumbent, bound and end as here."""
    try:
        elsewhere.prepare(incumbent, options, memory, lambda: told.ended or asked.is_set())
    except KeyboardInterrupt:
        if incumbent.best is None:
            raise
        asked.set()
    run = _begin(incumbent, options, shares, memory)
    find = partial(elsewhere.search, bounding=bounding)
    result = _solve(run, _Prover(run, bounding), told, watched, asked, find)
    if elsewhere.lost and result.stopped_by == _TIME_LIMIT:
        result = replace(result, stopped_by=f"cluster lost: {elsewhere.lost}")
    return result


def _compile(
    incumbent: Incumbent,
    options: RunOptions,
    compiling: Compiling,
    asked: threading.Event,
    over: Callable[[], bool],
) -> None:
    """Wait for what the run needs at once; Ctrl-C returns the placement in hand.

    What is compiled later is waited for where it is needed; in a short run that would be soon.
    """
    incumbent.say("compiler", "compiling the numerical loops (once on this machine, half a minute)")
    try:
        long = options.time_limit >= _LONG
        compiling.wait(first_parts(incumbent.instance) if long else SEARCH, over)
    except KeyboardInterrupt:
        if incumbent.best is None:
            raise
        asked.set()


def _begin(incumbent: Incumbent, options: RunOptions, shares: Budget, memory: Memory) -> Run:
    """Start the run's time."""
    instance, tell = incumbent.instance, partial(incumbent.say, "memory")
    least = spared("the least time", partial(least_time_by_area, instance), tell, tries=2)
    least = least_time_by_work(instance) if least is None else least
    incumbent.begin()
    _log.info("%s kernels, %s", len(instance.kernels), options)
    clock: Clock = WorkClock() if options.deterministic else WALL
    deadline = clock.now() + options.time_limit
    solvers = Solvers(shares.solvers, shares.model)
    return Run(incumbent, options, deadline, threading.Event(), least, clock, memory=memory, solvers=solvers)


def _solve(
    run: Run,
    prover: _Prover,
    told: GuardedObserver,
    watched: GuardedMonitor,
    stop: threading.Event,
    find: Callable[[Run], None] | None = None,
) -> Result:
    incumbent = run.incumbent
    searching = _Search(
        run, prover, lambda: told.ended or watched.ended or stop.is_set(), watched, find or search
    )
    failure = searching.run()
    prover.end()
    incumbent.close()
    if told.error is not None:
        raise told.error
    if incumbent.best is None:
        raise failure or NoPlacementError("no legal placement found within the time limit")
    reason = "user" if searching.asked or stop.is_set() else _TIME_LIMIT
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
        run.options.seed,
        incumbent.statistics(),
        reason,
        bound.value if bound else None,
        bound.certificate if bound else None,
        bound is not None and prover.bound.verified,
        incumbent.history(),
        run.options,
        run.solver_says_optimal,
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
                self.optimal = self._proven()
        except Exception as error:
            _log.info("the bound failed", exc_info=True)
            incumbent.say("bound", f"given up: {error}")
        if self.optimal:
            run.stop.set()

    def _proven(self) -> bool:
        """Return whether the incumbent is proven optimal; a process that ends has others in its place."""
        run, incumbent, known = self._run, self._run.incumbent, self._run.memory.known
        for tries_left in reversed(range(_TRIES)):
            try:
                return self.bound.run(
                    incumbent.instance,
                    run.options.workers,
                    self._cost,
                    lambda: run.left() < 0,
                    incumbent.say_bound,
                    partial(incumbent.offer, source="proof"),
                    run.proof,
                    known,
                )
            except ProcessEndedError as error:
                if not tries_left or run.left() < 0 or not self.bound.again():
                    raise
                incumbent.say("bound", f"begun again: {error}")
                known = self._so_far()
        return False

    def _so_far(self) -> Known:
        """Return what is known by now."""
        best = self.bound.best
        if best is None:
            return self._run.memory.known
        return Known(best) if self.bound.verified else Known(certificate=best.certificate)

    def _cost(self) -> Fraction | None:
        best = self._run.incumbent.best
        return None if best is None else best.score.cost


class _Search:
    """Searches until the time is up or the user asks to stop, in a thread that is left behind if it is late.

    Single steps (a table for a huge wafer, rows of a thousand kernels) can take seconds and know no
    clock.
    """

    def __init__(
        self,
        run: Run,
        prover: _Prover,
        over: Callable[[], bool],
        watched: GuardedMonitor,
        find: Callable[[Run], None],
    ) -> None:
        self._run, self._prover, self._over, self._watched = run, prover, over, watched
        self._find = find
        self._failures: list[Exception] = []
        self.asked = False

    def run(self) -> Exception | None:
        """Search; return what it failed with, if it did. What was stopped before stays as it is."""
        if self._over() and self._run.incumbent.best is not None:
            self._stop()
            return None
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
            self._find(self._run)
        except Exception as error:
            _log.info("the search failed", exc_info=True)
            self._failures.append(error)

    def _wait(self, thread: threading.Thread) -> None:
        incumbent = self._run.incumbent
        while thread.is_alive() and not self._run.overdue():
            if self._over():
                self._stop()
            self._watched.look(incumbent.activity)
            thread.join(_PERIOD)

    def _stop(self) -> None:
        self.asked = True
        self._run.stop.set()
