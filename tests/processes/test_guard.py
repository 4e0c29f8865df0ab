"""What is asked for as memory gets scarce, and what is ended at last."""

from __future__ import annotations

import pytest

from tests.processes.orders import MODULE, Hang
from tests.processes.waiting import happens
from wse_cp.machine.memory import Member
from wse_cp.processes import guard as guard_module
from wse_cp.processes.child_process import ChildProcess
from wse_cp.processes.guard import MemoryGuard
from wse_cp.processes.reliefs import Pressure, Reliefs


class Stage:
    """A process tree whose memory a test sets, in units of which 1000 are allowed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.members = [Member(1, 0)]
        self.asked: list[Pressure] = []
        self.told: list[str] = []
        self.ended: list[int] = []
        self.released = 0
        monkeypatch.setattr(guard_module, "release", self.release)
        reliefs = Reliefs()
        reliefs.add(self.ease)
        self.guard = MemoryGuard(1000, self.told.append, lambda: self.members, reliefs, self.ended.append)

    def release(self, collect: bool = True) -> None:
        self.released += 1

    def ease(self, pressure: Pressure) -> None:
        self.asked.append(pressure)

    def look(self, *memory: int) -> None:
        self.members = [Member(number, each) for number, each in enumerate(memory, 1)]
        self.guard.look()


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(monkeypatch)


def test_far_from_the_limit_nobody_is_asked(stage: Stage) -> None:
    stage.look(400, 340)
    assert (stage.asked, stage.told, stage.ended, stage.released) == ([], [], [], 0)


@pytest.mark.parametrize(
    ("memory", "asked"),
    [
        ((400, 360), [Pressure.SCARCE]),
        ((400, 460), [Pressure.SCARCE, Pressure.SHORT]),
        ((400, 560), [Pressure.SCARCE, Pressure.SHORT, Pressure.SPENT]),
    ],
)
def test_the_nearer_the_limit_the_more_is_asked_for(
    stage: Stage, memory: tuple[int, ...], asked: list[Pressure]
) -> None:
    stage.look(*memory)
    assert stage.asked == asked
    assert stage.released == 1
    assert len(stage.told) == (len(asked) > 1)


def test_the_largest_child_is_ended_when_memory_is_spent(stage: Stage) -> None:
    stage.look(500, 100, 300, 70)
    assert stage.ended == [3]


def test_after_a_relief_there_is_time_for_it_to_help(stage: Stage) -> None:
    for _ in range(3):
        stage.look(500, 500)
    assert stage.ended == [2]
    assert stage.asked == [Pressure.SCARCE, Pressure.SHORT, Pressure.SPENT]


def test_a_limit_that_cannot_be_kept_is_told_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard_module, "_PAUSE", 0.0)
    for used in (1100, 1200, 1300):
        stage.look(used)
    assert [text for text in stage.told if "cannot be kept" in text] == [
        "the limit of 0 MB cannot be kept: 0 MB in use"
    ]
    assert stage.ended == []


def test_a_defect_of_those_who_are_asked_does_not_end_the_guard() -> None:
    class Broken:
        count = 0

        def ease(self, pressure: Pressure) -> None:
            self.count += 1
            raise RuntimeError("broken")

    broken, reliefs = Broken(), Reliefs()
    reliefs.add(broken.ease)
    looks: list[int] = []

    def measure() -> list[Member]:
        looks.append(1)
        return [Member(1, 800)]

    with MemoryGuard(1000, lambda text: None, measure, reliefs):
        assert happens(lambda: len(looks) > 3)
    assert broken.count


def test_a_child_of_this_process_is_seen_and_ended(
    child: ChildProcess[object, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real thing, with a limit that this process alone exceeds."""
    assert MODULE
    child.send(Hang())
    told: list[str] = []
    with MemoryGuard(10**6, told.append, reliefs=Reliefs()):
        assert happens(lambda: not child.alive)
        assert happens(lambda: any("cannot be kept" in text for text in told))
    assert told[0].startswith("short (limit 1 MB)")
