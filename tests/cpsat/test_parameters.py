"""How the solver is set, and who may know it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from ortools.sat.python import cp_model

import wse_cp
from tests.cpsat.problems import squares
from wse_cp.cpsat.model import build, set_parameters
from wse_cp.cpsat.outcome import Limits

PACKAGE = Path(wse_cp.__file__).parent


@pytest.mark.parametrize("workers", [1, 2, 8])
@pytest.mark.parametrize("deterministic_time", [None, 1.0])
def test_search_is_never_interleaved(workers: int, deterministic_time: float | None) -> None:
    solver, problem = cp_model.CpSolver(), squares(2)
    model = build(problem)
    assert model is not None
    set_parameters(solver, problem, model, Limits(5, workers, deterministic_time=deterministic_time))
    assert not solver.parameters.interleave_search
    assert solver.parameters.num_workers == workers


@pytest.mark.parametrize("presolve", [None, 1])
def test_presolve_is_limited_only_where_asked(presolve: int | None) -> None:
    solver, problem = cp_model.CpSolver(), squares(2)
    model = build(problem)
    assert model is not None
    default = solver.parameters.max_presolve_iterations
    set_parameters(solver, problem, model, Limits(5, presolve=presolve))
    assert solver.parameters.max_presolve_iterations == (presolve or default) != 0


def test_only_this_room_imports_the_solver() -> None:
    found = set()
    # linear programmes, whose answers are multipliers at most, or which stars are tried
    others = {"bounds/linear.py", "bounds/proof/simplex.py"}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.partition(".")[0] == "ortools" for name in names):
                found.add(path.relative_to(PACKAGE).as_posix())
    assert {name for name in found if not name.startswith("cpsat/")} == others
