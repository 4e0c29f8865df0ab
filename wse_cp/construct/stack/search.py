"""Straight stacks over time limits and orders, step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from wse_cp.clock import WALL, Clock
from wse_cp.construct.stack.scan import plain_cost
from wse_cp.construct.stack.stacks import Stacker
from wse_cp.instance import Instance
from wse_cp.placement import Placement
from wse_cp.score import score

#: Time limits of the first stacks, in terms of the one to begin with.
FACTORS = (1.0, 1.3, 1.7, 2.3, 0.85, 3.0)
#: Then those around the best stack's, then random ones beside it by a share of this size.
STEPS, SPREAD = (1.02, 0.98), 0.1
#: How often an order is improved within a random step.
ROUNDS = 3


class StackSearch:
    """Straight stacks: first in a given order at limits around a given one, then around the best so far.

    Parameters
    ----------
    order, limit
        Order and time limit (1 / time_scale cycles) to begin with.
    factors
        The first limits, in terms of `limit`.
    """

    def __init__(
        self,
        instance: Instance,
        generator: np.random.Generator,
        order: Sequence[str],
        limit: int,
        factors: Sequence[float] = FACTORS,
        clock: Clock = WALL,
    ) -> None:
        self._instance, self._generator = instance, generator
        self._stacker = Stacker(instance, generator, clock)
        self._order, self._limit = list(order), limit
        self._factors, self._steps = list(factors), list(STEPS)
        self._best: tuple[Fraction, list[str], int] | None = None
        self._interrupted: tuple[list[str], int] | None = None

    def step(self, stopped: Callable[[], bool]) -> Placement | None:
        """Return the best stack of one time limit, or None if there is none.

        If `stopped` says so before one is found, the next step tries the same again.
        """
        rounds = 1 if self._factors or self._steps else ROUNDS
        order, limit = self._interrupted or self._start()
        self._interrupted = None
        best: tuple[Fraction, Placement] | None = None
        for found, used in self._stacker.search(order, limit, rounds, stopped):
            cost = score(self._instance, found).cost
            if best is None or cost < best[0]:
                best = cost, found
            if self._best is None or cost <= self._best[0]:
                self._best = cost, used, limit
        if best is None:
            self._interrupted = (order, limit) if stopped() else None
            return None
        return best[1]

    def _start(self) -> tuple[list[str], int]:
        if self._best is None:
            factor = self._factors.pop(0) if self._factors else float(self._generator.uniform(0.8, 4))
            return self._order, int(self._limit * Fraction(factor))
        cost, order, limit = self._best
        while self._factors or self._steps:
            steps, middle = (self._factors, self._limit) if self._factors else (self._steps, limit)
            other = max(1, int(middle * Fraction(steps.pop(0))))
            plain = plain_cost(self._instance, tuple(order), other)
            if plain is None or plain < cost:
                return order, other
        return self._kicked(order), max(1, int(limit * np.exp(self._generator.normal(0, SPREAD))))

    def _kicked(self, order: list[str]) -> list[str]:
        """Return an order in which, every other time, a random run has moved."""
        start, end = sorted(int(i) for i in self._generator.integers(0, len(order) + 1, 2))
        if self._generator.random() < 0.5 or end - start > len(order) // 3:
            return order
        rest = order[:start] + order[end:]
        at = int(self._generator.integers(len(rest) + 1))
        return rest[:at] + order[start:end] + rest[at:]
