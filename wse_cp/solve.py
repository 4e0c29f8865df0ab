"""The facade: an instance in, the best checked placement found within the time limit out."""

from __future__ import annotations

import threading
import time
from fractions import Fraction

from wse_cp.incumbent import Incumbent
from wse_cp.instance import Instance
from wse_cp.options import DEFAULT_SEED, DEFAULT_TIME_LIMIT, DEFAULT_WORKERS, check_options
from wse_cp.placement import Placement
from wse_cp.progress import NullObserver, Observer
from wse_cp.result import Result
from wse_cp.shapes import least_time_by_area
from wse_cp.strategy import Run, construct, improve
from wse_cp.warm_up import warm_up


class NoPlacementError(Exception):
    """No legal placement was found within the time limit (which does not prove that there is none)."""


def solve(
    instance: Instance,
    *,
    time_limit: float = DEFAULT_TIME_LIMIT,
    workers: int = DEFAULT_WORKERS,
    seed: int = DEFAULT_SEED,
    start: Placement | None = None,
    observer: Observer | None = None,
    stop: threading.Event | None = None,
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

    Raises
    ------
    InputError
        If an option is out of range, or the kernels cannot fit the wafer at any speed.
    IllegalPlacementError
        If `start` is not legal.
    NoPlacementError
        If nothing legal was found in time.
    """
    check_options(time_limit, workers, seed)
    incumbent = Incumbent(instance, observer or NullObserver())
    if start is not None:
        incumbent.offer(start, "start")
    least = _least_time(instance)
    warm_up(lambda text: incumbent.say("compiler", text))
    incumbent.started = time.monotonic()
    run = Run(incumbent, incumbent.started + time_limit, workers, seed, stop or threading.Event(), least)
    layouts = construct(run)
    improve(run, layouts)
    return _result(run, time.monotonic() - incumbent.started)


def _least_time(instance: Instance) -> Fraction:
    return least_time_by_area(instance)


def _result(run: Run, seconds: float) -> Result:
    best = run.incumbent.best
    if best is None:
        raise NoPlacementError("no legal placement found within the time limit")
    placement, found = best
    reason = "user" if run.stop.is_set() else "time limit"
    statistics = run.incumbent.statistics()
    return Result(run.incumbent.instance, placement, found, seconds, run.seed, statistics, reason)
