"""The facade: an instance in, the best checked placement found within the time limit out."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction

from wse_cp.bounds.background import BackgroundBound
from wse_cp.clock import WALL, Clock, WorkClock
from wse_cp.errors import NoPlacementError
from wse_cp.incumbent import Incumbent
from wse_cp.instance import Instance
from wse_cp.options import DEFAULT_SEED, DEFAULT_TIME_LIMIT, DEFAULT_WORKERS, RunOptions, check_options
from wse_cp.placement import Placement
from wse_cp.progress import NullObserver, Observer
from wse_cp.result import Result
from wse_cp.shapes import least_time_by_area
from wse_cp.strategy import Run, construct, first_rows, improve
from wse_cp.warm_up import warm_up

#: Seconds between looks at a search that should have ended.
_PERIOD = 0.1


def solve(
    instance: Instance,
    *,
    time_limit: float = DEFAULT_TIME_LIMIT,
    workers: int = DEFAULT_WORKERS,
    seed: int = DEFAULT_SEED,
    start: Placement | None = None,
    observer: Observer | None = None,
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
        Threads that search at the same time, each with a solver process of its own at times.
    seed
        Of all random choices; with more than one worker runs still differ by timing.
    start
        A legal placement to improve on.
    observer
        Told of every improvement, from any thread but never from two at once.
    stop
        Set it to end the run early; the best placement so far is returned.
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
    incumbent = Incumbent(instance, observer or NullObserver())
    if start is not None:
        incumbent.offer(start, "start")
    least = least_time_by_area(instance)
    warm_up(lambda text: incumbent.say("compiler", text))
    incumbent.started = time.monotonic()
    asked = stop or threading.Event()
    clock: Clock = WorkClock() if deterministic else WALL
    end, left_out = clock.now() + time_limit, frozenset(without)
    run = Run(incumbent, end, workers, seed, threading.Event(), least, clock, left_out)
    prover = _Prover(run)
    failure = _search(run, prover, asked)
    incumbent.close()
    if incumbent.best is None:
        raise failure or NoPlacementError("no legal placement found within the time limit")
    reason = "user" if asked.is_set() else "time limit"
    if prover.optimal:
        reason = "optimal"
    elif failure:
        reason = f"failure: {failure!r}"
    options = RunOptions(time_limit, workers, seed, deterministic, tuple(sorted(left_out)))
    return replace(_result(run, prover, reason), options=options)


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

    def __init__(self, run: Run) -> None:
        self._run = run
        self.optimal = False
        self.bound = BackgroundBound(
            run.incumbent.instance,
            self._cost,
            lambda: run.left() < 0,
            run.incumbent.say_bound,
            run.proof,
            run.workers,
        )

    def start(self) -> None:
        """Work in a thread of its own; that it fails must not end the search."""
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        try:
            self.optimal = self.bound.run()
        except Exception as error:
            self._run.incumbent.say("bound", f"given up: {error!r}")
        finally:
            self._run.proof.clear()  # else the others would wait for it for ever
        if self.optimal:
            self._run.stop.set()

    def _cost(self) -> Fraction | None:
        best = self._run.incumbent.best
        return None if best is None else best[1].cost


def _search(run: Run, prover: _Prover, asked: threading.Event) -> Exception | None:
    """Search until the time is up or the user asks to stop, in a thread that is left behind if it is late.

    Single steps (a table for a huge wafer, rows of a thousand kernels) can take seconds and know no
    clock. Returns what the search failed with, if it did.
    """
    failures: list[Exception] = []

    def work() -> None:
        try:
            first_rows(run)
            prover.start()
            improve(run, construct(run))
        except Exception as error:
            failures.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while thread.is_alive() and not (run.incumbent.best and run.overdue()):
        if asked.is_set():
            run.stop.set()
        thread.join(_PERIOD)
    return next(iter(failures), None)
