"""Simulated annealing of slicing trees: one compiled loop, cooled in rounds by the clock.

The acceptance rule is that of Metropolis, the falling temperature that of Kirkpatrick, Gelatt and Vecchi
(1983, doi 10.1126/science.220.4598.671). Costs are floats here; what a placement costs exactly score.py
decides.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

import numpy as np

from wse_cp.clock import WALL, Clock
from wse_cp.compiled import compiled, inner
from wse_cp.construct.random import below, new_random, uniform
from wse_cp.construct.slicing.curves import begin_move, copy_shape, refresh_all, take_back
from wse_cp.construct.slicing.layout import evaluate
from wse_cp.construct.slicing.model import SlicingSpace
from wse_cp.construct.slicing.moves import move_splits, move_time, move_topology
from wse_cp.construct.slicing.realise import realise
from wse_cp.construct.slicing.state import (
    NO_FIT,
    Model,
    Tree,
    Undo,
    new_tree,
    new_undo,
)
from wse_cp.construct.slicing.trees import TreeShape
from wse_cp.placement import Placement
from wse_cp.shapes.arrays import IntArray

#: Out of a thousand random numbers, those below each bound stand for a move of the cycle limit where splits
#: are forced (such moves are costly there), where they are free, and a move of splits.
TIME_MOVES_FORCED, TIME_MOVES_FREE, SPLIT_MOVES = 3, 15, 300
#: Seconds between looks at the clock.
_SLICE = 0.1
#: Seconds that a move takes, and more for each leaf, roughly.
_MOVE_WORK, _LEAF_WORK = 2e-5, 4e-7


@inner
def propose(model: Model, tree: Tree, undo: Undo, random: IntArray, todo: IntArray) -> bool:
    """Make one random move; return whether it changed the tree."""
    kernels = len(model.kernel_class)
    kind = below(random, 1000)
    if kind < TIME_MOVES_FORCED or (kind < TIME_MOVES_FREE and model.adapter_weight == 0):
        return move_time(model, tree, undo, random, todo)
    if kind < SPLIT_MOVES and model.adapter_weight > 0:
        return move_splits(model, tree, undo, random, todo)
    if kernels < 2:
        return False
    return move_topology(model, tree, undo, random, todo)


@inner
def lay_out_anew(model: Model, tree: Tree, undo: Undo, todo: IntArray) -> tuple[float, int]:
    """Recompute all curves and the layout; return cost and overflow."""
    begin_move(tree, undo)
    refresh_all(model, tree, undo, todo)
    return evaluate(model, tree, todo, math.inf)


@compiled
def rebuild(model: Model, tree: Tree, undo: Undo, todo: IntArray) -> tuple[float, int]:
    """Do the same, called from Python."""
    return lay_out_anew(model, tree, undo, todo)


@compiled
def anneal(
    model: Model,
    tree: Tree,
    best: Tree,
    undo: Undo,
    random: IntArray,
    todo: IntArray,
    best_cost: float,
    temperature: float,
    moves: int,
) -> tuple[float, int]:
    """Make `moves` moves; return the cost of the best fitting tree (in `best`) and the number accepted."""
    cost, _ = lay_out_anew(model, tree, undo, todo)
    accepted = 0
    for _ in range(moves):
        begin_move(tree, undo)
        if not propose(model, tree, undo, random, todo):
            take_back(tree, undo)
            continue
        limit = cost - temperature * math.log(1.0 - uniform(random))
        new, over = evaluate(model, tree, todo, limit)
        if new <= limit:
            cost = new
            accepted += 1
            if over == 0 and new < best_cost - 1e-9:
                best_cost = new
                copy_shape(tree.scalars, tree.links, tree.forced, best.scalars, best.links, best.forced)
        else:
            take_back(tree, undo)
    return best_cost, accepted


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
        """Return the placement of a tree that fits."""
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
