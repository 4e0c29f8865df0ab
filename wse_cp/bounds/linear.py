"""Linear programmes, by HiGHS or roughly by PDLP, that never outlive the interpreter.

HiGHS has threads of its own. If the interpreter ends while another thread is in HiGHS, the process is
aborted. So programmes that are being solved then are waited for.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from ortools.pdlp import solvers_pb2
from ortools.pdlp.python import pdlp
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from wse_cp.shapes.arrays import FloatArray

#: Seconds that a programme may take.
SECONDS = 5.0
#: How exact a rough answer is, as a share of the value, and after how many steps it is taken as it is.
_ROUGH, _STEPS = 0.01, 3000
#: The stubs know nothing of sparse constraints.
_linprog: Any = linprog


def minimise(costs: Any, **programme: Any) -> Any:
    """Return what `scipy.optimize.linprog` finds; its `x` is None if that takes longer than `SECONDS`."""
    with _WORK.one():
        return _linprog(costs, method="highs", options={"time_limit": SECONDS}, **programme)


def pack(worths: FloatArray, takes: csr_matrix, room: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """Return the amounts that are worth most in all and take no more than there is room, and prices of room.

    Parameters
    ----------
    worths
        Of one of each thing.
    takes
        What each thing (column) takes of each kind of room (row); nothing is less than 0.

    Returns
    -------
        The amounts, and what one more of each kind of room is worth; None if that takes longer than
        `SECONDS`.
    """
    found = minimise(-worths, A_ub=takes, b_ub=room, bounds=(0, None))
    return None if found.x is None else (found.x, -np.asarray(found.ineqlin.marginals, float))


def pack_roughly(
    worths: FloatArray, takes: csr_matrix, room: FloatArray
) -> tuple[FloatArray, FloatArray] | None:
    """Return amounts and prices like `pack`, which are about the best; None if the method fails.

    They are found by a first-order method (D. Applegate and others, Practical large-scale linear programming
    using primal-dual hybrid gradient, NeurIPS 2021). Prices then are no corner of those that are the best,
    but somewhere between.
    """
    scale = max(float(worths.mean()), 1e-300)
    programme = pdlp.QuadraticProgram()
    programme.objective_vector = -worths / scale
    programme.constraint_matrix = takes.tocsc()
    programme.constraint_lower_bounds = np.full(len(room), -np.inf)
    programme.constraint_upper_bounds = np.asarray(room, float)
    programme.variable_lower_bounds = np.zeros(len(worths))
    programme.variable_upper_bounds = np.full(len(worths), np.inf)
    settings = solvers_pb2.PrimalDualHybridGradientParams()
    settings.termination_criteria.simple_optimality_criteria.eps_optimal_relative = _ROUGH
    settings.termination_criteria.iteration_limit = _STEPS
    settings.termination_criteria.time_sec_limit = SECONDS
    with _WORK.one():
        found = pdlp.primal_dual_hybrid_gradient(programme, settings)
    if not (np.isfinite(found.primal_solution).all() and np.isfinite(found.dual_solution).all()):
        return None
    amounts = np.maximum(found.primal_solution, 0.0)
    fullest = float(np.max(takes @ amounts / room, initial=1.0))
    return amounts / fullest, np.maximum(-found.dual_solution, 0.0) * scale


class _Work:
    """How many programmes are being solved."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count, self._over = 0, False
        atexit.register(self._end)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Count one more; the thread ends if the interpreter does."""
        with self._changed:
            if self._over:
                raise SystemExit
            self._count += 1
        try:
            yield
        finally:
            with self._changed:
                self._count -= 1
                self._changed.notify_all()

    def _end(self) -> None:
        with self._changed:
            self._over = True
            self._changed.wait_for(lambda: not self._count, 2 * SECONDS)


_WORK = _Work()
