"""Levels and price lists of kernels, each computed once for all kernels that are alike."""

from __future__ import annotations

import numpy as np

from wse_cp.bounds.verifier.levels import Doors, Levels, least_levels
from wse_cp.bounds.verifier.patterns import Pair
from wse_cp.bounds.verifier.shapes import Shapes, least_shapes, shapes_by_class
from wse_cp.bounds.verifier.sieve import Sieve
from wse_cp.instance import Instance
from wse_cp.kernels import Kernel


class Library:
    """Shapes of all kernels with times up to a limit (1 / time_scale cycles; None for no limit)."""

    def __init__(self, instance: Instance, limit: int | None) -> None:
        self._instance, self._limit = instance, limit
        self._extents: dict[Kernel, Pair] = {}
        self._levels: dict[tuple[Kernel, Doors], Levels] = {}

    def levels(self, kernel: Kernel, doors: Doors) -> Levels:
        """Return a kernel's smallest rectangles."""
        if (kernel, doors) not in self._levels:
            self._levels[kernel, doors] = least_levels(self._instance, kernel, doors, self._limit)
        return self._levels[kernel, doors]

    def least_extents(self, kernel: Kernel) -> Pair:
        """Return a kernel's least extents along x and along y (tiles) in any rotation that fits the wafer."""
        if kernel not in self._extents:
            levels = self.levels(kernel, Doors(False, False, ()))
            short, long = levels.width, levels.splits.height
            width, height = np.concatenate([short, long]), np.concatenate([long, short])
            wafer = self._instance.settings
            fits = (width <= wafer.width) & (height <= wafer.height)
            self._extents[kernel] = int(width[fits].min()), int(height[fits].min())
        return self._extents[kernel]

    def shapes(self, kernel: Kernel, doors: Doors, sieve: Sieve) -> Shapes | None:
        """Return a kernel's shapes under given prices; None if it has none."""
        levels = self.levels(kernel, doors)
        if not doors.compared:
            return least_shapes(levels, sieve)
        return shapes_by_class(self._instance, kernel, doors, levels, self._limit, sieve)
