"""The incumbent: only legal placements, only better ones, from any thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from importlib import import_module
from itertools import pairwise

import pytest

from wse_cp.errors import IllegalPlacementError
from wse_cp.incumbent import ChangeOffer, Incumbent, Kind
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Arguments, Conv
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.progress import Event
from wse_cp.score import Score, score

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


def test_to_replace_a_stopgap_is_no_gain_and_it_counts_as_found_at_the_start() -> None:
    incumbent = Incumbent(INSTANCE, started=time.monotonic() - 5)
    incumbent.offer(placement(20), "x", Kind.STOPGAP)
    for distance in (15, 12):
        incumbent.offer(placement(distance), "y")
    assert incumbent.totals(Kind.STOPGAP) == (0.0, 0.0)
    assert incumbent.totals(Kind.CONSTRUCTION)[0] == 3
    assert incumbent.history()[0][0] == 0


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


def line(count: int = 5, gap: int = 30) -> tuple[Incumbent, Placement]:
    """A chain of kernels in a row, so many tiles between their left sides."""
    nodes = tuple(Node(i, f"k{i}", CONV) for i in range(count))
    edges = tuple(Edge(a.name, b.name) for a, b in pairwise(nodes))
    args = Arguments(1, 1, (1,), (1,))
    placed = Placement(PlacedKernel(f"k{i}", CONV, args, gap * i, 0) for i in range(count))
    incumbent = Incumbent(Instance(Settings(200, 60), nodes, edges))
    incumbent.offer(placed, "start")
    return incumbent, placed


def at(placed: Placement, name: str, x: int, y: int = 0) -> PlacedKernel:
    return replace(placed[name], x=x, y=y)


def test_a_change_is_taken_if_it_gains_and_scores_as_the_whole_does() -> None:
    incumbent, base = line()
    found = incumbent.offer_change(base, [at(base, "k0", 10), base["k1"]], "s")
    assert found.taken
    assert found.gain == 10
    assert incumbent.best is not None
    assert incumbent.best.placement == base.replace([at(base, "k0", 10)])
    assert found.score == incumbent.best.score == score(incumbent.instance, incumbent.best.placement)
    worse = incumbent.offer_change(incumbent.best.placement, [at(base, "k0", 5)], "s")
    lower = score(incumbent.instance, base.replace([at(base, "k0", 5)]))
    assert worse == ChangeOffer(lower, Fraction(0), taken=False)
    assert incumbent.totals(Kind.NEIGHBOURHOOD)[0] == 10


@pytest.mark.parametrize(("x", "y"), [(31, 0), (-1, 0), (0, 59)])
def test_illegal_changes_are_refused(x: int, y: int) -> None:
    incumbent, base = line()
    with pytest.raises(IllegalPlacementError):
        incumbent.offer_change(base, [at(base, "k0", x, y)], "s")
    assert incumbent.best is not None
    assert incumbent.best.placement is base


def test_changes_of_one_incumbent_far_apart_are_both_made() -> None:
    incumbent, base = line()
    assert incumbent.offer_change(base, [at(base, "k0", 10)], "s").gain == 10
    assert incumbent.offer_change(base, [at(base, "k4", 110)], "s").gain == 10
    assert incumbent.best is not None
    assert incumbent.best.placement == base.replace([at(base, "k0", 10), at(base, "k4", 110)])
    assert incumbent.best.score == score(incumbent.instance, incumbent.best.placement)


def test_room_taken_meanwhile_refuses_a_change_without_a_word() -> None:
    incumbent, base = line()
    assert incumbent.offer_change(base, [at(base, "k0", 25)], "s").taken
    late = incumbent.offer_change(base, [at(base, "k1", 23)], "s")
    assert late == ChangeOffer(None, Fraction(0), taken=False)
    with pytest.raises(IllegalPlacementError):  # k2 stands there all the time
        incumbent.offer_change(base, [at(base, "k1", 60)], "s")


def test_a_change_is_judged_by_the_newest_incumbent() -> None:
    incumbent, base = line()
    wide = [at(base, "k1", 20), at(base, "k2", 40), at(base, "k3", 60), at(base, "k4", 80)]
    assert incumbent.offer_change(base, wide, "s").taken
    late = incumbent.offer_change(base, [at(base, "k0", 19)], "s")
    assert late.score is None  # k1 has come there
    farther = incumbent.offer_change(base, [at(base, "k0", 45)], "s")
    assert farther.score is not None
    assert not farther.taken


def test_changes_after_a_whole_placement_are_made_on_that() -> None:
    incumbent, base = line()
    assert incumbent.offer_change(base, [at(base, "k0", 10)], "s").taken
    _, near = line(gap=20)
    assert incumbent.offer(near, "t").taken
    assert incumbent.offer_change(near, [at(near, "k0", 10)], "s").gain == 10


def test_who_follows_hears_of_the_kernels_that_changed() -> None:
    incumbent, base = line()
    assert Incumbent(INSTANCE).since(0) is None
    first = incumbent.since(0)
    assert first is not None
    assert first.changed is None
    incumbent.offer_change(base, [at(base, "k0", 10)], "s")
    incumbent.offer_change(base, [at(base, "k4", 110)], "s")
    second = incumbent.since(first.version)
    assert second is not None
    assert second.changed == (at(base, "k0", 10), at(base, "k4", 110))
    assert second.best == incumbent.best
    again = incumbent.since(second.version)
    assert again is not None
    assert again.changed == ()
    incumbent.offer(line(gap=10)[1], "t")
    incumbent.offer_change(line(gap=10)[1], [at(base, "k0", 3)], "s")
    third = incumbent.since(second.version)
    assert third is not None
    assert third.changed is None


def test_a_change_that_scores_otherwise_than_the_whole_is_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    incumbent, base = line()
    wrong = score(incumbent.instance, base)
    monkeypatch.setattr("wse_cp.incumbent.audit.checked_score", lambda instance, placement: wrong)
    with pytest.raises(RuntimeError, match="scores"):
        incumbent.offer_change(base, [at(base, "k0", 10)], "s")
    assert incumbent.best is not None
    assert incumbent.best.placement is base


def test_full_scores_take_a_share_of_the_time_and_the_last_one_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counted: list[Placement] = []

    def slow(instance: Instance, placement: Placement) -> Score:
        counted.append(placement)
        time.sleep(0.01)
        return score(instance, placement)

    incumbent, base = line()
    monkeypatch.setattr("wse_cp.incumbent.audit.checked_score", slow)
    monkeypatch.setattr("wse_cp.incumbent.audit.AUDIT_SHARE", 1e-6)
    for x in range(1, 10):
        assert incumbent.offer_change(base, [at(base, "k0", x)], "s").taken
    assert len(counted) == 1
    incumbent.close()
    assert counted[1:] == [base.replace([at(base, "k0", 9)])]


def test_a_defect_found_at_the_end_costs_only_what_came_after_the_last_full_score(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[Event] = []
    instance, base = line()[0].instance, line()[1]
    incumbent = Incumbent(instance, heard.append)
    incumbent.offer(base, "start")
    monkeypatch.setattr("wse_cp.incumbent.audit.AUDIT_SHARE", 1e-6)
    for x in (1, 2, 3):
        assert incumbent.offer_change(base, [at(base, "k0", x)], "s").taken
    first = base.replace([at(base, "k0", 1)])
    wrong = score(instance, base)
    monkeypatch.setattr("wse_cp.incumbent.audit.checked_score", lambda instance, placement: wrong)
    incumbent.close()
    assert incumbent.best is not None
    assert incumbent.best.placement == first
    assert incumbent.history()[-1][1] == score(instance, first).cost
    assert "a defect" in heard[-1].message


def test_changes_from_many_threads_far_apart_are_all_made() -> None:
    placed = line(count=6)[1]
    raised = placed.replace(at(placed, f"k{i}", 30 * i, 20) for i in (1, 3, 5))
    incumbent = Incumbent(line(count=6)[0].instance)
    incumbent.offer(raised, "start")

    def lower(worker: int) -> None:
        name = f"k{2 * worker + 1}"
        for y in reversed(range(20)):
            assert incumbent.offer_change(raised, [at(raised, name, raised[name].x, y)], "s").taken

    threads = [threading.Thread(target=lower, args=[worker]) for worker in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert incumbent.best is not None
    assert incumbent.best.placement == placed
    assert incumbent.best.score == score(incumbent.instance, placed)
