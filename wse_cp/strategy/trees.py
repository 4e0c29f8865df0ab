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
#: Chance that a round starts from the best tree, at first and at last.
_EAGER_FIRST, EAGER_LAST = 0.2, 0.9
#: Temperatures as shares of the cost, divided by the number of kernels: each adds its share of disorder.
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
        self._turn = worker
        self._seen: Placement | None = None

    def until(self, end: float) -> None:
        """Anneal round after round, first from any of the pool's trees, then mostly from the best."""
        first = self._run.clock.now()
        length = _ROUND_SHARE * (end - first)
        while (left := end - self._run.clock.now()) > 0.05 and self._run.left() > 0:
            eager = EAGER_LAST + (_EAGER_FIRST - EAGER_LAST) * left / (end - first)
            self.round(left if left < 1.5 * length else length, eager)

    def round(self, seconds: float, eager: float) -> None:
        """Anneal a tree of the pool for some wall time, put the best tree met there and offer it."""
        self._run.give_way()
        begin = self._run.clock.now()
        kernels = len(self._run.incumbent.instance.kernels)
        _, start = self._pool.pick(self._generator, eager)
        hot = _HOT[self._turn % len(_HOT)] / kernels
        cost, shape = self._search.run(start, seconds, hot, _COLD / kernels, self._run.stop, self._run.clock)
        self._turn += 1
        if cost < NO_FIT:
            self._pool.add(cost, shape)
            self._run.offer(self._search.placement(shape), self._name)
        self._run.incumbent.count(self._name, self._run.clock.now() - begin)

    def take_incumbent(self) -> None:
        """Put the tree of the incumbent into the pool, if it has one and was found by other means."""
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
