"""Cells: the pieces a network is taken apart into, and the patterns of separation that each can show.

docs/bounds.md, section 4, has the list of patterns and the proofs. Bounds from small parts of a layout are
the idea of J. Huchette, S. S. Dey and J. P. Vielma, Beating the SDP bound for the floor layout problem (arXiv
1602.07802). Axis 0 is x (extents are widths), axis 1 is y (heights).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import IntEnum
from functools import cached_property
from itertools import combinations, pairwise

#: What a kernel pays in a pattern: for each tile of width and of height, in halves of the wire weight.
Payment = tuple[int, int]
#: An unordered pair of kernels.
Pair = frozenset[str]

FREE: Payment = (0, 0)


class Role(IntEnum):
    """What the kernel off the spine is in a row beside a straight spine (docs/bounds.md, section 5)."""

    NONE = 0  #: the spine is not straight, or there is no such kernel
    COUNTED = 1  #: it belongs to the run
    PAYS = 2  #: it does not belong to the run, and pays for that
    FREE = 3  #: it does not belong to the run, and something else pays


@dataclass(frozen=True)
class Pattern:
    """One way in which the kernels of a cell can be separated.

    The fields from `inner` on are for cells whose kernels stand in a row (section 5); there *between* means
    that the kernel is not at an end of the row.
    """

    payments: Mapping[str, Payment]  #: of each kernel that pays at all
    #: The axis along which each edge of the cell is disjoint.
    labels: Mapping[Pair, int] = field(default_factory=dict)
    surcharged: bool = False  #: whether an off-axis surcharge is among the payments
    #: An end of the spine's part of the cell that is between others, so that its wire out of the cell has to
    #: pass one of them; empty if there is none, or that is paid for already.
    inner: str = ""
    beside: str = ""  #: the kernel off the spine that is between others too, if there is one
    broken: str = ""  #: the kernel with which a break must end, so that `inner` does not matter
    off_spine: str = ""  #: the only kernel of the row that is not on the spine
    role: Role = Role.NONE  #: what that kernel is where the spine is straight
    #: Whether each edge pays its half sum only, and nothing for the kernels it passes over. A turn at one end
    #: of the spine's part claims the length of a wire in such a row.
    half_sums: bool = False

    def payment(self, name: str) -> Payment:
        """Return what a kernel pays."""
        return self.payments.get(name, FREE)

    @property
    def key(self) -> tuple[object, ...]:
        """A hashable value that tells patterns apart."""
        others = (getattr(self, item.name) for item in fields(self)[2:])
        return frozenset(self.payments.items()), frozenset(self.labels.items()), *others

    def mirrored(self) -> Pattern:
        """Return the pattern with the axes exchanged."""
        return replace(
            self,
            payments={name: (height, width) for name, (width, height) in self.payments.items()},
            labels={pair: 1 - axis for pair, axis in self.labels.items()},
        )


#: What tells cells apart that differ in more than names: `Cell.kind`.
Kind = tuple[tuple[int, ...], tuple[bool, ...]]


@dataclass(frozen=True)
class Cell:
    """Kernels that are separated together: one end of an edge, both ends, or a cycle in its order."""

    members: tuple[str, ...]
    multiplicities: tuple[int, ...]  #: of the edges, each from a kernel to the next
    spine: frozenset[Pair] = frozenset()  #: the edges of the spine inside the cell

    @property
    def edges(self) -> list[Pair]:
        """The edges, in the order of `multiplicities`; none if the cell is one end of an edge."""
        if len(self.members) < 3:
            return [frozenset(self.members)] if len(self.members) == 2 else []
        return edges_of(self.members)

    @cached_property
    def kind(self) -> Kind:
        """Multiplicities, and which edges are on the spine: cells of one kind differ in names only."""
        return self.multiplicities, tuple(edge in self.spine for edge in self.edges)

    @cached_property
    def patterns(self) -> tuple[Pattern, ...]:
        """The patterns; made when they are asked for, since cells of one kind need them only once."""
        if len(self.members) > 2:
            return tuple(_cycle_patterns(self))
        (count,) = self.multiplicities
        return tuple(
            Pattern(
                {name: _along(axis, count) for name in self.members},
                dict.fromkeys(self.edges, axis),
            )
            for axis in (0, 1)
        )

    def images(self) -> tuple[int, ...]:
        """Return for each pattern the number of the one with the axes exchanged."""
        numbers: dict[tuple[object, ...], int] = {}
        for number, pattern in enumerate(self.patterns):
            numbers.setdefault(pattern.key, number)
        return tuple(numbers[pattern.mirrored().key] for pattern in self.patterns)


def end_cell(name: str, multiplicity: int) -> Cell:
    """Return the cell of those ends at a kernel of edges whose ends choose their axes separately.

    All of them choose the kernel's shorter side: together they are as one end of a thicker edge.
    """
    return Cell((name,), (multiplicity,))


def bridge_cell(u: str, v: str, multiplicity: int, spine: bool = False) -> Cell:
    """Return the cell of an edge that is in no cycle, or treated so."""
    return Cell((u, v), (multiplicity,), frozenset([frozenset((u, v))]) if spine else frozenset())


def cycle_cell(cycle: tuple[str, ...], multiplicity: Mapping[Pair, int], spine: frozenset[Pair]) -> Cell:
    """Return the cell of a cycle of three kernels or more, given in their order."""
    edges = edges_of(cycle)
    return Cell(cycle, tuple(multiplicity[edge] for edge in edges), frozenset(edges) & spine)


def _cycle_patterns(cell: Cell) -> Iterator[Pattern]:
    cycle, inside, edges = cell.members, cell.spine, cell.edges
    multiplicity = dict(zip(edges, cell.multiplicities, strict=True))
    small = len(cycle) <= 4 and all(count == 1 for count in cell.multiplicities)
    outside = [v for v in cycle if inside and not any(v in pair for pair in inside)]
    off_spine = outside[0] if len(outside) == 1 else ""
    for case in _cases(cycle, edges, multiplicity):
        plain = _half_sums(edges, case.labels, multiplicity)
        full = Pattern(_added(plain, case.surcharge), case.labels, surcharged=case.off_axis)
        if case.off_axis and len(inside) > 2:
            yield Pattern(plain, case.labels)
        elif case.between:
            forms = _in_a_row(full, case, inside) if len(inside) == 2 and small else [full]
            yield from _with_roles(forms, off_spine)
        else:
            yield full
    if len(inside) == 2:
        for axis in (0, 1):
            labels = dict.fromkeys(edges, axis)
            yield Pattern(_half_sums(edges, labels, multiplicity), labels, half_sums=True)


def edges_of(cycle: Sequence[str]) -> list[Pair]:
    """Return the edges of a cycle, each kernel's one to the next."""
    return [frozenset(pair) for pair in pairwise((*cycle, cycle[0]))]


