"""The network taken apart into cells, and all ways in which a cell may run under the spine's rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from typing import Literal, NamedTuple

import networkx as nx

from wse_cp.bounds.verifier.network import Network
from wse_cp.bounds.verifier.patterns import (
    Axis,
    Pair,
    Pattern,
    amount,
    bridge_patterns,
    cycle_patterns,
    half_sum_patterns,
    lone_patterns,
    other,
    plus,
)
from wse_cp.bounds.verifier.spine import HalfEdge


@dataclass(frozen=True)
class Variant:
    """A pattern as it is paid."""

    pays: tuple[tuple[int, Pair], ...]  #: what each kernel pays (half wires)
    #: For each kernel of the spine below the top its edge upwards: as it sees it, as the kernel above does.
    edges: tuple[tuple[int, HalfEdge, HalfEdge], ...]
    counted: tuple[int, Axis] | None = None  #: a kernel off the spine that belongs to the run along an axis
    #: Whether the variant is for a straight spine only (True) or for others only (False); None for any.
    straight: bool | None = None

    def run_of(self, kernel: int) -> Axis | None:
        """Return the axis of the run that a kernel beside the spine belongs to, None if it is in none."""
        return self.counted[1] if self.counted is not None and self.counted[0] == kernel else None

    def with_free_turns(self) -> Variant:
        """Return the variant as certificates see it whose turns are not paid for."""
        edges = tuple(
            (v, low._replace(regular=False), high._replace(regular=False)) for v, low, high in self.edges
        )
        return replace(self, edges=edges)


@dataclass(frozen=True)
class Cell:
    """A set of kernels that pay together."""

    top: int  #: the kernel nearest to the root of the tree
    #: The other kernels, children before their parents; each one's tree edge upwards is in the cell.
    below: tuple[int, ...]
    variants: tuple[Variant, ...]  #: all ways in which it may run, each once


def build_cells(network: Network) -> list[list[Cell]]:
    """Return the cells by their top kernel."""
    cells: list[list[Cell]] = [[] for _ in network.names]
    ends: Counter[int] = Counter()
    graph: nx.Graph[int] = nx.Graph()  # filled afterwards: given edges at once, networkx imports pandas
    graph.add_edges_from(network.wires)
    for block in nx.biconnected_component_edges(graph):
        wires = {_pair(edge): network.wires[_pair(edge)] for edge in block}
        for part, patterns in _parts(network, wires, ends):
            cell = _cell(network, part, patterns)
            cells[cell.top].append(cell)
    for kernel, count in ends.items():
        cells[kernel].append(Cell(kernel, (), _variants(lone_patterns(kernel, count), [])))
    return cells


def _parts(
    network: Network, wires: Mapping[Pair, int], ends: Counter[int]
) -> Iterator[tuple[Mapping[Pair, int], Iterator[Pattern]]]:
    """Yield the cells of a biconnected component; ends of its split edges are added to `ends`."""
    if 3 <= len(wires) == len({v for pair in wires for v in pair}) <= 4:
        yield wires, cycle_patterns(wires)
        return
    named = {pair: cycle for cycle in network.cycles for pair in cycle if pair in wires}
    for cycle in dict.fromkeys(named.values()):
        inside = {pair: wires[pair] for pair in cycle}
        yield inside, cycle_patterns(inside)
    for (u, v), count in wires.items():
        if (u, v) in named:
            continue
        if network.parent[u] == v or network.parent[v] == u:
            yield {(u, v): count}, bridge_patterns({(u, v): count})
        else:
            ends.update({u: count, v: count})


def _cell(network: Network, wires: Mapping[Pair, int], patterns: Iterable[Pattern]) -> Cell:
    kernels = sorted({v for pair in wires for v in pair}, key=lambda v: -network.depth[v])
    *below, top = kernels
    path = [v for v in network.spine if v in kernels]
    along = [(u, v) for u, v in pairwise(path) if _pair((u, v)) in wires]
    simple = set(wires.values()) == {1} and len(kernels) <= 4
    if network.pays_turns and len(along) == 2:
        patterns = chain(patterns, half_sum_patterns(wires))
    variants = _variants(patterns, along, simple)
    if not network.pays_turns:
        variants = tuple(variant.with_free_turns() for variant in variants)
    return Cell(top, tuple(below), variants)


class _Form(NamedTuple):
    """One of the forms of a pattern in which an end of the spine's part is inside a row (section 5)."""

    more: tuple[int, Pair] | None = None  #: who pays more, and how much
    inside: int | None = None  #: the end inside the row
    beside: int = -1  #: the kernel off the spine that is inside the row too; -1 for none
    closer: int | None = None  #: who has to be the closer of a break


