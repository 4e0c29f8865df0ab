"""What a report page is made of: solutions, how they were found, and the bound they are measured by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from wse_cp.errors import InputError, Violation
from wse_cp.instance import Instance
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.result import Result
from wse_cp.score import Score, score, violations


@dataclass(frozen=True)
class Run:
    """How a solution was found, as far as that is known."""

    seconds: float | None = None
    seed: int | None = None
    stopped_by: str = ""
    history: tuple[tuple[float, Fraction], ...] = ()  #: seconds and cost of each new incumbent


@dataclass(frozen=True)
class Solution:
    """A solution to show: all that it places, right or wrong, or why it cannot be read."""

    label: str
    placed: tuple[PlacedKernel, ...] = ()
    run: Run = field(default_factory=Run)
    error: str | None = None


@dataclass(frozen=True)
class KnownBound:
    """A lower bound of the cost; `verified` if the verifier has accepted its certificate."""

    value: Fraction
    verified: bool


@dataclass(frozen=True)
class Judged:
    """A solution with its violations, or its score if it has none."""

    solution: Solution
    violations: tuple[Violation, ...]
    score: Score | None

    @property
    def verdict(self) -> str:
        """Return legal, illegal or unreadable."""
        if self.solution.error is not None:
            return "unreadable"
        return "illegal" if self.score is None else "legal"


def ordered(instance: Instance, solution: Solution) -> Solution:
    """Return a solution with its kernels in the order of the instance, unknown ones last."""
    order = {name: number for number, name in enumerate(instance.kernels)}
    placed = sorted(solution.placed, key=lambda kernel: order.get(kernel.name, len(order)))
    return replace(solution, placed=tuple(placed))


def judged(instance: Instance, solution: Solution) -> Judged:
    """Return a solution with the verdict of score.py."""
    if solution.error is not None:
        return Judged(solution, (), None)
    found = tuple(violations(instance, solution.placed))
    return Judged(solution, found, None if found else score(instance, Placement(solution.placed)))


def solution_of(result: Result, label: str) -> Solution:
    """Return what solve() found as a solution to show."""
    run = Run(result.seconds, result.seed, result.stopped_by, result.history)
    return Solution(label, tuple(result.placement.values()), run)


def bound_of(result: Result) -> KnownBound | None:
    """Return the bound that came with what solve() found, if there is one."""
    return None if result.lower_bound is None else KnownBound(result.lower_bound, result.verified)


def is_sized(placed: PlacedKernel) -> bool:
    """Tell whether the execution arguments are possible; else the kernel has no size, time or memory."""
    try:
        placed.performance  # noqa: B018  (raises on impossible arguments)
    except InputError:
        return False
    return True


def best_cost(solutions: Sequence[Judged]) -> Fraction | None:
    """Return the least cost of the legal solutions, None if there are none."""
    return min((found.score.cost for found in solutions if found.score is not None), default=None)
