"""Build the constraint model of a problem."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from ortools.sat.python import cp_model

from wse_cp.cpsat import constraints as rules
from wse_cp.cpsat.objective import Objective, minimize
from wse_cp.cpsat.problem import Choice, Problem, choices_cost, closure, edge_cost
from wse_cp.cpsat.symmetry import NONE, Symmetry, canonical, find_symmetry, satisfies
from wse_cp.cpsat.tables import Table, option_table
from wse_cp.cpsat.variables import Terms, all_terms

#: Numbers from here on the solver does not take.
SOLVER_MAX = 1 << 62


@dataclass(frozen=True)
class Model:
    """A built model: the solver's object and what is needed to read its answers.

    `boxes` counts the rectangles that must be kept apart by search (0 if relations do it all).
    """

    proto: cp_model.CpModel
    terms: Mapping[str, Terms]
    objective: Objective
    boxes: int


def build(problem: Problem) -> Model | None:
    """Return the model of a problem, or None if it plainly has no solution."""
    limit = cost_limit(problem)
    max_time = largest_time(problem, limit)
    tables = {kernel.name: option_table(problem, kernel, max_time) for kernel in problem.free}
    if _hopeless(problem, tables, max_time):
        return None
    symmetry, hint = _symmetry_and_hint(problem, tables)
    model = cp_model.CpModel()
    terms = all_terms(model, problem, tables, hint)
    implied = closure(problem.relations)
    boxes = _add_geometry(model, problem, terms, implied)
    rules.break_symmetry(model, problem, terms, symmetry)
    objective = minimize(model, replace(problem, max_time=max_time), terms, implied)
    if limit is not None:
        most = (limit - objective.constant) // objective.scale
        if most < SOLVER_MAX:
            model.add(objective.expression <= most)
    return Model(model, terms, objective, boxes)


def cost_limit(problem: Problem) -> int | None:
    """Return the largest cost the model admits: below the upper bound, but never below the hint's.

    A hint that breaks the limit would not be feasible and so be worth little.
    """
    if problem.upper_bound is None:
        return None
    limit = problem.upper_bound - 1
    return max(limit, choices_cost(problem, problem.hint)) if problem.hint else limit


def largest_time(problem: Problem, limit: int | None) -> int | None:
    """Return the largest time of any kernel that a cost limit leaves (1 / time_scale cycles)."""
    if limit is None or not problem.wdeltat:
        return problem.max_time
    left = (limit - least_edge_cost(problem)) // problem.weights.time
    return left if problem.max_time is None else min(left, problem.max_time)


def least_edge_cost(problem: Problem) -> int:
    """Return a lower bound of what all edges cost: centres keep half of both shorter sides apart."""
    places = {kernel.name: kernel for kernel in problem.fixed}
    sides = {name: min(kernel.option.width, kernel.option.height) for name, kernel in places.items()}
    for kernel in problem.free:
        sides[kernel.name] = min((min(o.width, o.height) for o in kernel.options), default=0)
    total = 0
    for u, v, count in problem.edges:
        if u in places and v in places:
            total += count * edge_cost(problem.weights, places[u], places[v])
        else:
            total += count * problem.weights.length2 * (sides[u] + sides[v])
    return total


def _hopeless(problem: Problem, tables: Mapping[str, Table], max_time: int | None) -> bool:
    if not tables or not all(table.indices for table in tables.values()):
        return True
    times = [problem.min_time, *(kernel.option.time for kernel in problem.fixed)]
    return max_time is not None and max(times) > max_time


def _symmetry_and_hint(problem: Problem, tables: Mapping[str, Table]) -> tuple[Symmetry, dict[str, Choice]]:
    symmetry = find_symmetry(problem, tables)
    hint = canonical(problem, symmetry, tables)
    if hint and not satisfies(problem, symmetry, hint):
        return NONE, dict(problem.hint)
    return symmetry, hint


def _add_geometry(
    model: cp_model.CpModel,
    problem: Problem,
    terms: Mapping[str, Terms],
    implied: Collection[tuple[str, str]],
) -> int:
    """Add shapes, relations and, unless relations separate all pairs, no-overlap; return its boxes."""
    free = [terms[kernel.name] for kernel in problem.free]
    for term in free:
        rules.choose_option(model, term)
        rules.extend(model, term)
    for relation in problem.relations:
        rules.order(model, terms, relation)
    walls = rules.obstacles(problem)
    region = rules.reach(problem)
    rules.limit_area(
        model, free, region.width * region.height - sum(wall.width * wall.height for wall in walls)
    )
    if _all_ordered(problem, implied):
        return 0
    rules.keep_apart(model, free, walls)
    return len(free) + len(walls)


def _all_ordered(problem: Problem, implied: Collection[tuple[str, str]]) -> bool:
    free = [kernel.name for kernel in problem.free]
    still = [kernel.name for kernel in problem.fixed]
    return all(
        (a, b) in implied or (b, a) in implied for i, a in enumerate(free) for b in [*free[i + 1 :], *still]
    )
