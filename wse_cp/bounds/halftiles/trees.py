"""Spanning trees that leave out another edge of one cycle."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import networkx as nx

from wse_cp.bounds.halftiles.pieces import Pieces, Tree
from wse_cp.instance import Instance

#: Of a triangle the tree has the two edges at a chord's centre; larger cycles are looked at.
_LEAST = 4

Pair = frozenset[str]


def other_trees(instance: Instance, pieces: Pieces) -> Iterator[Tree]:
    """Yield trees that leave out another edge of a cycle that is a cell; the spine stays in the tree."""
    tree = {frozenset(edge): edge for edge in pieces.tree}
    spine = {frozenset(edge) for edge in pairwise(pieces.spine)}
    for cycle in _cycles(instance, pieces):
        (missing,) = cycle.keys() - tree.keys()
        for edge in sorted(cycle.keys() & tree.keys() - spine, key=sorted):
            yield tuple(cycle[missing] if pair == edge else own for pair, own in tree.items())


def _cycles(instance: Instance, pieces: Pieces) -> Iterator[dict[Pair, tuple[str, str]]]:
    """Yield the cycles that are cells, each by its edges: of four kernels, or named by the certificate."""
    edges = {frozenset((u, v)): (u, v) for u, v, _ in instance.kernel_edges}
    graph: nx.Graph[str] = nx.Graph()
    graph.add_edges_from(edges.values())
    for component in nx.biconnected_component_edges(graph):
        found = [frozenset(edge) for edge in component]
        if len(found) == len(frozenset().union(*found)) == _LEAST:
            yield {pair: edges[pair] for pair in found}
    for names in pieces.named:
        if len(names) > _LEAST:
            yield {pair: edges[pair] for pair in map(frozenset, pairwise([*names, names[0]]))}
