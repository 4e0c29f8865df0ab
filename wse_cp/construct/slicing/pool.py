"""The trees that annealers share, to start again from: the best of each time limit."""

from __future__ import annotations

import threading

import numpy as np

from wse_cp.construct.slicing.search import NO_FIT, TreeShape
from wse_cp.construct.slicing.state import TIME_INDEX


class TreePool:
    """A few trees of different time limits; safe to use from several threads.

    Annealing seldom changes the time limit of a good tree, because all shapes change with it. So trees of
    several limits are kept side by side.
    """

    def __init__(self, limit: int = 12) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._trees: dict[int, tuple[float, TreeShape]] = {}

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
            return sorted(self._trees.values(), key=lambda pair: pair[0])

    def add(self, cost: float, shape: TreeShape) -> None:
        """Put a tree in if it is the best of its time limit; beyond the size the worst is dropped."""
        index = int(shape.scalars[TIME_INDEX])
        with self._lock:
            if index in self._trees and cost >= self._trees[index][0] - 1e-6:
                return
            self._trees[index] = cost, shape
            if len(self._trees) > self._limit:
                del self._trees[max(self._trees, key=lambda known: self._trees[known][0])]

    def pick(self, generator: np.random.Generator, eager: float) -> tuple[float, TreeShape]:
        """Return the best tree with probability `eager`, else any."""
        ranked = self.ranked()
        if generator.random() < eager:
            return ranked[0]
        return ranked[int(generator.integers(len(ranked)))]
