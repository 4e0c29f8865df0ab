"""Solve one constraint model in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import ceil
from time import monotonic

from ortools.sat.python import cp_model

from wse_cp.cpsat.build import Model, build
from wse_cp.cpsat.outcome import Limits, Outcome, Status
from wse_cp.cpsat.problem import Choice, OnSolution, Problem, choices_cost

ReadBool = Callable[[cp_model.IntVar], bool]
ReadInt = Callable[[cp_model.LinearExprT], int]

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
    bound = _bound(model, solver.best_objective_bound)
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


def _bound(model: Model, solver_bound: float) -> int:
    """Return the solver's bound in model units."""
    least = ceil(solver_bound - BOUND_SLACK * max(1.0, abs(solver_bound)))
    return model.objective.scale * least + model.objective.constant


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
