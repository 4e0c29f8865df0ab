"""Workers whose memory is exhausted begin again; what fails otherwise ends the search."""

from __future__ import annotations

import threading

import pytest

from tests.checkpoint.cases import chain, placed
from wse_cp.clock import WorkClock
from wse_cp.incumbent import Incumbent
from wse_cp.options import RunOptions
from wse_cp.processes.reliefs import RELIEFS, Pressure
from wse_cp.progress import Event
from wse_cp.shapes.curves import least_time_by_area
from wse_cp.strategy import Run, workers
from wse_cp.strategy.workers import with_workers


class Case:
    """A run of two workers, with what it says and what those who hold memory were asked."""

    def __init__(self) -> None:
        instance = chain(0)
        self.said: list[Event] = []
        self.asked: list[Pressure] = []
        incumbent = Incumbent(instance, self.said.append)
        least = least_time_by_area(instance)
        options = RunOptions(time_limit=60, workers=2)
        self.run = Run(incumbent, options, 60.0, threading.Event(), least, WorkClock())
        RELIEFS.add(self.ease)

    def ease(self, pressure: Pressure) -> None:
        self.asked.append(pressure)


@pytest.fixture
def case() -> Case:
    return Case()


def test_a_worker_begins_again_when_others_have_given_up_memory(case: Case) -> None:
    calls: list[int] = []

    def work(worker: int) -> None:
        calls.append(worker)
        if worker == 1 and calls.count(1) < 3:
            raise MemoryError

    with_workers(case.run, work)
    assert (calls.count(0), calls.count(1)) == (1, 3)
    assert case.asked == [Pressure.SPENT] * 2
    assert "exhausted" in case.said[0].message


def test_a_worker_that_never_has_enough_gives_up(case: Case) -> None:
    calls: list[int] = []

    def work(worker: int) -> None:
        calls.append(worker)
        raise MemoryError

    with pytest.raises(MemoryError):
        with_workers(case.run, work)
    assert 2 < len(calls) < 20


def test_a_worker_that_never_has_enough_goes_on_with_neighbourhoods(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.run.incumbent.offer(placed(case.run.incumbent.instance), "x")
    alone: list[int] = []
    monkeypatch.setattr(workers, "neighbourhoods", lambda run, worker: alone.append(worker))

    def work(worker: int) -> None:
        raise MemoryError

    with_workers(case.run, work)
    assert sorted(alone) == [0, 1]


def test_a_relief_that_fails_leaves_the_worker_at_work(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Pressure) -> None:
        raise MemoryError

    monkeypatch.setattr(RELIEFS, "ask", fail)
    calls: list[int] = []

    def work(worker: int) -> None:
        calls.append(worker)
        if calls.count(worker) == 1:
            raise MemoryError

    with_workers(case.run, work)
    assert sorted(calls) == [0, 0, 1, 1]


def test_without_time_nothing_begins_again(case: Case) -> None:
    calls: list[int] = []

    def work(worker: int) -> None:
        calls.append(worker)
        case.run.stop.set()
        raise MemoryError

    with pytest.raises(MemoryError):
        with_workers(case.run, work)
    assert sorted(calls) == [0, 1]


def test_other_failures_are_raised_at_once(case: Case) -> None:
    def work(worker: int) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        with_workers(case.run, work)
    assert case.asked == []
