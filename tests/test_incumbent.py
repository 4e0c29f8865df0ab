"""The incumbent: only legal placements, only better ones, from any thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from fractions import Fraction
from importlib import import_module

import pytest

from wse_cp.errors import IllegalPlacementError
from wse_cp.incumbent import Incumbent, Kind
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Arguments, Conv
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.progress import Event
from wse_cp.score import score

#: The module: `wse_cp.score` is also a function.
SCORING = import_module("wse_cp.score")
CONV = Conv(2, 2, 1, 1, 2, 2, 1)
INSTANCE = Instance(Settings(200, 60), (Node(0, "a", CONV), Node(1, "b", CONV)), (Edge("a", "b"),))


def placement(distance: int) -> Placement:
    """Two kernels so many tiles apart: the cost is 16 cycles and the distance."""
    args = Arguments(1, 1, (1,), (1,))
    return Placement([PlacedKernel("a", CONV, args, 0, 0), PlacedKernel("b", CONV, args, distance, 0)])


def test_there_is_no_best_at_first() -> None:
    assert Incumbent(INSTANCE).best is None
    assert Incumbent(INSTANCE).statistics() == ()


def test_only_better_placements_are_taken() -> None:
    incumbent = Incumbent(INSTANCE)
    taken = [incumbent.offer(placement(distance), "s").taken for distance in (9, 12, 9, 5, 6)]
    assert taken == [True, False, False, True, False]
    assert incumbent.best == (placement(5), score(INSTANCE, placement(5)))


@pytest.mark.parametrize("distance", [0, 2, 198])
def test_illegal_placements_are_refused(distance: int) -> None:
    incumbent = Incumbent(INSTANCE)
    incumbent.offer(placement(90), "s")
    with pytest.raises(IllegalPlacementError):
        incumbent.offer(placement(distance), "s")
    with pytest.raises(IllegalPlacementError):
        incumbent.offer(Placement([placement(3)["a"]]), "s")
    assert incumbent.best is not None
    assert incumbent.best[0] == placement(90)


def test_observers_hear_of_improvements_and_messages_only() -> None:
    events: list[Event] = []
    incumbent = Incumbent(INSTANCE, events.append, started=time.monotonic() - 100)
    for distance in (9, 12, 5):
        incumbent.offer(placement(distance), f"at {distance}")
    incumbent.say("someone", "hello")
    assert [(event.source, event.message) for event in events] == [
        ("at 9", ""),
        ("at 5", ""),
        ("someone", "hello"),
    ]
    assert [event.score and event.score.cost for event in events] == [25, 21, None]
    assert all(event.seconds >= 100 for event in events)


def test_activity_names_what_each_thread_is_at() -> None:
    incumbent = Incumbent(INSTANCE, started=time.monotonic() - 100)
    incumbent.offer(placement(9), "x")
    begun, over = threading.Event(), threading.Event()

    def work() -> None:
        with incumbent.working("y"):
            begun.set()
            over.wait(30)

    other = threading.Thread(target=work)
    other.start()
    assert begun.wait(30)
    with incumbent.working("x"):
        activity = incumbent.activity()
        assert sorted(activity.searching) == ["x", "y"]
        assert activity.seconds >= 100
        assert [entry.name for entry in activity.statistics] == ["x"]
        with incumbent.working("z"):
            assert sorted(incumbent.activity().searching) == ["y", "z"]
        assert sorted(incumbent.activity().searching) == ["x", "y"]
    assert incumbent.activity().searching == ("y",)
    over.set()
    other.join()


def test_who_fails_is_at_nothing_any_more() -> None:
    incumbent = Incumbent(INSTANCE)
    with pytest.raises(ZeroDivisionError), incumbent.working("x"):
        raise ZeroDivisionError
    assert incumbent.activity().searching == ()


def test_totals_are_kept_by_kind() -> None:
    incumbent = Incumbent(INSTANCE)
    for distance, kind in ((20, Kind.CONSTRUCTION), (15, Kind.NEIGHBOURHOOD), (12, Kind.CONSTRUCTION)):
        incumbent.offer(placement(distance), "x", kind)
        incumbent.count("x", 0.5, kind)
    assert incumbent.totals(Kind.CONSTRUCTION) == (3.0, 1.0)
    assert incumbent.totals(Kind.NEIGHBOURHOOD) == (5.0, 0.5)


def test_one_offer_is_checked_and_scored_once(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []
    for name in ("violations", "score"):
        original = getattr(SCORING, name)

        def counting(*given: object, name: str = name, original: Callable[..., object] = original) -> object:
            counted.append(name)
            return original(*given)

        monkeypatch.setattr(SCORING, name, counting)
    offer = Incumbent(INSTANCE).offer(placement(9), "x")
    assert offer.score.cost == 25
    assert counted == ["violations", "score"]


def test_statistics_sum_calls_seconds_and_gains_by_source() -> None:
    incumbent = Incumbent(INSTANCE)
    for distance, source in ((20, "x"), (15, "y"), (17, "x"), (12, "x"), (11, "y")):
        incumbent.offer(placement(distance), source)
        incumbent.count(source, 0.5)
    found = {entry.name: entry for entry in incumbent.statistics()}
    assert (found["x"].calls, found["x"].improvements, found["x"].seconds) == (3, 2, 1.5)
    assert (found["y"].calls, found["y"].improvements, found["y"].seconds) == (2, 2, 1.0)
    assert (found["x"].gain, found["y"].gain) == (Fraction(3), Fraction(6))


def test_many_threads_keep_the_best_and_lose_no_gain() -> None:
    events: list[Event] = []
    incumbent = Incumbent(INSTANCE, events.append)
    incumbent.offer(placement(150), "first")

    def offer(worker: int) -> None:
        for distance in range(149 - worker, 3 + worker, -4):
            incumbent.offer(placement(distance), f"worker {worker}")
            incumbent.count(f"worker {worker}", 0.25)

    threads = [threading.Thread(target=offer, args=[worker]) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert incumbent.best is not None
    assert incumbent.best[0] == placement(5)
    costs = [event.score.cost for event in events if event.score]
    assert costs == sorted(set(costs), reverse=True)
    statistics = incumbent.statistics()
    assert sum(entry.gain for entry in statistics) == 145
    assert sum(entry.improvements for entry in statistics) == len(events)
    assert all(entry.seconds == entry.calls / 4 for entry in statistics)
