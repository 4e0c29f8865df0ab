"""Restacking: a neighbourhood of its own, solved by dynamic programming instead of the solver."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from wse_cp.clock import WALL, Clock
from wse_cp.construct.stack.stacks import Stacker
from wse_cp.instance import Instance
from wse_cp.placement import Placement
from wse_cp.score import score

#: Time limits of the first stacks, in terms of the incumbent's largest time.
FACTORS = (1.0, 1.3, 1.7, 2.3, 0.85, 3.0)
#: Later ones lie beside that of the best stack by a random share of this size.
SPREAD = 0.1
#: How often an order is improved within a call.
ROUNDS = 3


class Restacking:
    """Straight stacks: first in the order of the incumbent along x, then around the best stack so far."""

    def __init__(self, instance: Instance, generator: np.random.Generator, clock: Clock = WALL) -> None:
        self._instance, self._generator = instance, generator
        self._stacker = Stacker(instance, generator, clock)
        self._factors = list(FACTORS)
        self._best: tuple[Fraction, list[str], int] | None = None

    def __call__(self, placement: Placement, stopped: Callable[[], bool]) -> Placement | None:
        """Return the best stack of one time limit, or None if there is none (or `stopped` says so)."""
        order, limit = self._start(placement)
        best: tuple[Fraction, Placement] | None = None
        for found, used in self._stacker.search(order, limit, ROUNDS, stopped):
            cost = score(self._instance, found).cost
            if best is None or cost < best[0]:
                best = cost, found
            if self._best is None or cost <= self._best[0]:
                self._best = cost, used, limit
        return None if best is None else best[1]

    def _start(self, placement: Placement) -> tuple[list[str], int]:
        if self._factors or self._best is None:
            factor = self._factors.pop(0) if self._factors else float(self._generator.uniform(0.8, 4))
            slowest = max(kernel.time for kernel in placement.values()) * self._instance.time_scale
            order = sorted(placement, key=lambda name: (placement[name].rectangle.center2, name))
            return (order if self._best is None else self._best[1]), int(slowest * Fraction(factor))
        _, order, limit = self._best
        return self._kicked(order), max(1, int(limit * np.exp(self._generator.normal(0, SPREAD))))

    def _kicked(self, order: list[str]) -> list[str]:
        """Return an order in which, every other time, a random run has moved."""
        start, end = sorted(int(i) for i in self._generator.integers(0, len(order) + 1, 2))
        if self._generator.random() < 0.5 or end - start > len(order) // 3:
            return order
        rest = order[:start] + order[end:]
        at = int(self._generator.integers(len(rest) + 1))
        return rest[:at] + order[start:end] + rest[at:]