@dataclass(frozen=True)
class _Case:
    """A pattern of a cycle before the spine is looked at."""

    labels: dict[Pair, int]
    surcharge: dict[str, Payment]  #: payments beyond the half sums
    off_axis: bool = False  #: whether these are an off-axis surcharge
    between: frozenset[str] = frozenset()  #: in a row, the kernels that are not at its ends


def _in_a_row(full: Pattern, case: _Case, spine: frozenset[Pair]) -> Iterator[Pattern]:
    """Yield a pattern of a row: in several forms if just one end of the spine's part is between others.

    The wire of the spine that leaves the cell at this end passes the other end, which pays for that; or the
    kernel it leads to stands inside the row too (`inner`, paid at that kernel, see `plan.Detour`); or a break
    ends with another kernel of the cell. To pass the middle kernel is never cheaper than to have that one
    between. docs/bounds.md, section 5, forms 1 to 4.
    """
    first, second = spine
    ends = first ^ second
    inner = case.between & ends
    outer = frozenset().union(*case.labels) - case.between
    if len(inner) != 1 or not outer <= first | second:
        yield full
        return
    axis = next(iter(case.labels.values()))
    (end,), (other,) = inner, ends - inner
    yield replace(full, inner=end, beside=next(iter(case.between - inner), ""))
    for name in (*(first & second), other):
        yield replace(full, broken=name)
    yield replace(full, payments=_added(full.payments, {other: _along(axis, 2)}))


def _with_roles(rows: Iterable[Pattern], name: str) -> Iterator[Pattern]:
    """Yield rows with the roles of `name`, the only kernel off the spine (empty if there is none)."""
    for row in rows:
        yield replace(row, off_spine=name)
        if name and not row.broken:  # a straight spine has no breaks
            axis = next(iter(row.labels.values()))
            paying = _added(row.payments, {name: _along(1 - axis, 1)})
            yield replace(row, off_spine=name, role=Role.COUNTED)
            yield replace(row, off_spine=name, role=Role.PAYS, payments=paying)
            yield replace(row, off_spine=name, role=Role.FREE)


def _cases(cycle: tuple[str, ...], edges: list[Pair], multiplicity: Mapping[Pair, int]) -> Iterator[_Case]:
    """Yield all cases: rows by their outer kernels, folds, one label unlike the others, and mixed labels."""
    for axis in (0, 1):
        same = dict.fromkeys(edges, axis)
        for outer in combinations(cycle, 2):
            between = frozenset(cycle).difference(outer)
            passed = {q: 2 * _least(multiplicity, (e for e in edges if q not in e)) for q in between}
            yield _Case(same, {q: _along(axis, count) for q, count in passed.items()}, between=between)
        for i, j in combinations(range(len(cycle)), 2):
            ways = edges[i:j], edges[j:] + edges[:i]
            if min(map(len, ways)) > 1:
                count = sum(_least(multiplicity, way) for way in ways)
                folded = {name: _along(1 - axis, count) for name in (cycle[i], cycle[j])}
                yield _Case(same, folded, off_axis=True)
        for odd in edges:
            count = _least(multiplicity, (edge for edge in edges if edge != odd))
            ends = {name: _along(1 - axis, count) for name in odd}
            yield _Case(same | {odd: 1 - axis}, ends, off_axis=True)
    for many in range(2, len(edges) - 1):
        for chosen in combinations(edges, many):
            yield _Case({edge: int(edge in chosen) for edge in edges}, {})


def _least(multiplicity: Mapping[Pair, int], edges: Iterable[Pair]) -> int:
    """Return the least multiplicity of some edges."""
    return min(multiplicity[edge] for edge in edges)


def _along(axis: int, amount: int) -> Payment:
    """Return a payment for each tile of the extent along an axis."""
    return (amount, 0) if axis == 0 else (0, amount)


def _half_sums(
    edges: Iterable[Pair], labels: Mapping[Pair, int], multiplicity: Mapping[Pair, int]
) -> dict[str, Payment]:
    """Return what each kernel pays for the half sums along the labels."""
    total: dict[str, Payment] = {}
    for edge in edges:
        total = _added(total, {name: _along(labels[edge], multiplicity[edge]) for name in edge})
    return total


def _added(first: Mapping[str, Payment], second: Mapping[str, Payment]) -> dict[str, Payment]:
    """Return the sum of two sets of payments."""
    total = dict(first)
    for name, (width, height) in second.items():
        known = total.get(name, FREE)
        total[name] = (known[0] + width, known[1] + height)
    return total
