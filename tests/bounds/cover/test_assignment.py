"""The assignment of leaves to places, against SciPy's, and its dual prices."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from wse_cp.bounds.cover.assignment import assigned, hungarian


@pytest.mark.parametrize("seed", range(40))
def test_the_cheapest_assignment_is_found_and_its_prices_prove_it(seed: int) -> None:
    random = Random(seed)
    rows = random.randint(1, 8)
    columns = rows + random.randint(0, 5)
    cost = np.array([[float(random.randint(0, 20)) for _ in range(columns)] for _ in range(rows)])
    prices, places = np.empty(columns), np.empty(rows, np.int64)
    hungarian(cost, prices, places)
    assert len(set(places.tolist())) == rows
    total = cost[np.arange(rows), places].sum()
    assert total == cost[linear_sum_assignment(cost)].sum()
    assert (prices >= 0).all()
    assert total == (cost + prices).min(axis=1).sum() - prices.sum()


def test_two_leaves_have_the_same_rank_and_one_may_be_elsewhere() -> None:
    cost = np.array([[1.0, 3.0, 5.0]] * 5)
    ranks, places = np.zeros(3), np.zeros(5, np.int64)
    total = assigned(cost, np.full(5, 4.0), ranks, places)
    assert sorted(places.tolist()) == [-1, 0, 0, 1, 1]
    assert ranks.tolist() == [3.0, 1.0, 0.0]
    assert total == 8.0


def test_no_rank_has_a_negative_price_however_large_the_costs_are() -> None:
    random = Random(1)
    for _ in range(200):
        leaves = random.randint(3, 8)
        rooms = (leaves + 1) // 2
        cost = np.array([[1e10 * random.random() for _ in range(rooms)] for _ in range(leaves)]) - 3e9
        ranks, places = np.zeros(rooms), np.zeros(leaves, np.int64)
        assigned(cost, np.array([1e10 * random.random() for _ in range(leaves)]) - 3e9, ranks, places)
        assert (ranks >= 0).all()
