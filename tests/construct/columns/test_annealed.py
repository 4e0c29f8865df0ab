"""Orders annealed for the rows of a plan: all kernels, less wire at the plan's thickness, better plans."""

from __future__ import annotations

import numpy as np
import pytest

from tests.construct.columns.networks import best_plan, random_network
from wse_cp.clock import WALL
from wse_cp.construct.columns.annealed import annealed_order
from wse_cp.construct.linear import LinearArrangement


@pytest.mark.parametrize("seed", range(3))
def test_a_scrambled_order_is_mended_for_the_thickness_in_the_plans_rows(seed: int) -> None:
    plan = best_plan(random_network(seed))
    problem = plan.problem
    order = np.random.default_rng(seed).permutation(len(problem.names))
    found = annealed_order(plan, order, seed, WALL, lambda: False)
    curves = problem.curves(plan.limit)
    sizes = curves[problem.classes, problem.height // plan.rows].astype(np.int64)
    arrangement = LinearArrangement(problem.instance)
    assert sorted(found) == list(range(len(problem.names)))
    assert arrangement.wire2(found, sizes) < 0.9 * arrangement.wire2(order, sizes)


def test_what_is_stopped_keeps_its_order() -> None:
    plan = best_plan(random_network(1))
    order = np.arange(len(plan.problem.names))[::-1].copy()
    assert np.array_equal(annealed_order(plan, order, 0, WALL, lambda: True), order)
