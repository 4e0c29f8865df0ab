"""The dynamic programme of a bound, written out as tables of transitions: one step for each kernel.

A step gathers the messages of a kernel's children in the tree of cells and sends one to its parent. The state
of a message is the pattern of the cell that its edge lies in and, on the spine, the state of the run:
its opener (`runs.Opener`) and n, the turns and breaks so far (the last value means "or more").
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import NamedTuple

import numpy as np

from wse_cp.bounds.network.cells import FREE, Cell, Pattern, Payment, Role
from wse_cp.bounds.network.runs import (
    Move,
    Opener,
    RunState,
    run_moves,
    run_state_numbers,
    run_states,
    straight_moves,
)
from wse_cp.bounds.network.structure import Chord, Structure, chords_of
from wse_cp.bounds.programme.passing import CHILDREN
from wse_cp.instance import Instance
from wse_cp.shapes.arrays import IntArray


@dataclass(frozen=True)
class Link:
    """The tree edge from a kernel to its parent."""

    parent: str
    produces: bool  #: the kernel is the producer of this edge
    multiplicity: int
    reference: int  #: input channels of the consumer's first convolution
    on_spine: bool


class Squeeze(NamedTuple):
    """A kernel inside a row along an axis; `beside` may stand at its side, if it is not empty."""

    name: str
    axis: int
    beside: str


@dataclass(frozen=True)
class Fold:
    """A cell below a kernel, off the spine: how it changes the sum of what the kernel pays.

    `moves` has rows (state before, pattern, state after); the children's messages are indexed by the pattern.
    """

    children: tuple[str, ...]
    moves: IntArray
    states: int  #: after this cell


@dataclass(frozen=True)
class Step:
    """One kernel's part of the programme.

    `coefficients` has rows (quarters of the wire weight per tile of width, of height; runs along x, along y
    that the kernel belongs to). `transitions` has rows (coefficient, fold state, state sent, x runs begun,
    y runs begun, n reached, squeeze, mode, then the state of each child); mode is 1 if the spine is straight,
    2 if it is not, 0 if that does not matter. `squeezes` lists what stands inside a
    row of this kernel's cell, numbered from 1; 0 is nothing. `mirror` has for each state sent the one with
    the axes exchanged.
    """

    name: str
    link: Link | None
    folds: tuple[Fold, ...]
    children: tuple[str, ...]
    coefficients: IntArray
    transitions: IntArray
    states: int  #: of the message sent; at a root: cases
    squeezes: tuple[Squeeze, ...] = ()
    spine: bool = False
    mirror: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    chord: Chord | None = None


@dataclass(frozen=True)
class Plan:
    """Steps in an order in which children come before their parents."""

    steps: tuple[Step, ...]
    cases: int
    has_spine: bool


class _Way(NamedTuple):
    """A transition before coefficients are numbered."""

    payment: tuple[int, int, int, int]
    starts: tuple[int, int]
    sent: int
    n: int
    squeeze: Squeeze | None
    mode: int
    below: tuple[int, ...]


@dataclass
class _Tree:
    """The rooted tree: each kernel's parent, its cell towards the root, its children in every cell."""

    parent: dict[str, str | None] = field(default_factory=dict)
    above: dict[str, Cell | None] = field(default_factory=dict)
    below: dict[str, dict[int, list[str]]] = field(default_factory=lambda: defaultdict(dict))
    order: list[str] = field(default_factory=list)


def plan_of(instance: Instance, structure: Structure, cases: int) -> Plan:
    """Return the programme for a structure with `cases` cases (1 if it has no spine)."""
    tree = _rooted(instance, structure)
    links = _links(instance, structure, tree)
    chords = chords_of(instance, tree.parent)
    planner = _Planner(structure, tree, links, chords, cases)
    return Plan(tuple(planner.step(name) for name in reversed(tree.order)), cases, bool(structure.spine))


