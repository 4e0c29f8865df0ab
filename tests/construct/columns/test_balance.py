"""Rows that are filled alike."""

from __future__ import annotations

import numpy as np
import pytest

from tests.construct.columns.networks import random_network, scanned
from wse_cp.construct.columns.arrangement import opened
from wse_cp.construct.columns.balance import balanced
from wse_cp.construct.columns.realise import Realiser
from wse_cp.score import checked_score


@pytest.mark.parametrize("seed", range(6))
def test_a_balanced_plan_is_legal_and_its_fullest_row_is_no_fuller(seed: int) -> None:
    scan = scanned(random_network(seed, count=40, width=120))
    for plan in scan.plans[:4]:
        other = balanced(plan)
        assert other.limit == plan.limit
        assert sorted(other.arrangement.sequence) == sorted(plan.arrangement.sequence)
        used = []
        for each in (plan, other):
            state = opened(each.problem, each.problem.curves(each.limit), each.arrangement)
            assert state is not None
            used.append(int(np.max(state.rows.used)))
        assert used[1] <= used[0]
        checked_score(plan.problem.instance, Realiser(plan.problem).placement(other.arrangement, other.limit))
