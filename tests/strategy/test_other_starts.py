"""Large neighbourhoods on other placements than the incumbent: each tree once, what is better counts."""

from __future__ import annotations

import threading
from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from tests.lns.small_cases import IdleSolver, network, poor_placement
from wse_cp.clock import WorkClock
from wse_cp.construct.slicing.model import slicing_space
from wse_cp.construct.slicing.state import NO_FIT
from wse_cp.construct.slicing.trees import TreePool, TreeShape, first_shape
from wse_cp.cpsat.session import Session
from wse_cp.incumbent import Incumbent
from wse_cp.lns.improve import Search
from wse_cp.options import RunOptions
from wse_cp.placement import Placement
from wse_cp.progress import Event
from wse_cp.shapes.curves import least_time_by_area
from wse_cp.strategy import Run
from wse_cp.strategy.other_starts import NAME, OtherStarts, Standing, Starts

INSTANCE = network()


def run_of(events: list[Event] | None = None) -> Run:
    observer = events.append if events is not None else lambda event: None
    least = least_time_by_area(INSTANCE)
    options = RunOptions(time_limit=60, workers=1, deterministic=True)
    return Run(Incumbent(INSTANCE, observer), options, 60.0, threading.Event(), least, WorkClock())


def shapes(count: int) -> list[TreeShape]:
    """Trees of different cycle limits; what they look like does not matter here."""
    least = least_time_by_area(INSTANCE)
    space = slicing_space(INSTANCE, least, [8 * least])
    return [first_shape(space).at(i) for i in range(count)]


def search_of(run: Run, solver: IdleSolver | Session) -> Search:
    return Search(run.incumbent, np.random.default_rng(0), run.stop, solver, run.clock)


@cache
def improved() -> Placement:
    """A placement that costs less than the poor one."""
    incumbent = Incumbent(INSTANCE)
    incumbent.offer(poor_placement(INSTANCE), "poor")
    with Session() as session:
        search = Search(incumbent, np.random.default_rng(1), threading.Event(), session, clock := WorkClock())
        search.run(clock.now() + 1)
    assert incumbent.best is not None
    return incumbent.best.placement


def test_every_tree_of_a_pool_is_a_start_once_the_cheapest_first() -> None:
    pool, found = TreePool(), shapes(4)
    for cost, shape in zip((30.0, 10.0, 20.0, NO_FIT), found, strict=True):
        pool.add(cost, shape)
    starts = Starts(pool)
    assert [starts.take(25.0) for _ in range(3)] == [found[1], found[2], None]
    assert starts.take(30.0) is found[0]
    pool.add(5.0, better := found[1].at(1))  # in the place of another one that has served
    assert starts.take(30.0) is better
    assert starts.take(30.0) is None


def test_an_incumbent_stands_until_it_costs_less() -> None:
    run = run_of()
    standing = Standing(run)
    run.clock.spend(3)
    assert standing.seconds() == 3
    run.incumbent.offer(poor_placement(INSTANCE), "start")
    assert standing.seconds() == 0
    run.clock.spend(2)
    assert standing.seconds() == 2


@pytest.mark.parametrize("better", [False, True])
def test_what_comes_of_another_start_counts_if_it_is_better(better: bool) -> None:
    poor, good = poor_placement(INSTANCE), improved()
    run, pool = run_of(), TreePool()
    run.incumbent.offer(poor if better else good, "start")
    assert run.incumbent.best is not None
    before = run.incumbent.best.score.cost
    pool.add(1.0, shapes(1)[0])
    search = search_of(run, IdleSolver())
    others = OtherStarts(run, Starts(pool), search, lambda shape: good if better else poor)
    assert others.work(0.1)
    assert run.incumbent.best.placement == good
    assert (run.incumbent.best.score.cost < before) == better
    assert [entry.name for entry in run.incumbent.statistics() if entry.calls] == [NAME]
    # the start gains no more, or is the incumbent now; there is no other one
    assert not all(others.work(0.1) for _ in range(4))


def test_a_start_goes_on_as_long_as_it_gains() -> None:
    run, pool = run_of(), TreePool()
    run.incumbent.offer(improved(), "start")
    assert run.incumbent.best is not None
    pool.add(1.0, shapes(1)[0])
    placed: list[TreeShape] = []

    def laid_out(shape: TreeShape) -> Placement:
        placed.append(shape)
        return poor_placement(INSTANCE)

    with Session() as session:
        others = OtherStarts(run, Starts(pool), search_of(run, session), laid_out)
        slices = 0
        while others.work(0.3):
            slices += 1
    assert slices > 1
    assert len(placed) == 1


def test_what_the_solver_has_to_say_is_passed_on_and_placements_are_not() -> None:
    events: list[Event] = []
    run, pool = run_of(events), TreePool()
    run.incumbent.offer(improved(), "start")
    pool.add(1.0, shapes(1)[0])
    crashing = IdleSolver(replace(IdleSolver().outcome, status="crashed", message="it crashed"))
    others = OtherStarts(run, Starts(pool), search_of(run, crashing), lambda shape: poor_placement(INSTANCE))
    del events[:]
    assert others.work(0.3)
    assert [event.message for event in events] == ["it crashed"]
    assert run.incumbent.best is not None
    assert run.incumbent.best.score.cost > Fraction(0)
