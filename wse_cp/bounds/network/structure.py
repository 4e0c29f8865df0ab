"""How a bound takes a network apart: a spine, a spanning tree, and cells.

docs/bounds.md, section 4. A component of the network that is no cell by itself falls into single edges, and
into cycles that share no edges (`chosen_cycles`): as cells of their own these make a bound stronger.
Which part of the path is the spine, `search/cuts.py` chooses; whether there is one, `search/choosing.py`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from wse_cp.bounds.network.cells import Cell, Pair, bridge_cell, cycle_cell, edges_of, end_cell
from wse_cp.instance import Instance

#: The most kernels of a named cycle: one of n has about 2**n patterns.
LONGEST_CYCLE = 8

Cycle = tuple[str, ...]


@dataclass(frozen=True)
class Structure:
    """Spine, tree, named cycles and cells of a network (docs/bounds.md, sections 4 to 6)."""

    path: tuple[str, ...]  #: the longest one that can be a spine
    part: tuple[int, int]  #: the spine is path[part[0] : part[1]]
    tree: tuple[tuple[str, str], ...]  #: (producer, consumer)
    cycles: tuple[tuple[str, ...], ...]
    cells: tuple[Cell, ...]
    has_cycles: bool  #: the network is no forest

    @property
    def spine(self) -> tuple[str, ...]:
        """The path along which runs are counted."""
        first, last = self.part
        return self.path[first:last]


def structure_of(
    instance: Instance,
    runs: bool = True,
    cycles: bool = False,
    part: tuple[int, int] | None = None,
    longest: int = LONGEST_CYCLE,
) -> Structure:
    """Take the network of an instance apart.

    With `runs` the spine is a longest directed path or a `part` of it, else there is none. With `cycles`
    components that are no cells of their own are searched for cycles that can be, of at most `longest`
    kernels.
    """
    graph = instance.kernel_graph
    path: list[str] = nx.dag_longest_path(graph) if runs else []
    if len(path) < 2:
        path = []
    first, last = part or (0, len(path))
    tied = [frozenset(pair) for pair in pairwise(path)]
    along = frozenset(tied[first : max(last - 1, first)])
    network: nx.Graph[str] = nx.Graph()
    network.add_edges_from(graph.edges)
    components = [[frozenset(edge) for edge in edges] for edges in nx.biconnected_component_edges(network)]
    large = [pairs for pairs in components if not _is_cell(pairs)] if cycles else []
    named = chosen_cycles(large, tied, longest)
    tree = _spanning_tree(graph, tied, named)
    cells = _cells(instance, components, named, along, {frozenset(edge) for edge in tree})
    has_cycles = any(len(pairs) > 1 for pairs in components)
    return Structure(tuple(path), (first, last), tuple(tree), tuple(named), tuple(cells), has_cycles)


def _is_cell(pairs: Sequence[Pair]) -> bool:
    """Tell whether a biconnected component is a bridge, a triangle or a cycle of four."""
    members = frozenset().union(*pairs)
    return len(pairs) == 1 or len(pairs) == len(members) <= 4


def _spanning_tree(
    graph: nx.DiGraph[str], along: Sequence[Pair], cycles: Sequence[tuple[str, ...]]
) -> list[tuple[str, str]]:
    """Return a spanning forest that has the spine, and of every cycle all edges but one."""
    directed = {frozenset(edge): edge for edge in graph.edges}
    joined: nx.utils.UnionFind[str] = nx.utils.UnionFind(graph)
    chosen = []
    for pair in [*along, *(pair for cycle in cycles for pair in edges_of(cycle)), *directed]:
        u, v = directed[pair]
        if joined[u] != joined[v]:
            joined.union(u, v)
            chosen.append((u, v))
    return chosen


def _cells(
    instance: Instance,
    components: Sequence[Sequence[Pair]],
    cycles: Sequence[tuple[str, ...]],
    along: frozenset[Pair],
    tree: set[Pair],
) -> Iterator[Cell]:
    multiplicity = {frozenset((u, v)): count for u, v, count in instance.kernel_edges}
    for cycle in cycles:
        yield cycle_cell(cycle, multiplicity, along)
    named = {pair for cycle in cycles for pair in edges_of(cycle)}
    ends: Counter[str] = Counter()
    for pairs in components:
        if len(pairs) > 1 and _is_cell(pairs):
            yield cycle_cell(in_order(pairs), multiplicity, along)
            continue
        for pair in sorted(set(pairs) - named, key=sorted):
            u, v = sorted(pair)
            if pair in tree:
                yield bridge_cell(u, v, multiplicity[pair], pair in along)
            else:
                ends.update({u: multiplicity[pair], v: multiplicity[pair]})
    for name, count in ends.items():
        yield end_cell(name, count)


def chosen_cycles(
    components: Iterable[Sequence[Pair]], spine: Iterable[Pair], longest: int = LONGEST_CYCLE
) -> list[Cycle]:
    """Return cycles of 3 to `longest` kernels without common edges, many of them and long ones.

    Some spanning tree has all edges of the spine, and of every cycle all but one.

    Parameters
    ----------
    components
        The edges of each biconnected component.
    spine
        Edges of a path.
    """
    forest: nx.utils.UnionFind[str] = nx.utils.UnionFind()
    tied = set(spine)
    for u, v in _pairs(tied):
        forest.union(u, v)
    found: list[Cycle] = []
    for pairs in components:
        taken: set[Pair] = set()
        for cycle in _ranked(_shortest_cycles(pairs, longest)):
            edges = edges_of(cycle)
            if taken.isdisjoint(edges) and _joined(forest, [edge for edge in edges if edge not in tied]):
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


def _shortest_cycles(pairs: Iterable[Pair], longest: int) -> Iterator[Cycle]:
    """Yield a shortest cycle through every edge of a biconnected component, if it is short enough."""
    near: dict[str, list[str]] = defaultdict(list)
    edges = sorted(_pairs(pairs))
    for u, v in edges:
        near[u].append(v)
        near[v].append(u)
    for u, v in edges:
        way = _way_round(near, u, v, longest)
        if way is not None:
            yield way


def _way_round(near: Mapping[str, Sequence[str]], u: str, v: str, longest: int) -> Cycle | None:
    """Return a shortest way from u to v of 2 to `longest` - 1 edges, None if there is none.

    It is looked for from both ends, each time around the end with the smaller fringe.
    """
    seen: tuple[dict[str, str], dict[str, str]] = ({u: u}, {v: v})
    fringes = [[u], [v]]
    for _ in range(longest - 1):
        side = int(len(fringes[1]) < len(fringes[0]))
        mine, theirs, fringe = seen[side], seen[1 - side], []
        for a in fringes[side]:
            for b in near[a]:
                if b in mine or {a, b} == {u, v}:
                    continue
                mine[b] = a
                if b in theirs:
                    return (*reversed(_back(seen[0], b)), *_back(seen[1], b)[1:])
                fringe.append(b)
        fringes[side] = fringe
    return None


def _back(before: Mapping[str, str], name: str) -> list[str]:
    """Return the way from a kernel back to the one that has itself before it."""
    way = [name]
    while before[name] != name:
        name = before[name]
        way.append(name)
    return way


def _joined(forest: nx.utils.UnionFind[str], edges: Iterable[Pair]) -> bool:
    """Add edges of a cycle to a forest, but one, if it stays a forest by that."""
    grown: nx.utils.UnionFind[str] = nx.utils.UnionFind()  # of trees of the forest, by a kernel of each
    fresh: list[tuple[str, str]] = []
    closing = 0
    for u, v in _pairs(edges):
        a, b = forest[u], forest[v]
        if grown[a] == grown[b]:
            closing += 1
        else:
            grown.union(a, b)
            fresh.append((u, v))
    if closing == 1:
        for u, v in fresh:
            forest.union(u, v)
    return closing == 1


def _pairs(edges: Iterable[Pair]) -> Iterator[tuple[str, str]]:
    for edge in edges:
        u, v = sorted(edge)
        yield u, v
