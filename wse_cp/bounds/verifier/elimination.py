"""The minimum of one interval and case: dynamic programming along the tree of cells.

docs/bounds.md, section 7. What a cell and all below it cost is found by closing its kernels below the top,
one after the other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from wse_cp.bounds.verifier.case import Bag, Case, Part, Sum, combine, put
from wse_cp.bounds.verifier.cells import Cell, Variant
from wse_cp.bounds.verifier.patterns import Axis, Pair, other
from wse_cp.bounds.verifier.reading import Ended, EndedError, Integers, never
from wse_cp.bounds.verifier.spine import HalfEdge


class Role(NamedTuple):
    """A kernel below a cell's top under some variant; equal roles cost the same.

    `kernel` is a place in the cell, `pay` is in half wires, `run` the axis of the run that it is counted in
    off the spine; `edge` and `above` are the spine's edge upwards as the kernel and its parent see it, None
    unless there is one. `offset` is the axis along which its parity and its parent's are compared.
    """

    kernel: int
    pay: Pair
    edge: HalfEdge | None
    above: HalfEdge | None
    children: tuple[Role, ...]
    run: Axis | None = None
    offset: Axis | None = None

    def mirrored(self) -> Role:
        """Return the same with the axes exchanged."""
        return Role(
            self.kernel,
            self.pay[::-1],
            _turned(self.edge),
            _turned(self.above),
            tuple(child.mirrored() for child in self.children),
            None if self.run is None else other(self.run),
            None if self.offset is None else other(self.offset),
        )


def _turned(edge: HalfEdge | None) -> HalfEdge | None:
    return None if edge is None else edge._replace(axis=other(edge.axis))


class _Group(NamedTuple):
    """Variants whose costs differ only in what comes up from the first of the top's children."""

    pay: Pair
    above: HalfEdge | None
    first: int
    offset: Axis | None  #: of the first
    others: tuple[Role, ...]

    def mirrored(self) -> _Group:
        """Return the same with the axes exchanged."""
        others = tuple(role.mirrored() for role in self.others)
        offset = None if self.offset is None else other(self.offset)
        return _Group(self.pay[::-1], _turned(self.above), self.first, offset, others)


@dataclass(frozen=True)
class _Below:
    """The kernels below a cell's top, their bags, and their messages as far as they are known."""

    case: Case
    cell: Cell
    bags: list[Bag]
    messages: dict[Role, Integers] = field(default_factory=dict)
    seen: dict[Role, Part] = field(default_factory=dict)

    def message(self, role: Role) -> Integers:
        """Return what a kernel and all below it cost (lanes x views)."""
        # what is above does not change what is below
        role = self._known(role._replace(above=None, offset=None), self.messages)
        if role not in self.messages:
            kernel = self.cell.kernels[role.kernel]
            bag = self.bags[kernel]
            for child in role.children:
                bag = combine(bag, {child.above: {(0, 0): (self.across(child),)}})
            pay = self.case.money.member(role.pay, role.run)
            self.messages[role] = self.case.close(kernel, bag, pay, role.edge)
        return self.messages[role]

    def across(self, role: Role) -> Part:
        """Return the message of a kernel as its parent sees it."""
        role = self._known(role._replace(above=None), self.seen)
        if role not in self.seen:
            kernel = self.cell.kernels[role.kernel]
            self.seen[role] = self.case.across(kernel, self.message(role), role.offset)
        return self.seen[role]

    def _known(self, role: Role, among: Collection[Role]) -> Role:
        """Return the role with the axes exchanged if that costs the same and is known, else the role."""
        if not self.case.alike_axes or role in among:
            return role
        mirrored = role.mirrored()
        return mirrored if mirrored in among else role


def cell_bag(case: Case, cell: Cell, bags: list[Bag]) -> Bag:
    """Return what a cell and all below it cost, by what the top pays; `bags` are those below."""
    below = _Below(case, cell, bags)
    top = len(cell.below)
    groups: dict[_Group, Integers] = {}
    result: Bag = {}
    for variant in cell.kind.variants:
        if variant.straight not in (None, case.spine.straight):
            continue
        pays = dict(variant.pays)
        roles = _top_roles(cell, variant, pays)
        if not roles:
            put(result, None, case.money.wires(pays[top]), ())
            continue
        first, *others = sorted(roles, key=lambda role: role.edge is None)
        values = below.message(first)
        group = _Group(pays[top], first.above, first.kernel, first.offset, tuple(others))
        groups[group] = np.minimum(groups[group], values) if group in groups else values
    known: dict[_Group, Sum] = {}
    for group, values in groups.items():
        parts = known.get(group.mirrored()) if case.alike_axes else None
        if parts is None:
            first_part = case.across(cell.kernels[group.first], values, group.offset)
            parts = first_part, *map(below.across, group.others)
            known[group] = parts
        put(result, group.above, case.money.wires(group.pay), parts)
    return result


def _top_roles(cell: Cell, variant: Variant, pays: Mapping[int, Pair]) -> list[Role]:
    """Return the roles of the top's children under a variant."""
    edges = {v: (low, high) for v, low, high in variant.edges}
    offsets = dict(variant.offsets)
    children: list[list[Role]] = [[] for _ in cell.kernels]
    for v, parent in enumerate(cell.kind.parents):
        low, high = edges.get(v, (None, None))
        children[parent].append(
            Role(v, pays[v], low, high, tuple(children[v]), variant.run_of(v), offsets.get(v))
        )
    return children[-1]


def least_cost(case: Case, ended: Ended = never) -> int | None:
    """Return the minimum; None if it is infinite."""
    network = case.network
    bags: list[Bag] = [{} for _ in network.names]
    total = -case.money.area * case.money.width * case.money.height
    for v in reversed(network.order):
        if ended():
            raise EndedError
        bag = case.start()
        for cell in case.cells[v]:
            bag = combine(bag, cell_bag(case, cell, bags))
            for below in cell.below:
                bags[below] = {}
        if network.parent[v] is not None:
            bags[v] = bag
            continue
        lane = case.spine.final if v in network.spine_set else 0
        least = int(case.close(v, bag, (0, 0), None)[lane, 0])
        if 2 * least > case.missing:
            return None
        total += least
    return total
