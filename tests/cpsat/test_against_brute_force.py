"""The whole model must prove the optimum that plain enumeration finds."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from brute_force import all_options, improve, random_instance

from wse_cp.cpsat.model import solve_problem
from wse_cp.cpsat.outcome import Limits
from wse_cp.cpsat.whole import placement_from, problem_from
from wse_cp.instance import Instance
from wse_cp.placement import Placement
from wse_cp.score import checked_score

LIMITS = Limits(seconds=60)


def solved(instance: Instance) -> tuple[Placement | None, Fraction | None]:
    options = {name: all_options(instance, kernel) for name, kernel in instance.kernels.items()}
    problem = problem_from(instance, options)
    outcome = solve_problem(problem, LIMITS)
    if outcome.status == "infeasible":
        assert improve(instance, options, None) is None
        return None, None
    assert outcome.status == "optimal"
    assert outcome.bound == outcome.cost
    placement = placement_from(instance, problem, outcome)
    return placement, checked_score(instance, placement).cost


@pytest.mark.parametrize("seed", range(30))
def test_two_kernels_are_solved_to_the_true_optimum(seed: int) -> None:
    instance = random_instance(Random(seed), 2)
    placement, cost = solved(instance)
    if placement is not None:
        options = {name: all_options(instance, kernel) for name, kernel in instance.kernels.items()}
        assert improve(instance, options, cost) is None