def _variants(
    patterns: Iterable[Pattern],
    along: Sequence[tuple[int, int]],
    simple: bool = False,
) -> tuple[Variant, ...]:
    """Return the variants of a cell's patterns under the rules of section 5.

    Parameters
    ----------
    along
        The cell's edges in the spine, in its direction.
    simple
        Whether it has at most four kernels, and all its edges count once.
    """
    found: dict[Variant, None] = {}
    for pattern in patterns:
        surcharged = bool(pattern.off_axis) and len(along) <= 2
        pays = dict(pattern.pays)
        if surcharged:
            pays = {v: plus(pay, pattern.off_axis.get(v, (0, 0))) for v, pay in pays.items()}
        for form in _forms(pattern, along) if simple and len(along) == 2 else [_Form()]:
            paid = dict(pays)
            if form.more is not None:
                paid[form.more[0]] = plus(paid[form.more[0]], form.more[1])
            off_spine = _off_spine(pattern, along)
            if pattern.half_sums:
                found[_variant(pattern, along, paid, False, form, False)] = None
                continue
            if off_spine is None:
                found[_variant(pattern, along, paid, surcharged, form, None)] = None
                continue
            found[_variant(pattern, along, paid, surcharged, form, False)] = None
            if form.closer is None:
                for variant in _beside_straight(pattern, along, paid, form, off_spine):
                    found[variant] = None
    return tuple(found)


def _off_spine(pattern: Pattern, along: Sequence[tuple[int, int]]) -> int | None:
    """Return the only kernel of a row that is not on the spine, None if there is none or more."""
    others = pattern.pays.keys() - {v for edge in along for v in edge}
    return min(others) if along and pattern.between and len(others) == 1 else None


def _beside_straight(
    pattern: Pattern, along: Sequence[tuple[int, int]], paid: Mapping[int, Pair], form: _Form, off_spine: int
) -> Iterator[Variant]:
    """Yield what the kernel off a straight spine may be: counted, or one that pays, or free."""
    axis = next(iter(pattern.labels.values()))
    yield replace(_variant(pattern, along, paid, False, form, True), counted=(off_spine, axis))
    if form.beside >= 0:  # its claim is off-axis too
        form = _Form()
    more = {**paid, off_spine: plus(paid[off_spine], amount(other(axis), 1))}
    yield _variant(pattern, along, more, False, form, True, "pays")
    yield _variant(pattern, along, paid, False, form, True, "free")


def _variant(
    pattern: Pattern,
    along: Sequence[tuple[int, int]],
    paid: Mapping[int, Pair],
    surcharged: bool,
    form: _Form,
    straight: bool | None,
    uncounted: Literal["", "pays", "free"] = "",
) -> Variant:
    regular = len(along) == min(2, len(pattern.pays) - 1)
    visits = Counter(v for edge in along for v in edge)

    def half(edge: tuple[int, int], end: int) -> HalfEdge:
        return _half_edge(pattern, edge, end, surcharged, form)._replace(
            uncounted=uncounted, regular=regular, middle=visits[end] > 1, half_sums=pattern.half_sums
        )

    edges = tuple((edge[0], half(edge, edge[0]), half(edge, edge[1])) for edge in along)
    return Variant(tuple(sorted(paid.items())), edges, straight=straight)


def _forms(pattern: Pattern, along: Sequence[tuple[int, int]]) -> list[_Form]:
    """Return the forms of a pattern with two spine edges: several if an end of them is inside a row."""
    (a, m), (_, z) = along
    inside = pattern.between & {a, z}
    outer = pattern.pays.keys() - pattern.between
    if len(inside) != 1 or not outer <= {a, m, z}:
        return [_Form()]
    (q,) = inside
    opposite = a if q == z else z
    axis = next(iter(pattern.labels.values()))
    return [
        _Form(more=(opposite, amount(axis, 2))),
        _Form(inside=q, beside=next(iter(pattern.between - inside), -1)),
        _Form(closer=m),
        _Form(closer=opposite),
    ]


def _half_edge(pattern: Pattern, edge: tuple[int, int], end: int, surcharged: bool, form: _Form) -> HalfEdge:
    """Return an edge of the spine as the kernel at one end sees it, as far as pattern and form say."""
    axis, bridge = pattern.labels[_pair(edge)], len(pattern.labels) == 1
    beside = form.beside if end == form.inside else -1
    return HalfEdge(axis, surcharged, bridge, end == form.inside, end == form.closer, beside)


def _pair(edge: tuple[int, int]) -> Pair:
    return min(edge), max(edge)
