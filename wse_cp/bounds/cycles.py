"""Cycles of a network that share no edges: as cells of their own they make a bound stronger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import networkx as nx

from wse_cp.bounds.cells import Pair, edges_of

#: The most kernels of a named cycle: one of n has about 2**n patterns.
LONGEST = 8

Cycle = tuple[str, ...]


def chosen_cycles(components: Iterable[Sequence[Pair]], spine: Iterable[Pair]) -> list[Cycle]:
    """Return cycles of 3 to LONGEST kernels without common edges, many of them and long ones.

    Some spanning tree has all edges of the spine, and of every cycle all but one.

    Parameters
    ----------
    components
        The edges of each biconnected component.
    spine
        Edges of a path.
    """
    forest: nx.Graph[str] = nx.Graph()
    forest.add_edges_from(_pairs(spine))
    found: list[Cycle] = []
    for pairs in components:
        taken: set[Pair] = set()
        for cycle in _ranked(_shortest_cycles(pairs)):
            edges = edges_of(cycle)
            if taken.isdisjoint(edges) and _joined(forest, edges):
                taken.update(edges)
                found.append(cycle)
    return found


def in_order(pairs: Iterable[Pair]) -> Cycle:
    """Return the kernels of a cycle in their order, from its edges in any."""
    graph: nx.Graph[str] = nx.Graph()
    graph.add_edges_from(sorted(_pairs(pairs)))
    return tuple(nx.dfs_preorder_nodes(graph))


def _ranked(cycles: Iterable[Cycle]) -> list[Cycle]:
    """Return each cycle once: long ones first, then those that few others share edges with, then by names."""
    found = {frozenset(edges_of(cycle)): cycle for cycle in cycles}
    uses = Counter(edge for edges in found for edge in edges)
    order = sorted(
        found, key=lambda edges: (-len(edges), sum(uses[edge] for edge in edges), sorted(map(sorted, edges)))
    )
    return [found[edges] for edges in order]


def _shortest_cycles(pairs: Iterable[Pair]) -> Iterator[Cycle]:
    """Yield a shortest cycle through every edge of a biconnected component, if it is short enough."""
    graph: nx.Graph[str] = nx.Graph()
    graph.add_edges_from(sorted(_pairs(pairs)))
    for u, v in list(graph.edges):
        graph.remove_edge(u, v)
        cycle = tuple(nx.shortest_path(graph, u, v))
        graph.add_edge(u, v)
        if len(cycle) <= LONGEST:
            yield cycle


def _joined(forest: nx.Graph[str], cycle: Iterable[Pair]) -> bool:
    """Add a cycle's edges but one to a forest, if it stays one by that."""
    fresh = [pair for pair in cycle if not forest.has_edge(*pair)]
    grown, closing = forest.copy(), 0
    for u, v in fresh:
        grown.add_nodes_from((u, v))
        if nx.has_path(grown, u, v):
            closing += 1
        else:
            grown.add_edge(u, v)
    if closing == 1:
        forest.add_edges_from(grown.edges)
    return closing == 1


def _pairs(edges: Iterable[Pair]) -> Iterator[tuple[str, str]]:
    for edge in edges:
        u, v = sorted(edge)
        yield u, v
