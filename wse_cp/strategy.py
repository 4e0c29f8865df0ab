"""Who searches when: rows first, then slicing trees and large neighbourhoods side by side."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from wse_cp.construct.row_layout import RowLayout, stack_layout
from wse_cp.construct.rows import construct_rows
from wse_cp.construct.slicing.pool import TreePool
from wse_cp.construct.slicing.search import NO_FIT, SlicingSearch
from wse_cp.construct.slicing.space import SlicingSpace, slicing_space
from wse_cp.construct.slicing.trees import first_shape, shape_of_rows
from wse_cp.incumbent import Incumbent
from wse_cp.lns.alignment import aligned
from wse_cp.lns.improve import improve as search_neighbourhoods
from wse_cp.lns.restack import Restacking
from wse_cp.placement import Placement
from wse_cp.score import score

Layouts = list[tuple[Placement, RowLayout]]

#: Rows get this share of the time limit, at most so many seconds.
_ROWS_SHARE, _ROWS_SECONDS = 0.15, 3.0
#: The share of the remaining time in which trees are annealed; then large neighbourhoods take over.
_TREES_SHARE = 0.6
#: Stacks are built by one worker for this share of the time that trees have, at least so many, and then
#: given up if the best costs so many times the incumbent.
_STACKS_SHARE, _STACKS_TRIED, _STACKS_HOPELESS = 0.35, 6, 1.06
#: Where no rows fit, trees are tried up to so many times the least time.
_SLOW = 8
#: A round of annealing lasts this share of the annealing time.
_ROUND_SHARE = 0.25
#: Temperatures as shares of the cost, divided by the number of kernels: each adds its share of disorder.
_HOT, _COLD = (0.05, 0.15, 0.025, 0.3), 0.002
#: Placements that cost at most so many times the incumbent are worth aligning.
_NEAR = 1.05
#: Seconds kept back for the last check, and those after the end that a straggler is waited for.
_RESERVE, _PATIENCE = 0.3, 1.0


@dataclass(frozen=True)
class Run:
    """One call of solve(): what all its threads share."""

    incumbent: Incumbent
    deadline: float  #: of time.monotonic()
    workers: int
    seed: int
    stop: threading.Event
    least_time: Fraction  #: below it nothing fits (cycles)
    _stopped_at: list[float] = field(default_factory=list)  #: when `stop` was first seen set

    def left(self) -> float:
        """Seconds until the search must end; negative once `stop` is set."""
        return -1.0 if self.stop.is_set() else self.deadline - _RESERVE - time.monotonic()

    def overdue(self) -> bool:
        """Tell whether the search should have ended a while ago; first asked after `stop`, false once."""
        if self.stop.is_set() and not self._stopped_at:
            self._stopped_at.append(time.monotonic())
        end = min([self.deadline, *self._stopped_at])
        return time.monotonic() > end + _PATIENCE


def construct(run: Run) -> Layouts:
    """Build rows, offer them and return them, best first."""
    seconds = min(_ROWS_SHARE * max(run.left(), 0.0), _ROWS_SECONDS)
    begin = time.monotonic()
    instance, generator = run.incumbent.instance, np.random.default_rng([run.seed, 0])
    # Good rows take seconds, matching protocols most of all; some rows regardless of adapters come first.
    plain = replace(instance, settings=replace(instance.settings, wadapter=0))
    for placement, _ in construct_rows(plain, seconds=seconds / 10, generator=generator, keep=1):
        run.incumbent.offer(placement, "first rows")
    layouts = construct_rows(instance, seconds=seconds, generator=generator)
    for placement, _ in layouts:
        offer(run, placement, "rows")
    run.incumbent.count("rows", time.monotonic() - begin)
    return layouts


def offer(run: Run, placement: Placement, source: str) -> None:
    """Offer a placement and, if it could become the incumbent, its aligned form."""
    run.incumbent.offer(placement, source)
    best = run.incumbent.best
    if best is not None and score(run.incumbent.instance, placement).cost <= _NEAR * best[1].cost:
        better = aligned(run.incumbent.instance, placement)
        if better is not None:
            run.incumbent.offer(better, f"{source}+align")


def improve(run: Run, layouts: Layouts) -> None:
    """Search with all workers until the time is up or the run is stopped."""
    if run.left() < 0:
        return
    instance = run.incumbent.instance
    times = [layout.time for _, layout in layouts] or [_SLOW * run.least_time]
    space = slicing_space(instance, run.least_time, times)
    pool = TreePool()
    search = SlicingSearch(space, run.seed)
    for placement, layout in layouts:
        shape = shape_of_rows(space, layout, placement)
        pool.add(search.cost(shape), shape)
    if not layouts:
        pool.add(NO_FIT, first_shape(space))
    trees_end = time.monotonic() + _TREES_SHARE * run.left()
    failures: list[Exception] = []

    def guarded(worker: int) -> None:
        try:
            _work(run, space, pool, trees_end, worker)
        except Exception as error:
            failures.append(error)

    # Daemons, because a straggler must not keep the process from ending.
    threads = [threading.Thread(target=guarded, args=(k,), daemon=True) for k in range(run.workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def _work(run: Run, space: SlicingSpace, pool: TreePool, trees_end: float, worker: int) -> None:
    if worker == 0 and run.incumbent.best is not None and run.incumbent.instance.kernel_edges:
        build_stacks(run, space, pool, time.monotonic() + _STACKS_SHARE * (trees_end - time.monotonic()))
    anneal_trees(run, space, pool, trees_end, worker)
    if run.left() > 0 and run.incumbent.best is not None:
        generator = np.random.default_rng([run.seed, 2, worker])
        search_neighbourhoods(
            run.incumbent, deadline=run.deadline - _RESERVE, generator=generator, stop=run.stop
        )


def build_stacks(run: Run, space: SlicingSpace, pool: TreePool, end: float) -> None:
    """Build straight stacks until `end`, offer them and put their trees into the pool."""
    incumbent = run.incumbent
    restack = Restacking(incumbent.instance, np.random.default_rng([run.seed, 3]))
    search, least, tried = SlicingSearch(space, run.seed), None, 0

    def stopped() -> bool:
        return time.monotonic() > end or run.left() < 0

    while not stopped() and incumbent.best is not None:
        begin = time.monotonic()
        placement, best = incumbent.best
        found = restack(placement, stopped)
        tried += 1
        if found is not None:
            offer(run, found, "stacks")
            cost = score(incumbent.instance, found).cost
            if least is None or cost < least:
                least = cost
                shape = shape_of_rows(space, stack_layout(found), found)
                pool.add(search.cost(shape), shape)
        incumbent.count("stacks", time.monotonic() - begin)
        if tried >= _STACKS_TRIED and (least is None or least > _STACKS_HOPELESS * best.cost):
            return


def anneal_trees(run: Run, space: SlicingSpace, pool: TreePool, end: float, worker: int) -> None:
    """Anneal round after round until `end`, from the pool's trees, and offer what is found."""
    generator = np.random.default_rng([run.seed, 1, worker])
    search = SlicingSearch(space, int(generator.integers(1 << 62)))
    length = _ROUND_SHARE * (end - time.monotonic())
    turn, kernels = worker, len(run.incumbent.instance.kernels)
    while (left := end - time.monotonic()) > 0.05 and run.left() > 0:
        begin = time.monotonic()
        _, start = pool.pick(generator, eager=0.7)
        seconds = left if left < 1.5 * length else length
        hot = _HOT[turn % len(_HOT)] / kernels
        cost, shape = search.run(start, seconds, hot, _COLD / kernels, run.stop)
        turn += 1
        if cost < NO_FIT:
            pool.add(cost, shape)
            offer(run, search.placement(shape), "slicing")
        run.incumbent.count("slicing", time.monotonic() - begin)
