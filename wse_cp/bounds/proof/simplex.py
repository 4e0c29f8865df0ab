"""Small linear programmes, solved by the simplex method (GLOP in OR-Tools, which starts quickly)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from ortools.linear_solver.python import model_builder_helper
from scipy.sparse import csr_matrix

from wse_cp.shapes.arrays import FloatArray


class LinearProgramme(NamedTuple):
    """Minimise costs @ x subject to low <= matrix @ x <= high and least <= x <= most."""

    costs: FloatArray
    least: FloatArray
    most: FloatArray
    matrix: csr_matrix
    low: FloatArray
    high: FloatArray


class Optimum(NamedTuple):
    """A solution; duals are what a row's limits, raised by one, add to the value."""

    value: float
    x: FloatArray
    duals: FloatArray


def optimum(programme: LinearProgramme) -> Optimum | None:
    """Return an optimal solution, None where the solver finds none."""
    costs, least, most, matrix, low, high = programme
    model = model_builder_helper.ModelBuilderHelper()
    fill: Any = model.fill_model_from_sparse_data  # its types are too narrow
    fill(least, most, costs, low, high, matrix)
    solver = model_builder_helper.ModelSolverHelper("GLOP")
    solver.solve(model)
    if solver.status() != model_builder_helper.SolveStatus.OPTIMAL:
        return None
    return Optimum(
        solver.objective_value(), np.asarray(solver.variable_values()), np.asarray(solver.dual_values())
    )
