"""Layout of slicing trees: rectangles apart and inside, overflow exactly where a tree does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest

from tests.construct.slicing.cases import complete, random_search, random_shape
from wse_cp.construct.slicing.anneal import SlicingSearch
from wse_cp.construct.slicing.layout import root_box
from wse_cp.construct.slicing.model import MARGIN
from wse_cp.construct.slicing.state import FAR, NO_FIT, ROOT
from wse_cp.construct.slicing.trees import TreeShape
from wse_cp.placement import Rectangle
from wse_cp.shapes.arrays import IntArray


def rectangles(table: IntArray) -> list[Rectangle]:
    return [Rectangle(*map(int, column)) for column in table.T]


def inside(inner: Rectangle, outer: Rectangle) -> bool:
    return (
        inner.x >= outer.x
        and inner.y >= outer.y
        and inner.x + inner.width <= outer.x + outer.width
        and inner.y + inner.height <= outer.y + outer.height
    )


def many_trees(seed: int, wadapter: int, count: int = 60) -> Iterator[SlicingSearch]:
    """One search laid out for random trees one after the other."""
    search, _ = random_search(seed, wadapter)
    rng = np.random.default_rng(seed)
    for _ in range(count):
        search.cost(random_shape(search.space, rng, slowest=rng.random() < 0.7))
        yield search


@pytest.mark.parametrize("wadapter", [0, 50])
@pytest.mark.parametrize("seed", range(10))
def test_kernels_stand_apart_in_their_boxes_in_the_root_box(seed: int, wadapter: int) -> None:
    for search in many_trees(seed, wadapter):
        model, tree = search.model, search.tree
        width, height, over = root_box(model, tree)
        if over >= 2 * model.domain:
            continue
        rects, boxes = rectangles(tree.rects), rectangles(tree.boxes)
        for a, b in combinations(boxes[: len(rects)], 2):
            assert not a.overlaps(b)
        for leaf, rect in enumerate(rects):
            assert inside(rect, boxes[leaf])
            assert rect.width > 0
            assert rect.height == tree.by_width[leaf, rect.width]
        assert all(inside(box, Rectangle(0, 0, width, height)) for box in boxes)


@pytest.mark.parametrize("wadapter", [0, 50])
@pytest.mark.parametrize("seed", range(10))
def test_overflow_is_the_least_excess_and_zero_only_where_the_tree_fits(seed: int, wadapter: int) -> None:
    for search in many_trees(seed, wadapter, 20):
        complete(search.tree)
        model, curve = search.model, search.tree.by_width[search.tree.scalars[ROOT]].astype(int)
        width, height, over = root_box(model, search.tree)
        excess = [
            max(w - model.width, 0) + max(int(h) - model.height, 0)
            for w, h in enumerate(curve)
            if w > 0 and h <= model.domain
        ]
        assert over == min(excess, default=1 << 30)
        assert (over == 0) == (curve[model.width] <= model.height)
        if over == 0:
            assert (width, height) == (model.width, model.height)


def test_trees_of_all_three_kinds_are_met() -> None:
    kinds = set()
    for seed in range(10):
        for search in many_trees(seed, 0):
            over = root_box(search.model, search.tree)[2]
            kinds.add("fits" if over == 0 else "too large" if over < 2 * search.model.domain else "no size")
    assert kinds == {"fits", "too large", "no size"}


def test_a_tree_that_does_not_fit_costs_no_fit() -> None:
    costs = set()
    for search in many_trees(1, 50):
        cost = search.cost(TreeShape.of(search.tree))
        assert (cost == NO_FIT) == (root_box(search.model, search.tree)[2] > 0)
        costs.add(cost == NO_FIT)
    assert costs == {True, False}


@pytest.mark.parametrize("seed", range(6))
def test_curves_reach_beyond_the_wafer(seed: int) -> None:
    search, _ = random_search(seed)
    model = search.model
    assert model.domain >= MARGIN * max(model.width, model.height)
    assert np.iinfo(np.int16).max >= 2 * FAR
