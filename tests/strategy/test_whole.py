"""A small instance is solved as a whole; that nothing is cheaper is the solver's word, and called so."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from fractions import Fraction

import pytest

from tests.lns.small_cases import network, poor_placement
from wse_cp.cpsat.outcome import Limits, Outcome
from wse_cp.cpsat.problem import OnSolution, Problem
from wse_cp.incumbent import Incumbent
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv, DBlock, Kernel
from wse_cp.options import RunOptions
from wse_cp.report.terminal import result_lines
from wse_cp.result import OPTIMAL, OPTIMAL_BY_SOLVER, Result
from wse_cp.score import checked_score
from wse_cp.shapes.curves import least_time_by_area
from wse_cp.strategy import Run, search, whole
from wse_cp.strategy.whole import MOST_KERNELS, close_whole, is_small


def tiny() -> Instance:
    """Three kernels with a choice of shapes, on a wafer that has little room."""
    kernels: list[Kernel] = [Conv(4, 4, 3, 3, 4, 8, 1), DBlock(4, 4, 4), Conv(4, 4, 1, 1, 8, 4, 1)]
    nodes = tuple(Node(i, f"k{i}", kernel) for i, kernel in enumerate(kernels))
    return Instance(Settings(20, 14, wlength=4, memlimit=2000), nodes, (Edge("k0", "k1"), Edge("k1", "k2")))


def begun(instance: Instance, seconds: float = 60.0) -> Run:
    incumbent = Incumbent(instance)
    incumbent.offer(poor_placement(instance), "poor")
    options = RunOptions(time_limit=60, workers=2)
    deadline = time.monotonic() + seconds
    return Run(incumbent, options, deadline, threading.Event(), least_time_by_area(instance))


def cost_of(run: Run) -> Fraction:
    assert run.incumbent.best is not None
    return run.incumbent.best.score.cost


class Pretender:
    """A session that says what it was told to."""

    outcome = Outcome("unknown")

    def __init__(self, **_: object) -> None:
        pass

    def __enter__(self) -> Pretender:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def interrupt(self) -> None:
        pass

    def solve(self, problem: Problem, limits: Limits, on_solution: OnSolution | None = None) -> Outcome:
        return self.outcome


@pytest.fixture
def pretender(monkeypatch: pytest.MonkeyPatch) -> type[Pretender]:
    monkeypatch.setattr(whole, "Session", Pretender)
    return Pretender


def test_a_small_instance_is_closed_at_its_least_cost() -> None:
    run = begun(tiny())
    poor = cost_of(run)
    close_whole(run)
    assert run.closed.is_set()
    assert run.solver_says_optimal
    assert cost_of(run) < poor
    again = begun(tiny())
    again.incumbent.offer(run.incumbent.best.placement if run.incumbent.best else poor_placement(tiny()), "x")
    close_whole(again)
    assert again.closed.is_set()
    assert cost_of(again) == cost_of(run)


@pytest.mark.parametrize("status", ["unknown", "feasible", "timeout", "crashed", "invalid", "gone"])
def test_a_solver_that_is_not_through_closes_nothing(
    pretender: type[Pretender], monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    monkeypatch.setattr(pretender, "outcome", Outcome(status))  # type: ignore[arg-type]
    run = begun(tiny())
    close_whole(run)
    assert not run.closed.is_set()
    assert not run.solver_says_optimal


def test_what_is_cheaper_all_the_same_is_not_called_optimal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run, good = begun(tiny()), begun(tiny())
    close_whole(good)
    monkeypatch.setattr(whole, "Session", Pretender)
    monkeypatch.setattr(Pretender, "outcome", Outcome("infeasible"))
    assert good.incumbent.best is not None
    close_whole(run)  # a lie
    assert run.solver_says_optimal
    run.incumbent.offer(good.incumbent.best.placement, "better")
    assert not run.solver_says_optimal


def test_without_a_placement_or_time_nothing_is_tried(pretender: type[Pretender]) -> None:
    instance = tiny()
    empty = replace(begun(instance), incumbent=Incumbent(instance))
    close_whole(empty)
    late = begun(instance, 0.0)
    close_whole(late)
    assert not empty.closed.is_set()
    assert not late.closed.is_set()


def test_large_instances_and_too_many_options_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_small(network(MOST_KERNELS))
    assert not is_small(network(MOST_KERNELS + 1))
    monkeypatch.setattr(whole, "MOST_OPTIONS", 2)
    run = begun(tiny())
    close_whole(run)
    assert not run.closed.is_set()


def test_a_closed_search_waits_for_a_proof_no_longer_than_its_time() -> None:
    run = begun(tiny())

    def prove() -> None:
        assert run.closed.wait(60)
        time.sleep(1.0)
        run.stop.set()

    proof = threading.Thread(target=prove)
    proof.start()
    search(run)
    assert run.stop.is_set()
    proof.join()
    assert run.closed.is_set()


def test_the_two_kinds_of_optimal_are_told_apart() -> None:
    instance = tiny()
    placement = poor_placement(instance)
    found = checked_score(instance, placement)
    plain = Result(instance, placement, found, 1.0, 0, lower_bound=found.cost)
    assert plain.optimality == ""
    said = replace(plain, solver_optimal=True)
    assert said.optimality == OPTIMAL_BY_SOLVER
    assert any(OPTIMAL_BY_SOLVER in line for line in result_lines(said, []))
    assert replace(said, verified=True).optimality == OPTIMAL
    assert not any("status" in line for line in result_lines(plain, []))
