"""Build the constraint model of a problem, set the solver's parameters, and solve it in this process."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from time import monotonic

from ortools.sat.python import cp_model

from wse_cp.cpsat import constraints as rules
from wse_cp.cpsat.objective import Objective, minimize
from wse_cp.cpsat.outcome import Limits, Outcome, Status
from wse_cp.cpsat.problem import Choice, OnSolution, Problem, choices_cost, edge_cost, obstacles, reach
from wse_cp.cpsat.relations import closure
from wse_cp.cpsat.symmetry import NONE, Symmetry, canonical, find_symmetry, satisfies
from wse_cp.cpsat.tables import Table, option_table
from wse_cp.cpsat.variables import Terms, all_terms

ReadBool = Callable[[cp_model.IntVar], bool]
ReadInt = Callable[[cp_model.LinearExprT], int]

#: Numbers from here on the solver does not take.
SOLVER_MAX = 1 << 62
#: Up to this many rectangles the solver gets booleans for the sides of each pair.
MAX_PAIRWISE_BOXES = 40
#: Slack for the solver's floating-point bound before it is rounded up to an integer.
BOUND_SLACK = 1e-6

STATUSES: dict[object, Status] = {
    cp_model.OPTIMAL: "optimal",
    cp_model.FEASIBLE: "feasible",
    cp_model.INFEASIBLE: "infeasible",
    cp_model.UNKNOWN: "unknown",
    cp_model.MODEL_INVALID: "invalid",
}


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
    in_the_way = obstacles(problem)
    walls = [part for _, part in in_the_way]
    region = reach(problem)
    rules.limit_area(
        model, free, region.width * region.height - sum(wall.width * wall.height for wall in walls)
    )
    if _all_ordered(problem, [kernel.name for kernel, _ in in_the_way], implied):
        return 0
    rules.keep_apart(model, free, walls)
    return len(free) + len(walls)


def _all_ordered(problem: Problem, still: Sequence[str], implied: Collection[tuple[str, str]]) -> bool:
    """Tell whether relations keep all free kernels apart, and from the fixed ones in `still`."""
    free = [kernel.name for kernel in problem.free]
    return all(
        (a, b) in implied or (b, a) in implied for i, a in enumerate(free) for b in [*free[i + 1 :], *still]
    )


class Stopper:
    """Stops the solver it is handed to, from another thread, also if it has not begun yet."""

    def __init__(self) -> None:
        self.stopped = False
        self.solver = cp_model.CpSolver()

    def stop(self) -> None:
        """End the search soon; may be called again, in case the search was only just starting."""
        self.stopped = True
        self.solver.stop_search()


def solve_problem(
    problem: Problem, limits: Limits, on_solution: OnSolution | None = None, stopper: Stopper | None = None
) -> Outcome:
    """Solve a problem in this process.

    Parameters
    ----------
    on_solution
        Called with cost and choices of every improving solution.
    stopper
        Holds the solver, to be stopped from another thread.
    """
    begin = monotonic()
    stopper = stopper or Stopper()
    model = build(problem)
    if model is None:
        return Outcome("infeasible", bound=problem.upper_bound, seconds=monotonic() - begin)
    left = limits.seconds - (monotonic() - begin)
    if left <= 0 or stopper.stopped:
        return Outcome(
            "unknown", seconds=monotonic() - begin, message="no time left after building the model"
        )
    outcome = _run(problem, model, replace(limits, seconds=left), on_solution, stopper.solver)
    spent = stopper.solver.response_proto.deterministic_time
    return replace(outcome, seconds=monotonic() - begin, deterministic_time=spent)


def _run(
    problem: Problem, model: Model, limits: Limits, on_solution: OnSolution | None, solver: cp_model.CpSolver
) -> Outcome:
    set_parameters(solver, problem, model, limits)
    watcher = _Watcher(problem, model, on_solution) if on_solution else None
    status = STATUSES[solver.solve(model.proto, watcher)]
    if status == "invalid":
        return Outcome(status, message="numbers too large for the solver")
    if status == "infeasible":
        return Outcome(status, bound=problem.upper_bound)
    bound = _bound(model.objective, solver.best_objective_bound)
    if status == "unknown":
        return Outcome(status, bound=bound)
    choices = read_choices(model, solver.boolean_value, solver.value)
    cost = choices_cost(problem, choices)
    if problem.upper_bound is not None and cost >= problem.upper_bound:
        return Outcome("infeasible" if status == "optimal" else "unknown", bound=bound)
    return Outcome(status, choices, cost, min(bound, cost))


def set_parameters(solver: cp_model.CpSolver, problem: Problem, model: Model, limits: Limits) -> None:
    """Set limits and the parameters found best for this kind of model."""
    parameters = solver.parameters
    parameters.max_time_in_seconds = limits.seconds
    parameters.num_workers = limits.workers
    parameters.random_seed = limits.seed % (1 << 31)
    parameters.catch_sigint_signal = False
    # With several workers it has corrupted the heap in OR-Tools 9.13 to 9.15: google/or-tools issue 5048.
    parameters.interleave_search = False
    if limits.deterministic_time is not None:
        parameters.max_deterministic_time = limits.deterministic_time
    if limits.presolve is not None:
        parameters.max_presolve_iterations = limits.presolve
    if limits.memory is not None:
        parameters.max_memory_in_mb = max(1, limits.memory >> 20)
    if 0 < model.boxes <= MAX_PAIRWISE_BOXES:
        parameters.no_overlap_2d_boolean_relations_limit = model.boxes + 1
    if not problem.wired:
        parameters.use_timetabling_in_no_overlap_2d = True


def read_choices(model: Model, true: ReadBool, value: ReadInt) -> dict[str, Choice]:
    """Return the choices of a solution."""
    choices = {}
    for name, terms in model.terms.items():
        if terms.table is not None:
            at = next(i for i, selector in enumerate(terms.selectors) if true(selector))
            choices[name] = Choice(terms.table.indices[at], value(terms.x), value(terms.y))
    return choices


def _bound(objective: Objective, solver_bound: float) -> int:
    """Return the solver's bound in model units."""
    whole = ceil(solver_bound - BOUND_SLACK * max(1.0, abs(solver_bound)))
    return objective.scale * whole + objective.constant


class _Watcher(cp_model.CpSolverSolutionCallback):
    """Passes improving solutions on."""

    def __init__(self, problem: Problem, model: Model, on_solution: OnSolution) -> None:
        super().__init__()
        self._problem, self._model, self._on_solution = problem, model, on_solution
        self._best = problem.upper_bound

    def on_solution_callback(self) -> None:
        choices = read_choices(self._model, self.boolean_value, self.value)
        cost = choices_cost(self._problem, choices)
        if self._best is None or cost < self._best:
            self._best = cost
            self._on_solution(cost, choices)
