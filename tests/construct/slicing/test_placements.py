"""Trees of placements: cut where all kernels let a line pass."""

from __future__ import annotations

import numpy as np
import pytest

from tests.construct.slicing.cases import random_instance, random_shape, space_of
from tests.pinwheel import pinwheel
from wse_cp.construct.slicing.anneal import SlicingSearch
from wse_cp.construct.slicing.state import NO_FIT
from wse_cp.construct.slicing.trees import TreePool, shape_of_placement
from wse_cp.strategy.trees import add_with_splits, plain_space


@pytest.mark.parametrize("wadapter", [0, 50])
def test_the_tree_of_a_trees_placement_fits_and_costs_about_as_much(wadapter: int) -> None:
    ratios = []
    for seed in range(40):
        space = space_of(random_instance(seed, wadapter))
        search = SlicingSearch(space, seed)
        shape = random_shape(space, np.random.default_rng(seed), slowest=True)
        cost = search.cost(shape)
        if cost >= NO_FIT:
            continue
        found = shape_of_placement(space, search.placement(shape))
        assert found is not None
        again = search.cost(found)
        assert again < NO_FIT
        ratios.append(again / cost)
    assert len(ratios) > 15
    assert np.median(ratios) <= 1 + 1e-9


def test_a_pinwheel_has_no_tree() -> None:
    instance, placement = pinwheel()
    assert shape_of_placement(space_of(instance), placement) is None


def test_trees_with_free_splits_get_those_of_their_placements() -> None:
    taken = 0
    for seed in range(10):
        space = space_of(random_instance(seed, wadapter=50))
        free, source, target = plain_space(space), TreePool(), TreePool()
        assert not free.forced
        assert np.array_equal(free.model.times, space.model.times)
        search = SlicingSearch(free, seed)
        shape = random_shape(free, np.random.default_rng(seed), slowest=True)
        source.add(search.cost(shape), shape)
        add_with_splits(source, free, target, space, seed)
        if search.cost(shape) >= NO_FIT:
            assert not len(target)
            continue
        taken += 1
        placement = search.placement(shape)
        forced = target.ranked()[0][1].forced
        for i, name in enumerate(space.instance.kernels):
            args = placement[name].args
            assert forced[:2, i].tolist() == [args.h, args.w]
    assert taken >= 3
