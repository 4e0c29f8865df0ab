"""Who is asked to give up memory."""

from __future__ import annotations

import gc

import pytest

from wse_cp.processes.reliefs import Pressure, Reliefs


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
