"""Annealing from rows: first trees, the search, the pool."""

from __future__ import annotations

import threading
from fractions import Fraction

import numpy as np
import pytest

from tests.construct.slicing.cases import random_instance, random_search, random_shape, space_of
from wse_cp.construct.rows.build import construct_rows
from wse_cp.construct.slicing.anneal import SlicingSearch
from wse_cp.construct.slicing.model import slicing_space
from wse_cp.construct.slicing.state import NO_FIT, ROOT
from wse_cp.construct.slicing.trees import TreePool, TreeShape, first_shape, shape_of_rows
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import CBlock, Conv, DBlock, Kernel
from wse_cp.score import checked_score
from wse_cp.shapes.curves import least_time_by_area


def residual_chain(weights: tuple[int, int, int]) -> Instance:
    """Eight blocks and convs in a row with two skip edges on a wafer that is not square."""
    kernels: list[Kernel] = [Conv(28, 28, 3, 3, 16, 32, 2), CBlock(14, 14, 64), DBlock(14, 14, 64)]
    kernels += [DBlock(14, 14, 64), CBlock(14, 14, 128), DBlock(7, 7, 128), DBlock(7, 7, 128)]
    kernels += [Conv(7, 7, 1, 1, 128, 100, 1)]
    nodes = tuple(Node(i, f"n{i}", kernel) for i, kernel in enumerate(kernels))
    pairs = [*((i, i + 1) for i in range(7)), (1, 3), (4, 6)]
    settings = Settings(150, 120, *weights, memlimit=6000)
    return Instance(settings, nodes, tuple(Edge(f"n{u}", f"n{v}") for u, v in pairs))


@pytest.mark.parametrize("weights", [(1, 1, 0), (1, 10, 100)])
def test_trees_of_rows_cost_about_what_the_rows_do(weights: tuple[int, int, int]) -> None:
    instance = residual_chain(weights)
    layouts = construct_rows(instance, seconds=1, generator=np.random.default_rng(0), keep=3)
    least = least_time_by_area(instance)
    space = slicing_space(instance, least, [layout.time for _, layout in layouts])
    search = SlicingSearch(space, 0)
    for placement, layout in layouts:
        rows = float(checked_score(instance, placement).cost)
        shape = shape_of_rows(space, layout, placement)
        tree = float(checked_score(instance, search.placement(shape)).cost)
        # Rows settle their kernels sideways, trees centre them: a few tiles for each edge.
        assert abs(tree - rows) <= 0.05 * rows + 12 * weights[1] * len(instance.edges)


@pytest.mark.parametrize("wadapter", [0, 50])
@pytest.mark.parametrize("seed", range(6))
def test_trees_of_rows_fit_where_the_rows_do(seed: int, wadapter: int) -> None:
    instance = random_instance(seed, wadapter)
    layouts = construct_rows(instance, seconds=0.2, generator=np.random.default_rng(0), keep=4)
    assert layouts
    space = slicing_space(instance, least_time_by_area(instance), [layout.time for _, layout in layouts])
    search = SlicingSearch(space, 0)
    for placement, layout in layouts:
        shape = shape_of_rows(space, layout, placement)
        assert search.cost(shape) < NO_FIT
        found = checked_score(instance, search.placement(shape))
        assert found.max_time <= layout.time


@pytest.mark.parametrize("wadapter", [0, 50])
@pytest.mark.parametrize("seed", range(4))
def test_annealing_finds_a_fit_from_the_first_tree(seed: int, wadapter: int) -> None:
    space = space_of(random_instance(seed, wadapter))
    search, start = SlicingSearch(space, 0), first_shape(space)
    assert_is_tree(start, len(space.model.kernel_class))
    cost, shape = search.run(start, 0.2, 0.02, 1e-4, threading.Event())
    assert cost < NO_FIT
    checked_score(space.instance, search.placement(shape))


