"""A trial of the solver in its process, by the smallest of problems."""

from __future__ import annotations

from wse_cp.cpsat.outcome import Limits, Outcome
from wse_cp.cpsat.problem import FreeKernel, Problem
from wse_cp.cpsat.session import Session
from wse_cp.kernels import Arguments
from wse_cp.shapes.options import Option


def solve_trial(seconds: float) -> Outcome:
    """Return what comes of two wired squares on a wafer that just holds them; optimal if all is well."""
    square = (Option(1, 1, 1, Arguments(1, 1, (1,), (1,)), rotated=False),)
    kernels = tuple(FreeKernel(name, square, (0, 2), (0, 1)) for name in ("k1", "k2"))
    problem = Problem(2, 1, 1, 1, 0, 1, kernels, edges=(("k1", "k2", 1),))
    with Session() as session:
        return session.solve(problem, Limits(seconds))
