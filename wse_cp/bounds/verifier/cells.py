"""The network taken apart into cells, and all ways in which a cell may run under the spine's rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
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
    """A pattern as it is paid. Kernels are named by their places in the cell (`Cell.kernels`)."""

    pays: tuple[tuple[int, Pair], ...]  #: what each kernel pays (half wires)
    #: For each kernel of the spine below the top its edge upwards: as it sees it, as the kernel above does.
    edges: tuple[tuple[int, HalfEdge, HalfEdge], ...]
    counted: tuple[int, Axis] | None = None  #: a kernel off the spine that belongs to the run along an axis
    #: Whether the variant is for a straight spine only (True) or for others only (False); None for any.
    straight: bool | None = None
    #: Tree edges whose ends are compared in their parities: the lower end, and along which axis (section 6).
    offsets: tuple[tuple[int, Axis], ...] = ()

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
class Kind:
    """What cells have in common that differ in their kernels only; equal kinds are one object."""

    variants: tuple[Variant, ...]  #: all ways in which a cell may run, each once
    parents: tuple[int, ...]  #: the place of the parent of each kernel but the top

    @cached_property
    def most(self) -> tuple[Pair, ...]:
        """The most that each kernel pays for a tile of its width, and of its height (half wires)."""
        pays = [[pay for _, pay in variant.pays] for variant in self.variants]
        return tuple((max(x for x, _ in own), max(y for _, y in own)) for own in zip(*pays, strict=True))


@dataclass(frozen=True)
class Cell:
    """A set of kernels that pay together."""

    #: Children before their parents; each one's tree edge upwards is in the cell, but that of the last one,
    #: the *top*.
    kernels: tuple[int, ...]
    kind: Kind

    @property
    def top(self) -> int:
        """The kernel nearest to the root of the tree."""
        return self.kernels[-1]

    @property
    def below(self) -> tuple[int, ...]:
        """The other kernels."""
        return self.kernels[:-1]


def build_cells(network: Network, parities: bool) -> list[list[Cell]]:
    """Return the cells by their top kernel; `parities` tells whether parities are compared."""
    cells: list[list[Cell]] = [[] for _ in network.names]
    ends: Counter[int] = Counter()
    graph: nx.Graph[int] = nx.Graph()  # filled afterwards: given edges at once, networkx imports pandas
    graph.add_edges_from(network.wires)
    maker = _Maker(network, parities)
    for block in nx.biconnected_component_edges(graph):
        wires = {_pair(edge): network.wires[_pair(edge)] for edge in block}
        for part in _parts(network, wires, ends):
            cell = maker.cell(part)
            cells[cell.top].append(cell)
    for kernel, count in ends.items():
        cells[kernel].append(maker.lone(kernel, count))
    return cells


class _Maker:
    """Makes cells, and every kind of them once."""

    def __init__(self, network: Network, parities: bool) -> None:
        self._network, self._parities = network, parities
        self._place = {v: i for i, v in enumerate(network.spine)}
        self._kinds: dict[tuple[object, ...], Kind] = {}

    def lone(self, kernel: int, count: int) -> Cell:
        """Return the cell of some ends of split edges at a kernel."""
        if (count,) not in self._kinds:
            self._kinds[count,] = Kind(_variants(lone_patterns(0, count), []), ())
        return Cell((kernel,), self._kinds[count,])

    def cell(self, wires: Mapping[Pair, int]) -> Cell:
        """Return the cell of a bridge or of a cycle."""
        network, place = self._network, self._place
        kernels = sorted({v for pair in wires for v in pair}, key=lambda v: (-network.depth[v], v))
        number = {v: i for i, v in enumerate(kernels)}
        inside = tuple(sorted((*_pair((number[u], number[v])), count) for (u, v), count in wires.items()))
        parents = tuple(number[_known(network.parent[v])] for v in kernels[:-1])
        path = sorted((v for v in kernels if v in place), key=place.__getitem__)
        along = tuple((number[u], number[v]) for u, v in pairwise(path) if _pair((u, v)) in wires)
        key = inside, parents, along
        if key not in self._kinds:
            here = {(u, v): count for u, v, count in inside}
            tree = tuple(enumerate(parents)) if self._parities else ()
            self._kinds[key] = Kind(_cell_variants(here, along, tree, network.pays_turns), parents)
        return Cell(tuple(kernels), self._kinds[key])


def _known(parent: int | None) -> int:
    assert parent is not None
    return parent


def _parts(network: Network, wires: Mapping[Pair, int], ends: Counter[int]) -> Iterator[Mapping[Pair, int]]:
    """Yield the cells of a biconnected component; ends of its split edges are added to `ends`."""
    if 3 <= len(wires) == len({v for pair in wires for v in pair}) <= 4:
        yield wires
        return
    named = {pair: network.cycle_of[pair] for pair in wires if pair in network.cycle_of}
    for cycle in dict.fromkeys(named.values()):
        yield {pair: wires[pair] for pair in cycle}
    for (u, v), count in wires.items():
        if (u, v) in named:
            continue
        if network.parent[u] == v or network.parent[v] == u:
            yield {(u, v): count}
        else:
            ends.update({u: count, v: count})


def _cell_variants(
    wires: Mapping[Pair, int],
    along: Sequence[tuple[int, int]],
    tree: Sequence[tuple[int, int]],
    pays_turns: bool,
) -> tuple[Variant, ...]:
    """Return the variants of a bridge or a cycle with some edges on the spine.

    `tree` has its edges whose ends' parities are compared, each from the lower end to the upper one.
    """
    patterns = bridge_patterns(wires) if len(wires) == 1 else cycle_patterns(wires)
    if pays_turns and len(along) == 2:
        patterns = chain(patterns, half_sum_patterns(wires))
    simple = set(wires.values()) == {1} and len(wires) <= 4
    variants = _variants(patterns, along, simple, tree)
    return variants if pays_turns else tuple(variant.with_free_turns() for variant in variants)


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
    tree: Sequence[tuple[int, int]] = (),
) -> tuple[Variant, ...]:
    """Return the variants of a cell's patterns under the rules of section 5.

    Parameters
    ----------
    along
        The cell's edges in the spine, in its direction.
    simple
        Whether it has at most four kernels, and all its edges count once.
    tree
        Edges whose ends' parities are compared where nothing else is paid off-axis.
    """
    found: dict[Variant, None] = {}
    for pattern in patterns:
        offsets = _offsets(pattern, tree)
        for variant in _ways(pattern, along, simple):
            found[replace(variant, offsets=offsets) if offsets else variant] = None
    return tuple(found)


def _ways(pattern: Pattern, along: Sequence[tuple[int, int]], simple: bool) -> Iterator[Variant]:
    """Yield the variants of a pattern; for `simple` see `_variants`."""
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
            yield _variant(pattern, along, paid, False, form, False)
        elif off_spine is None:
            yield _variant(pattern, along, paid, surcharged, form, None)
        else:
            yield _variant(pattern, along, paid, False, form, False)
            if form.closer is None:
                yield from _beside_straight(pattern, along, paid, form, off_spine)


def _offsets(pattern: Pattern, tree: Sequence[tuple[int, int]]) -> tuple[tuple[int, Axis], ...]:
    """Return which edges compare parities, by the lower end, and along which axis: across their label."""
    if pattern.off_axis:
        return ()
    return tuple((low, other(pattern.labels[_pair((low, high))])) for low, high in tree)


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
