"""Kernels that may have somewhere better to go, since they or what they are wired to have changed."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import numpy as np

from wse_cp.incremental.grid import Grid
from wse_cp.incremental.indexed import IndexedSet
from wse_cp.incremental.links import Links


class Restless:
    """The restless kernels of an instance; safe to use from several threads, each of which gets others."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._lock = threading.Lock()
        self._names: IndexedSet[str] = IndexedSet()

    def disturb(self, names: Iterable[str]) -> None:
        """Note that kernels have changed: they and those they are wired to may want to move."""
        with self._lock:
            for name in names:
                self._names.add(name)
                for other, _ in self._links.ends[name]:
                    self._names.add(other)

    def disturb_all(self) -> None:
        """Note that any kernel may have changed."""
        with self._lock:
            for name in self._links.names:
                self._names.add(name)

    def take(self, grid: Grid, count: int, generator: np.random.Generator) -> list[str]:
        """Return a random restless kernel and others among the `count` closest to it; from now on they rest.

        An empty list if all rest already.
        """
        with self._lock:
            if not self._names:
                return []
            first = self._names[int(generator.integers(len(self._names)))]
            close = grid.closest(grid.rectangles[first], count)
            names = [name for name in dict.fromkeys([first, *close]) if name in self._names]
            for name in names:
                self._names.discard(name)
            return names
