"""The dynamic programme of a bound, written out as tables of transitions: one step for each kernel.

A step gathers the messages of a kernel's children in the tree and sends one to its parent. The *state* of a
message is the pattern of the cell that its edge lies in and, on the spine, the state of the run there
(`runs.RunState`), the pattern counting most. A *transition* is one way in which the states below a kernel and
the state above it fit together, and what the kernel pays for its extents then. docs/bounds.md, section 7.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import NamedTuple

import numpy as np

from wse_cp.bounds.network.cells import FREE, Kind, Pattern, Payment, Role
from wse_cp.bounds.network.runs import (
    Move,
    Opener,
    RunState,
    run_moves,
    run_state_numbers,
    run_states,
    straight_moves,
)
from wse_cp.bounds.network.structure import Structure
from wse_cp.bounds.network.tree import Chord, Link, Tree, chords_of, rooted_tree
from wse_cp.bounds.programme import columns as col
from wse_cp.bounds.programme.ending import look
from wse_cp.instance import Instance
from wse_cp.shapes.arrays import IntArray


class Detour(NamedTuple):
    """What wires cost more because a neighbour on the spine stands inside a row of a kernel's cell.

    docs/bounds.md, section 5, form 2.
    """

    name: str  #: the neighbour
    axis: int  #: of the row
    beside: str  #: the kernel off the spine that may stand at its side in the row; empty if there is none


@dataclass(frozen=True)
class Fold:
    """A cell below a kernel, off the spine: how it changes the sum of what the kernel pays."""

    children: tuple[str, ...]  #: their messages' states are the cell's patterns
    moves: IntArray  #: columns `SUM_BEFORE`, `PATTERN`, `SUM_AFTER`
    states: int  #: sums after this cell


@dataclass(frozen=True)
class Step:
    """One kernel's part of the programme."""

    name: str
    link: Link | None  #: the edge to the parent; None at a root
    folds: tuple[Fold, ...]  #: the cells below it that are off the spine
    children: tuple[str, ...]  #: the other children, in the order of the columns from `CHILDREN` on
    #: What the kernel's extents are paid by (int64; columns `WIDTH_QUARTERS` to `Y_RUNS`).
    coefficients: IntArray
    transitions: IntArray  #: int64; columns `COEFFICIENT` to `MODE`, then the state of each child
    states: int  #: of the message sent; at a root the number of cases
    detours: tuple[Detour, ...] = ()  #: what column `DETOUR` counts, from 1
    spine: bool = False  #: whether the kernel is on it
    #: For each state sent the one with the axes exchanged (int64; empty at a root).
    mirror: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    chord: Chord | None = None  #: the chord that the kernel is the centre of

    @property
    def below(self) -> Iterator[str]:
        """All children."""
        yield from self.children
        for fold in self.folds:
            yield from fold.children


@dataclass(frozen=True)
class Plan:
    """Steps in an order in which children come before their parents."""

    steps: tuple[Step, ...]
    cases: int


def plan_of(instance: Instance, structure: Structure, cases: int) -> Plan:
    """Return the programme for a structure with `cases` cases (1 if it has no spine)."""
    tree = rooted_tree(instance, structure)
    planner = _Planner(structure, tree, chords_of(instance, tree), cases)
    return Plan(tuple(planner.step(name) for name in reversed(tree.order)), cases)


class _Way(NamedTuple):
    """A transition before coefficients, folds and detours are numbered."""

    payment: tuple[int, int, int, int]  #: as a row of coefficients
    starts: tuple[int, int]  #: runs along x and y that begin
    sent: int
    turns: int
    detour: Detour | None
    mode: int
    below: tuple[int, ...]  #: the children's states


class _Site(NamedTuple):
    """A kernel's place in the network. Kernels with equal `kind` have the same step but for the names."""

    kind: tuple[object, ...]
    names: tuple[str, ...]  #: the kernels of its cells, in an order that goes with the kind


