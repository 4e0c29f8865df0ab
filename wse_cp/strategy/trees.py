"""Annealed slicing trees."""

from __future__ import annotations

import numpy as np

from wse_cp.construct.slicing.pool import TreePool
from wse_cp.construct.slicing.search import NO_FIT, SlicingSearch
from wse_cp.construct.slicing.space import SlicingSpace
from wse_cp.construct.slicing.trees import shape_of_placement, with_splits
from wse_cp.placement import Placement
from wse_cp.strategy.run import Run

#: A round of annealing lasts this share of a period of annealing.
_ROUND_SHARE = 0.08
#: First temperatures of the rounds from one tree, and the last one, as shares of the cost, divided by the
#: number of kernels: each adds its share of disorder.
_HOT, _COLD = (0.05, 0.15, 0.025, 0.3), 0.002


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
        self._generator = np.random.default_rng([run.seed, 1, worker])
        self._search = SlicingSearch(space, int(self._generator.integers(1 << 62)))
        self._seen: Placement | None = None

    def until(self, end: float) -> None:
        """Anneal round after round, from the pool's trees and that of the incumbent in turn."""
        self.take_incumbent()
        length = _ROUND_SHARE * (end - self._run.clock.now())
        while (left := end - self._run.clock.now()) > 0.05 and self._run.left() > 0:
            self.round(left if left < 1.5 * length else length)

    def round(self, seconds: float) -> None:
        """Anneal a tree of the pool for some time, put the best tree met there and offer it."""
        run = self._run
        run.give_way()
        begin = run.clock.now()
        run.incumbent.working(self._name)
        kernels = len(run.incumbent.instance.kernels)
        start, tries = self._pool.pick(self._generator)
        hot = _HOT[tries % len(_HOT)] / kernels
        cost, shape = self._search.run(
            start, seconds, hot, _COLD / kernels, run.stop, run.clock, run.give_way
        )
        if cost < NO_FIT:
            self._pool.add(cost, shape)
            run.offer(self._search.placement(shape), self._name)
        run.incumbent.count(self._name, run.clock.now() - begin)

    def take_incumbent(self) -> None:
        """Put the tree of the incumbent into the pool, if it has one and has not been seen yet."""
        best = self._run.incumbent.best
        if best is None or best[0] is self._seen:
            return
        self._seen = best[0]
        shape = shape_of_placement(self._space, best[0])
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