def _rooted(instance: Instance, structure: Structure) -> _Tree:
    cells_of: dict[str, list[int]] = defaultdict(list)
    for index, cell in enumerate(structure.cells):
        for name in cell.members:
            cells_of[name].append(index)
    near: dict[str, list[str]] = defaultdict(list)
    for u, v in structure.tree:
        near[u].append(v)
        near[v].append(u)
    tree = _Tree()
    for root in [*structure.spine[-1:], *instance.kernels]:
        if root in tree.parent:
            continue
        tree.parent[root], tree.above[root] = None, None
        queue = deque([root])
        while queue:
            top = queue.popleft()
            tree.order.append(top)
            for index in cells_of[top]:
                cell = structure.cells[index]
                if cell is tree.above[top]:
                    continue
                queue.extend(_hang(tree, top, index, cell, near))
    return tree


def _hang(tree: _Tree, top: str, index: int, cell: Cell, near: dict[str, list[str]]) -> Iterator[str]:
    """Hang the members of a cell below `top` along tree edges; yields them in breadth-first order."""
    inside = deque([top])
    while inside:
        u = inside.popleft()
        children = [v for v in near[u] if v in cell.members and v not in tree.parent]
        tree.below[u][index] = children
        for v in children:
            tree.parent[v], tree.above[v] = u, cell
            inside.append(v)
            yield v


def _links(instance: Instance, structure: Structure, tree: _Tree) -> dict[str, Link | None]:
    from wse_cp.kernels import convs

    counts = {(u, v): count for u, v, count in instance.kernel_edges}
    directed = {frozenset(edge): edge for edge in structure.tree}
    along = {frozenset(pair) for pair in zip(structure.spine, structure.spine[1:], strict=False)}
    links: dict[str, Link | None] = {}
    for name, parent in tree.parent.items():
        if parent is None:
            links[name] = None
            continue
        pair = frozenset((name, parent))
        source, target = directed[pair]
        reference = convs(instance.kernels[target])[0].C
        links[name] = Link(parent, source == name, counts[source, target], reference, pair in along)
    return links


