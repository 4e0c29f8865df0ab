"""Who searches when: the order of the first steps, then what each thread does, and for how long.

Annealing and neighbourhoods get slices of time, the more of them the more they have gained per second of
late. How long the first steps may take stands in `rows` and `stacks`. docs/search_explained.md tells more.
"""

from __future__ import annotations

import threading
from functools import partial

import numpy as np

from wse_cp.construct.slicing.anneal import SlicingSearch
from wse_cp.construct.slicing.model import SlicingSpace, slicing_space
from wse_cp.construct.slicing.state import NO_FIT
from wse_cp.construct.slicing.trees import TreePool, first_shape, shape_of_rows
from wse_cp.incumbent import Kind
from wse_cp.strategy.columns import LARGE, Columns
from wse_cp.strategy.keeping import keep_operators, keep_trees, kept_limits
from wse_cp.strategy.rows import build_caps, construct, first_rows
from wse_cp.strategy.run import Layouts, Run, Stream
from wse_cp.strategy.stacks import Stacks
from wse_cp.strategy.trees import TreeAnnealer, add_with_splits, build_spans, plain_space
from wse_cp.strategy.whole import close_whole, is_small
from wse_cp.strategy.workers import neighbourhoods, with_workers

#: Factor by which past gains and seconds fade each time that the rates are asked for.
_MEMORY = 0.8
#: Share of the time left in which only trees are annealed; where time is short a greater one, but for at
#: most so many seconds. Then trees and large neighbourhoods alternate, in slices of at least some seconds or
#: a share of what is left; each gets a least share of the slices.
_TREES_SHARE, _GREATER_TREES_SHARE, _TREES_SECONDS = 0.4, 0.75, 5.0
_SLICE, _SLICE_SHARE, _LEAST_SHARE = 1.5, 0.05, 0.2
#: The first worker builds stacks, the last one trees over spans, for the first share of the trees' time; as
#: long as theirs are the best, for the second.
_STARTS_SHARE, _LEADERS_SHARE = 0.35, 0.8
#: Trees with free splits are annealed if the best costs at most this many times the incumbent, adapters
#: counted.
_PROMISING = 1.03
#: Where no rows fit, trees are tried up to this many times the least cycle limit.
_SLOW = 8


