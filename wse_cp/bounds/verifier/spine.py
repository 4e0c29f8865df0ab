"""The rules of the spine: runs, turns and breaks (docs/bounds.md, section 5), as moves between lanes.

A *lane* is the state of the spine on one of its edges: whether an opener waits for its closer, and how many
turns and breaks there were. Openers are guessed; a guess that is never closed ends nowhere.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import product
from typing import Literal, NamedTuple

import numpy as np

from wse_cp.bounds.verifier.patterns import AXES, Axis, Money, Pair, amount, other, plus
from wse_cp.bounds.verifier.reading import Integers

# Openers: which opener waits for its closer on an edge.
NO_OPENER = 0
FRESH, OPEN = 1, 2  #: one that pays: the kernel just left, or an earlier one
FRESH_FREE, FREE = 3, 4  #: a free one that has met no surcharge yet: the kernel just left, or an earlier one
FRESH_EARNED, EARNED = 5, 6  #: a free one that has met a surcharge: the kernel just left, or an earlier one
CLOSING, CLOSING_EARNED = 7, 8  #: as OPEN and as EARNED, and the next kernel is the closer
# No opener waits, but there is a turn.
BEFORE_PAID = 9  #: at the next kernel; the one just left has paid for it
BEFORE_OWED = 10  #: at the next kernel; the one after that will pay for it
AFTER_PAID = 11  #: at the kernel just left; it has been paid for
AFTER_OWED = 12  #: at the kernel just left; the next one has to pay for it
_OPENERS = 13
_TURNS = {BEFORE_PAID: AFTER_PAID, BEFORE_OWED: AFTER_OWED}
_OLDER = {FRESH: OPEN, FRESH_FREE: FREE, FRESH_EARNED: EARNED}
_ON_SURCHARGE = {NO_OPENER: NO_OPENER, FRESH_FREE: FRESH_EARNED, FREE: EARNED, EARNED: EARNED}
_BEFORE_CLOSER = {OPEN: CLOSING, EARNED: CLOSING_EARNED}
_CLOSING = (CLOSING, CLOSING_EARNED)
#: What an edge may announce of the next kernel.
_AHEAD = (NO_OPENER, CLOSING, BEFORE_PAID, BEFORE_OWED)
#: After such an edge no opener waits any more.
_NOTHING_OPEN = (NO_OPENER, *_CLOSING, AFTER_PAID, AFTER_OWED)
_WITH_SURCHARGE = (NO_OPENER, FRESH_EARNED, EARNED, CLOSING_EARNED)

# Lanes of a straight spine.
CLEAN = 0  #: all kernels off it are counted so far
OWED = 1  #: some are not, and nothing has paid for that yet
PAID = 2  #: something off-axis has been paid

#: Which straight spines are meant: any, those beside which all kernels are counted and no cell with edges of
#: the spine has a surcharge off-axis, or the others.
Beside = Literal["any", "counted", "others"]
#: Their lanes, and those in which they may end.
_LANES: dict[Beside, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "any": ((CLEAN, OWED, PAID), (CLEAN, PAID)),
    "counted": ((CLEAN,), (CLEAN,)),
    "others": ((CLEAN, OWED, PAID), (PAID,)),
}

#: How many pairs of edges the parts between are remembered for.
_REMEMBERED = 4096

#: Which neighbour on the spine stands inside a row of the kernel's cell, if one does: wires make a detour.
DetourSide = Literal["", "before", "after"]


class HalfEdge(NamedTuple):
    """An edge of the spine as the kernel at one of its ends sees it."""

    axis: Axis  #: the edge's label
    surcharged: bool = False  #: whether its cell's pattern has a surcharge off-axis
    bridge: bool = False  #: whether the edge is a cell of its own
    inside: bool = False  #: whether the kernel is inside a row (form 2 of section 5)
    closer: bool = False  #: whether the kernel has to be a closer (forms 3 and 4)
    beside: int = -1  #: the kernel off the spine that is inside the row too; -1 for none
    #: Tells that a kernel off a straight spine is not counted, and whether it pays for that.
    uncounted: Literal["", "pays", "free"] = ""
    regular: bool = False  #: whether the cell is a bridge or has two spine edges
    middle: bool = False  #: whether both of these are the kernel's
    half_sums: bool = False  #: whether the pattern leaves out what wires pass over


class Step(NamedTuple):
    """A way from a lane to a lane, and what it costs besides what the kernel pays for its extents."""

    source: int
    target: int
    constant: int = 0
    detour: DetourSide = ""  #: the neighbour for which wires make a detour
    beside: int = -1  #: the kernel off the spine that may stand at that neighbour's side


@dataclass(frozen=True, eq=False)
class Move:
    """Parts a kernel of the spine may play that pay the same for a tile of its extents."""

    pay: Pair
    steps: tuple[Step, ...]  #: what they lead from and to, and cost besides

    @cached_property
    def sources(self) -> Integers:
        """The lanes from which the steps go, each once."""
        return np.unique([step.source for step in self.steps])


class _Part(NamedTuple):
    """A part that a kernel may play, before prices: the step, and the labels of the runs it gives back."""

    step: Step
    refunds: tuple[Axis, ...]


class _Payment(NamedTuple):
    """What a part pays for: labels of runs it belongs to, and quarters of a wire for breaks and turns."""

    runs: tuple[Axis, ...]
    quarters: Pair = (0, 0)


class Spine:
    """Moves of the spine under the prices of one case.

    Parameters
    ----------
    money
        The prices.
    turns
        How many turns and breaks the case has.
    more
        Whether more of them are allowed.
    beside
        Which placements of a straight spine are meant (section 6).
    """

    def __init__(self, money: Money, turns: int, more: bool, beside: Beside = "any") -> None:
        self.money, self._turns, self._more, self._beside = money, turns, more, beside
        self.straight = turns == 0 and not more
        self.lanes = 3 if self.straight else len(_openers(turns, more)) * (turns + 1)
        self.final = turns
        self.moves = cache(self._moves)

    def all_pays(self, first: bool, last: bool) -> set[Pair]:
        """Return all that a kernel may pay for its part in the spine."""
        edges = [HalfEdge(axis, regular=regular) for axis, regular in product(AXES, (False, True))]
        before: list[HalfEdge] | list[None] = [None] if first else edges
        after: list[HalfEdge] | list[None] = [None] if last else edges
        return {move.pay for a in before for b in after for move in self.moves(a, b)}

    def _moves(self, before: HalfEdge | None, after: HalfEdge | None) -> tuple[Move, ...]:
        """Return the moves of a kernel between two edges of the spine.

        None is where the spine starts and ends; it ends in the lane `final` if in any.
        """
        steps: dict[Pair, list[Step]] = defaultdict(list)
        straight = self.straight
        known = (
            _straight(before, after, self._beside)
            if straight
            else _parts(self._turns, self._more, before, after)
        )
        for payment, parts in known:
            pay = self.money.quarters(payment.quarters)
            for label in payment.runs:
                pay = plus(pay, self.money.run(label))
            steps[pay] += [
                step._replace(constant=-sum(self.money.run_refund(label) for label in refunds))
                if refunds
                else step
                for step, refunds in parts
            ]
        return tuple(Move(pay, tuple(found)) for pay, found in steps.items())


def _openers(turns: int, more: bool) -> tuple[int, ...]:
    """Return the openers that a case has to tell apart: none where it has no break."""
    return tuple(range(_OPENERS)) if turns > 0 or more else (NO_OPENER,)


@lru_cache(_REMEMBERED)
def _straight(
    before: HalfEdge | None, after: HalfEdge | None, beside_it: Beside
) -> tuple[tuple[_Payment, tuple[_Part, ...]], ...]:
    """Return the parts of a kernel of a straight spine: it belongs to the only run."""
    edges = [edge for edge in (before, after) if edge is not None]
    if not edges:
        return ((_Payment(()), (_Part(Step(0, 0), ()),)),)
    axis = edges[0].axis
    if any(edge.axis != axis or edge.closer or edge.half_sums for edge in edges):
        return ()
    detour, beside = _detour(before, after, False, (NO_OPENER, NO_OPENER))
    parts: list[_Part] = []
    lanes, ends = _LANES[beside_it]
    for lane in lanes if before else (CLEAN,):
        if after is None:
            if lane in ends:
                parts.append(_Part(Step(lane, CLEAN), ()))
        elif _debt(lane, after) in lanes:
            parts.append(_Part(Step(lane, _debt(lane, after), 0, detour, beside), () if before else (axis,)))
    return ((_Payment((axis,)), tuple(parts)),) if parts else ()


def _debt(lane: int, edge: HalfEdge) -> int:
    """Return the lane of a straight spine on an edge, from that on the edge before."""
    if lane == PAID or edge.surcharged or edge.uncounted == "pays":
        return PAID
    return OWED if edge.uncounted == "free" else lane


@lru_cache(_REMEMBERED)
def _parts(
    turns: int, more: bool, before: HalfEdge | None, after: HalfEdge | None
) -> tuple[tuple[_Payment, tuple[_Part, ...]], ...]:
    """Return the parts of a kernel between two edges of the spine, by what they pay for."""
    if before is None and after is None:
        return ((_Payment(()), (_Part(Step(0, 0), ()),)),)
    parts: dict[_Payment, list[_Part]] = defaultdict(list)
    counts = range(turns + 1) if before else (0,)
    openers = _openers(turns, more) if before else (NO_OPENER,)
    for opener, n in product(openers, counts):
        for opens, ahead in product((NO_OPENER, FRESH, FRESH_FREE), _AHEAD):
            _add(parts, (turns, more), (before, after), (opener, n), (opens, ahead))
    return tuple((payment, tuple(found)) for payment, found in parts.items())


def _add(
    parts: dict[_Payment, list[_Part]],
    case: tuple[int, bool],
    edges: tuple[HalfEdge | None, HalfEdge | None],
    lane: tuple[int, int],
    choice: tuple[int, int],
) -> None:
    """Enter a part if the rules allow it.

    `choice` says what opener the kernel is, and what the edge after it announces of the next kernel.
    """
    (turns, more), (before, after), (opener, n), (opens, ahead) = case, edges, lane, choice
    if before is not None and before.surcharged and opener not in _WITH_SURCHARGE:
        return
    closes, turned = opener in _CLOSING, _TURNS.get(opener, NO_OPENER)
    if not closes and any(edge is not None and edge.closer for edge in edges):
        return
    free = closes or opens or opener in _TURNS.values() or not _pays(before, after)
    if bool(turned) != (_is_turn(before, after) and not free):
        return
    if not turned and opener not in _NOTHING_OPEN:
        opener = _OLDER.get(opener, opener)
        if _is_turn(before, after) or opens:
            return
    else:
        opener = turned or opens
    n += closes + _is_turn(before, after)
    if opens and (after is None or len(_openers(turns, more)) == 1):
        return
    opener = _announcing(_on_edge(opener, after), ahead, after)
    if opener < 0 or (n > turns and not more) or not _justified(before, lane[0], opener):
        return
    detour, beside = _detour(before, after, closes, (lane[0], opener))
    start, end = (state * (turns + 1) + count for state, count in (lane, (opener, min(n, turns))))
    step = Step(start, end, 0, detour, beside)
    payment = _payment(before, after, lane[0], opens, ahead)
    parts[payment].append(_Part(step, _refunds(before, after, closes)))


def _refunds(before: HalfEdge | None, after: HalfEdge | None, closes: bool) -> tuple[Axis, ...]:
    """Return the labels of runs that begin: after a break, at the spine's start, and at a turn."""
    broken = (before.axis,) if before is not None and closes else ()
    turned = after is not None and (before is None or after.axis != before.axis)
    return (*broken, after.axis) if after is not None and turned else broken


