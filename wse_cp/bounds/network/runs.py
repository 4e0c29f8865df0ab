"""Runs along the spine: the states of its edges, and what can happen at a kernel between two of them.

A run is a stretch of the spine whose kernels are pairwise disjoint along one axis. It ends at a turn, where
the label changes, or at a break, between its opener and its closer (docs/bounds.md, section 5). Openers are
guessed: the states say what the guess obliges the following kernels to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from itertools import product
from typing import NamedTuple

from wse_cp.bounds.network.cells import Payment, Role


class Opener(IntEnum):
    """Whether a break is open on a spine edge, along the spine's direction.

    A break that is open pays, or it is free because it covers an edge of a cell with an off-axis surcharge.
    Whoever guesses that it is free must meet such a surcharge before it closes.
    """

    NONE = 0  #: no break is open
    NEW = 1  #: a paying one, opened at the kernel just left
    OPEN = 2  #: a paying one, opened earlier
    NEW_FREE = 3  #: a free one, opened at the kernel just left
    FREE = 4  #: a free one, opened earlier, that has met no surcharge yet
    EARNED = 5  #: a free one that has met a surcharge
    NEW_EARNED = 6  #: a free one, opened at the kernel just left, and this edge has a surcharge
    LAST = 7  #: as OPEN, and the next kernel is the closer
    LAST_EARNED = 8  #: as EARNED, and the next kernel is the closer

    # No break is open, but there is a turn at one end of the edge.
    BEFORE_PAID = 9  #: at the next kernel; the one just left has paid for it
    BEFORE_OWED = 10  #: at the next kernel; the one after that will pay for it
    AFTER_PAID = 11  #: at the kernel just left; the one before that has paid for it
    AFTER_OWED = 12  #: at the kernel just left; the next one has to pay for it

    # Where the spine is straight there are no breaks; then this tells of the kernels beside it.
    CLEAN = 13  #: all belong to the run so far
    OWED = 14  #: some do not, and nothing has paid for it yet
    PAID = 15  #: something off-axis has been paid


#: What an opener is one edge further.
_OLDER = {
    Opener.NEW: Opener.OPEN,
    Opener.NEW_FREE: Opener.FREE,
    Opener.NEW_EARNED: Opener.EARNED,
}
_STRAIGHT = (Opener.CLEAN, Opener.OWED, Opener.PAID)
#: What it is on an edge whose next kernel is the closer.
_LAST = {Opener.OPEN: Opener.LAST, Opener.EARNED: Opener.LAST_EARNED}
#: What it is after a turn that was announced.
_TURN = {Opener.BEFORE_PAID: Opener.AFTER_PAID, Opener.BEFORE_OWED: Opener.AFTER_OWED}
#: What an edge may announce of the next kernel.
_AHEAD = (Opener.NONE, Opener.LAST, Opener.BEFORE_PAID, Opener.BEFORE_OWED)
#: What it is on an edge with a surcharge.
_MET = {Opener.NEW_FREE: Opener.NEW_EARNED, Opener.FREE: Opener.EARNED}


class RunState(NamedTuple):
    """The state of a spine edge."""

    opener: Opener
    n: int  #: turns and breaks so far; the greatest number that is told apart means "or more"


@dataclass(frozen=True)
class Move:
    """What happens at a kernel of the spine, and what it pays for that."""

    before: RunState | None = None  #: the state of the edge before it; None where the spine ends
    after: RunState | None = None  #: the same of the edge after it
    payment: Payment = (0, 0)  #: quarters of the wire weight per tile of width and of height
    member: tuple[int, int] = (0, 0)  #: to how many runs along x and along y the kernel belongs
    starts: tuple[int, int] = (0, 0)  #: how many of these begin with it
    closes: bool = False  #: whether a break ends with it
    #: Whether the move is for a straight spine only (True) or for others only (False); None for any.
    straight: bool | None = None


@cache
def run_states(cases: int) -> list[RunState]:
    """Return the states of a spine edge. With one case breaks do not matter: the spine may be any."""
    openers = [opener for opener in Opener if opener not in _STRAIGHT] if cases > 1 else [Opener.NONE]
    states = [RunState(opener, n) for opener, n in product(openers, range(cases))]
    return states + [RunState(opener, 0) for opener in _STRAIGHT] if cases > 1 else states


@cache
def run_state_numbers(cases: int) -> dict[RunState, int]:
    """Return the place of every state among `run_states`."""
    return {state: number for number, state in enumerate(run_states(cases))}


@cache
def run_moves(
    into: int | None,
    out: int | None,
    cases: int,
    surcharged: tuple[bool, bool],
    free: bool,
    turns: tuple[bool, bool] = (True, True),
) -> tuple[Move, ...]:
    """Return all that can happen at a kernel of a spine that is not straight.

    Parameters
    ----------
    into, out
        Labels of the spine's edges before and after it; None if there is no edge.
    surcharged
        Whether an off-axis surcharge of the cell is paid at either edge.
    free
        Whether nobody pays for a turn at this kernel.
    turns
        Whether somebody may pay for a turn at the kernel before, and at the one after.
    """
    never = _STRAIGHT if turns[0] else (*_STRAIGHT, *_TURN.values())
    befores = [None] if into is None else [s for s in run_states(cases) if s.opener not in never]
    moves = (
        _move(before, into, out, opening, ahead, surcharged[1], free, cases)
        for before, ahead in product(befores, _AHEAD if turns[1] else _AHEAD[:2])
        if before is None or _agrees(before.opener, surcharged[0])
        for opening in (Opener.NONE, Opener.NEW, Opener.NEW_FREE)
    )
    return tuple(move for move in moves if move is not None)


def straight_moves(into: int | None, out: int | None, surcharged: bool, role: Role) -> Iterator[Move]:
    """Yield all that can happen at a kernel of a straight spine.

    `into` and `out` are as in `run_moves`; `surcharged` tells whether an off-axis surcharge is paid at the
    edge that follows, `role` what the kernel off the spine in its cell is.
    """
    if into is not None and out is not None and into != out:
        return
    axis = out if into is None else into
    assert axis is not None
    member = (1, 0) if axis == 0 else (0, 1)
    for opener in [Opener.CLEAN] if into is None else _STRAIGHT:
        before = None if into is None else RunState(opener, 0)
        after = opener if out is None else _settled(opener, surcharged, role)
        if out is not None or after != Opener.OWED:
            starts = member if into is None else (0, 0)
            yield Move(before, RunState(after, 0), member=member, starts=starts, straight=True)


def _settled(opener: Opener, surcharged: bool, role: Role) -> Opener:
    """Return the state of a straight spine's edge, from that of the edge before."""
    if surcharged or role == Role.PAYS or opener == Opener.PAID:
        return Opener.PAID
    return Opener.OWED if role == Role.FREE else opener