@dataclass(frozen=True)
class _Planner:
    structure: Structure
    tree: _Tree
    links: dict[str, Link | None]
    chords: dict[str, Chord]
    cases: int

    def step(self, name: str) -> Step:
        """Return the step of one kernel."""
        link, cell = self.links[name], self.tree.above[name]
        spine_child = self._spine_child(name)
        main, folds, payments = self._below(name, spine_child)
        own = [] if cell is None else self.tree.below[name].get(self.structure.cells.index(cell), [])
        main_children = [] if main is None else self.tree.below[name][main]
        children = (*own, *main_children)
        ways = self._ways(name, own, main, spine_child)
        coefficients: dict[tuple[int, int, int, int], int] = {}
        squeezes: dict[Squeeze | None, int] = {None: 0}
        rows = []
        for way, (fold, extra) in product(ways, enumerate(payments)):
            width, height, x_runs, y_runs = way.payment
            key = (width + 2 * extra[0], height + 2 * extra[1], x_runs, y_runs)
            number = coefficients.setdefault(key, len(coefficients))
            squeeze = squeezes.setdefault(way.squeeze, len(squeezes))
            rows.append((number, fold, way.sent, *way.starts, way.n, squeeze, way.mode, *way.below))
        states = self.cases if link is None else self._message_states(name)
        return Step(
            name,
            link,
            tuple(folds),
            children,
            np.array(list(coefficients), np.int64).reshape(-1, 4),
            np.array(rows, np.int64).reshape(-1, CHILDREN + len(children)),
            states,
            tuple(squeeze for squeeze in squeezes if squeeze is not None),
            name in self.structure.spine,
            self._mirror(name),
            None if folds else self.chords.get(name),
        )

    def _spine_child(self, name: str) -> str | None:
        spine = self.structure.spine
        place = spine.index(name) if name in spine else 0
        return spine[place - 1] if place > 0 else None

    def _message_states(self, name: str) -> int:
        link, cell = self.links[name], self.tree.above[name]
        assert link is not None
        assert cell is not None
        return len(cell.patterns) * (len(run_states(self.cases)) if link.on_spine else 1)

    def _mirror(self, name: str) -> IntArray:
        link, cell = self.links[name], self.tree.above[name]
        if link is None or cell is None:
            return np.zeros(0, np.int64)
        patterns = [cell.patterns.index(pattern.mirrored()) for pattern in cell.patterns]
        inner = len(run_states(self.cases)) if link.on_spine else 1
        return (np.array(patterns, np.int64)[:, None] * inner + np.arange(inner)).reshape(-1)

    def _below(self, name: str, spine_child: str | None) -> tuple[int | None, list[Fold], list[Payment]]:
        """Return the cell below with the spine in it, the folds of the others, and the sums they reach."""
        main: int | None = None
        folds: list[Fold] = []
        sums: list[Payment] = [FREE]
        above = self.tree.above[name]
        for index, children in self.tree.below[name].items():
            cell = self.structure.cells[index]
            if cell is above:
                continue
            if spine_child in children:
                main = index
                continue
            reached: dict[Payment, int] = {}
            moves = []
            for (before, (width, height)), (number, pattern) in product(
                enumerate(sums), enumerate(cell.patterns)
            ):
                more = pattern.payment(name)
                total = (width + more[0], height + more[1])
                moves.append((before, number, reached.setdefault(total, len(reached))))
            sums = list(reached)
            folds.append(Fold(tuple(children), np.array(moves, np.int64), len(sums)))
        return main, folds, sums

    def _ways(
        self, name: str, own: Sequence[str], main: int | None, spine_child: str | None
    ) -> Iterator[_Way]:
        link, cell = self.links[name], self.tree.above[name]
        lower = None if main is None else self.structure.cells[main]
        nothing = [Pattern({})]
        numbers = run_state_numbers(self.cases)
        children = (*own, *([] if main is None else self.tree.below[name][main]))
        for (i, above), (j, below) in product(
            enumerate(cell.patterns if cell else nothing), enumerate(lower.patterns if lower else nothing)
        ):
            under = above if spine_child in own else below
            width, height = map(sum, zip(above.payment(name), below.payment(name), strict=True))
            reached = [i if child in own else j for child in children]
            for move in self._moves(name, above, under, spine_child):
                sent, below_here = i, list(reached)
                if link is None:
                    sent = move.after.n if move.after else 0
                elif link.on_spine:
                    assert move.after is not None
                    sent = i * len(numbers) + numbers[move.after]
                if spine_child is not None:
                    assert move.before is not None
                    at = children.index(spine_child)
                    below_here[at] = below_here[at] * len(numbers) + numbers[move.before]
                payment = (2 * width + move.payment[0], 2 * height + move.payment[1], *move.member)
                n = move.after.n if move.after else 0
                squeeze = self._squeeze(name, spine_child, above, under, move)
                mode = 0 if move.straight is None else 2 - move.straight
                yield _Way(payment, move.starts, sent, n, squeeze, mode, tuple(below_here))

    def _squeeze(
        self, name: str, spine_child: str | None, above: Pattern, below: Pattern, move: Move
    ) -> Squeeze | None:
        """Return which squeeze is paid: a wire leads from inside a row to a bridge's other end."""
        link = self.links[name]
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
        return Squeeze(outside, into, beside)

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
        link = self.links[name]
        on_spine = name in self.structure.spine
        if not on_spine:
            yield self._beside(name, above)
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
        settled = all(pattern.role or not pattern.aside for pattern in (above, below))
        settled = settled and not (above.bare or below.bare)
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

    def _beside(self, name: str, above: Pattern) -> Move:
        """Return the only move of a kernel off the spine."""
        if above.aside != name or self.cases == 1:
            return Move()
        axis = next(iter(above.labels.values()))
        member = (1 - axis, axis) if above.role == Role.COUNTED else (0, 0)
        return Move(member=member, straight=bool(above.role))


def _justified(above: Pattern, below: Pattern, move: Move) -> bool:
    """Tell whether a bare row may be: a turn before it or after it claims a wire of the spine in it."""
    if above is not below or not above.bare:
        return True
    before, after = (Opener.NONE if state is None else state.opener for state in (move.before, move.after))
    return before == Opener.AFTER_PAID or after == Opener.BEFORE_OWED


__all__ = ["Fold", "Link", "Plan", "RunState", "Step", "plan_of"]
