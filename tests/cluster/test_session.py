"""The search on a worker: it takes what others have found, tells what is new, and ends when nobody asks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

pytest.importorskip("distributed", reason="distributed is not installed (wse-cp[cluster])")

from tests.checkpoint.cases import KEPT, chain, placed
from tests.cluster.clusters import wait_until
from wse_cp.bounds.verifier import verify
from wse_cp.checkpoint.document import CheckpointText, parse_checkpoint
from wse_cp.checkpoint.kept import Kept
from wse_cp.cluster import lease, worker
from wse_cp.cluster.bound_session import BoundSession
from wse_cp.cluster.messages import Order, Report, Task, parse, text_of
from wse_cp.cluster.session import Session, open_session
from wse_cp.errors import InputError
from wse_cp.files.json_documents import format_instance
from wse_cp.files.paint import format_paint, parse_placement
from wse_cp.instance import Instance
from wse_cp.score import checked_score
from wse_cp.strategy import Run

INSTANCE = chain(50)


def task(instance: Instance = INSTANCE, **more: Any) -> Task:
    state = CheckpointText(instance).of(Kept())
    values = {"seed": 0, "threads": 1, "run": "x", "without": [], **more}
    return Task(instance=format_instance(instance), checkpoint=state, **values)


def asked(session: Session | BoundSession, **order: Any) -> Report:
    return parse(Report, session.exchange(text_of(Order(**order))), "")


def more(session: Session | BoundSession, reports: list[Report]) -> Report:
    """Ask for one more report."""
    reports.append(asked(session))
    return reports[-1]


@contextmanager
def working(session: Session | BoundSession) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=session.work, daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        session.lease.end()
        asked(session, stop=True)
        thread.join(60)
        assert not thread.is_alive()


def idle(until: Callable[[Run], object] = lambda run: run.stop.wait(60)) -> Session:
    """Return a session that searches for nothing."""
    return Session(task(), until)  # type: ignore[arg-type]


def test_a_search_reports_legal_placements_and_its_state() -> None:
    session, reports = Session(task()), list[Report]()
    with working(session):
        wait_until(lambda: session.state == "ready")
        assert asked(session).state == "ready"
        reports.append(asked(session, left=60.0))
        wait_until(lambda: more(session, reports).placement)
        last = asked(session, stop=True)
        found = next(report for report in reversed(reports) if report.placement)
        assert found.placement is not None
        assert found.source
        assert checked_score(INSTANCE, parse_placement(found.placement, "", INSTANCE)).cost == found.cost
        assert last.checkpoint is not None
        assert parse_checkpoint(last.checkpoint, "", INSTANCE).statistics


def test_what_comes_from_elsewhere_is_taken_and_not_told_back() -> None:
    session, placement = idle(), placed(INSTANCE)
    cost = checked_score(INSTANCE, placement).cost
    report = asked(session, placement=format_paint(INSTANCE, placement), cost=cost)
    assert session.incumbent.best is not None
    assert session.incumbent.best.placement == placement
    assert report.placement is None
    assert report.cost == cost


def test_a_placement_is_told_until_the_client_has_it() -> None:
    session, placement = idle(), placed(INSTANCE)
    cost = checked_score(INSTANCE, placement).cost
    session.incumbent.offer(placement, "rows")
    for _ in range(2):
        report = asked(session, cost=cost + 1)
        assert report.placement == format_paint(INSTANCE, placement)
        assert report.source == "rows"
    assert asked(session, cost=cost).placement is None


def test_trees_from_elsewhere_wait_for_the_pool() -> None:
    session, found = idle(), list[Any]()
    asked(session, trees=CheckpointText(INSTANCE).of(KEPT))
    session.memory.take_trees(found.extend)
    asked(session, trees=CheckpointText(INSTANCE).of(KEPT))
    assert found == [*KEPT.trees, *KEPT.trees]


def test_an_order_that_is_wrong_is_said_and_changes_nothing() -> None:
    session = idle()
    (message,) = asked(session, placement="nonsense").messages
    assert message[0] == "cluster"
    assert "left out" in message[1]
    with pytest.raises(InputError, match="cluster order"):
        session.exchange('{"format": "another"}')


def test_a_search_ends_when_nobody_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease.Lease.__init__, "__defaults__", (0.5,))
    session = idle()
    thread = threading.Thread(target=session.work, daemon=True)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
    assert session.state == "unheard"


def test_a_search_that_fails_says_why() -> None:
    def fail(run: Run) -> None:
        raise RuntimeError("broken")

    session = idle(fail)
    with working(session):
        asked(session, left=60.0)
        wait_until(lambda: session.state == "failed")
        report = asked(session)
    assert report.state == "failed"
    assert "broken" in report.messages[0][1]


def test_a_task_that_is_told_to_stop_before_it_begins_does_not_begin() -> None:
    import asyncio

    assert asyncio.run(worker.exchange("early", text_of(Order(stop=True)))) is None
    assert worker.work("early", text_of(task())) == "early"


def test_a_task_of_another_kind_is_refused() -> None:
    with pytest.raises(InputError, match="role"):
        open_session(text_of(task()).replace('"placements"', '"dreams"'))


def test_a_bound_is_reported_with_the_range_it_holds_for() -> None:
    session, reports = open_session(text_of(task(role="bound"))), list[Report]()
    assert isinstance(session, BoundSession)
    with working(session):
        asked(session, left=60.0)
        wait_until(lambda: more(session, reports).certificate)
        assert reports[-1].region == [0, None]
        assert reports[-1].certificate is not None
        assert verify(INSTANCE, reports[-1].certificate) >= 0
        asked(session, region=[10, 20])
        wait_until(lambda: more(session, reports).region == [10, 20])
