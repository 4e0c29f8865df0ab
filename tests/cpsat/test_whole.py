"""Only verified placements with the cost claimed come back."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from tests.cpsat.brute_force import all_options, random_instance
from tests.pinwheel import COST, KERNEL, pinwheel
from wse_cp.cpsat.model import solve_problem
from wse_cp.cpsat.outcome import Limits, Outcome
from wse_cp.cpsat.problem import Problem
from wse_cp.cpsat.whole import placement_from, problem_from
from wse_cp.errors import IllegalPlacementError
from wse_cp.instance import Instance
from wse_cp.placement import Rectangle
from wse_cp.score import checked_score


@pytest.fixture(scope="module")
def case() -> tuple[Instance, Problem, Outcome]:
    instance = random_instance(Random(3), 3, 8)
    options = {name: all_options(instance, kernel) for name, kernel in instance.kernels.items()}
    problem = problem_from(instance, options)
    return instance, problem, solve_problem(problem, Limits(seconds=30))


def test_the_placement_costs_what_the_outcome_says(case: tuple[Instance, Problem, Outcome]) -> None:
    instance, problem, outcome = case
    cost = checked_score(instance, placement_from(instance, problem, outcome.choices)).cost
    assert outcome.cost is not None
    assert cost == Fraction(outcome.cost, 2 * instance.time_scale)


def test_an_overlap_is_left_to_who_checks(case: tuple[Instance, Problem, Outcome]) -> None:
    instance, problem, outcome = case
    choices = dict(outcome.choices)
    choices["k2"] = choices["k2"]._replace(x=choices["k1"].x, y=choices["k1"].y)
    with pytest.raises(IllegalPlacementError, match="overlap"):
        checked_score(instance, placement_from(instance, problem, choices))


def test_bounds_are_given_in_the_units_of_the_instance(case: tuple[Instance, Problem, Outcome]) -> None:
    instance, problem, outcome = case
    assert outcome.cost is not None
    options = {kernel.name: kernel.options for kernel in problem.free}
    best = Fraction(outcome.cost, 2 * instance.time_scale)
    above = problem_from(instance, options, upper_bound=best + Fraction(1, 1000))
    assert solve_problem(above, Limits(seconds=30)).cost == outcome.cost
    at = problem_from(instance, options, upper_bound=best)
    assert solve_problem(at, Limits(seconds=30)).status == "infeasible"


def test_fixed_kernels_stay_where_the_incumbent_has_them(case: tuple[Instance, Problem, Outcome]) -> None:
    instance, problem, outcome = case
    options = {kernel.name: kernel.options for kernel in problem.free}
    incumbent = placement_from(instance, problem, outcome.choices)
    part = problem_from(instance, options, incumbent, free=["k2"])
    again = placement_from(instance, part, solve_problem(part, Limits(seconds=30)).choices)
    assert {name: again[name] for name in ("k1", "k3")} == {name: incumbent[name] for name in ("k1", "k3")}


@pytest.mark.parametrize("wadapter", [0, 50])
def test_a_pinwheel_is_found_and_proven_best(wadapter: int) -> None:
    """Of all that search, only the constraint model comes to one from nothing: it has no tree of cuts."""
    instance, _ = pinwheel(wadapter)
    problem = problem_from(instance, {name: all_options(instance, KERNEL) for name in instance.kernels})
    outcome = solve_problem(problem, Limits(seconds=30))
    placement = placement_from(instance, problem, outcome.choices)
    assert outcome.status == "optimal"
    assert checked_score(instance, placement).cost == COST
    middle = Rectangle(2, 2, 1, 1)
    assert not any(placed.rectangle.overlaps(middle) for placed in placement.values())
