"""The trees that annealers share: the best from each, to start again from."""

from __future__ import annotations

import threading

import numpy as np

from wse_cp.construct.slicing.search import NO_FIT, TreeShape


class TreePool:
    """A few trees, best first, of distinct costs; safe to use from several threads."""

    def __init__(self, limit: int = 6) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._trees: list[tuple[float, TreeShape]] = []

    def __len__(self) -> int:
        with self._lock:
            return len(self._trees)

    @property
    def best_cost(self) -> float:
        """The cost of the best tree, NO_FIT if there is none."""
        with self._lock:
            return self._trees[0][0] if self._trees else NO_FIT

    def add(self, cost: float, shape: TreeShape) -> None:
        """Put a tree in; the worst are dropped beyond the limit."""
        with self._lock:
            if any(abs(cost - known) < 1e-6 for known, _ in self._trees):
                return
            self._trees.append((cost, shape))
            self._trees.sort(key=lambda pair: pair[0])
            del self._trees[self._limit :]

    def pick(self, generator: np.random.Generator, eager: float) -> tuple[float, TreeShape]:
        """Return the best tree with probability `eager`, else any."""
        with self._lock:
            if generator.random() < eager:
                return self._trees[0]
            return self._trees[int(generator.integers(len(self._trees)))]
