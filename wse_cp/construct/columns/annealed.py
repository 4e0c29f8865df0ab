"""An order annealed for the rows of a plan: its kernels are as thick as they are in rows of equal height."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from wse_cp.clock import Clock
from wse_cp.construct.columns.scan import Plan
from wse_cp.construct.linear import LinearArrangement
from wse_cp.shapes.arrays import IntArray


def annealed_order(
    plan: Plan, order: IntArray, seed: int, clock: Clock, stopped: Callable[[], bool]
) -> IntArray:
    """Return an order (kernels by number) in which wires are no longer than in the one given.

    Parameters
    ----------
    plan
        Its cycle limit and number of rows give the kernels' thickness.
    stopped
        Asked now and then; if true, the best order so far is returned.
    """
    problem = plan.problem
    thickness = problem.curves(plan.limit)[problem.classes, problem.height // plan.rows]
    sizes = np.minimum(thickness, problem.width).astype(np.int64)
    return LinearArrangement(problem.instance).annealed(order, sizes, seed, clock, stopped)
