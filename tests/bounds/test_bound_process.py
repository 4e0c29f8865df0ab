"""The bound in a process of its own: it answers as the search would, and its end harms nobody."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from fractions import Fraction

import psutil
import pytest
from small_instances import small_instance

from wse_cp.bounds.background import process as parent_side
from wse_cp.bounds.background.process import BoundProcess, ProcessEndedError
from wse_cp.bounds.background.signs import ProofSigns
from wse_cp.bounds.result import Bound
from wse_cp.bounds.search import lower_bound
from wse_cp.bounds.verifier import verify
from wse_cp.instance import Instance

SECONDS = 60.0


@pytest.fixture
def process() -> Iterator[BoundProcess]:
    with BoundProcess() as process:
        process.wait()
        yield process


class Follower:
    """A run that the process works for."""

    def __init__(self, instance: Instance, cost: Fraction | None = None) -> None:
        self.instance, self.cost = instance, cost
        self.told: list[Bound] = []
        self.signs = ProofSigns()
        self.stop = threading.Event()
        self._end = time.monotonic() + SECONDS

    def follow(self, process: BoundProcess) -> bool:
        return process.run(self.instance, 1, lambda: self.cost, self._over, self.told.append, self.signs)

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
    threading.Timer(1.0, follower.stop.set).start()
    begin = time.monotonic()
    assert not follower.follow(process)
    assert time.monotonic() - begin < SECONDS / 2
    assert process.best is follower.told[-1]
    assert process.best.value > 0


def test_a_killed_process_is_reported_and_its_bound_kept(process: BoundProcess) -> None:
    follower = Follower(small_instance("chain", 1))
    pid = _child()
    follower.signs.near.set()
    threading.Timer(1.0, os.kill, [pid, signal.SIGKILL]).start()
    with pytest.raises(ProcessEndedError, match=f"killed by signal {int(signal.SIGKILL)}"):
        follower.follow(process)
    assert process.best is follower.told[-1]
    assert not follower.signs.near.is_set()


def test_the_keyboard_is_the_parents(process: BoundProcess) -> None:
    follower = Follower(small_instance("chain", 1))
    os.kill(_child(), signal.SIGINT)
    threading.Timer(1.0, follower.stop.set).start()
    assert not follower.follow(process)


def test_a_process_that_cannot_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parent_side, "MODULE", "wse_cp.no_such_module")
    with BoundProcess() as process:
        process.wait()
        with pytest.raises(ProcessEndedError, match=r"ended with code 1 .*no_such_module"):
            Follower(small_instance("chain", 0)).follow(process)


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


def test_closing_ends_it() -> None:
    with BoundProcess() as process:
        process.wait()
        child = psutil.Process(_child())
    assert not child.is_running()


def _child() -> int:
    """Return the number of the one child process of these tests that is such a process."""
    found = [
        child.pid for child in psutil.Process().children() if parent_side.MODULE in " ".join(child.cmdline())
    ]
    assert len(found) == 1
    return found[0]
