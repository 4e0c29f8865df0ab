"""Compiled annealing loop: Metropolis moves at one temperature, the best fitting tree kept.

Annealing of slicing trees in rounds, cooling by the clock.

The trees that annealers share, to start again from: the best of each time limit.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np

from wse_cp.clock import WALL, Clock
from wse_cp.compiled import compiled
from wse_cp.construct.slicing.layout import evaluate
from wse_cp.construct.slicing.model import SlicingSpace
from wse_cp.construct.slicing.moves import move_time, move_topology
from wse_cp.construct.slicing.realise import realise
from wse_cp.construct.slicing.splits import move_splits
from wse_cp.construct.slicing.state import (
    TIME_INDEX,
    Array,
    Model,
    Tree,
    Undo,
    below,
    new_random,
    new_tree,
    new_undo,
    uniform,
)
from wse_cp.construct.slicing.undo import begin_move, copy_shape, refresh_all, take_back
from wse_cp.placement import Placement

#: Moves in a thousand: of the time limit (dear, more so where every leaf is computed anew), of splits.
TIME_MOVES_FORCED, TIME_MOVES_FREE, SPLIT_MOVES = 3, 15, 300


@compiled
def propose(model: Model, tree: Tree, undo: Undo, random: Array, todo: Array) -> bool:
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


@compiled
def rebuild(model: Model, tree: Tree, undo: Undo, todo: Array) -> tuple[float, int]:
    """Recompute all curves and the layout; return cost and overflow."""
    begin_move(tree, undo)
    refresh_all(model, tree, undo, todo)
    return evaluate(model, tree, todo, math.inf)


@compiled
def anneal(
    model: Model,
    tree: Tree,
    best: Tree,
    undo: Undo,
    random: Array,
    todo: Array,
    best_cost: float,
    temperature: float,
    moves: int,
) -> tuple[float, int]:
    """Make `moves` moves; return the cost of the best fitting tree (in `best`) and the number accepted."""
    cost, _ = rebuild(model, tree, undo, todo)
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


#: A tree counts as dearer by this share for each start from it that brought nothing.
STALE = 0.01
#: Random share by which a tree counts as dearer, so that threads do not agree too often.
JITTER = 0.004


@dataclass
class _Entry:
    cost: float
    shape: TreeShape
    tries: int = 0  #: starts since the tree was put in


class TreePool:
    """A few trees of different time limits; safe to use from several threads.

    Annealing seldom changes the time limit of a good tree, because all shapes change with it. So trees of
    several limits are kept side by side, and those that have not been worked on in vain get their turn.
    """

    def __init__(self, limit: int = 12) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._trees: dict[int, _Entry] = {}

    def __len__(self) -> int:
        with self._lock:
            return len(self._trees)

    @property
    def best_cost(self) -> float:
        """The cost of the best tree, NO_FIT if there is none."""
        ranked = self.ranked()
        return ranked[0][0] if ranked else NO_FIT

    def ranked(self) -> list[tuple[float, TreeShape]]:
        """Return all trees with their costs, best first."""
        with self._lock:
            return sorted(((e.cost, e.shape) for e in self._trees.values()), key=lambda pair: pair[0])

    def add(self, cost: float, shape: TreeShape) -> None:
        """Put a tree in if it is the best of its time limit; beyond the size the worst is dropped."""
        index = int(shape.scalars[TIME_INDEX])
        with self._lock:
            if index in self._trees and cost >= self._trees[index].cost - 1e-6:
                return
            self._trees[index] = _Entry(cost, shape)
            if len(self._trees) > self._limit:
                del self._trees[max(self._trees, key=lambda known: self._trees[known].cost)]

    def pick(self, generator: np.random.Generator) -> tuple[TreeShape, int]:
        """Return a tree to start from, and how often that was done since it was put in.

        The cheapest one, where every start that brought nothing makes a tree count as a little dearer.
        """
        with self._lock:
            chances = JITTER * generator.random(len(self._trees))
            counted = [
                entry.cost * (1 + STALE * entry.tries + chance)
                for entry, chance in zip(self._trees.values(), chances, strict=True)
            ]
            entry = list(self._trees.values())[int(np.argmin(counted))]
            entry.tries += 1
            return entry.shape, entry.tries - 1
