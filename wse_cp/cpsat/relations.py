"""Left-of and below relations: their transitive closure, and those an incumbent fulfils."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations

import networkx as nx

from wse_cp.cpsat.problem import Axis, Relation
from wse_cp.placement import Rectangle

AXES: tuple[Axis, Axis] = ("x", "y")


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
