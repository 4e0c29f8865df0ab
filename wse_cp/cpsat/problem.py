"""Problem: plain, picklable data of one constraint model; some kernels free, the others fixed, some in order.

All costs are integers, 2 * time_scale times the cost of score.py: wire lengths are half-integers and times
multiples of 1 / time_scale. Relations (left of, below) may be kept; their closure, their reduction and those
that an incumbent fulfils are found here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal, NamedTuple

import networkx as nx

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
        The kernels; together at least the ends of all edges. Fixed kernels must not overlap.
    edges
        Counted edges (producer, consumer, multiplicity); those among fixed kernels are a constant.
    relations
        Order to be kept; empty if none.
    upper_bound
        Only costs strictly below it are wanted (model units).
    min_time, max_time
        A proven lower bound of, and a limit on, the largest time (1 / time_scale cycles).
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
    cost = weights.time * max(kernel.option.time for kernel in kernels.values())
    return cost + sum(n * edge_cost(weights, kernels[u], kernels[v]) for u, v, n in problem.edges)


def edge_cost(weights: Weights, producer: FixedKernel, consumer: FixedKernel) -> int:
    """Return the cost of one edge between two placed kernels in model units."""
    (ax, ay), (bx, by) = producer.rectangle.center2, consumer.rectangle.center2
    count = adapters(output_protocol(producer.option.args), input_protocol(consumer.option.args))
    return weights.length2 * (abs(ax - bx) + abs(ay - by)) + weights.adapter * count


def closure(relations: Iterable[Relation]) -> dict[tuple[str, str], Axis]:
    """Return every pair (first, second) that the relations imply along one axis, with that axis."""
    implied: dict[tuple[str, str], Axis] = {}
    known = list(relations)
    for axis in AXES:
        graph = _axis_graph(known, axis)
        for first in graph:
            implied.update({(first, second): axis for second in nx.descendants(graph, first)})
    return implied


def reduced(relations: Iterable[Relation]) -> tuple[Relation, ...]:
    """Return the relations without those that others imply by transitivity."""
    kept: list[Relation] = []
    known = list(relations)
    for axis in AXES:
        graph = nx.transitive_reduction(_axis_graph(known, axis))
        kept += [Relation(u, v, axis) for u, v in graph.edges]
    return tuple(kept)


def relations_of(
    rectangles: Mapping[str, Rectangle], loose: Iterable[str] = (), fixed: Iterable[str] = ()
) -> tuple[Relation, ...]:
    """Return one relation that holds for every pair, along the axis of the larger gap, reduced.

    Parameters
    ----------
    rectangles
        Kernels at their places; must not overlap.
    loose
        Kernels whose pairs get no relation.
    fixed
        Kernels that need no relation among each other.
    """
    free = set(rectangles) - set(loose)
    still = set(fixed)
    pairs = [(a, b) for a, b in combinations(sorted(free), 2) if not (a in still and b in still)]
    found = [_relation(a, rectangles[a], b, rectangles[b]) for a, b in pairs]
    return reduced(relation for relation in found if relation is not None)


def _relation(a: str, first: Rectangle, b: str, second: Rectangle) -> Relation | None:
    gaps: list[tuple[int, Relation]] = [
        (second.x - first.x - first.width, Relation(a, b, "x")),
        (first.x - second.x - second.width, Relation(b, a, "x")),
        (second.y - first.y - first.height, Relation(a, b, "y")),
        (first.y - second.y - second.height, Relation(b, a, "y")),
    ]
    gap, relation = max(gaps, key=lambda item: item[0])
    return relation if gap >= 0 else None


def _axis_graph(relations: Iterable[Relation], axis: Axis) -> nx.DiGraph[str]:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edges_from((r.first, r.second) for r in relations if r.axis == axis)
    return graph
