"""A hint names every variable of the model and is a solution of it."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from ortools.sat.python import cp_model

from tests.cpsat.brute_force import all_options, random_instance
from tests.cpsat.problems import free, option, squares
from wse_cp.cpsat.model import build, solve_problem
from wse_cp.cpsat.outcome import Limits
from wse_cp.cpsat.problem import Choice, Problem, choices_cost
from wse_cp.cpsat.symmetry import find_symmetry
from wse_cp.cpsat.tables import Table, option_table
from wse_cp.cpsat.whole import placement_from, problem_from
from wse_cp.placement import Placement


def hinted_cost(problem: Problem) -> int:
    """Return the cost of the model with every variable fixed to its hint."""
    model = build(problem)
    assert model is not None
    assert sorted(model.proto.proto.solution_hint.vars) == list(range(len(model.proto.proto.variables)))
    solver = cp_model.CpSolver()
    solver.parameters.fix_variables_to_their_hinted_value = True
    assert solver.solve(model.proto) == cp_model.OPTIMAL
    return round(solver.objective_value) * model.objective.scale + model.objective.constant


@pytest.mark.parametrize("seed", range(12))
def test_any_solution_is_a_complete_and_feasible_hint(seed: int) -> None:
    instance = random_instance(Random(seed), 3, 9)
    options = {name: all_options(instance, kernel) for name, kernel in instance.kernels.items()}
    problem = problem_from(instance, options)
    outcome = solve_problem(problem, Limits(seconds=30))
    if not outcome.choices:
        pytest.skip("this random instance has no solution")
    incumbent = placement_from(instance, problem, outcome.choices)
    several: list[dict[str, Any]] = [
        {},
        {"keep_relations": True},
        {"free": ["k2"]},
        {"keep_relations": True, "loose": ["k1"]},
    ]
    for changes in several:
        again = problem_from(instance, options, incumbent, **changes)
        assert hinted_cost(again) == outcome.cost


@pytest.mark.parametrize("at", [(0, 0), (7, 0), (0, 7), (7, 7), (2, 6)])
def test_a_hint_in_any_corner_is_moved_to_the_canonical_one(at: tuple[int, int]) -> None:
    pivot = free("a", option(3, 1), option(1, 3), option(3, 3))
    other = free("b", option(2, 4), option(4, 2))
    hint = {"a": Choice(2, *at), "b": Choice(0, 4, 2)}
    problem = Problem(10, 10, 1, 1, 0, 1, (pivot, other), edges=(("a", "b", 1),), hint=hint)
    assert find_symmetry(problem, tables(problem)).transpose
    assert hinted_cost(problem) == choices_cost(problem, hint)


def test_exchangeable_kernels_are_sorted_in_the_hint() -> None:
    problem = squares(3)
    hint = {"k0": Choice(0, 7, 0), "k1": Choice(0, 3, 0), "k2": Choice(0, 0, 0)}
    problem = replace(problem, hint=hint, edges=(("k0", "k1", 1), ("k2", "k1", 1)))
    assert find_symmetry(problem, tables(problem)).classes == (("k0", "k2"),)
    assert hinted_cost(problem) == choices_cost(problem, hint)


def test_kernels_with_different_neighbours_are_not_exchangeable() -> None:
    problem = squares(4)
    assert find_symmetry(problem, tables(problem)).classes == ()


def test_an_incumbent_with_an_option_not_offered_is_still_a_hint() -> None:
    instance = random_instance(Random(1), 2, 9)
    options = {name: all_options(instance, kernel) for name, kernel in instance.kernels.items()}
    problem = problem_from(instance, options)
    outcome = solve_problem(problem, Limits(seconds=30))
    incumbent = placement_from(instance, problem, outcome.choices)
    assert isinstance(incumbent, Placement)
    few = {name: some[:1] for name, some in options.items()}
    assert hinted_cost(problem_from(instance, few, incumbent)) == outcome.cost


def tables(problem: Problem) -> dict[str, Table]:
    return {kernel.name: option_table(problem, kernel, None) for kernel in problem.free}
