"""The exchange with each worker is its own: one that is slow, or breaks, does not keep the others waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("distributed", reason="distributed is not installed (wse-cp[cluster])")

from tests.cluster.clusters import PATIENCE
from wse_cp.cluster import members
from wse_cp.cluster.member import Member, Traffic
from wse_cp.cluster.members import Members
from wse_cp.cluster.worker import exchange
from wse_cp.version import __version__


class Desk:
    """Notes what is said and taken."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.taken: list[tuple[str, str]] = []

    def task(self, member: Member) -> str:
        return "task"

    def order(self, member: Member, stop: bool) -> str:
        return "stop" if stop else "order"

    def take(self, member: Member, report: str) -> None:
        self.taken.append((member.address, report))
        member.state = "searching"

    def leave(self, member: Member) -> None:
        self.lines.append(f"left {member.address}")

    def say(self, message: str) -> None:
        self.lines.append(message)


class Client:
    """Stands in for that of Dask, in its own loop."""

    def __init__(self) -> None:
        self.workers = {"a": 1, "b": 2}
        self.status = "running"
        self.asleep: set[str] = set()
        self.cancelled: list[Any] = []
        self.away = False

    async def nthreads(self) -> dict[str, int]:
        if self.away:
            raise OSError("away")
        return dict(self.workers)

    async def run(self, function: Any, *given: Any, workers: list[str]) -> dict[str, Any]:
        (address,) = workers
        while address in self.asleep:
            await asyncio.sleep(0.01)
        return {address: given[1] if function is exchange else __version__}

    def submit(self, *given: Any, **more: Any) -> Any:
        return SimpleNamespace(status="pending", key=more["key"])

    async def cancel(self, futures: list[Any], force: bool) -> None:
        self.cancelled += futures


def observed(story: Callable[[Members, Client, Desk], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a story happen while members are looked after."""
    for name, value in (("PERIOD", 0.01), ("PERIOD_PER_WORKER", 0.0), ("_LOOK", 0.02), ("SLOW", 0.3)):
        monkeypatch.setattr(members, name, value)

    async def main() -> None:
        client, desk = Client(), Desk()
        given: Any = client
        found = Members(given, desk)
        running = asyncio.create_task(found.run())
        await asyncio.wait_for(story(found, client, desk), PATIENCE)
        await found.finish()
        running.cancel()

    asyncio.run(main())


async def until(true: Callable[[], object]) -> None:
    while not true():
        await asyncio.sleep(0.01)


def test_a_slow_worker_is_named_once_and_what_it_reports_later_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story(found: Members, client: Client, desk: Desk) -> None:
        await until(lambda: {address for address, _ in desk.taken} == {"a", "b"})
        assert "2 workers with 3 threads" in desk.lines
        client.asleep.add("a")
        await until(lambda: any("does not answer" in line for line in desk.lines))
        desk.taken.clear()
        await until(lambda: len(desk.taken) > 50)
        assert {address for address, _ in desk.taken} == {"b"}
        await asyncio.sleep(0.7)  # time for a second line
        assert [line for line in desk.lines if "not answer" in line] == [
            "worker a does not answer; the others go on without it"
        ]
        client.asleep.clear()
        await until(lambda: "a" in [address for address, _ in desk.taken])

    observed(story, monkeypatch)


def test_a_worker_that_does_not_say_its_version_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(found: Members, client: Client, desk: Desk) -> None:
        client.asleep.add("a")
        await until(lambda: desk.taken)
        assert "1 worker with 2 threads" in desk.lines
        client.asleep.clear()
        await until(lambda: "2 workers with 3 threads" in desk.lines)

    observed(story, monkeypatch)


def test_a_worker_that_goes_is_forgotten_and_its_number_given_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(found: Members, client: Client, desk: Desk) -> None:
        await until(lambda: len(found.all) == 2)
        slot = next(member.slot for member in found.all if member.address == "a")
        del client.workers["a"]
        await until(lambda: "1 worker gone; 1 worker with 2 threads" in desk.lines)
        assert "left a" in desk.lines
        assert len(client.cancelled) == 1
        client.workers["c"] = 1
        await until(lambda: len(found.all) == 2)
        assert next(member.slot for member in found.all if member.address == "c") == slot

    observed(story, monkeypatch)


def test_a_scheduler_is_lost_after_a_while_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "LOST", 0.5)

    async def story(found: Members, client: Client, desk: Desk) -> None:
        await until(lambda: found.all)
        client.away = True
        await asyncio.sleep(0.1)
        client.away = False
        await asyncio.sleep(0.1)
        assert not found.lost
        client.away = True
        await until(lambda: found.lost)
        assert len(found.all) == 2

    observed(story, monkeypatch)


def test_what_fails_in_an_exchange_is_said_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def task(self: Desk, member: Member) -> str:
        if member.address == "a":
            raise ValueError("a defect")
        return "task"

    monkeypatch.setattr(Desk, "task", task)

    async def story(found: Members, client: Client, desk: Desk) -> None:
        await until(lambda: any("a defect" in line for line in desk.lines))
        await until(lambda: ("b", "order") in desk.taken)

    observed(story, monkeypatch)


def test_at_the_end_all_are_told_to_stop_and_their_tasks_are_cancelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Any] = []

    async def story(found: Members, client: Client, desk: Desk) -> None:
        await until(lambda: {address for address, _ in desk.taken} == {"a", "b"})
        seen.extend((client, desk))

    observed(story, monkeypatch)
    client, desk = seen
    assert [report for _, report in desk.taken].count("stop") == 2
    assert len(client.cancelled) == 2


def test_traffic_is_counted() -> None:
    traffic = Traffic()
    for report in ("four", None):
        traffic.count("orders", report, 0.5)
    assert str(traffic) == "2 exchanges; each 6 bytes out, 2 in, 500.0 ms"
