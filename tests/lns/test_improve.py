"""The search thread: improves, chooses reproducibly, stops promptly, survives its solver."""

from __future__ import annotations

import os
import signal
import threading
import time

import numpy as np

from tests.lns.small_cases import IdleSolver, network, poor_placement
from wse_cp.clock import WALL, Clock, WorkClock
from wse_cp.cpsat.outcome import Limits, Outcome
from wse_cp.cpsat.problem import Problem
from wse_cp.cpsat.session import Session
from wse_cp.incremental.state import PlacementState
from wse_cp.incumbent import Incumbent
from wse_cp.lns.exchange import exchanged
from wse_cp.lns.improve import Solver, searching
from wse_cp.progress import Event
from wse_cp.score import checked_score

FAR = 600.0


def started(events: list[Event] | None = None) -> Incumbent:
    instance = network()
    incumbent = Incumbent(instance, events.append if events is not None else lambda event: None)
    incumbent.offer(poor_placement(instance), "start")
    return incumbent


def improve(
    incumbent: Incumbent,
    *,
    deadline: float,
    generator: np.random.Generator,
    stop: threading.Event,
    solver: Solver | None,
    clock: Clock = WALL,
) -> None:
    with searching(incumbent, generator=generator, stop=stop, solver=solver, clock=clock) as search:
        search.run(deadline)


def run(
    incumbent: Incumbent,
    solver: Solver | None,
    calls: int | None = None,
    seconds: float = FAR,
    clock: Clock = WALL,
) -> None:
    """Improve for a number of solved models, or for some seconds."""
    stop = threading.Event()
    if calls is not None and solver is not None:
        solver = Counting(solver, calls, stop)
    improve(
        incumbent,
        deadline=clock.now() + seconds,
        generator=np.random.default_rng(1),
        stop=stop,
        solver=solver,
        clock=clock,
    )


class Counting:
    """Passes models on and stops the search after some of them."""

    def __init__(self, solver: Solver, calls: int, stop: threading.Event) -> None:
        self._solver, self._left, self._stop = solver, calls, stop

    def solve(self, problem: Problem, limits: Limits) -> Outcome:
        outcome = self._solver.solve(problem, limits)
        self._left -= 1
        if not self._left:
            self._stop.set()
        return outcome

    def interrupt(self) -> None:
        self._solver.interrupt()


def cost(incumbent: Incumbent) -> float:
    assert incumbent.best is not None
    return float(incumbent.best[1].cost)


def test_a_poor_placement_is_improved() -> None:
    incumbent = started()
    before = cost(incumbent)
    with Session() as session:
        run(incumbent, session, calls=4)
    assert incumbent.best is not None
    assert checked_score(incumbent.instance, incumbent.best[0]).cost < before
    found = [s for s in incumbent.statistics() if s.name.startswith("lns:") and s.improvements]
    assert sum(s.gain for s in found) == before - incumbent.best[1].cost


def test_equal_seeds_choose_equal_neighbourhoods() -> None:
    runs = []
    for _ in range(2):
        solver = IdleSolver()
        run(started(), solver, calls=40, clock=WorkClock())
        runs.append([(p.relations, [k.name for k in p.free], dict(p.hint)) for p in solver.problems])
    assert runs[0] == runs[1]
    assert len(runs[0]) == 40


def test_no_model_gets_more_time_than_is_left() -> None:
    class Watching(IdleSolver):
        def solve(self, problem: Problem, limits: Limits) -> Outcome:
            assert time.monotonic() + limits.seconds <= deadline + 0.05
            return super().solve(problem, limits)

    solver = Watching()
    deadline = time.monotonic() + 0.5
    improve(
        started(),
        deadline=deadline,
        generator=np.random.default_rng(0),
        stop=threading.Event(),
        solver=solver,
    )
    assert solver.problems


def test_a_set_stop_interrupts_the_running_model() -> None:
    class Endless(IdleSolver):
        def __init__(self) -> None:
            super().__init__()
            self.interrupted = threading.Event()

        def solve(self, problem: Problem, limits: Limits) -> Outcome:
            stop.set()
            assert self.interrupted.wait(30)
            return Outcome("unknown")

        def interrupt(self) -> None:
            self.interrupted.set()

    stop, solver = threading.Event(), Endless()
    improve(
        started(),
        deadline=time.monotonic() + FAR,
        generator=np.random.default_rng(0),
        stop=stop,
        solver=solver,
    )
    assert solver.interrupted.is_set()


