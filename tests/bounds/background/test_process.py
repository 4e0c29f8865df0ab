"""The bound in a process of its own: it answers as the search would, and its end harms nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from fractions import Fraction

import psutil
import pytest

from tests.bounds.small_instances import small_instance
from wse_cp.bounds.background import process as parent_side
from wse_cp.bounds.background.messages import ProofSigns
from wse_cp.bounds.background.process import IDLE, BoundProcess, ProcessEndedError
from wse_cp.bounds.halftiles.lower_bound import lower_bound
from wse_cp.bounds.result import Bound
from wse_cp.bounds.verifier import verify
from wse_cp.instance import Instance

SECONDS = 60.0


@pytest.fixture
def process() -> Iterator[BoundProcess]:
    with BoundProcess() as process:
        process.wait()
        yield process


@pytest.fixture
def _none_idle() -> Iterator[None]:
    IDLE.clear()
    yield
    IDLE.clear()


class Follower:
    """A run that the process works for."""

    def __init__(self, instance: Instance, cost: Fraction | None = None) -> None:
        self.instance, self.cost = instance, cost
        self.told: list[Bound] = []
        self.offered: list[object] = []
        self.signs = ProofSigns()
        self.stop = threading.Event()
        self._end = time.monotonic() + SECONDS

    def follow(self, process: BoundProcess) -> bool:
        return process.run(
            self.instance, 1, lambda: self.cost, self._over, self.told.append, self.offered.append, self.signs
        )

    def stop_after_a_bound(self) -> None:
        while not self.told:
            time.sleep(0.01)
        self.stop.set()

    def _over(self) -> bool:
        return self.stop.is_set() or time.monotonic() > self._end


def test_a_cost_that_the_bound_meets_is_proven(process: BoundProcess) -> None:
    instance = small_instance("chain", 0)
    least = lower_bound(instance, time_limit=20, workers=1).value
    assert Follower(instance, least).follow(process)
    assert process.best is not None
    assert process.verified
    assert process.best.value == least
    assert verify(instance, process.best.certificate) == least


def test_a_cost_that_falls_to_the_bound_later_is_proven(process: BoundProcess) -> None:
    instance = small_instance("chain", 0)
    least = lower_bound(instance, time_limit=20, workers=1).value
    follower = Follower(instance, 2 * least)
    timer = threading.Timer(1.0, lambda: setattr(follower, "cost", least))
    timer.start()
    begin = time.monotonic()
    assert follower.follow(process)
    assert time.monotonic() - begin >= 1


def test_the_end_of_the_run_ends_it_with_the_bound_so_far(process: BoundProcess) -> None:
    follower = Follower(small_instance("diamond", 1))
    threading.Thread(target=follower.stop_after_a_bound, daemon=True).start()
    begin = time.monotonic()
    assert not follower.follow(process)
    assert time.monotonic() - begin < SECONDS / 2
    assert process.best is follower.told[-1]
    assert process.best.value > 0


def test_a_killed_process_is_reported_and_its_bound_kept(process: BoundProcess) -> None:
    follower = Follower(small_instance("chain", 1))
    pid = process.pid
    assert pid is not None
    follower.signs.near.set()

    def kill() -> None:
        while not follower.told:
            time.sleep(0.01)
        os.kill(pid, signal.SIGKILL)

    threading.Thread(target=kill, daemon=True).start()
    with pytest.raises(ProcessEndedError, match=f"killed by signal {int(signal.SIGKILL)}"):
        follower.follow(process)
    assert process.best is follower.told[-1]
    assert not follower.signs.near.is_set()


def test_the_keyboard_is_the_parents(process: BoundProcess) -> None:
    follower = Follower(small_instance("chain", 1))
    assert process.pid is not None
    os.kill(process.pid, signal.SIGINT)
    threading.Timer(1.0, follower.stop.set).start()
    assert not follower.follow(process)


@pytest.mark.usefixtures("_none_idle")
def test_a_process_that_cannot_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parent_side, "MODULE", "wse_cp.no_such_module")
    with BoundProcess() as process:
        process.wait()
        with pytest.raises(ProcessEndedError, match=r"ended with code 1 .*no_such_module"):
            Follower(small_instance("chain", 0)).follow(process)


@pytest.mark.usefixtures("_none_idle")
def test_a_system_without_processes_is_no_error_until_a_bound_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(parent_side, "ChildProcess", refuse)
    with BoundProcess() as process:
        process.wait()
        with pytest.raises(ProcessEndedError, match="could not be started: no more processes"):
            Follower(small_instance("chain", 0)).follow(process)


@pytest.mark.usefixtures("_none_idle")
def test_the_next_run_has_the_same_process_and_forgets_the_last_one() -> None:
    first, second = small_instance("diamond", 1), small_instance("chain", 0)
    least = lower_bound(second, time_limit=20, workers=1).value
    found = []
    for instance, cost in ((first, None), (second, least)):
        follower = Follower(instance, cost)
        with BoundProcess() as process:
            process.wait()
            if cost is None:
                threading.Timer(1.0, follower.stop.set).start()
            optimal = follower.follow(process)
            found.append((process.pid, optimal, process.best))
    assert found[0][0] == found[1][0]
    assert [optimal for _, optimal, _ in found] == [False, True]
    best = found[1][2]
    assert best is not None
    assert best.value == least


@pytest.mark.usefixtures("_none_idle")
def test_a_process_that_has_not_finished_is_ended() -> None:
    with BoundProcess() as process:
        process.wait()
        assert process.pid is not None
        child = psutil.Process(process.pid)
        follower = Follower(small_instance("diamond", 1))
        thread = threading.Thread(target=follower.follow, args=(process,), daemon=True)
        thread.start()
        follower.stop_after_a_bound()
        child.suspend()
    assert not child.is_running()
    thread.join(5)
    assert not thread.is_alive()


@pytest.mark.slow
@pytest.mark.usefixtures("_none_idle")
def test_no_more_than_one_idle_process_is_kept() -> None:
    with BoundProcess() as one, BoundProcess() as another:
        one.wait()
        another.wait()
        processes = [psutil.Process(process.pid) for process in (one, another)]
    assert [process.is_running() for process in processes].count(True) == 1
    IDLE.clear()
    assert not any(process.is_running() for process in processes)


SCRIPT = """
from wse_cp.bounds.background.process import BoundProcess
with BoundProcess() as process:
    process.wait()
    print(process.pid, flush=True)
