"""What a report page is made of: solutions, how they were found, and the bound they are measured by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from wse_cp.decimals import exact_text
from wse_cp.errors import InputError
from wse_cp.files.by_suffix import read_solution_file
from wse_cp.files.trace import read_trace
from wse_cp.grades import Grade, judge
from wse_cp.instance import Instance
from wse_cp.placement import PlacedKernel
from wse_cp.result import Result


@dataclass(frozen=True)
class Run:
    """How a solution was found, as far as that is known."""

    seconds: float | None = None
    seed: int | None = None
    stopped_by: str = ""
    history: tuple[tuple[float, Fraction], ...] = ()  #: seconds and cost of each new incumbent
    optimality: str = ""  #: as in `Result.optimality`


@dataclass(frozen=True)
class Solution:
    """A solution to show: the kernels it places, right or wrong, or why it cannot be read."""

    label: str
    placed: tuple[PlacedKernel, ...] = ()
    run: Run = field(default_factory=Run)
    error: str | None = None


@dataclass(frozen=True)
class KnownBound:
    """A lower bound of the cost; `verified` if the verifier has accepted its certificate."""

    value: Fraction
    verified: bool


def ordered(instance: Instance, solution: Solution) -> Solution:
    """Return a solution with its kernels in the order of the instance, unknown ones last."""
    order = {name: number for number, name in enumerate(instance.kernels)}
    placed = sorted(solution.placed, key=lambda kernel: order.get(kernel.name, len(order)))
    return replace(solution, placed=tuple(placed))


def judged(instance: Instance, solution: Solution) -> Grade:
    """Return the verdict of score.py on a solution; one that cannot be read keeps its reason."""
    if solution.error is not None:
        return Grade(solution.label, error=solution.error)
    return judge(instance, solution.label, solution.placed)


def solution_of(result: Result, label: str) -> Solution:
    """Return what solve() found as a solution to show."""
    run = Run(result.seconds, result.seed, result.stopped_by, result.history, result.optimality)
    return Solution(label, tuple(result.placement.values()), run)


def solution_in_file(instance: Instance, path: Path, label: str, trace: Path | None = None) -> Solution:
    """Return the solution in a file, with its cost over time if that was kept; one that cannot be read too.

    Raises `InputError` if the trace cannot be read, or does not end at the cost of the solution.
    """
    try:
        solution = Solution(label, read_solution_file(path, instance))
    except InputError as error:
        return Solution(label, error=str(error))
    if trace is None:
        return solution
    history, found = read_trace(trace), judged(instance, solution)
    if found.score is None:
        return solution
    if history[-1][1] != found.score.cost:
        cost = exact_text(found.score.cost)
        expected = f"a trace that ends at {cost}, the cost of {label}"
        raise InputError(expected, exact_text(history[-1][1]), str(trace))
    return replace(solution, run=Run(history=history))


def labels(paths: Sequence[Path]) -> list[str]:
    """Return what to call solution files: by their names alone if these differ."""
    names = [path.name for path in paths]
    return names if len(set(names)) == len(names) else [str(path) for path in paths]


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


def best_cost(solutions: Sequence[Grade]) -> Fraction | None:
    """Return the least cost of the legal solutions, None if there are none."""
    return min((found.score.cost for found in solutions if found.score is not None), default=None)