def test_a_stop_set_before_means_no_model_at_all() -> None:
    solver, stop = IdleSolver(), threading.Event()
    stop.set()
    improve(
        started(),
        deadline=time.monotonic() + FAR,
        generator=np.random.default_rng(0),
        stop=stop,
        solver=solver,
    )
    assert not solver.problems


def test_crashes_of_the_solver_are_survived() -> None:
    events: list[Event] = []
    incumbent = started(events)
    before = cost(incumbent)

    class Fragile:
        def __init__(self, session: Session) -> None:
            self.session, self.calls = session, 0

        def solve(self, problem: Problem, limits: Limits) -> Outcome:
            self.calls += 1
            if self.calls <= 2:
                assert self.session.pid is not None
                os.kill(self.session.pid, signal.SIGKILL)
            return self.session.solve(problem, limits)

        def interrupt(self) -> None:
            self.session.interrupt()

    with Session() as session:
        run(incumbent, Fragile(session), calls=5)
    assert cost(incumbent) < before
    # A process that dies before it is ready, or is asked anything, is replaced without a word.
    failures = sum(s.calls for s in incumbent.statistics() if s.name == "lns:failed")
    assert failures <= 2
    assert len([event for event in events if "signal" in event.message]) <= min(failures, 1)


def test_failures_are_counted_and_told_once() -> None:
    events: list[Event] = []
    incumbent = started(events)
    run(incumbent, IdleSolver(Outcome("crashed", message="the solver died")), calls=5)
    assert [e.message for e in events if e.message] == ["the solver died"]
    (failed,) = [s for s in incumbent.statistics() if s.name == "lns:failed"]
    assert failed.calls == 5


def test_an_answer_that_lies_is_refused_and_told() -> None:
    events: list[Event] = []
    incumbent = started(events)
    before = incumbent.best

    class Lying(IdleSolver):
        def solve(self, problem: Problem, limits: Limits) -> Outcome:
            return Outcome("feasible", problem.hint, cost=1)

    run(incumbent, Lying(), calls=3)
    assert before is not None
    assert cost(incumbent) <= before.score.cost  # by aligning
    assert any("costs" in e.message for e in events)


def test_without_an_incumbent_nothing_happens() -> None:
    solver = IdleSolver()
    run(Incumbent(network()), solver, seconds=5)
    assert not solver.problems


def test_a_large_network_is_first_improved_by_exchanges() -> None:
    instance = network(160, side=520)
    incumbent = Incumbent(instance)
    incumbent.offer(poor_placement(instance), "start")
    solver = IdleSolver()
    run(incumbent, solver, calls=2, clock=WorkClock())
    names = [statistics.name for statistics in incumbent.statistics()]
    assert names[:2] == ["start", "lns:exchange"]
    assert "lns:align" in names
    assert "lns:polish" not in names
    exchange = incumbent.statistics()[1]
    assert exchange.gain > 0
    assert exchange.calls > exchange.improvements
    assert all(len(problem.free) < 100 for problem in solver.problems)


def test_a_search_goes_on_from_what_another_thread_has_changed() -> None:
    incumbent = started()
    assert incumbent.best is not None
    base = incumbent.best.placement
    hints: list[object] = []

    class Meanwhile(IdleSolver):
        def solve(self, problem: Problem, limits: Limits) -> Outcome:
            best = incumbent.since(0)
            assert best is not None
            hints.append([(k.name, problem.hint[k.name][1:]) for k in problem.free])
            assert hints[-1] == [(k.name, best.best.placement[k.name].rectangle[:2]) for k in problem.free]
            found = exchanged(PlacementState(incumbent.instance, best.best.placement), list(base))
            incumbent.offer_change(best.best.placement, found, "another")
            return super().solve(problem, limits)

    run(incumbent, Meanwhile(), calls=4)
    assert any(statistics.name == "another" for statistics in incumbent.statistics())