def _agrees(opener: Opener, surcharged: bool) -> bool:
    """Tell whether a state may be on an edge: no paying break, and no turn, beside a surcharge."""
    paid = (Opener.NONE, Opener.EARNED, Opener.NEW_EARNED, Opener.LAST_EARNED)
    return not surcharged or opener in paid


def _move(
    before: RunState | None,
    into: int | None,
    out: int | None,
    opening: Opener,
    ahead: Opener,
    surcharged: bool,
    free: bool,
    cases: int,
) -> Move | None:
    """Return one move, None if the rules do not allow it; `opening` and `ahead` are the choices made here."""
    opener, n = before or RunState(Opener.NONE, 0)
    if cases == 1 and (opening or ahead):
        return None
    close, turns = opener in _LAST.values(), into is not None and out is not None and into != out
    free = free or close or bool(opening) or opener in _TURN.values() or cases == 1
    turned = _TURN.get(opener, Opener.NONE)
    if bool(turned) != (turns and not free):
        return None
    payment = _payment(opener, into, out, opening, ahead)
    member, starts = [0, 0], [0, 0]
    if into is not None:
        member[into] += 1
    if close:
        assert into is not None
        starts[into] += 1
        n += 1
    if turned or close or opener in _TURN.values():
        opener = Opener.NONE
    if (opener and (out != into or opening)) or (out is None and (opening or ahead)):
        return None
    reached = Opener.NONE
    if out is not None:
        if out != into:
            n += into is not None
            member[out] += 1
            starts[out] += 1
        after = turned or opening or _OLDER.get(opener, opener)
        announced = _announced(_MET.get(after, after) if surcharged else after, ahead)
        if announced is None or not _agrees(announced, surcharged):
            return None
        reached = announced
    return Move(
        before,
        RunState(reached, min(n, cases - 1)),
        payment,
        (member[0], member[1]),
        (starts[0], starts[1]),
        close,
        straight=False if cases > 1 else None,
    )


def _payment(opener: Opener, into: int | None, out: int | None, opening: Opener, ahead: Opener) -> Payment:
    """Return what a kernel pays for breaks and turns, by the opener before it and by its choice."""
    payment = [0, 0]
    if into is not None:
        payment[1 - into] += 2 * (opener == Opener.LAST) + (opener == Opener.AFTER_OWED)
        payment[into] -= opener == Opener.BEFORE_OWED
    if out is not None:
        payment[1 - out] += 2 * (opening == Opener.NEW) + (ahead == Opener.BEFORE_PAID)
        payment[out] -= opener == Opener.BEFORE_PAID
    return payment[0], payment[1]


def _announced(after: Opener, ahead: Opener) -> Opener | None:
    """Return what an opener is on an edge that announces something of the next kernel, None if it cannot."""
    if ahead == Opener.LAST:
        return _LAST.get(after)
    if ahead:
        return None if after else ahead
    return after
