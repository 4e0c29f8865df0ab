"""The rules of the spine: runs, turns and breaks (docs/bounds.md, section 5), as moves between lanes.

A *lane* is the state of the spine on one of its edges: whether an opener waits for its closer, and how many
turns and breaks there were. Openers are guessed; a guess that is never closed ends nowhere.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product
from typing import Literal, NamedTuple

import numpy as np

from wse_cp.bounds.verifier.integers import Integers
from wse_cp.bounds.verifier.money import Money
from wse_cp.bounds.verifier.patterns import AXES, Axis, Pair, amount, other, plus

#: No opener waits; one that pays was the kernel just before, or an earlier one (only then it may be closed);
#: a free one was the kernel just before, or an earlier one; the same where it has met a surcharge.
NO_OPENER, FRESH, OPEN, FRESH_FREE, FREE, FRESH_EARNED, EARNED = range(7)
_OLDER = {FRESH: OPEN, FRESH_FREE: FREE, FRESH_EARNED: EARNED}
_ON_SURCHARGE = {NO_OPENER: NO_OPENER, FRESH_FREE: FRESH_EARNED, FREE: EARNED, EARNED: EARNED}
_CLOSABLE = (OPEN, EARNED)

#: Which neighbour on the spine stands inside a row of the kernel's cell, if one does.
Squeezed = Literal["", "before", "after"]


class Door(NamedTuple):
    """An edge of the spine as the kernel at one of its ends sees it.

    `surcharged` tells whether its cell's pattern has a surcharge off-axis, `bridge` whether the edge is a
    cell of its own. In the form of the cell's pattern the kernel is `inside` a row (form 2), or has to be a
    `closer` (forms 3 and 4). `beside` is the kernel off the spine that stands inside too, or -1.
    """

    axis: Axis
    surcharged: bool = False
    bridge: bool = False
    inside: bool = False
    closer: bool = False
    beside: int = -1


class Step(NamedTuple):
    """Lane from, lane to, a constant, the neighbour inside the row, and the kernel that may be beside it."""

    source: int
    target: int
    constant: int = 0
    squeezed: Squeezed = ""
    beside: int = -1


@dataclass(frozen=True, eq=False)
class Move:
    """Parts a kernel of the spine may play that pay the same for a tile of its extents.

    Attributes
    ----------
    pay
        What they pay.
    steps
        What they lead from and to, and cost besides.
    """

    pay: Pair
    steps: tuple[Step, ...]

    @cached_property
    def sources(self) -> Integers:
        """The lanes from which the steps go, each once."""
        return np.unique([step.source for step in self.steps])


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
    """

    def __init__(self, money: Money, turns: int, more: bool) -> None:
        self._money, self._turns, self._more = money, turns, more
        self._breaks = turns > 0 or more
        self._openers = tuple(range(7)) if self._breaks else (NO_OPENER,)
        self.lanes = len(self._openers) * (turns + 1)
        self.final = turns
        self.moves = cache(self._moves)

    def all_pays(self, first: bool, last: bool) -> set[Pair]:
        """Return all that a kernel may pay for its part in the spine."""
        doors = [Door(axis) for axis in AXES]
        before: list[Door] | list[None] = [None] if first else doors
        after: list[Door] | list[None] = [None] if last else doors
        return {move.pay for a in before for b in after for move in self.moves(a, b)}

    def _moves(self, before: Door | None, after: Door | None) -> tuple[Move, ...]:
        """Return the moves of a kernel between two edges of the spine.

        None is where the spine starts and ends; it ends in the lane `final` if in any.
        """
        if before is None and after is None:
            return (Move((0, 0), (Step(0, 0),)),)
        steps: dict[Pair, list[Step]] = defaultdict(list)
        counts = range(self._turns + 1) if before else (0,)
        openers = self._openers if before else (NO_OPENER,)
        for opener, n, closes in product(openers, counts, (False, True)):
            for opens in (NO_OPENER, FRESH, FRESH_FREE):
                self._add(steps, before, after, (opener, n), closes, opens)
        return tuple(Move(pay, tuple(found)) for pay, found in steps.items())

    def _add(
        self,
        steps: dict[Pair, list[Step]],
        before: Door | None,
        after: Door | None,
        lane: tuple[int, int],
        closes: bool,
        opens: int,
    ) -> None:
        """Enter a move if the rules allow it."""
        opener, n = lane
        if before is not None and before.surcharged and opener not in (NO_OPENER, FRESH_EARNED, EARNED):
            return
        if not closes and any(door is not None and door.closer for door in (before, after)):
            return
        pay, constant = (0, 0), 0
        if closes:
            if before is None or opener not in _CLOSABLE:
                return
            if opener == OPEN:
                pay = self._off_axis(before.axis)
            constant -= self._money.run_refund(before.axis)
            opener, n = NO_OPENER, n + 1
        opener = _OLDER.get(opener, opener)
        if before is not None:
            pay = plus(pay, self._money.run(before.axis))
        if after is not None and (before is None or after.axis != before.axis):
            # a new run: at the spine's start, or at a turn, before which every opener must be closed
            if opener != NO_OPENER:
                return
            pay = plus(pay, self._money.run(after.axis))
            constant -= self._money.run_refund(after.axis)
            n += before is not None
        if opens:
            if after is None or opener != NO_OPENER or not self._breaks:
                return
            if opens == FRESH:
                pay = plus(pay, self._off_axis(after.axis))
            opener = opens
        opener = _on_edge(opener, after)
        if opener < 0 or (n > self._turns and not self._more):
            return
        squeezed, beside = _squeezed(before, after, closes, (lane[0], opener))
        start, end = (
            state * (self._turns + 1) + count for state, count in (lane, (opener, min(n, self._turns)))
        )
        steps[pay].append(Step(start, end, constant, squeezed, beside))

    def _off_axis(self, label: Axis) -> Pair:
        """Return what an opener or closer pays in a run with this label."""
        return self._money.wires(amount(other(label), 1))


def _on_edge(opener: int, after: Door | None) -> int:
    """Return what an opener is on the edge that follows, -1 if it must not be open there."""
    if after is None:
        return opener if opener == NO_OPENER else -1
    return _ON_SURCHARGE.get(opener, -1) if after.surcharged else opener


def _squeezed(
    before: Door | None, after: Door | None, closes: bool, openers: tuple[int, int]
) -> tuple[Squeezed, int]:
    """Return which neighbour has to stand inside the row that the kernel is in, by form 2 (section 5).

    And which kernel may stand beside it, -1 for none. `openers` are those on the edges before and after.
    """
    nothing: tuple[Squeezed, int] = ("", -1)
    if before is None or after is None or before.axis != after.axis or closes:
        return nothing
    if after.inside and before.bridge:
        covered = openers[0] != NO_OPENER
        return nothing if after.beside >= 0 and covered else ("before", after.beside)
    if before.inside and after.bridge and openers[1] not in _CLOSABLE:
        covered = openers[1] != NO_OPENER
        return nothing if before.beside >= 0 and covered else ("after", before.beside)
    return nothing