class Balance:
    """Recent gain per second (cost) of trees and of neighbourhoods; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._totals = [(0.0, 0.0), (0.0, 0.0)]
        self._recent = [(0.0, 0.0), (0.0, 0.0)]

    def rates(self, trees: tuple[float, float], neighbourhoods: tuple[float, float]) -> tuple[float, float]:
        """Return the rates of trees and of neighbourhoods, given the gain and the seconds of each so far."""
        totals = [trees, neighbourhoods]
        with self._lock:
            for i, (gain, seconds) in enumerate(totals):
                more = gain - self._totals[i][0], seconds - self._totals[i][1]
                gains, spent = self._recent[i]
                self._recent[i] = _MEMORY * gains + more[0], _MEMORY * spent + more[1]
            self._totals = totals
            return _rate(self._recent[0]), _rate(self._recent[1])


def _rate(recent: tuple[float, float]) -> float:
    return recent[0] / recent[1] if recent[1] > 0 else 0.0


def search(run: Run) -> None:
    """Search until the time is up: rows found at once, stacks, capped stacks, rows; then with all workers.

    What there is no memory for is given up.
    """
    if len(run.incumbent.instance.kernels) >= LARGE:
        search_columns(run)
        return
    stacks = Stacks(run)
    if run.memory.started and run.incumbent.best:  # by an earlier run, which kept what came of them
        improve(run, [], stacks)
        return
    run.spared("first rows", partial(first_rows, run))
    hopeless = bool(run.spared("stacks", stacks.begin))
    run.spared("capped stacks", partial(build_caps, run, stacks.order))
    improve(run, run.spared("rows", partial(construct, run, hopeless)) or [], stacks)


def search_columns(run: Run) -> None:
    """Search for columns within rows, then with all workers."""
    columns = run.spared("columns", partial(Columns, run), tries=2)
    if columns is not None:
        columns.scan()
    with_workers(run, partial(neighbourhoods, run) if columns is None else columns.work)


def improve(run: Run, layouts: Layouts, stacks: Stacks) -> None:
    """Search with all workers until the time is up or the run is stopped."""
    if run.left() < 0:
        return
    team = run.spared("trees", partial(_Team, run, layouts, stacks), tries=2)
    with_workers(run, partial(neighbourhoods, run) if team is None else team.work)
    if run.closed.is_set():
        run.wait_for_proof()


class _Team:
    """What the workers share."""

    def __init__(self, run: Run, layouts: Layouts, stacks: Stacks) -> None:
        self.run, self.layouts, self.stacks = run, layouts, stacks
        self.pool = TreePool()
        self._started, self._starting = run.memory.started, run.options.workers
        self._lock = threading.Lock()
        self._begun: set[int] = set()
        best = run.incumbent.best
        times = [layout.time for _, layout in layouts] + ([best.score.max_time] if best else [])
        times = [*times, *kept_limits(run)] or [_SLOW * run.least_time]
        self.space: SlicingSpace = slicing_space(
            run.incumbent.instance,
            run.least_time,
            times,
            run.options.workers,
            partial(run.give_way, only_to_verifier=True),
        )
        search = SlicingSearch(self.space, run.options.seed)
        for placement, layout in layouts:
            shape = shape_of_rows(self.space, layout, placement)
            self.pool.add(search.cost(shape), shape)
        keep_trees(run, self.space, self.pool)
        if not len(self.pool):
            self.pool.add(NO_FIT, first_shape(self.space))
        self.balance = Balance()
        left = run.left()
        seconds = max(_TREES_SHARE * left, min(_GREATER_TREES_SHARE * left, _TREES_SECONDS))
        self.trees_end = run.clock.now() + seconds

    def work(self, worker: int) -> None:
        """Do the work of one thread: starts, trees, then trees and neighbourhoods by what they bring."""
        run = self.run
        if not self._started and worker not in self._begun:
            self._begun.add(worker)
            self._start(worker)
        if run.options.workers > 1 and worker == run.options.workers - 1:
            self._solve_whole(worker)
        annealer = TreeAnnealer(run, self.space, self.pool, worker)
        if self._asked("trees"):
            annealer.until(self.trees_end)
        if run.left() > 0 and run.incumbent.best is not None and self._asked("neighbourhoods"):
            self._alternate(annealer, run.generator(Stream.NEIGHBOURHOODS, worker))
        if self._asked("trees") and run.left() > 0 and not run.closed.is_set():
            annealer.until(run.clock.now() + run.left())

    def _start(self, worker: int) -> None:
        """Make the starts of a worker: stacks, trees over spans."""
        if worker == 0:
            end, latest = self._until(_STARTS_SHARE), self._until(_LEADERS_SHARE)
            self.stacks.go_on(self.space, self.pool, end, latest)
        if worker == self.run.options.workers - 1:
            self._build_free_trees(worker)
        with self._lock:
            self._starting -= 1
            self.run.memory.started = not self._starting and self.run.left() > 0

    def _solve_whole(self, worker: int) -> None:
        """Try to solve a small instance as a whole; the last of several workers begins with that."""
        run = self.run
        if self._asked("neighbourhoods") and is_small(run.incumbent.instance) and run.solvers.allows(worker):
            close_whole(run)

    def _asked(self, component: str) -> bool:
        return component not in self.run.options.without

    def _alternate(self, annealer: TreeAnnealer, generator: np.random.Generator) -> None:
        """Give slices of time to annealing and to large neighbourhoods until the end.

        Neighbourhoods have the first slice and the last, which they begin by polishing the incumbent. After
        the first, a single worker tries the whole instance. Where memory is too short for another solver
        process it ends earlier.
        """
        run, trees_next, worker = self.run, False, annealer.worker
        alone = run.options.workers == 1
        if not run.solvers.allows(worker):
            return
        length = max(_SLICE, _SLICE_SHARE * run.left())
        with run.searching(generator, worker) as search:
            keep_operators(run, worker, search)
            while (left := run.left()) > 0 and not run.closed.is_set() and run.solvers.allows(worker):
                run.give_way()
                seconds = left if left < 1.5 * length else length
                if trees_next and seconds < left:
                    annealer.take_incumbent()
                    annealer.round(seconds)
                else:
                    search.run(run.clock.now() + seconds)
                if search.hopeless:
                    break
                if alone:
                    self._solve_whole(worker)
                    alone = False
                trees_next = generator.random() < self._share_of_trees()

    def _share_of_trees(self) -> float:
        """Return the chance that annealing gets the next slice: its share of the recent gain per second."""
        if not self._asked("trees"):
            return 0.0
        incumbent = self.run.incumbent
        trees, others = self.balance.rates(
            incumbent.totals(Kind.CONSTRUCTION), incumbent.totals(Kind.NEIGHBOURHOOD)
        )
        share = trees / (trees + others) if trees + others > 0 else 0.5
        return min(max(share, _LEAST_SHARE), 1 - _LEAST_SHARE)

    def _build_free_trees(self, worker: int) -> None:
        """Build trees over spans; where splits are forced, anneal trees with free ones first."""
        run, space = self.run, self.space
        if not self._asked("spans"):
            return
        if not space.forced:
            end, latest = self._until(_STARTS_SHARE), self._until(_LEADERS_SHARE)
            build_spans(run, space, self.pool, self.layouts, end, latest)
            return
        free, pool = plain_space(space), TreePool()
        end = self._until(_STARTS_SHARE)
        build_spans(run, free, pool, self.layouts, end, end)
        if self._asked("trees") and self._promising(free, pool):
            TreeAnnealer(run, free, pool, worker, "free slicing").until(self._until(_STARTS_SHARE))
            add_with_splits(pool, free, self.pool, space, run.options.seed)

    def _promising(self, free: SlicingSpace, pool: TreePool) -> bool:
        """Tell whether trees with free splits are worth annealing: one is good, adapters counted."""
        incumbent = self.run.incumbent
        best = incumbent.best
        if best is None or pool.best_cost >= NO_FIT:
            return False
        search = SlicingSearch(free, self.run.options.seed)
        costs = [
            incumbent.offer(search.placement(shape), "spans").score.cost
            for cost, shape in pool.ranked()
            if cost < NO_FIT
        ]
        return min(costs) <= _PROMISING * best.score.cost

    def _until(self, share: float) -> float:
        """Return when that share of what is left for trees will be over."""
        now = self.run.clock.now()
        return now + share * (self.trees_end - now)
