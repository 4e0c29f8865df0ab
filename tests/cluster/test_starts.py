"""The first placements are made once, by one worker each; what a worker leaves undone another one makes."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Any

import pytest

pytest.importorskip("distributed", reason="distributed is not installed (wse-cp[cluster])")

from tests.checkpoint.cases import KEPT
from tests.cluster.clusters import inside
from tests.cluster.test_desk import INSTANCE, NAMES, Table
from wse_cp.checkpoint.document import parse_checkpoint
from wse_cp.checkpoint.memory import Memory
from wse_cp.cluster import members, session
from wse_cp.cluster.desk import BOUND_EVERY
from wse_cp.cluster.member import Member
from wse_cp.cluster.messages import Task, parse
from wse_cp.cluster.starts import PARTS, Starts
from wse_cp.solving import solve
from wse_cp.strategy import Run, schedule
from wse_cp.strategy.rows import build_caps, construct

ALL = {name for part in PARTS for name in part}


def begun(number: int, *ready: int) -> Table:
    """Return a table whose run has begun when some of its members were ready."""
    table = Table(number)
    for member in ready or range(number):
        table.report(member, state="ready")
    table.begin()
    return table


def made(table: Table, *members: int) -> list[set[str]]:
    """Return what members, or all, are to make; none of them searches yet."""
    orders = [table.order(member) for member in members or range(len(table.members))]
    assert all(order.without is not None for order in orders)
    return [ALL - set(order.without or ()) for order in orders]


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 8, 20])
def test_each_part_is_made_by_one_worker(number: int) -> None:
    table = begun(number)
    shares = made(table, *(member for member, task in enumerate(table.tasks) if task.role != "bound"))
    assert Counter(name for share in shares for name in share) == dict.fromkeys(ALL, 1)
    assert [len(share) > 0 for share in shares[:3]] == [True] * min(number, 3)


def test_who_seeks_a_bound_makes_none() -> None:
    table = begun(2 * BOUND_EVERY)
    assert all(
        table.order(member).without is None for member, task in enumerate(table.tasks) if task.role == "bound"
    )


def test_those_who_are_ready_first_make_all() -> None:
    table = begun(3, 2)
    assert made(table) == [set(), set(), ALL]


def test_a_worker_that_searches_is_not_told_again() -> None:
    table = begun(2)
    assert table.order(0).without is not None
    table.report(0, state="searching")
    assert table.order(0).without is None


def test_a_late_worker_makes_what_one_that_is_gone_has_not_made() -> None:
    table = begun(3)
    table.told(1, (), started=True)
    for member in (0, 1):
        table.desk.leave(table.members[member])
    table.members.append(Member("tcp://late", 1, 0))
    table.tasks.append(parse(Task, table.desk.task(table.members[-1]), ""))
    assert made(table, 2, 3) == [set(PARTS[2]), set(PARTS[0])]


def test_a_task_that_fails_leaves_its_part_to_the_next_one() -> None:
    table = begun(3)
    parse(Task, table.desk.task(table.members[0]), "")
    table.report(0, state="failed")
    assert made(table, 0) == [set(PARTS[0])]


def test_who_is_gone_before_the_run_gets_no_part() -> None:
    table = Table(2)
    for member in (0, 1):
        table.report(member, state="ready")
    table.desk.leave(table.members[0])
    table.begin()
    assert made(table, 1) == [ALL]


def test_the_starts_count_as_made_once_all_have_made_theirs() -> None:
    table = begun(4)
    for member in (0, 1):
        table.told(member, (), started=True)
    assert not table.memory.started
    table.told(2, (), started=True)
    assert table.memory.started
    task = parse(Task, table.desk.task(Member("tcp://late", 1, 4)), "")
    assert parse_checkpoint(task.checkpoint, "", INSTANCE).started


def test_a_run_that_goes_on_makes_none_again() -> None:
    assert Starts(made=True).all_made
    table = Table(2, Memory(KEPT, NAMES))
    for member in (0, 1):
        table.report(member, state="ready")
    table.begin()
    assert made(table) == [set(), set()]


def test_what_the_user_leaves_out_nobody_makes() -> None:
    table = Table(2, without=("trees", "rows"))
    table.report(0, state="ready")
    table.begin()
    assert table.tasks[0].without == ["rows", "trees"]
    assert table.order(0).without == ["rows", "trees"]


def test_rows_and_stacks_are_built_by_one_worker_of_a_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts how often the steps of the search that build them are at work on two workers."""
    monkeypatch.setattr(members, "PERIOD", 0.1)
    calls: Counter[str] = Counter()

    def rows(run: Run, *given: Any) -> Any:
        calls["rows"] += "rows" not in run.options.without
        calls["runs"] += 1
        return construct(run, *given)

    def caps(run: Run, *given: Any) -> None:
        calls["caps"] += "caps" not in run.options.without
        build_caps(run, *given)

    monkeypatch.setattr(schedule, "construct", rows)
    monkeypatch.setattr(schedule, "build_caps", caps)
    monkeypatch.setattr(session.Session.__init__, "__defaults__", (schedule.search,))
    stop = threading.Event()

    def look() -> None:
        end = time.monotonic() + 60
        while (calls["runs"] < 2 or not calls["caps"]) and time.monotonic() < end:
            time.sleep(0.05)
        stop.set()

    with inside(2) as (_, client):
        threading.Thread(target=look, daemon=True).start()
        solve(INSTANCE, client=client, time_limit=60.0, workers=1, stop=stop)
    assert calls == {"runs": 2, "rows": 1, "caps": 1}
