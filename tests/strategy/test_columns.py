"""Networks of many kernels: a first placement, better ones, and a search that hears when to end."""

from __future__ import annotations

import threading
import time
from fractions import Fraction

import pytest

from tests.construct.columns.networks import random_network
from tests.marks import with_slow
from wse_cp.clock import WALL, Clock, WorkClock
from wse_cp.incumbent import Incumbent, Offer
from wse_cp.instance import Instance
from wse_cp.options import RunOptions
from wse_cp.placement import Placement
from wse_cp.score import checked_score
from wse_cp.shapes.curves import least_time_by_area
from wse_cp.strategy import Run, search
from wse_cp.strategy.columns import LARGE, Columns


def begun(instance: Instance, clock: Clock, seconds: float = 5.0, seed: int = 0) -> Run:
    options = RunOptions(time_limit=seconds, workers=1, deterministic=clock.deterministic, seed=seed)
    least = least_time_by_area(instance)
    incumbent = Incumbent(instance, lambda event: None)
    return Run(incumbent, options, clock.now() + seconds, threading.Event(), least, clock)


def large(**settings: int) -> Instance:
    return random_network(7, count=LARGE, **{"width": 330, "height": 330, **settings})


SETTINGS: dict[str, dict[str, int]] = {
    "square": {},
    "wide": {"width": 500, "height": 220},
    "adapters": {"wadapter": 20},
    "free time": {"wdeltat": 0},
}


@pytest.mark.parametrize("name", with_slow(SETTINGS, "square", "adapters"))
def test_the_scan_leaves_a_legal_placement(name: str) -> None:
    run = begun(large(**SETTINGS[name]), WALL)
    Columns(run).scan()
    best = run.incumbent.best
    assert best is not None
    assert checked_score(run.incumbent.instance, best.placement) == best.score


def test_annealing_improves_what_the_scan_found() -> None:
    run = begun(large(wlength=4), WALL)
    columns = Columns(run)
    columns.scan()
    before = run.incumbent.best
    columns.anneal(0)
    after = run.incumbent.best
    assert before is not None
    assert after is not None
    assert after.score.cost < before.score.cost


@pytest.mark.slow
def test_by_the_work_clock_equal_seeds_find_equal_placements() -> None:
    found = []
    for seed in (1, 1, 2):
        run = begun(large(wlength=4), WorkClock(), 3.0, seed)
        columns = Columns(run)
        columns.scan()
        columns.anneal(0)
        best = run.incumbent.best
        assert best is not None
        found.append(best)
    assert found[0] == found[1]
    assert found[0].placement != found[2].placement


def test_large_networks_are_searched_in_columns() -> None:
    run = begun(large(), WALL, 2.0)
    search(run)
    assert {"columns"} <= {entry.name for entry in run.incumbent.statistics()}


def test_a_stopped_search_ends() -> None:
    run = begun(large(), WALL, 600.0)
    thread = threading.Thread(target=search, args=(run,), daemon=True)
    thread.start()
    while run.incumbent.best is None:
        time.sleep(0.01)
    run.stop.set()
    thread.join(60.0)
    assert not thread.is_alive()


def test_once_stopped_one_more_plan_is_offered_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    run, offered = begun(large(wlength=4), WALL, 12.0), list[bool]()
    offer = Incumbent.offer

    def offer_and_stop(incumbent: Incumbent, placement: Placement, source: str) -> Offer:
        offered.append(run.stop.is_set())
        run.stop.set()
        return offer(incumbent, placement, source)

    monkeypatch.setattr(Incumbent, "offer", offer_and_stop)
    monkeypatch.setattr(Columns, "_over", lambda _, end: time.monotonic() > end)  # a scan that hears nothing
    Columns(run).scan()
    assert offered in ([False], [False, True]), offered


def test_without_room_for_choice_the_scan_still_finds_rows() -> None:
    instance = large(width=200, height=200)
    run = begun(instance, WALL)
    Columns(run).scan()
    best = run.incumbent.best
    assert best is not None
    assert best.score.max_time >= least_time_by_area(instance) >= Fraction(1)