def _is_turn(before: HalfEdge | None, after: HalfEdge | None) -> bool:
    return before is not None and after is not None and before.axis != after.axis


def _pays(before: HalfEdge | None, after: HalfEdge | None) -> bool:
    """Return whether a turn between two edges is paid for, as far as their cells say."""
    edges = [edge for edge in (before, after) if edge is not None]
    return all(edge.regular and not edge.surcharged and not edge.middle for edge in edges)


def _justified(before: HalfEdge | None, opener: int, later: int) -> bool:
    """Return whether a bare row may be around its middle kernel: if a turn claims a wire in it."""
    if before is None or not (before.middle and before.half_sums):
        return True
    return opener == AFTER_PAID or later == BEFORE_OWED


def _payment(
    before: HalfEdge | None, after: HalfEdge | None, opener: int, opens: int, ahead: int
) -> _Payment:
    """Return what a kernel pays, by the opener on the edge before it and by its choice."""
    quarters: Pair = (0, 0)
    runs: list[Axis] = []
    if before is not None:
        runs.append(before.axis)
        along, across = 0, {CLOSING: 2, AFTER_OWED: 1}.get(opener, 0)
        along -= opener == BEFORE_OWED
        quarters = plus(amount(before.axis, along), amount(other(before.axis), across))
    if after is not None:
        if before is None or after.axis != before.axis:
            runs.append(after.axis)
        across = 2 * (opens == FRESH) + (ahead == BEFORE_PAID)
        quarters = plus(quarters, amount(other(after.axis), across))
        quarters = plus(quarters, amount(after.axis, -(opener == BEFORE_PAID)))
    return _Payment(tuple(runs), quarters)


