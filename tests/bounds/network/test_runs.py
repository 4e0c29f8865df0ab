"""Moves along the spine: walks of them add up as docs/bounds.md, section 5, says."""

from __future__ import annotations

import itertools
from random import Random

import pytest

from wse_cp.bounds.network.cells import Role
from wse_cp.bounds.network.runs import (
    Move,
    Opener,
    RunState,
    run_moves,
    run_state_numbers,
    run_states,
    straight_moves,
)

#: So many cases that no walk reaches the last one.
MANY = 20


def walk(random: Random, labels: list[int], surcharged: list[bool]) -> list[Move] | None:
    """A random walk of moves along edges with such labels, None if it runs into a state without moves."""
    count = len(labels)
    state: RunState | None = None
    moves = []
    for i in range(count + 1):
        into, out = labels[i - 1] if i else None, labels[i] if i < count else None
        around = bool(i and surcharged[i - 1]), i < count and surcharged[i]
        known = run_moves(into, out, MANY, around, free=any(around))
        fitting = [move for move in known if move.before == state]
        if not fitting:
            return None
        moves.append(random.choice(fitting))
        state = moves[-1].after
    return moves


def walks(with_surcharges: bool) -> list[tuple[list[int], list[Move]]]:
    random = Random(5)
    found: list[tuple[list[int], list[Move]]] = []
    while len(found) < 300:
        labels = [random.choice([0, 0, 1]) for _ in range(random.randint(1, 8))]
        surcharged = [with_surcharges and random.random() < 0.3 for _ in labels]
        moves = walk(random, labels, surcharged)
        if moves is not None:
            found.append((labels, moves))
    return found


@pytest.mark.parametrize("with_surcharges", [False, True])
def test_a_run_begins_at_the_start_and_with_every_turn_and_break(with_surcharges: bool) -> None:
    breaks_seen = 0
    for labels, moves in walks(with_surcharges):
        turns = sum(a != b for a, b in itertools.pairwise(labels))
        breaks = sum(move.closes for move in moves)
        breaks_seen += breaks
        last = moves[-1].after
        assert last is not None
        assert last.n == turns + breaks
        assert sum(sum(move.starts) for move in moves) == 1 + turns + breaks


def test_a_kernel_belongs_to_the_runs_of_both_its_edges() -> None:
    for labels, moves in walks(with_surcharges=False):
        for i, move in enumerate(moves):
            around = set(labels[max(i - 1, 0) : i + 1])
            assert move.member == (int(0 in around), int(1 in around))


def test_breaks_pay_at_both_ends_and_turns_pay_nothing_in_sum() -> None:
    paying = 0
    for _, moves in walks(with_surcharges=False):
        # what is free without a surcharge is never closed: all breaks that close pay
        paid = sum(sum(move.payment) for move in moves)
        breaks = sum(move.closes for move in moves)
        assert paid == 4 * breaks
        paying += breaks
    assert paying > 20


def test_a_break_that_meets_a_surcharge_is_free() -> None:
    prices = {
        sum(sum(move.payment) for move in moves)
        for labels, moves in walks(with_surcharges=True)
        if sum(move.closes for move in moves) == 1 and len(set(labels)) == 1
    }
    assert prices == {0, 4}


def test_no_break_that_pays_covers_an_edge_with_a_surcharge() -> None:
    paying = (Opener.NEW, Opener.OPEN, Opener.LAST)
    for into, out in ((0, 0), (0, 1)):
        for move in run_moves(into, out, 3, (False, True), free=True):
            assert move.after is not None
            assert move.after.opener not in paying


def test_a_single_case_needs_no_breaks() -> None:
    assert run_states(1) == [RunState(Opener.NONE, 0)]
    assert all(not move.closes and move.straight is None for move in run_moves(0, 1, 1, (False, False), True))


@pytest.mark.parametrize("cases", [1, 2, 3])
def test_states_are_numbered_in_their_order(cases: int) -> None:
    states = run_states(cases)
    assert len(set(states)) == len(states)
    assert [run_state_numbers(cases)[state] for state in states] == list(range(len(states)))


def test_the_last_number_of_turns_stands_for_more() -> None:
    counts = {move.after.n for move in run_moves(0, 1, 2, (False, False), True) if move.after is not None}
    assert counts == {1}


def test_a_straight_spine_does_not_turn() -> None:
    assert not list(straight_moves(0, 1, surcharged=False, role=Role.NONE))
    (first,) = straight_moves(None, 1, surcharged=False, role=Role.NONE)
    assert (first.member, first.starts, first.straight) == ((0, 1), (0, 1), True)


def test_what_a_free_kernel_owes_something_else_must_pay() -> None:
    owed = RunState(Opener.OWED, 0)
    after = {move.after for move in straight_moves(None, 0, surcharged=False, role=Role.FREE)}
    assert after == {owed}
    assert not [m for m in straight_moves(0, None, surcharged=False, role=Role.NONE) if m.before == owed]
    for surcharged, role in ((True, Role.NONE), (False, Role.PAYS)):
        (paid,) = [m.after for m in straight_moves(0, 0, surcharged, role) if m.before == owed]
        assert paid == RunState(Opener.PAID, 0)
