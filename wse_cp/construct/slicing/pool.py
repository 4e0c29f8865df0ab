"""The trees that annealers share, to start again from: the best of each time limit."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np

from wse_cp.construct.slicing.search import NO_FIT, TreeShape
from wse_cp.construct.slicing.state import TIME_INDEX

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
