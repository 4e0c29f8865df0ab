"""Operators: which sets of kernels are freed in which way, and which operator to call next.

As in adaptive large neighbourhood search (Ropke and Pisinger 2006, doi 10.1287/trsc.1050.0135), operators
that have brought more of late are called more often. Here it is gain per second that counts, and sizes adapt
as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from wse_cp.checkpoint.kept import KeptOperator
from wse_cp.incremental.state import PlacementState
from wse_cp.instance import Instance
from wse_cp.lns.neighbourhood import Neighbourhood, in_window, loosened, shifted
from wse_cp.lns.selections import (
    MOST,
    adapter_cluster,
    chain,
    critical,
    everything,
    hole,
    line,
    near,
    worst_wires,
)

Select = Callable[[PlacementState, int, np.random.Generator], list[str]]
Free = Callable[[PlacementState, Sequence[str]], Neighbourhood]
#: Share of the choices that ignores past gains.
EXPLORATION = 0.35
#: Factor by which past gains and seconds fade with each further call.
MEMORY = 0.85
#: Factors of a size whose sub-model was solved without gain, or not solved to the end; and the least size.
GROWTH, SHRINKING = 1.15, 0.8
SMALLEST = 2
#: Gains are kept up to this (cost).
MOST_GAIN = 1e15


@dataclass(frozen=True)
class Operator:
    """A way to select kernels and a way to free them; `size` is the number to begin with, at most all."""

    name: str
    select: Select
    free: Free
    size: int

    def __call__(self, state: PlacementState, size: int, generator: np.random.Generator) -> Neighbourhood:
        """Return a random neighbourhood of about `size` kernels."""
        return self.free(state, self.select(state, size, generator))


def moved(state: PlacementState, names: Sequence[str]) -> Neighbourhood:
    """Free only the positions: all shapes and relations are kept."""
    return replace(shifted(state, names), reshaped=frozenset())


#: Positions only: cheap and exact, tried on each new incumbent.
POLISH = Operator("polish", everything, moved, 1)


#: The operators, in the order of their first calls; those of adapters only where adapters cost something.
#: Left out for lack of gains: windows of chains, and loose chains, adapter clusters and holes.
_OPERATORS = (
    Operator("resize", everything, shifted, MOST),
    Operator("adapter-shift", adapter_cluster, shifted, 6),
    Operator("chain-shift", chain, shifted, 6),
    Operator("line-shift", line, shifted, 6),
    Operator("hole-window", hole, in_window, 5),
    Operator("near-loose", near, loosened, 3),
    Operator("wires-loose", worst_wires, loosened, 3),
    Operator("line-window", line, in_window, 5),
    Operator("near-window", near, in_window, 4),
    Operator("critical-loose", critical, loosened, 3),
)
#: Those for a large network: none decides on more than a few tens of kernels.
#: Left out for lack of gains: windows of more kernels, positions alone.
_FOR_LARGE = (
    Operator("near-shift", near, shifted, 30),
    Operator("adapter-shift", adapter_cluster, shifted, 16),
    Operator("line-shift", line, shifted, 30),
    Operator("hole-window", hole, in_window, 3),
    Operator("wires-window", worst_wires, in_window, 3),
    Operator("near-window", near, in_window, 3),
    Operator("line-window", line, in_window, 3),
    Operator("wires-loose", worst_wires, loosened, 2),
    Operator("critical-loose", critical, loosened, 2),
)


def operators(instance: Instance) -> tuple[Operator, ...]:
    """Return the operators that suit an instance, in the order of their first calls."""
    table = _FOR_LARGE if len(instance.kernels) > MOST else _OPERATORS
    return tuple(
        operator for operator in table if instance.weighs_adapters or operator.select is not adapter_cluster
    )


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
        largest = min(kernels, MOST)
        self.arms = [Arm(operator, min(operator.size, kernels), largest) for operator in operators]

    def records(self) -> tuple[KeptOperator, ...]:
        """Return the records of all operators; may be called from any thread."""
        return tuple(
            KeptOperator(arm.operator.name, arm.size, min(arm.gain, MOST_GAIN), arm.seconds, arm.calls)
            for arm in self.arms
        )

    def recall(self, records: Iterable[KeptOperator]) -> None:
        """Go on from records of an earlier run; those of other operators are left out."""
        known = {record.name: record for record in records}
        for arm in self.arms:
            record = known.get(arm.operator.name)
            if record is not None and record.calls > 0:
                arm.size = min(max(record.size, 1.0), arm.largest)
                arm.gain, arm.seconds = record.gain, max(record.seconds, 0.01)
                arm.calls = record.calls

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
