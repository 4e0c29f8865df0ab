"""Problem: plain, picklable data of one constraint model; some kernels free, the others fixed, some in order.

All costs are integers, 2 * time_scale times the cost of score.py: wire lengths are half-integers and times
multiples of 1 / time_scale. Relations (left of, below) may be kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from wse_cp.kernels import adapters, input_protocol, output_protocol
from wse_cp.placement import Rectangle
from wse_cp.shapes.options import Option

Axis = Literal["x", "y"]
AXES: tuple[Axis, Axis] = ("x", "y")


class Choice(NamedTuple):
    """Where a free kernel goes: index into its options, lower left corner (tiles)."""

    option: int
    x: int
    y: int


#: Takes cost and choices of an improving solution.
OnSolution = Callable[[int, Mapping[str, Choice]], None]


@dataclass(frozen=True)
class FreeKernel:
    """A kernel to be shaped and placed; its rectangle must lie within both ranges (tiles, end exclusive)."""

    name: str
    options: tuple[Option, ...]
    x_range: tuple[int, int]
    y_range: tuple[int, int]


@dataclass(frozen=True)
class FixedKernel:
    """A kernel at a definite place."""

    name: str
    option: Option
    x: int
    y: int

    @property
    def rectangle(self) -> Rectangle:
        """The tiles it covers."""
        return Rectangle(self.x, self.y, self.option.width, self.option.height)


class Relation(NamedTuple):
    """`first` ends where `second` starts or before: left of it (axis x) or below it (axis y)."""

    first: str
    second: str
    axis: Axis


@dataclass(frozen=True)
class Weights:
    """Integer weights of the model's cost: per 1/time_scale cycle, per half tile of wire, per adapter."""

    time: int
    length2: int
    adapter: int


@dataclass(frozen=True)
class Problem:
    """What a constraint model decides.

    Parameters
    ----------
    width, height
        Wafer (tiles).
    wdeltat, wlength, wadapter, time_scale
        As in the instance.
    free, fixed
        The kernels; together at least the ends of all edges. Fixed kernels must not overlap. Of a large
        network a problem holds only those that matter to the free ones.
    edges
        Counted edges (producer, consumer, multiplicity); those among fixed kernels are a constant.
    relations
        Order to be kept; empty if none.
    upper_bound
        Only costs strictly below it are wanted (model units).
    min_time, max_time
        A lower bound of, and a limit on, the largest time (1 / time_scale cycles). The bound is proven, or
        the time of the slowest kernel that the problem does not hold.
    hint
        Choices of all free kernels of a legal solution to start from, or empty.
    """

    width: int
    height: int
    wdeltat: int
    wlength: int
    wadapter: int
    time_scale: int
    free: tuple[FreeKernel, ...]
    fixed: tuple[FixedKernel, ...] = ()
    edges: tuple[tuple[str, str, int], ...] = ()
    relations: tuple[Relation, ...] = ()
    upper_bound: int | None = None
    min_time: int = 0
    max_time: int | None = None
    hint: Mapping[str, Choice] = field(default_factory=dict)

    @property
    def weights(self) -> Weights:
        """The weights in model units."""
        scale = self.time_scale
        return Weights(2 * self.wdeltat, self.wlength * scale, 2 * self.wadapter * scale)

    @property
    def wired(self) -> frozenset[str]:
        """Names of the kernels whose place or protocol matters to the cost."""
        if not (self.wlength or self.wadapter):
            return frozenset()
        return frozenset(name for u, v, _ in self.edges for name in (u, v))


def placed(problem: Problem, choices: Mapping[str, Choice]) -> dict[str, FixedKernel]:
    """Return every kernel of the problem at its place under `choices`."""
    found = {kernel.name: kernel for kernel in problem.fixed}
    for kernel in problem.free:
        index, x, y = choices[kernel.name]
        found[kernel.name] = FixedKernel(kernel.name, kernel.options[index], x, y)
    return found


def choices_cost(problem: Problem, choices: Mapping[str, Choice]) -> int:
    """Return the cost of a complete choice in model units."""
    kernels = placed(problem, choices)
    weights = problem.weights
    times = (kernel.option.time for kernel in kernels.values())
    cost = weights.time * max(problem.min_time, *times)
    return cost + sum(n * edge_cost(weights, kernels[u], kernels[v]) for u, v, n in problem.edges)


def edge_cost(weights: Weights, producer: FixedKernel, consumer: FixedKernel) -> int:
    """Return the cost of one edge between two placed kernels in model units."""
    (ax, ay), (bx, by) = producer.rectangle.center2, consumer.rectangle.center2
    count = adapters(output_protocol(producer.option.args), input_protocol(consumer.option.args))
    return weights.length2 * (abs(ax - bx) + abs(ay - by)) + weights.adapter * count


def reach(problem: Problem) -> Rectangle:
    """Return the smallest rectangle that contains the ranges of all free kernels."""
    left = min(kernel.x_range[0] for kernel in problem.free)
    bottom = min(kernel.y_range[0] for kernel in problem.free)
    right = max(kernel.x_range[1] for kernel in problem.free)
    top = max(kernel.y_range[1] for kernel in problem.free)
    return Rectangle(left, bottom, right - left, top - bottom)


def obstacles(problem: Problem) -> list[tuple[FixedKernel, Rectangle]]:
    """Return the fixed kernels that free kernels could run into, and which part of them."""
    region = reach(problem)
    parts = [(kernel, kernel.rectangle.intersection(region)) for kernel in problem.fixed]
    return [(kernel, part) for kernel, part in parts if part.width > 0 and part.height > 0]
