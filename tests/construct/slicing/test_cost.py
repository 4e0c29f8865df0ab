"""The annealer's cost against the exact score of the placement that a tree becomes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from tests.construct.slicing.cases import evaluate, propose, random_search, random_shape
from tests.marks import with_slow
from wse_cp.construct.slicing.anneal import SlicingSearch
from wse_cp.construct.slicing.curves import begin_move, take_back
from wse_cp.construct.slicing.layout import mismatches, wire2
from wse_cp.construct.slicing.realise import realise
from wse_cp.construct.slicing.state import TIME_INDEX
from wse_cp.score import Score, checked_score


def fitting_trees(seed: int, wadapter: int, moves: int = 800) -> Iterator[tuple[SlicingSearch, float, Score]]:
    """Walk at random towards less overflow; yield fitting trees now and then, with their exact score."""
    search, _ = random_search(seed, wadapter)
    rng = np.random.default_rng(seed)
    _, over = evaluate(search.model, search.tree, search.todo, math.inf)
    for _ in range(moves):
        begin_move(search.tree, search.undo)
        propose(search.model, search.tree, search.undo, search.random, search.todo)
        cost, new = evaluate(search.model, search.tree, search.todo, math.inf)
        if new > over:
            take_back(search.tree, search.undo)
            continue
        over = new
        if over == 0 and rng.random() < 0.1:
            placement = realise(search.space.instance, search.model, search.tree)
            yield search, cost, checked_score(search.space.instance, placement)


def time_limit(search: SlicingSearch) -> Fraction:
    time = int(search.model.times[search.tree.scalars[TIME_INDEX]])
    return Fraction(time, search.space.instance.time_scale)


@pytest.mark.parametrize("seed", with_slow(range(12), *range(7, 12)))
def test_free_trees_cost_what_their_placement_does_but_for_spare_time(seed: int) -> None:
    seen = 0
    for search, cost, score in fitting_trees(seed, 0):
        settings = search.space.instance.settings
        spare = time_limit(search) - score.max_time
        assert spare >= 0
        assert wire2(search.model, search.tree) == 2 * score.wire_length
        assert cost == pytest.approx(float(score.cost + settings.wdeltat * spare), abs=1e-6)
        seen += 1
    assert seen


@pytest.mark.parametrize("seed", with_slow(range(12), *range(6, 12)))
def test_forced_trees_are_never_slower_and_differ_in_wire_by_parity_only(seed: int) -> None:
    """Raised channels change a rectangle's size in its box: its centre stays, or moves by half a tile."""
    seen = 0
    for search, _, score in fitting_trees(seed, 50):
        edges = sum(count for *_, count in search.space.instance.kernel_edges)
        assert score.max_time <= time_limit(search)
        assert abs(wire2(search.model, search.tree) - 2 * score.wire_length) <= 4 * edges
        seen += 1
    assert seen


@pytest.mark.parametrize("seed", with_slow(range(12), *range(6)))
def test_forced_trees_need_no_more_adapters_than_counted(seed: int) -> None:
    """Ports left over by the value that most share may still match each other."""
    for search, _, score in fitting_trees(seed, 50):
        assert score.adapters <= mismatches(search.model, search.tree)


def test_a_tree_too_large_costs_more_by_its_overflow() -> None:
    found = 0
    for seed in range(10):
        search, _ = random_search(seed, 0)
        model, rng = search.model, np.random.default_rng(seed)
        for _ in range(40):
            search.cost(random_shape(search.space, rng))
            cost, over = evaluate(model, search.tree, search.todo, math.inf)
            if 0 < over < 2 * model.domain:
                plain = model.time_weight * int(model.times[search.tree.scalars[TIME_INDEX]])
                plain += model.wire_weight * wire2(model, search.tree)
                assert cost == pytest.approx(plain + over * model.overflow_weight)
                found += 1
    assert found
