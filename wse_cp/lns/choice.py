"""Which operator to call next and how much to free: both follow from what calls have brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wse_cp.lns.operators import Operator

#: Share of the choices that ignores past gains.
EXPLORATION = 0.35
#: What is left of past gains and seconds after each further call.
MEMORY = 0.85
GROWTH, SHRINKING = 1.15, 0.8
SMALLEST = 2


@dataclass
class Arm:
    """An operator with its record: decayed gain (cost) and seconds, and its present size (kernels)."""

    operator: Operator
    size: float
    largest: int
    gain: float = 0.0
    seconds: float = 0.0
    calls: int = 0

    @property
    def rate(self) -> float:
        """Gain per second of late."""
        return self.gain / self.seconds if self.seconds else 0.0

    def record(self, gain: float, seconds: float, finished: bool) -> None:
        """Note a call; `finished` tells whether its sub-model was solved to the end."""
        self.gain = MEMORY * self.gain + gain
        self.seconds = MEMORY * self.seconds + max(seconds, 0.01)
        self.calls += 1
        if not finished:
            self.size = max(SMALLEST, self.size * SHRINKING)
        elif not gain:
            self.size = min(self.largest, self.size * GROWTH)


class Choice:
    """Picks operators: each once in the given order, then by gain per second with some exploration."""

    def __init__(self, operators: Sequence[Operator], kernels: int) -> None:
        self.arms = [Arm(operator, min(operator.size, kernels), kernels) for operator in operators]

    def next(self, generator: np.random.Generator) -> Arm:
        """Return the arm to try."""
        untried = [arm for arm in self.arms if not arm.calls]
        if untried:
            return untried[0]
        rates = np.array([arm.rate for arm in self.arms])
        seconds = np.array([arm.seconds / arm.calls if arm.calls else 1.0 for arm in self.arms])
        shares = 1 / np.sqrt(np.maximum(seconds, 0.01))  # cheap ones may be tried more often
        shares = EXPLORATION * shares / shares.sum()
        shares += (1 - EXPLORATION) * (rates / rates.sum() if rates.any() else shares / shares.sum())
        return self.arms[int(generator.choice(len(self.arms), p=shares / shares.sum()))]
