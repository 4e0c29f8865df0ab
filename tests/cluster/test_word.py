"""What a worker's solver says of the least cost is told to the client, and is never called a proof there."""

from __future__ import annotations

import threading
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

pytest.importorskip("distributed", reason="distributed is not installed (wse-cp[cluster])")

from tests.checkpoint.cases import placed
from tests.cluster.clusters import wait_until
from tests.cluster.test_desk import INSTANCE, Table
from tests.cluster.test_session import asked, idle, working
from tests.marks import with_slow
from tests.strategy.test_whole import tiny
from wse_cp.api import solve
from wse_cp.cluster import members, session
from wse_cp.progress import Event
from wse_cp.result import OPTIMAL, OPTIMAL_BY_SOLVER
from wse_cp.running import beside
from wse_cp.score import checked_score
from wse_cp.strategy import Run
from wse_cp.strategy.whole import close_whole

COST = checked_score(INSTANCE, placed(INSTANCE)).cost


def test_a_word_is_reported_until_the_end() -> None:
    def find(run: Run) -> None:
        run.close(Fraction(7, 2))
        run.stop.wait(60)

    found = idle(find)
    with working(found):
        assert asked(found).solver_least is None
        asked(found, left=60.0)
        wait_until(lambda: asked(found).solver_least is not None)
        assert [asked(found).solver_least for _ in range(2)] == [Fraction(7, 2)] * 2


def test_a_word_counts_for_a_placement_of_that_cost_as_it_is_scored_here() -> None:
    table = Table()
    run = table.begin()
    table.placed(0, placed(INSTANCE), solver_least=COST)
    assert run.solver_says_optimal
    assert run.closed.is_set()


@pytest.mark.parametrize("word", [COST - 1, COST + 1, COST / 2, Fraction(0), COST - Fraction(1, 3)])
def test_a_word_on_another_cost_says_nothing(word: Fraction) -> None:
    table = Table()
    run = table.begin()
    table.placed(0, placed(INSTANCE), solver_least=word)
    assert not run.solver_says_optimal


def test_a_word_is_no_proof_of_a_placement_that_is_illegal() -> None:
    table, good = Table(), placed(INSTANCE)
    run = table.begin()
    first, second, *_ = good.values()
    table.placed(0, good.replace([replace(second, x=first.x, y=first.y)]), solver_least=COST)
    table.placed(1, good)
    assert not run.solver_says_optimal


def test_a_word_before_the_run_is_left_out() -> None:
    table = Table()
    table.placed(0, placed(INSTANCE), solver_least=COST)
    assert not table.begin().solver_says_optimal
    assert table.lines == []


def test_what_is_no_cost_is_dropped_with_one_line() -> None:
    table = Table()
    run = table.begin()
    text = '{"format": "wse-cp cluster report", "state": "searching", "solver_least": "soon"}'
    table.desk.take(table.members[0], text)
    assert len(table.lines) == 1
    assert not run.closed.is_set()


@pytest.mark.parametrize("proven", with_slow([False, True], True))
def test_a_run_on_a_cluster_says_what_the_solver_says(
    client: Any, monkeypatch: pytest.MonkeyPatch, proven: bool
) -> None:
    monkeypatch.setattr(members, "PERIOD", 0.1)
    if not proven:
        monkeypatch.setattr(beside.BoundBeside, "_proven", lambda _: False)

    def find(run: Run) -> None:
        close_whole(run)
        run.stop.wait(60)

    monkeypatch.setattr(session.Session.__init__, "__defaults__", (find,))
    stop, instance = threading.Event(), tiny()

    def look(event: Event) -> None:
        if event.source == "solver" and not proven:
            stop.set()

    result = solve(instance, client=client, time_limit=300.0, workers=1, observer=look, stop=stop)
    assert result.score == checked_score(instance, result.placement)
    assert result.stopped_by == ("optimal" if proven else "user")
    assert result.optimality == (OPTIMAL if proven else OPTIMAL_BY_SOLVER)