def _announcing(opener: int, ahead: int, after: HalfEdge | None) -> int:
    """Return what an opener is on an edge that announces something of the next kernel, -1 if it cannot."""
    if ahead == NO_OPENER or opener < 0:
        return opener
    if ahead == CLOSING:
        return _BEFORE_CLOSER.get(opener, -1)
    possible = opener == NO_OPENER and after is not None and not after.surcharged
    return ahead if possible else -1


def _on_edge(opener: int, after: HalfEdge | None) -> int:
    """Return what an opener is on the edge that follows, -1 if it must not be open there."""
    if after is None:
        return opener if opener == NO_OPENER else -1
    return _ON_SURCHARGE.get(opener, -1) if after.surcharged else opener


def _detour(
    before: HalfEdge | None, after: HalfEdge | None, closes: bool, openers: tuple[int, int]
) -> tuple[DetourSide, int]:
    """Return the neighbour inside the row that the kernel is in, by form 2 (section 5), and who is beside it.

    `openers` are those on the edges before and after.
    """
    nothing: tuple[DetourSide, int] = ("", -1)
    if before is None or after is None or before.axis != after.axis or closes:
        return nothing
    if after.inside and before.bridge and openers[0] != AFTER_PAID:
        covered = openers[0] != NO_OPENER
        return nothing if after.beside >= 0 and covered else ("before", after.beside)
    if before.inside and after.bridge and openers[1] not in (*_CLOSING, BEFORE_OWED):
        covered = openers[1] != NO_OPENER
        return nothing if before.beside >= 0 and covered else ("after", before.beside)
    return nothing
