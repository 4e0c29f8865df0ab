"""Who is asked to give up memory."""

from __future__ import annotations

import gc
import weakref

import pytest

from wse_cp.processes.reliefs import RELIEFS, Pressure, Reliefs, spared


class Cache:
    """Notes what it was asked."""

    def __init__(self, asked: list[Pressure]) -> None:
        self.asked = asked

    def ease(self, pressure: Pressure) -> None:
        self.asked.append(pressure)


def test_those_that_live_are_asked() -> None:
    reliefs, first, second = Reliefs(), [], []  # type: ignore[var-annotated]
    kept, lost = Cache(first), Cache(second)
    reliefs.add(kept.ease)
    reliefs.add(lost.ease)
    reliefs.ask(Pressure.SCARCE)
    del lost
    gc.collect()
    reliefs.ask(Pressure.SPENT)
    assert first == [Pressure.SCARCE, Pressure.SPENT]
    assert second == [Pressure.SCARCE]
    assert kept.asked is first


def test_one_that_fails_does_not_keep_others_from_being_asked() -> None:
    asked: list[Pressure] = []

    class Broken(Cache):
        def ease(self, pressure: Pressure) -> None:
            raise RuntimeError("broken")

    reliefs, broken, whole = Reliefs(), Broken([]), Cache(asked)
    reliefs.add(broken.ease)
    reliefs.add(whole.ease)
    with pytest.raises(RuntimeError, match="broken"):
        reliefs.ask(Pressure.SHORT)
    assert asked == [Pressure.SHORT]


@pytest.mark.parametrize(("failures", "tries", "found"), [(0, 1, 7), (1, 1, None), (1, 2, 7), (2, 2, None)])
def test_a_step_without_memory_is_begun_again_or_given_up(
    failures: int, tries: int, found: int | None
) -> None:
    asked, told, calls = list[Pressure](), list[str](), list[int]()
    holder = Cache(asked)
    RELIEFS.add(holder.ease)

    def step() -> int:
        calls.append(len(asked))
        if len(calls) <= failures:
            raise MemoryError
        return 7

    assert spared("rows", step, told.append, tries) == found
    assert asked == [Pressure.SPENT] * failures
    assert calls == list(range(min(failures + 1, tries)))  # after all have given up what they can
    assert [line.rpartition(" ")[2] for line in told] == [
        "again" if k + 1 < tries else "up" for k in range(failures)
    ]
    assert all("rows" in line for line in told)


def test_a_relief_that_fails_does_not_end_the_work() -> None:
    class Broken(Cache):
        def ease(self, pressure: Pressure) -> None:
            raise MemoryError

    def step() -> None:
        raise MemoryError

    broken, told = Broken([]), list[str]()
    RELIEFS.add(broken.ease)
    assert spared("rows", step, told.append) is None
    assert told == ["exhausted: rows given up"]


def test_what_a_step_without_memory_held_is_free_when_others_are_asked() -> None:
    class Block:
        pass

    held: list[weakref.ref[Block]] = []
    alive: list[bool] = []

    class Watching(Cache):
        def ease(self, pressure: Pressure) -> None:
            alive.append(held[0]() is not None)

    def step() -> None:
        block = Block()
        held.append(weakref.ref(block))
        raise MemoryError

    watching = Watching([])
    RELIEFS.add(watching.ease)
    assert spared("rows", step, lambda _: None) is None
    assert alive == [False]


def test_other_errors_of_a_step_are_raised() -> None:
    def step() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        spared("rows", step, lambda _: None, tries=3)
