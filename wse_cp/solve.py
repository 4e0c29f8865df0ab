"""One run: an instance in, the best checked placement found within the time limit out.

A first placement comes before the search is loaded, for that takes a second: nothing here imports it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from wse_cp.bounds.background.process import BoundProcess
from wse_cp.checkpoint.keeping import Keeping, Sources, memory_of, writing
from wse_cp.construct.shelves import first_placement
from wse_cp.incumbent import Incumbent, Kind
from wse_cp.instance import Instance
from wse_cp.options import RunOptions
from wse_cp.placement import Placement
from wse_cp.processes.budget import budget
from wse_cp.processes.guard import MemoryGuard
from wse_cp.processes.reliefs import spared
from wse_cp.progress import GuardedMonitor, GuardedObserver, Monitor, Observer
from wse_cp.result import Result

if TYPE_CHECKING:
    from wse_cp.strategy import Elsewhere


def solve(
    instance: Instance,
    options: RunOptions,
    *,
    start: Placement | None = None,
    observers: Sequence[Observer] = (),
    monitors: Sequence[Monitor] = (),
    stop: threading.Event | None = None,
    keeping: Keeping | None = None,
    elsewhere: Elsewhere | None = None,
) -> Result:
    """Place the kernels of an instance: see `wse_cp.api.solve`, which has the options one by one.

    Parameters
    ----------
    observers, monitors
        Each is told of everything; the first that raises ends the run.
    keeping
        What the run begins with and keeps.
    elsewhere
        What searches in place of this process.

    Raises
    ------
    InputError
        If the kernels cannot fit the wafer at any speed, or this process alone needs more memory than the
        limit.
    IllegalPlacementError
        If `start` is not legal.
    NoPlacementError
        If nothing legal was found in time.
    """
    shares = budget(options.memory_limit, options.workers, len(instance.kernels))
    told, watched = GuardedObserver(observers), GuardedMonitor(monitors)
    incumbent, asked = Incumbent(instance, told), stop or threading.Event()
    keeping = keeping or Keeping()
    memory = memory_of(instance, keeping)
    resumed = keeping.resumed.placement if keeping.resumed else None
    with (
        BoundProcess(shares.bound) as bounding,
        MemoryGuard(shares.limit, partial(incumbent.say, "memory")),
    ):
        for placement, source in ((start, "start"), (resumed, "checkpoint")):
            if placement is not None:
                incumbent.offer(placement, source)
        with writing(instance, keeping, memory, _sources(incumbent, bounding, options)):
            if incumbent.best is None:
                _offer_shelves(incumbent, lambda: told.ended or asked.is_set())
            from wse_cp.running import Prepared, search_with_bound

            prepared = Prepared(incumbent, options, shares, memory, bounding, told, watched, asked)
            return search_with_bound(prepared, elsewhere)


def _sources(incumbent: Incumbent, bounding: BoundProcess, options: RunOptions) -> Sources:
    """Return where to ask for what is kept."""
    return Sources(
        lambda: incumbent.best,
        lambda: bounding.best,
        incumbent.statistics,
        lambda: incumbent.started,
        options.seed,
    )


def _offer_shelves(incumbent: Incumbent, over: Callable[[], bool]) -> None:
    begin = partial(first_placement, incumbent.instance, over)
    placement = spared("the first placement", begin, partial(incumbent.say, "memory"))
    if placement is not None:
        incumbent.offer(placement, "shelves", Kind.STOPGAP)
