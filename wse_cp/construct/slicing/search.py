"""Annealing of slicing trees in rounds, cooling by the clock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np

from wse_cp.clock import WALL, Clock
from wse_cp.construct.slicing.anneal import anneal, rebuild
from wse_cp.construct.slicing.random import new_random
from wse_cp.construct.slicing.realise import realise
from wse_cp.construct.slicing.space import SlicingSpace
from wse_cp.construct.slicing.state import TIME_INDEX, Array, Tree, new_tree, new_undo
from wse_cp.placement import Placement

#: Time (seconds) between looks at the clock.
_SLICE = 0.1
#: Seconds that a move takes, and more for each leaf, roughly.
_MOVE_WORK, _LEAF_WORK = 2e-5, 4e-7
#: The cost of a tree that does not fit.
NO_FIT = 1e300


@dataclass(frozen=True)
class TreeShape:
    """What determines a tree: its topology, time limit and forced splits (arrays as in `Tree`)."""

    scalars: Array
    links: Array
    forced: Array

    @classmethod
    def of(cls, tree: Tree) -> Self:
        """Return a copy of what determines `tree`."""
        return cls(tree.scalars.copy(), tree.links.copy(), tree.forced.copy())

    def at(self, time_index: int) -> TreeShape:
        """Return the same shape at another time limit; shapes in a pool are shared and never changed."""
        scalars = self.scalars.copy()
        scalars[TIME_INDEX] = time_index
        return TreeShape(scalars, self.links, self.forced)

    def write_to(self, tree: Tree) -> None:
        """Give `tree` this shape; its curves are stale until rebuilt."""
        tree.scalars[:], tree.links[:], tree.forced[:] = self.scalars, self.links, self.forced


class SlicingSearch:
    """The working memory of one annealer; one thread may use it."""

    def __init__(self, space: SlicingSpace, seed: int) -> None:
        self.space, self.model = space, space.model
        kernels = len(self.model.kernel_class)
        self.tree = new_tree(kernels, self.model.domain)
        self.best = new_tree(kernels, self.model.domain)
        self.undo = new_undo(self.tree)
        self.todo = np.zeros(2 * kernels, np.int64)
        self.random = new_random(seed)

    def cost(self, shape: TreeShape) -> float:
        """Return the cost of a tree, NO_FIT if it exceeds the wafer. Leaves it laid out."""
        shape.write_to(self.tree)
        cost, overflow = rebuild(self.model, self.tree, self.undo, self.todo)
        return float(cost) if overflow == 0 else NO_FIT

    def placement(self, shape: TreeShape) -> Placement:
        """Return the checked placement of a tree that fits."""
        self.cost(shape)
        return realise(self.space.instance, self.model, self.tree)

    def run(
        self,
        start: TreeShape,
        seconds: float,
        hot: float,
        cold: float,
        stop: threading.Event,
        clock: Clock = WALL,
        pause: Callable[[], float] = lambda: 0.0,
    ) -> tuple[float, TreeShape]:
        """Anneal from a tree; return the cost and shape of the best fitting one met (the start included).

        Parameters
        ----------
        seconds
            Time by the clock.
        hot, cold
            First and last temperature as a share of the start's cost.
        pause
            Called now and then; may wait, and returns for how long (seconds by the clock).
        """
        best_cost = self.cost(start)
        start.write_to(self.best)
        # A start that does not fit has no cost to measure temperatures by; the slowest time's will do.
        scale = best_cost if best_cost < NO_FIT else self.model.time_weight * float(self.model.times[-1])
        begin, moves = clock.now(), 100
        while (share := (clock.now() - begin) / seconds) < 1 and not stop.is_set():
            begin += pause()
            before = clock.now()
            best_cost = self._anneal(best_cost, scale * hot * (cold / hot) ** share, moves)
            clock.spend(moves * (_MOVE_WORK + _LEAF_WORK * len(self.model.kernel_class)))
            moves = _adapted(moves, clock.now() - before)
        return best_cost, TreeShape.of(self.best)

    def _anneal(self, best_cost: float, temperature: float, moves: int) -> float:
        found, _ = anneal(
            self.model,
            self.tree,
            self.best,
            self.undo,
            self.random,
            self.todo,
            best_cost,
            max(temperature, 1e-9),
            moves,
        )
        return float(found)


def _adapted(moves: int, seconds: float) -> int:
    return int(min(max(moves * _SLICE / max(seconds, 1e-4), moves / 2, 50), moves * 2))
