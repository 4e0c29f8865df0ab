"""The phases of a run: compiling, searching with a bound beside, and the result."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from wse_cp.ahead.compiling import Compiling
from wse_cp.ahead.parts import SEARCH, first_parts
from wse_cp.clock import WALL, Clock, WorkClock
from wse_cp.errors import NoPlacementError
from wse_cp.lns.solvers import Solvers
from wse_cp.processes.reliefs import spared
from wse_cp.result import Result
from wse_cp.running.beside import BoundBeside
from wse_cp.running.prepared import Prepared
from wse_cp.running.thread import SearchThread
from wse_cp.shapes.curves import least_time_by_area, least_time_by_work
from wse_cp.strategy import Elsewhere, Run, search

#: A run of so many seconds begins before everything is compiled.
_LONG = 30.0
#: Why most runs end.
_TIME_LIMIT = "time limit"

_log = logging.getLogger(__name__)


def search_with_bound(prepared: Prepared, elsewhere: Elsewhere | None = None) -> Result:
    """Compile what is needed, then search and bound until the time is over or the run is ended.

    The search is in this process, or `elsewhere`.

    Raises
    ------
    InputError
        If the kernels cannot fit the wafer at any speed.
    NoPlacementError
        If nothing legal was found in time.
    """
    if elsewhere is not None:
        return _search_elsewhere(prepared, elsewhere)
    incumbent = prepared.incumbent
    first = first_parts(incumbent.instance)
    with Compiling(
        lambda text: incumbent.say("compiler", text), first, prepared.shares.compilers
    ) as compiling:
        if compiling.needed:
            _compile(prepared, compiling)
        return _solve(prepared, _begin(prepared), search)


def _search_elsewhere(prepared: Prepared, elsewhere: Elsewhere) -> Result:
    """Search elsewhere, with the same incumbent, bound and end as here."""
    with prepared.placement_in_hand():
        elsewhere.prepare(prepared.incumbent, prepared.options, prepared.memory, prepared.over)
    find = partial(elsewhere.search, bounding=prepared.bounding)
    result = _solve(prepared, _begin(prepared), find)
    if elsewhere.lost and result.stopped_by == _TIME_LIMIT:
        result = replace(result, stopped_by=f"cluster lost: {elsewhere.lost}")
    return result


def _compile(prepared: Prepared, compiling: Compiling) -> None:
    """Wait for what the run needs at once.

    What is compiled later is waited for where it is needed; in a short run that would be soon.
    """
    incumbent = prepared.incumbent
    incumbent.say("compiler", "compiling the numerical loops (once on this machine, half a minute)")
    long = prepared.options.time_limit >= _LONG
    with prepared.placement_in_hand():
        compiling.wait(first_parts(incumbent.instance) if long else SEARCH, prepared.over)


def _begin(prepared: Prepared) -> Run:
    """Start the run's time."""
    incumbent, options, instance = prepared.incumbent, prepared.options, prepared.incumbent.instance
    tell = partial(incumbent.say, "memory")
    least = spared("the least time", partial(least_time_by_area, instance), tell, tries=2)
    least = least_time_by_work(instance) if least is None else least
    incumbent.begin()
    _log.info("%s kernels, %s", len(instance.kernels), options)
    clock: Clock = WorkClock() if options.deterministic else WALL
    deadline = clock.now() + options.time_limit
    solvers = Solvers(prepared.shares.solvers, prepared.shares.model)
    return Run(
        incumbent,
        options,
        deadline,
        threading.Event(),
        least,
        clock,
        memory=prepared.memory,
        solvers=solvers,
    )


def _solve(prepared: Prepared, run: Run, find: Callable[[Run], None]) -> Result:
    """Search and bound until the end."""
    beside = BoundBeside(run, prepared.bounding)
    searching = SearchThread(prepared, run, beside, find)
    failure = searching.run()
    beside.end()
    run.incumbent.close()
    if prepared.told.error is not None:
        raise prepared.told.error
    if run.incumbent.best is None:
        raise failure or NoPlacementError("no legal placement found within the time limit")
    reason = "user" if searching.asked or prepared.asked.is_set() else _TIME_LIMIT
    if beside.optimal:
        reason = "optimal"
    elif failure:
        reason = f"failure: {failure!r}"
    _log.info("ended by: %s", reason)
    return _result(run, beside, reason)


def _result(run: Run, beside: BoundBeside, reason: str) -> Result:
    incumbent = run.incumbent
    assert incumbent.best is not None
    placement, found = incumbent.best
    bound = beside.bound.best
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
        bound is not None and beside.bound.verified,
        incumbent.history(),
        run.options,
        run.solver_says_optimal,
    )
