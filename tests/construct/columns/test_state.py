"""Moves keep what is known of an arrangement exact, and every arrangement is a legal placement."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from tests.construct.columns.networks import best_plan, random_network
from tests.marks import with_slow
from wse_cp.clock import WALL
from wse_cp.construct.columns.anneal import Prices, anneal
from wse_cp.construct.columns.arrangement import closed, opened
from wse_cp.construct.columns.realise import Realiser
from wse_cp.construct.columns.search import ColumnAnnealer
from wse_cp.construct.columns.state import AREA, WIRE2, State
from wse_cp.construct.random import new_random
from wse_cp.score import checked_score, score


def whole_wire(state: State) -> int:
    """Return the wire (half tiles), each edge from both ends, halved."""
    network, total = state.network, 0
    for u in range(len(network.kinds)):
        for e in range(network.first[u], network.first[u + 1]):
            v = network.other[e]
            distance = abs(state.x2[u] - state.x2[v]) + abs(state.y2[u] - state.y2[v])
            total += int(network.times[e] * distance)
    return total // 2


@pytest.mark.parametrize("seed", with_slow(range(6), 3, 4, 5))
@pytest.mark.parametrize("transposed", [False, True])
def test_thousands_of_moves_keep_wire_area_and_census_exact(seed: int, transposed: bool) -> None:
    plan = best_plan(random_network(seed), transposed)
    state = opened(plan.problem, plan.problem.curves(plan.limit), plan.arrangement)
    assert state is not None
    accepted = anneal(state, Prices(0.5, 0.01), new_random(seed), 20.0, 4000)
    assert accepted > 100
    assert state.scalars[WIRE2] == whole_wire(state)
    assert state.scalars[AREA] == (state.rows.used * state.rows.heights).sum()
    after = closed(state)
    assert Counter(after.sequence.tolist()) == Counter(range(len(plan.problem.names)))
    again = opened(plan.problem, plan.problem.curves(plan.limit), after)
    assert again is not None
    assert again.scalars[WIRE2] == state.scalars[WIRE2]
    checked_score(plan.problem.instance, Realiser(plan.problem).placement(after, plan.limit))


@pytest.mark.parametrize("seed", range(6))
def test_a_plan_costs_what_its_placement_costs_up_to_parity(seed: int) -> None:
    instance = random_network(seed)
    plan = best_plan(instance)
    found = checked_score(instance, Realiser(plan.problem).placement(plan.arrangement, plan.limit))
    edges = sum(count for _, _, count in instance.kernel_edges)
    assert found.max_time <= plan.limit
    assert abs(instance.cost(plan.limit, found.wire_length, 0) - plan.cost) <= edges


def test_annealing_shortens_wires() -> None:
    instance = random_network(3, count=60, width=150, height=150, wlength=4)
    plan = best_plan(instance)
    better = ColumnAnnealer(1, WALL, lambda: False).run(plan, 0.5, 0.1, 0.01)
    assert better.cost < plan.cost
    reached = score(instance, Realiser(plan.problem).placement(better.arrangement, better.limit))
    before = score(instance, Realiser(plan.problem).placement(plan.arrangement, plan.limit))
    assert reached.cost < before.cost


def test_annealing_that_is_over_at_once_returns_the_plan() -> None:
    plan = best_plan(random_network(2))
    better = ColumnAnnealer(1, WALL, lambda: True).run(plan, 1.0, 0.1, 0.01)
    assert better.cost <= plan.cost


def test_what_does_not_fit_the_width_cannot_be_opened() -> None:
    plan = best_plan(random_network(0))
    low = plan.arrangement._replace(heights=np.full(plan.rows, 3))
    assert opened(plan.problem, plan.problem.curves(plan.limit), low) is None
