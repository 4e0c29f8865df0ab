"""How a bound looks at a network: its spine, its spanning tree, its cells, and their rooted order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from wse_cp.bounds.cells import Cell, Pair, bridge_cell, cycle_cell, end_cell
from wse_cp.instance import Instance


@dataclass(frozen=True)
class Structure:
    """Spine, tree and cells of a network (docs/bounds.md, sections 4 to 6)."""

    spine: tuple[str, ...]
    tree: tuple[tuple[str, str], ...]  #: (producer, consumer)
    cells: tuple[Cell, ...]


def structure_of(instance: Instance, runs: bool = True) -> Structure:
    """Take the network of an instance apart; the spine is a longest directed path, or none without `runs`."""
    graph = instance.kernel_graph
    spine: list[str] = nx.dag_longest_path(graph)
    if len(spine) < 2 or not runs:
        spine = []
    tree = _spanning_tree(graph, spine)
    return Structure(tuple(spine), tuple(tree), tuple(_cells(instance, spine, tree)))


def _spanning_tree(graph: nx.DiGraph[str], spine: Sequence[str]) -> list[tuple[str, str]]:
    """Return a spanning forest that has the spine; the others attach to what is nearest to it."""
    chosen = list(pairwise(spine))
    joined: nx.utils.UnionFind[str] = nx.utils.UnionFind(graph)
    for u, v in chosen:
        joined.union(u, v)
    for u, v in graph.edges:
        if joined[u] != joined[v]:
            joined.union(u, v)
            chosen.append((u, v))
    return chosen


def _cells(instance: Instance, spine: Sequence[str], tree: Sequence[tuple[str, str]]) -> Iterator[Cell]:
    multiplicity = {frozenset((u, v)): count for u, v, count in instance.kernel_edges}
    along = frozenset(frozenset(pair) for pair in pairwise(spine))
    in_tree = {frozenset(edge) for edge in tree}
    network = nx.Graph(instance.kernel_graph.to_undirected(as_view=True))
    for edges in nx.biconnected_component_edges(network):
        pairs = [frozenset(edge) for edge in edges]
        cycle = _small_cycle(pairs)
        if len(pairs) == 1:
            u, v = sorted(pairs[0])
            yield bridge_cell(u, v, multiplicity[pairs[0]], pairs[0] in along)
        elif cycle:
            yield cycle_cell(cycle, multiplicity, along)
        else:
            yield from _loosened(pairs, multiplicity, in_tree, along)


def _small_cycle(pairs: Sequence[Pair]) -> tuple[str, ...]:
    """Return the kernels of a triangle or cycle of four in their order; nothing for any other component."""
    members = sorted(set().union(*pairs))
    if len(pairs) != len(members) or len(members) > 4:
        return ()
    cycle = [members[0]]
    while len(cycle) < len(members):
        follow = (name for name in members if name not in cycle and frozenset((cycle[-1], name)) in pairs)
        cycle.append(next(follow))
    return tuple(cycle)


def _loosened(
    pairs: Sequence[Pair], multiplicity: Mapping[Pair, int], in_tree: set[Pair], along: frozenset[Pair]
) -> Iterator[Cell]:
    for pair in sorted(pairs, key=sorted):
        u, v = sorted(pair)
        if pair in in_tree:
            yield bridge_cell(u, v, multiplicity[pair], pair in along)
        else:
            yield end_cell(u, multiplicity[pair])
            yield end_cell(v, multiplicity[pair])