def assert_is_tree(shape: TreeShape, kernels: int) -> None:
    leaves, todo = [], [int(shape.scalars[ROOT])]
    while todo:
        node = todo.pop()
        if node < kernels:
            leaves.append(node)
        else:
            todo += shape.links[:2, node].tolist()
    assert sorted(leaves) == list(range(kernels))


@pytest.mark.parametrize("wadapter", [0, 50])
@pytest.mark.parametrize("seed", range(6))
def test_annealing_never_loses_its_start_and_its_trees_are_legal(seed: int, wadapter: int) -> None:
    search, shape = random_search(seed, wadapter)
    before = search.cost(shape)
    cost, best = search.run(shape, 0.1, 0.02, 1e-4, threading.Event())
    assert cost <= before
    assert search.cost(best) == pytest.approx(cost)
    if cost < NO_FIT:
        checked_score(search.space.instance, search.placement(best))


def test_annealing_improves_a_random_tree() -> None:
    space = space_of(random_instance(4, 0, count=8))
    search = SlicingSearch(space, 0)
    start = random_shape(space, np.random.default_rng(0), slowest=True)
    cost, _ = search.run(start, 0.3, 0.02, 1e-4, threading.Event())
    assert cost < search.cost(start)


def test_annealing_stops_when_told() -> None:
    search, shape = random_search(2)
    stop = threading.Event()
    stop.set()
    cost, best = search.run(shape, 1000, 0.02, 1e-4, stop)
    assert cost == search.cost(shape)
    assert np.array_equal(best.links, shape.links)


def test_first_times_of_the_grid_are_the_least_and_all_given_are_in_it() -> None:
    instance = random_instance(3)
    least = least_time_by_area(instance)
    given = [least * Fraction(17, 16), least * 5]
    scaled = [int(time * instance.time_scale) for time in given]
    times = slicing_space(instance, least, given).model.times.tolist()
    assert times == sorted(set(times))
    assert times[0] >= least * instance.time_scale
    assert set(scaled) <= set(times)


def shape_number(number: int, time_index: int) -> TreeShape:
    return TreeShape(np.array([number, time_index]), np.zeros(1, np.int64), np.zeros(1, np.int64))


def test_the_pool_keeps_the_best_in_order() -> None:
    pool = TreePool(limit=3)
    for number in (5, 3, 9, 1, 7):
        pool.add(float(number), shape_number(number, number))
    generator = np.random.default_rng(0)
    assert len(pool) == 3
    assert pool.best_cost == 1
    assert [cost for cost, _ in pool.ranked()] == [1, 3, 5]
    assert pool.pick(generator)[0].scalars[0] == 1


def test_trees_that_bring_nothing_leave_the_turn_to_others() -> None:
    pool = TreePool()
    for number in (1000, 1020, 1500):
        pool.add(float(number), shape_number(number, number))
    generator = np.random.default_rng(0)
    picks = [pool.pick(generator) for _ in range(12)]
    numbers = [int(shape.scalars[0]) for shape, _ in picks]
    assert numbers[0] == 1000
    assert {1000, 1020} == set(numbers)
    assert [tries for shape, tries in picks if shape.scalars[0] == 1000] == list(range(numbers.count(1000)))
    pool.add(990.0, shape_number(990, 1000))
    assert pool.pick(generator)[1] == 0


def test_the_pool_keeps_only_the_best_of_each_time_limit() -> None:
    pool = TreePool()
    for number in (4, 2, 3):
        pool.add(float(number), shape_number(number, 7))
    pool.add(9.0, shape_number(9, 8))
    assert [cost for cost, _ in pool.ranked()] == [2, 9]
    assert TreePool().best_cost == NO_FIT


def test_the_pool_may_be_filled_from_many_threads() -> None:
    pool = TreePool(limit=5)
    costs = np.random.default_rng(0).permutation(400).reshape(4, 100)

    def fill(numbers: list[int]) -> None:
        for number in numbers:
            pool.add(float(number), shape_number(number, number))
            assert len(pool) <= 5

    threads = [threading.Thread(target=fill, args=[row.tolist()]) for row in costs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [cost for cost, _ in pool.ranked()] == [0, 1, 2, 3, 4]
