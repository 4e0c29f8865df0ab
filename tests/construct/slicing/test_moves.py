"""Moves on slicing trees: the topology stays a tree, the curves stay true, undo is exact."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.construct.slicing.cases import (
    complete,
    evaluate,
    propose,
    random_instance,
    random_search,
    random_shape,
    space_of,
)
from tests.marks import with_slow
from wse_cp.construct.slicing.anneal import SlicingSearch
from wse_cp.construct.slicing.curves import begin_move, take_back
from wse_cp.construct.slicing.state import FAR, ROOT, TIME_INDEX, Tree
from wse_cp.construct.slicing.trees import TreeShape
from wse_cp.shapes.arrays import IntArray

WADAPTERS = [0, 50]


def state_of(tree: Tree) -> list[IntArray]:
    """Everything a rejected move must leave as it was (rectangles are laid out anew each time)."""
    complete(tree)
    determines = [tree.scalars[[ROOT, TIME_INDEX]].copy(), tree.links.copy(), tree.forced.copy()]
    return [*determines, tree.by_width.copy(), tree.by_height.copy(), tree.level.copy(), tree.protocol.copy()]


def move(search: SlicingSearch) -> bool:
    begin_move(search.tree, search.undo)
    return bool(propose(search.model, search.tree, search.undo, search.random, search.todo))


def assert_is_tree(tree: Tree, kernels: int) -> None:
    found, todo = [], [int(tree.scalars[ROOT])]
    assert tree.links[2, todo[0]] == -1
    while todo:
        found.append(todo.pop())
        if found[-1] >= kernels:
            children = tree.links[:2, found[-1]].tolist()
            assert tree.links[2, children].tolist() == [found[-1]] * 2
            assert tree.links[3, found[-1]] in (0, 1)
            todo += children
    assert sorted(found) == list(range(2 * kernels - 1))


def assert_as_rebuilt(search: SlicingSearch) -> None:
    fresh, tree = SlicingSearch(search.space, 0), search.tree
    fresh.cost(TreeShape.of(tree))
    complete(tree)
    complete(fresh.tree)
    assert np.array_equal(tree.by_width, fresh.tree.by_width)
    assert np.array_equal(tree.by_height, fresh.tree.by_height)
    assert np.array_equal(tree.level, fresh.tree.level)
    for leaf in range(len(tree.level)):
        used = np.unique(abs(tree.level[leaf, tree.by_width[leaf] < FAR]))
        assert np.array_equal(tree.protocol[:, leaf, used], fresh.tree.protocol[:, leaf, used])


@pytest.mark.parametrize("wadapter", WADAPTERS)
@pytest.mark.parametrize("seed", with_slow(range(6), 1, 3, 5))
def test_moves_keep_a_tree_with_true_curves(seed: int, wadapter: int) -> None:
    search, _ = random_search(seed, wadapter)
    rng = np.random.default_rng(seed)
    for step in range(600):
        if not move(search) or rng.random() < 0.6:
            take_back(search.tree, search.undo)
        else:
            evaluate(search.model, search.tree, search.todo, math.inf)
        if step % 20 == 0:
            assert_is_tree(search.tree, len(search.model.kernel_class))
            assert_as_rebuilt(search)


@pytest.mark.parametrize("wadapter", WADAPTERS)
@pytest.mark.parametrize("seed", with_slow(range(6), 0, 3, 5))
def test_taking_a_move_back_restores_everything(seed: int, wadapter: int) -> None:
    search, _ = random_search(seed, wadapter)
    changed = 0
    for step in range(400):
        before, cost = state_of(search.tree), evaluate(search.model, search.tree, search.todo, math.inf)
        changed += move(search)
        take_back(search.tree, search.undo)
        for old, new in zip(before, state_of(search.tree), strict=True):
            assert np.array_equal(old, new)
        assert evaluate(search.model, search.tree, search.todo, math.inf) == cost
        if step % 3 == 0:
            move(search)
    assert changed or len(search.model.kernel_class) == 1


@pytest.mark.parametrize("wadapter", WADAPTERS)
def test_undo_still_works_after_a_search_goes_back_to_an_older_tree(wadapter: int) -> None:
    space = space_of(random_instance(5, wadapter, count=7))
    search, shape = SlicingSearch(space, 1), random_shape(space, np.random.default_rng(1), slowest=True)
    for _ in range(5):
        search.cost(shape)
        for _ in range(200):
            before = state_of(search.tree)
            move(search)
            take_back(search.tree, search.undo)
            for old, new in zip(before, state_of(search.tree), strict=True):
                assert np.array_equal(old, new)


def test_moves_reach_every_kind_of_state() -> None:
    search, _ = random_search(2, 50, count=6)
    times, roots, splits = set(), set(), set()
    for _ in range(4000):
        move(search)
        times.add(int(search.tree.scalars[TIME_INDEX]))
        roots.add(int(search.tree.scalars[ROOT]))
        splits.add(tuple(search.tree.forced[:, 0].tolist()))
    assert min(len(times), len(roots), len(splits)) > 2


def test_a_single_kernel_can_change_its_time_only() -> None:
    search, shape = random_search(3, 0, count=1)
    for _ in range(500):
        move(search)
    assert np.array_equal(search.tree.links, shape.links)
    assert search.tree.scalars[ROOT] == 0
    assert 0 <= search.tree.scalars[TIME_INDEX] < len(search.model.times)