@dataclass(frozen=True)
class _Planner:
    """Makes the steps of one structure."""

    structure: Structure
    tree: Tree
    chords: dict[str, Chord]
    cases: int
    #: The first step of each kind, and the names there: others of the kind share its tables.
    known: dict[tuple[object, ...], tuple[Step, tuple[str, ...]]] = field(default_factory=dict)
    #: For each pattern of a cell the one with the axes exchanged, by the cell's kind.
    images: dict[Kind, IntArray] = field(default_factory=dict)

    def step(self, name: str) -> Step:
        """Return the step of one kernel."""
        site = self._site(name)
        if site.kind not in self.known:
            look()
            self.known[site.kind] = self._new_step(name), site.names
        step, names = self.known[site.kind]
        here = dict(zip(names, site.names, strict=True))
        return replace(
            step,
            name=name,
            link=self.tree.links[name],
            folds=tuple(
                replace(fold, children=tuple(here[child] for child in fold.children)) for fold in step.folds
            ),
            children=tuple(here[child] for child in step.children),
            detours=tuple(
                detour._replace(name=here[detour.name], beside=here.get(detour.beside, ""))
                for detour in step.detours
            ),
            chord=None if step.folds else self.chords.get(name),
        )

    def _site(self, name: str) -> _Site:
        """Return a kernel's place: what its cells are, and where the kernels next to it stand in them."""
        link, above = self.tree.links[name], self.tree.above[name]
        child = self._spine_child(name)
        parent = None if link is None else link.parent
        cells = {} if above is None else {above: self._own_children(name)}
        cells |= {index: found for index, found in self.tree.below[name].items() if index != above}
        kind: list[object] = [above is None, name in self.places, link is not None and link.on_spine]
        kind += [kernel in self.turning for kernel in (child, name, parent)]
        names: list[str] = []
        for index, children in cells.items():
            cell = self.structure.cells[index]
            place = {member: i for i, member in enumerate(cell.members)}
            kind += [cell.kind, place[name], tuple(place[v] for v in children)]
            kind += [place.get(child, -1) if child else -1, place.get(parent, -1) if parent else -1]
            names += cell.members
        return _Site(tuple(kind), tuple(names))

    def _new_step(self, name: str) -> Step:
        """Return the step of a kernel that is the first of its kind; its links and chords do not count."""
        link = self.tree.links[name]
        spine_child = self._spine_child(name)
        main, folds, payments = self._below(name, spine_child)
        own = self._own_children(name)
        children = (*own, *([] if main is None else self.tree.below[name][main]))
        coefficients: dict[tuple[int, ...], int] = {}
        detours: dict[Detour | None, int] = {None: 0}
        rows = []
        for way, (fold, extra) in product(self._ways(name, own, main, spine_child), enumerate(payments)):
            width, height, *runs = way.payment
            key = (width + 2 * extra[0], height + 2 * extra[1], *runs)
            number = coefficients.setdefault(key, len(coefficients))
            detour = detours.setdefault(way.detour, len(detours))
            # in the order of the columns
            rows.append((number, fold, way.sent, *way.starts, way.turns, detour, way.mode, *way.below))
        return Step(
            name,
            link,
            tuple(folds),
            children,
            np.array(list(coefficients), np.int64).reshape(-1, col.Y_RUNS + 1),
            np.array(rows, np.int64).reshape(-1, col.CHILDREN + len(children)),
            self.cases if link is None else len(self._mirror(name)),
            tuple(detour for detour in detours if detour is not None),
            name in self.places,
            self._mirror(name),
        )

    def _above(self, name: str) -> Sequence[Pattern]:
        """Return the patterns of the cell above a kernel; at a root one that pays nothing."""
        index = self.tree.above[name]
        return [Pattern({})] if index is None else self.structure.cells[index].patterns

    def _own_children(self, name: str) -> list[str]:
        """Return the children within the cell above a kernel."""
        index = self.tree.above[name]
        return [] if index is None else self.tree.below[name].get(index, [])

    def _spine_child(self, name: str) -> str | None:
        """Return the kernel before one on the spine; None at its start and off the spine."""
        place = self.places.get(name, 0)
        return self.structure.spine[place - 1] if place > 0 else None

    @cached_property
    def places(self) -> dict[str, int]:
        """The spine's kernels, and their places on it."""
        return {name: place for place, name in enumerate(self.structure.spine)}

    def _mirror(self, name: str) -> IntArray:
        """Return for each state of a kernel's message the one with the axes exchanged; nothing at a root."""
        link, index = self.tree.links[name], self.tree.above[name]
        if link is None or index is None:
            return np.zeros(0, np.int64)
        cell = self.structure.cells[index]
        if cell.kind not in self.images:
            self.images[cell.kind] = np.array(cell.images(), np.int64)
        inner = len(run_states(self.cases)) if link.on_spine else 1
        return (self.images[cell.kind][:, None] * inner + np.arange(inner)).reshape(-1)

    def _below(self, name: str, spine_child: str | None) -> tuple[int | None, list[Fold], list[Payment]]:
        """Return the cell below with the spine in it, the folds of the others, and the sums they reach."""
        main: int | None = None
        folds: list[Fold] = []
        sums: list[Payment] = [FREE]
        for index, children in self.tree.below[name].items():
            if index == self.tree.above[name]:
                continue
            if spine_child in children:
                main = index
                continue
            reached: dict[Payment, int] = {}
            moves = []
            patterns = self.structure.cells[index].patterns
            for (before, (width, height)), (number, pattern) in product(enumerate(sums), enumerate(patterns)):
                more = pattern.payment(name)
                total = (width + more[0], height + more[1])
                moves.append((before, number, reached.setdefault(total, len(reached))))
            sums = list(reached)
            folds.append(Fold(tuple(children), np.array(moves, np.int64), len(sums)))
        return main, folds, sums

    def _ways(
        self, name: str, own: Sequence[str], main: int | None, spine_child: str | None
    ) -> Iterator[_Way]:
        """Yield a kernel's transitions, over the patterns of the cells above and below and the moves of runs.

        `main` is the cell below with the spine in it, `own` are the children in the cell above.
        """
        link = self.tree.links[name]
        lower = [Pattern({})] if main is None else self.structure.cells[main].patterns
        numbers = run_state_numbers(self.cases)
        children = (*own, *([] if main is None else self.tree.below[name][main]))
        for (i, above), (j, below) in product(enumerate(self._above(name)), enumerate(lower)):
            under = above if spine_child in own else below
            width, height = map(sum, zip(above.payment(name), below.payment(name), strict=True))
            for move in self._moves(name, above, under, spine_child):
                turns = move.after.n if move.after else 0
                sent, states = i, [i if child in own else j for child in children]
                if link is None:
                    sent = turns
                elif link.on_spine:
                    assert move.after is not None
                    sent = i * len(numbers) + numbers[move.after]
                if spine_child is not None:
                    assert move.before is not None
                    at = children.index(spine_child)
                    states[at] = states[at] * len(numbers) + numbers[move.before]
                payment = (2 * width + move.payment[0], 2 * height + move.payment[1], *move.member)
                detour = self._detour(name, spine_child, above, under, move)
                yield _Way(payment, move.starts, sent, turns, detour, _mode(move), tuple(states))

    def _detour(
        self, name: str, spine_child: str | None, above: Pattern, below: Pattern, move: Move
    ) -> Detour | None:
        """Return the detour that is paid: a wire leads from inside a row to the other end of a bridge."""
        link = self.tree.links[name]
        if spine_child is None or link is None or not link.on_spine or above is below or move.closes:
            return None
        into = below.labels[frozenset((name, spine_child))]
        if into != above.labels[frozenset((name, link.parent))]:
            return None
        if above.inner == name and len(below.labels) == 1:
            outside, state, beside = spine_child, move.before, above.beside
            if state is not None and state.opener == Opener.AFTER_PAID:
                return None
        elif below.inner == name and len(above.labels) == 1:
            outside, state, beside = link.parent, move.after, below.beside
            if state is not None and state.opener in (Opener.LAST, Opener.LAST_EARNED, Opener.BEFORE_OWED):
                return None
        else:
            return None
        if beside and self._covered(state, above, below):
            return None
        return Detour(outside, into, beside)

    @staticmethod
    def _covered(state: RunState | None, above: Pattern, below: Pattern) -> bool:
        """Tell whether the wire to the kernel outside may go off-axis for another reason that is paid."""
        roles = {above.role, below.role} - {Role.NONE}
        return bool(roles - {Role.COUNTED}) if roles else state is not None and bool(state.opener)

    def _moves(
        self,
        name: str,
        above: Pattern,
        below: Pattern,
        spine_child: str | None,
    ) -> Iterator[Move]:
        """Return the run moves at a kernel that the patterns allow; one empty move off the spine."""
        link = self.tree.links[name]
        if name not in self.places:
            yield self._off_spine(name, above)
            return
        out = above.labels[frozenset((name, link.parent))] if link and link.on_spine else None
        into = below.labels[frozenset((name, spine_child))] if spine_child else None
        roles = {above.role, below.role} - {Role.NONE}
        if not roles:
            free = not self._pays(name, above, below)
            surcharged = below.surcharged, above.surcharged
            near = spine_child in self.turning, link is not None and link.parent in self.turning
            for move in run_moves(into, out, self.cases, surcharged, free, near):
                broken = name in (above.broken, below.broken) and not move.closes
                if not broken and _justified(above, below, move):
                    yield move
        settled = all(pattern.role or not pattern.off_spine for pattern in (above, below))
        settled = settled and not (above.half_sums or below.half_sums)
        if self.cases > 1 and settled and name not in (above.broken, below.broken):
            yield from straight_moves(into, out, above.surcharged, above.role)

    def _pays(self, name: str, above: Pattern, below: Pattern) -> bool:
        """Tell whether a turn at a kernel is paid for under two patterns."""
        return name in self.turning and not (above.surcharged or below.surcharged)

    @cached_property
    def turning(self) -> frozenset[str]:
        """The kernels at which a turn may be paid for, as far as their cells say."""
        cells = {pair: cell for cell in self.structure.cells for pair in cell.spine}
        spine = self.structure.spine
        found = []
        for before, name, after in zip(spine, spine[1:], spine[2:], strict=False):
            first, second = cells[frozenset((before, name))], cells[frozenset((name, after))]
            regular = all(len(cell.spine) == min(2, len(cell.members) - 1) for cell in (first, second))
            if first is not second and regular:
                found.append(name)
        return frozenset(found)

    def _off_spine(self, name: str, above: Pattern) -> Move:
        """Return the only move of a kernel off the spine."""
        if above.off_spine != name or self.cases == 1:
            return Move()
        axis = next(iter(above.labels.values()))
        member = (1 - axis, axis) if above.role == Role.COUNTED else (0, 0)
        return Move(member=member, straight=bool(above.role))


def _mode(move: Move) -> int:
    """Return for which spines a move is."""
    if move.straight is None:
        return col.ANY_SPINE
    return col.STRAIGHT_SPINE if move.straight else col.BENT_SPINE


def _justified(above: Pattern, below: Pattern, move: Move) -> bool:
    """Tell whether a bare row may be: if a turn before or after it claims a wire of the spine."""
    if above is not below or not above.half_sums:
        return True
    before, after = (Opener.NONE if state is None else state.opener for state in (move.before, move.after))
    return before == Opener.AFTER_PAID or after == Opener.BEFORE_OWED
