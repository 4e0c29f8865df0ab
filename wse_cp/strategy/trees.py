"""Slicing trees: those over spans of several orders, as starts, and their annealing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wse_cp.construct.orders import orders
from wse_cp.construct.slicing.anneal import SlicingSearch
from wse_cp.construct.slicing.model import SlicingSpace
from wse_cp.construct.slicing.state import NO_FIT
from wse_cp.construct.slicing.trees import TreePool, TreeShape, shape_of_placement, shape_of_rows, with_splits
from wse_cp.construct.spans.build import SpanSearch
from wse_cp.construct.spans.program import MOST_KERNELS, SpanProgram
from wse_cp.placement import Placement
from wse_cp.strategy.run import Layouts, Run, Stream

#: Trees that cost at most this many times the best one are offered as placements.
_NEAR = 1.01
#: Trees over spans lead if the best costs at most this many times the incumbent.
_LEADS = 1.002
#: Share of a period of annealing that one round takes.
_ROUND_SHARE = 0.08
#: First temperatures of successive rounds from one tree, and the last temperature of each round: shares of
#: the cost, divided by the number of kernels.
_HOT, _COLD = (0.05, 0.15, 0.025, 0.3), 0.002


def build_spans(
    run: Run, space: SlicingSpace, pool: TreePool, layouts: Layouts, end: float, latest: float
) -> None:
    """Build trees over spans until `end`, or `latest` as long as they lead, or the orders are used up.

    They are offered and put into the pool. `space` is one with free splits.
    """
    instance = run.incumbent.instance
    if len(instance.kernels) > MOST_KERNELS or len(instance.kernels) < 2 or not layouts:
        return
    builder = _Builder(run, space, pool, end, latest)
    index = {name: i for i, name in enumerate(instance.kernels)}
    base = shape_of_rows(space, layouts[0][1], layouts[0][0])
    generator = run.generator(Stream.SPANS)
    rows = [tuple(name for row in layout.rows for name in row) for _, layout in layouts[:2]]
    first, *others = orders(instance, generator)
    for order in dict.fromkeys([first, *rows, *others]):
        if not builder.build([index[name] for name in order], base):
            return
        base = builder.best_shape or base


class _Builder:
    """Tries one order after the other."""

    def __init__(self, run: Run, space: SlicingSpace, pool: TreePool, end: float, latest: float) -> None:
        self.run, self.pool, self.end, self.latest = run, pool, end, latest
        self.search = SlicingSearch(space, run.options.seed)
        self.program = SpanProgram(self.search, run.clock)
        self.best = NO_FIT
        self.best_shape: TreeShape | None = None
        self.seen: set[bytes] = set()

    def build(self, order: list[int], base: TreeShape) -> bool:
        """Try one order; return whether there is time for another."""
        if not self._is_new(order):
            return True
        begin = self.run.clock.now()
        with self.run.incumbent.working("spans"):
            for cost, shape in SpanSearch(self.search, self.program, order, base, self.best).run():
                self._take(cost, shape)
                self.run.incumbent.count("spans", self.run.clock.now() - begin)
                waited = self.run.give_way()
                self.end, self.latest = self.end + waited, self.latest + waited
                begin = self.run.clock.now()
                if begin > (self.latest if self._leads() else self.end) or self.run.left() < 0:
                    return False
        return True

    def _take(self, cost: float, shape: TreeShape) -> None:
        self.pool.add(cost, shape)
        if cost <= _NEAR * self.best:
            self.run.offer(self.search.placement(shape), "spans")
        if cost < self.best:
            self.best, self.best_shape = cost, shape

    def _leads(self) -> bool:
        best = self.run.incumbent.best
        return best is not None and self.best <= _LEADS * best.score.cost

    def _is_new(self, order: list[int]) -> bool:
        """Tell whether no order tried so far had the same classes of kernels and wires in the same places."""
        model = self.search.model
        key = model.kernel_class[order].tobytes() + self.program.links(np.array(order)).tobytes()
        new = key not in self.seen
        self.seen.add(key)
        return new


def plain_space(space: SlicingSpace) -> SlicingSpace:
    """Return the space with the same grid of times in which adapters cost nothing and splits are free."""
    if not space.forced:
        return space
    settings = replace(space.instance.settings, wadapter=0)
    return space.with_instance(replace(space.instance, settings=settings))


class TreeAnnealer:
    """One thread's annealing of the trees in a pool.

    Parameters
    ----------
    name
        Under which it appears in statistics.
    """

    def __init__(
        self, run: Run, space: SlicingSpace, pool: TreePool, worker: int, name: str = "slicing"
    ) -> None:
        self._run, self._space, self._pool, self._name = run, space, pool, name
        self.worker = worker
        self._generator = run.generator(Stream.ANNEALING, worker)
        self._search = SlicingSearch(space, int(self._generator.integers(1 << 62)))
        self._seen: Placement | None = None

    def until(self, end: float) -> None:
        """Anneal round after round, from the pool's trees and that of the incumbent in turn."""
        self.take_incumbent()
        length = _ROUND_SHARE * (end - self._run.clock.now())
        run = self._run
        while (left := end - run.clock.now()) > 0.05 and run.left() > 0 and not run.closed.is_set():
            self.round(left if left < 1.5 * length else length)

    def round(self, seconds: float) -> None:
        """Anneal a tree of the pool for some time, put the best tree met there and offer it."""
        run, kernels = self._run, len(self._run.incumbent.instance.kernels)
        run.give_way()
        begin = run.clock.now()
        start, tries = self._pool.pick(self._generator)
        hot, cold = _HOT[tries % len(_HOT)] / kernels, _COLD / kernels
        with run.incumbent.working(self._name):
            cost, shape = self._search.run(start, seconds, hot, cold, run.stop, run.clock, run.give_way)
            if cost < NO_FIT:
                self._pool.add(cost, shape)
                run.offer(self._search.placement(shape), self._name)
        run.incumbent.count(self._name, run.clock.now() - begin)

    def take_incumbent(self) -> None:
        """Put the tree of the incumbent into the pool, if it has one and has not been seen yet."""
        best = self._run.incumbent.best
        if best is None or best.placement is self._seen:
            return
        self._seen = best.placement
        shape = shape_of_placement(self._space, best.placement)
        if shape is not None:
            self._pool.add(self._search.cost(shape), shape)


def add_with_splits(
    source: TreePool, free: SlicingSpace, target: TreePool, space: SlicingSpace, seed: int
) -> None:
    """Put trees with free splits into the pool of a space that forces them: those of their placements."""
    search, goal = SlicingSearch(free, seed), SlicingSearch(space, seed)
    for cost, shape in source.ranked():
        if cost < NO_FIT:
            forced = with_splits(space, shape, search.placement(shape))
            target.add(goal.cost(forced), forced)