"""


def test_an_idle_process_ends_with_its_owner() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert not psutil.pid_exists(int(done.stdout))
    assert not done.stderr


@pytest.mark.usefixtures("_none_idle")
def test_without_room_in_memory_there_is_no_process() -> None:
    with BoundProcess(None) as process:
        assert process.pid is None
        process.wait()
        with pytest.raises(ProcessEndedError, match="memory limit leaves no room"):
            Follower(small_instance("chain", 0)).follow(process)
        assert not process.again()


@pytest.mark.usefixtures("_none_idle")
def test_another_process_takes_the_place_of_one_that_was_killed() -> None:
    instance = small_instance("diamond", 1)
    with BoundProcess(10**9) as process:
        process.wait()
        first = process.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        with pytest.raises(ProcessEndedError):
            Follower(instance).follow(process)
        assert process.again()
        process.wait()
        assert process.pid not in (None, first)
        follower = Follower(instance)
        threading.Thread(target=follower.stop_after_a_bound, daemon=True).start()
        assert not follower.follow(process)
        assert follower.told


@pytest.mark.usefixtures("_none_idle")
def test_what_is_closed_or_could_not_load_is_not_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with BoundProcess() as process:
        process.wait()
    assert not process.again()
    IDLE.clear()
    monkeypatch.setattr(parent_side, "MODULE", "wse_cp.no_such_module")
    with BoundProcess() as process:
        process.wait()
        assert not process.again()
