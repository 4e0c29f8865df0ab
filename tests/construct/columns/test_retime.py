"""Another cycle limit for the same columns."""

from __future__ import annotations

import numpy as np
import pytest

from tests.construct.columns.networks import best_plan, random_network
from wse_cp.construct.columns.arrangement import opened
from wse_cp.construct.columns.realise import Realiser
from wse_cp.construct.columns.retime import at_limit, heights_at, retimed
from wse_cp.score import checked_score


@pytest.mark.parametrize("seed", range(6))
def test_the_heights_needed_are_the_least(seed: int) -> None:
    plan = best_plan(random_network(seed))
    limit, problem = plan.limit, plan.problem
    heights = heights_at(problem, plan.arrangement, limit)
    assert heights is not None
    curves = problem.curves(limit)
    assert opened(problem, curves, plan.arrangement._replace(heights=heights)) is not None
    for row in range(plan.rows):
        lower = heights.copy()
        lower[row] -= 1
        assert opened(problem, curves, plan.arrangement._replace(heights=lower)) is None


@pytest.mark.parametrize("seed", range(6))
def test_the_best_limit_is_legal_and_no_worse(seed: int) -> None:
    instance = random_network(seed)
    plan = best_plan(instance)
    found = retimed(plan.problem, plan.arrangement, plan.limit)
    assert found is not None
    cost, limit, arrangement = found
    assert cost <= plan.cost
    reached = checked_score(instance, Realiser(plan.problem).placement(arrangement, limit))
    assert reached.max_time <= limit


def test_a_limit_that_is_too_low_fits_nothing() -> None:
    plan = best_plan(random_network(1))
    assert heights_at(plan.problem, plan.arrangement, plan.limit / 10) is None
    assert at_limit(plan.problem, plan.arrangement, plan.limit / 10) is None


def test_spare_height_is_shared_out_in_full_or_left() -> None:
    plan = best_plan(random_network(4))
    slow = 2 * plan.limit
    least = heights_at(plan.problem, plan.arrangement, slow)
    found = at_limit(plan.problem, plan.arrangement, slow)
    assert least is not None
    assert found is not None
    heights = found[1].heights
    assert np.all(heights >= least)
    assert heights.sum() in (least.sum(), plan.problem.height, plan.arrangement.heights.sum())
