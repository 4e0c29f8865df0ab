"""The scan over limits, numbers of rows and heights; the annealing of heights; protocols."""

from __future__ import annotations

import numpy as np
import pytest

from tests.construct.columns.networks import best_plan, file_order, random_network, scanned
from tests.marks import with_slow
from wse_cp.construct.columns.evaluate import equal_rows
from wse_cp.construct.columns.heights import anneal_heights, fill_rows
from wse_cp.construct.columns.matched import ProtocolMatching
from wse_cp.construct.columns.problem import ColumnProblem
from wse_cp.construct.columns.realise import Realiser
from wse_cp.construct.columns.scan import ColumnScan
from wse_cp.construct.random import new_random
from wse_cp.score import checked_score
from wse_cp.shapes.curves import least_time_by_area


@pytest.mark.parametrize("seed", range(4))
def test_plans_are_sorted_and_legal(seed: int) -> None:
    instance = random_network(seed)
    scan = scanned(instance)
    costs = [plan.cost for plan in scan.plans]
    assert costs == sorted(costs)
    for plan in scan.plans[:5]:
        checked_score(instance, Realiser(plan.problem).placement(plan.arrangement, plan.limit))


def test_only_better_plans_are_yielded() -> None:
    problem = ColumnProblem(random_network(5, wlength=50))
    scan = ColumnScan(problem, least_time_by_area(problem.instance), [file_order(problem)], lambda: False)
    costs = [plan.cost for plan in scan.equal_rows(0, scan.counts(), scan.limits(1.05))]
    assert costs == sorted(costs, reverse=True)
    assert len(costs) > 1
    assert scan.best is not None
    assert scan.best.cost == costs[-1]


def test_a_scan_that_is_over_ends() -> None:
    problem = ColumnProblem(random_network(5))
    scan = ColumnScan(problem, least_time_by_area(problem.instance), [file_order(problem)], lambda: True)
    assert not list(scan.equal_rows(0, scan.counts(), scan.limits(1.05)))
    assert not list(scan.unequal_rows(0, [2 * scan.least], scan.counts()))


def test_where_time_costs_nothing_the_limits_end() -> None:
    problem = ColumnProblem(random_network(5, wdeltat=0))
    scan = ColumnScan(problem, least_time_by_area(problem.instance), [file_order(problem)], lambda: False)
    assert list(scan.equal_rows(0, scan.counts(), scan.limits(1.5)))


@pytest.mark.parametrize("seed", range(4))
def test_heights_are_annealed_for_less_wire_and_still_hold_everything(seed: int) -> None:
    problem = ColumnProblem(random_network(seed, width=60, height=120))
    curves = problem.curves(2 * least_time_by_area(problem.instance))
    kinds, edges = problem.classes, problem.edges
    heights = np.full(6, 20)
    assert fill_rows(curves, kinds, heights, 60)[-1] == len(kinds)
    found = anneal_heights(curves, kinds, edges, heights, 60, 120, new_random(seed), 500, 100.0, 1.0)
    starts = fill_rows(curves, kinds, found, 60)
    assert starts[-1] == len(kinds)
    assert found.sum() <= 120
    for row, height in enumerate(found):
        assert curves[kinds[starts[row] : starts[row + 1]], height].sum() <= 60
    assert not np.array_equal(found, heights)


def test_equal_rows_that_do_not_hold_everything_are_none() -> None:
    problem = ColumnProblem(random_network(0))
    curves = problem.curves(least_time_by_area(problem.instance))
    assert not equal_rows(curves, problem.classes, 40, problem.width, problem.height).any()


@pytest.mark.parametrize("seed", with_slow(range(3), 1, 2))
def test_chosen_protocols_are_kept_and_need_as_many_adapters_as_said(seed: int) -> None:
    instance = random_network(seed, wadapter=30, width=120, height=90)
    scan = scanned(instance)
    assert scan.best is not None
    without = Realiser(scan.problem).placement(scan.best.arrangement, scan.best.limit)
    trials = list(ProtocolMatching(np.random.default_rng(0), lambda: False).trials(scan))
    plans = [plan for trial in trials for plan in trial]
    costs = [plan.cost for plan in plans]
    assert plans
    assert costs == sorted(costs, reverse=True)
    for plan in plans:
        found = checked_score(instance, Realiser(plan.problem).placement(plan.arrangement, plan.limit))
        assert found.adapters == plan.problem.adapters
    assert found.adapters < checked_score(instance, without).adapters


def test_within_given_boxes_protocols_are_matched_too() -> None:
    instance = random_network(2, wadapter=30, width=160, height=120)
    free = random_network(2, width=160, height=120)
    plan = best_plan(free)
    plain = checked_score(free, Realiser(plan.problem).placement(plan.arrangement, plan.limit))
    matched = ColumnProblem(instance)
    found = checked_score(instance, Realiser(matched).placement(plan.arrangement, plan.limit))
    assert found.wire_length == plain.wire_length
    assert found.max_time <= plan.limit
    assert found.adapters < plain.adapters


def test_limits_come_outward_from_the_best_and_none_costs_more_alone() -> None:
    scan = scanned(random_network(3, wlength=20))
    assert scan.best is not None
    limits = scan.limits_outward(1.1)
    apart = [max(limit / scan.best.limit, scan.best.limit / limit) for limit in limits]
    assert len(limits) > 3
    assert apart == sorted(apart)
    assert all(scan.least <= limit < scan.best.cost for limit in limits)


@pytest.mark.slow
def test_heights_annealed_for_longer_and_plans_refined_are_no_worse() -> None:
    scan = scanned(random_network(3, wlength=20))
    for plans in (scan.heights_annealed(), scan.refined()):
        assert scan.best is not None
        before = scan.best.cost
        costs = [plan.cost for plan in plans]
        assert costs == sorted(costs, reverse=True)
        assert all(cost < before for cost in costs)
    for plan in scan.plans[:3]:
        checked_score(scan.problem.instance, Realiser(plan.problem).placement(plan.arrangement, plan.limit))
