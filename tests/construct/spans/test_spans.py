"""Trees over spans: they fit, cut the order into spans, and lose little against all such trees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from tests.construct.slicing.cases import random_instance, space_of
from wse_cp.construct.slicing.anneal import SlicingSearch
from wse_cp.construct.slicing.state import ABOVE, BESIDE, NO_FIT, ROOT, TIME_INDEX, Tree, new_tree
from wse_cp.construct.slicing.trees import TreeShape, first_shape
from wse_cp.construct.spans.build import SpanSearch
from wse_cp.construct.spans.loops import new_labels, span_index
from wse_cp.construct.spans.program import COST, PAIR, SpanProgram, best_pair, offset_of
from wse_cp.instance import Edge, Instance
from wse_cp.score import checked_score

PRICES = [0.0, 0.05, 0.3, 2.0, 50.0]


def chain(seed: int, count: int) -> Instance:
    """Random kernels in a chain."""
    instance = random_instance(seed, count=count)
    edges = tuple(Edge(f"n{i}", f"n{i + 1}") for i in range(count - 1))
    return Instance(replace(instance.settings, wlength=4, wadapter=0), instance.nodes, edges)


def prepared(instance: Instance, time_share: float = 1.0) -> tuple[SlicingSearch, SpanProgram, TreeShape]:
    search = SlicingSearch(space_of(instance), 0)
    base = first_shape(search.space)
    base.scalars[TIME_INDEX] = int(time_share * (len(search.model.times) - 1))
    return search, SpanProgram(search), base


def leaves(shape: TreeShape, node: int, kernels: int) -> list[int]:
    if node < kernels:
        return [node]
    left, right = (int(child) for child in shape.links[:2, node])
    return leaves(shape, left, kernels) + leaves(shape, right, kernels)


@pytest.mark.parametrize("wadapter", [0, 50])
@pytest.mark.parametrize("seed", range(12))
def test_a_tree_that_is_said_to_fit_does(seed: int, wadapter: int) -> None:
    instance = random_instance(seed, wadapter, count=7)
    search, program, base = prepared(instance)
    order = [int(i) for i in np.random.default_rng(seed).permutation(7)]
    found = 0
    for index, price in product(range(0, len(search.model.times), 6), PRICES):
        base.scalars[TIME_INDEX] = index
        shape = program.tree(base, order, price)
        if shape is not None:
            found += 1
            assert search.cost(shape) < NO_FIT
            assert shape.scalars[TIME_INDEX] == index
            assert np.array_equal(shape.forced, base.forced)
            checked_score(instance, search.placement(shape))
    assert found


@pytest.mark.parametrize("seed", range(6))
def test_every_cut_parts_a_span_of_the_order(seed: int) -> None:
    _, program, base = prepared(chain(seed, 8))
    order = [int(i) for i in np.random.default_rng(seed).permutation(8)]
    rank = {kernel: position for position, kernel in enumerate(order)}
    for price in PRICES:
        shape = program.tree(base, order, price)
        assert shape is not None
        for node in range(8, 15):
            ranks = sorted(rank[leaf] for leaf in leaves(shape, node, 8))
            assert ranks == list(range(ranks[0], ranks[-1] + 1))
        assert sorted(leaves(shape, int(shape.scalars[ROOT]), 8)) == list(range(8))


def span_trees(first: int, last: int) -> Iterator[object]:
    """All trees over a span with both orders of the children at each cut."""
    if first == last:
        yield first
        return
    for middle in range(first, last):
        for left, right in product(span_trees(first, middle), span_trees(middle + 1, last)):
            for cut in (ABOVE, BESIDE):
                yield cut, left, right
                yield cut, right, left


def as_shape(nested: object, base: TreeShape, kernels: int) -> TreeShape:
    tree = new_tree(kernels, 0)
    spare = iter(range(kernels, 2 * kernels - 1))

    def build(part: object) -> int:
        if not isinstance(part, tuple):
            assert isinstance(part, int)
            return part
        cut, left, right = part
        children = build(left), build(right)
        node = next(spare)
        tree.links[:, node] = *children, -1, cut
        tree.links[2, list(children)] = node
        return node

    tree.scalars[ROOT] = build(nested)
    tree.scalars[TIME_INDEX] = base.scalars[TIME_INDEX]
    return TreeShape.of(tree)


def test_little_is_lost_against_all_trees_over_the_order() -> None:
    ratios = []
    for seed in range(12):
        search, program, base = prepared(chain(seed, 4), 0.5)
        every = [search.cost(as_shape(nested, base, 4)) for nested in span_trees(0, 3)]
        shapes = [program.tree(base, range(4), price) for price in PRICES]
        costs = [search.cost(shape) for shape in shapes if shape is not None]
        if min(every) < NO_FIT:
            assert costs
            ratios.append(min(costs) / min(every))
            assert ratios[-1] >= 1 - 1e-9
    assert len(ratios) >= 8
    assert np.mean(ratios) < 1.02


def test_the_search_begins_at_the_time_of_its_base_and_costs_trees_exactly() -> None:
    search, program, base = prepared(chain(3, 6), 0.6)
    start = int(base.scalars[TIME_INDEX])
    found = list(SpanSearch(search, program, range(6), base).run())
    assert int(found[0][1].scalars[TIME_INDEX]) == start
    assert len({int(shape.scalars[TIME_INDEX]) for _, shape in found}) > 3
    for cost, shape in found:
        assert cost == search.cost(shape) < NO_FIT
    assert min(cost for cost, _ in found) < found[0][0]


def test_a_search_that_knows_a_far_better_tree_gives_up_sooner() -> None:
    search, program, base = prepared(chain(5, 6), 0.6)
    every = list(SpanSearch(search, program, range(6), replace_base(base)).run())
    best = min(cost for cost, _ in every)
    fewer = list(SpanSearch(search, program, range(6), replace_base(base), known=0.5 * best).run())
    assert len(fewer) < len(every)


def replace_base(base: TreeShape) -> TreeShape:
    return TreeShape(base.scalars.copy(), base.links.copy(), base.forced.copy())


@pytest.mark.parametrize(("side", "step"), [(633, 1), (633, 4), (40, 7), (5, 5)])
def test_limits_end_at_the_side_of_the_wafer(side: int, step: int) -> None:
    limits = new_labels(3, side, step).limits
    assert limits[-1] == side
    assert (np.diff(limits) == step).all()


@pytest.mark.parametrize("table", [0, 1])
@pytest.mark.parametrize("seed", range(4))
def test_the_best_pair_is_the_cheapest_of_all_that_fit_the_wafer(seed: int, table: int) -> None:
    search, program, base = prepared(chain(seed, 5), 0.3)
    price, links = 0.3, np.pad(program.links(np.arange(5)), 1).astype(np.float32)
    program.tree(base, range(5), price)
    labels, pair, wafer = program.labels, np.empty(PAIR), (search.model.width, search.model.height)
    best_pair(labels, 5, links, price, table, wafer[table], wafer[1 - table], pair)
    cheapest = np.inf
    for middle, i in product(range(4), range(len(labels.limits))):
        fitting = [
            j for j in range(len(labels.limits)) if labels.limits[i] + labels.limits[j] <= wafer[table]
        ]
        if fitting:
            a, b = span_index(0, middle), span_index(middle + 1, 4)
            places = ((a, i), (b, fitting[-1]))
            if all(labels.extent[table, row, at] <= wafer[1 - table] for row, at in places):
                wire = sum(
                    labels.value[table, row, at] - price * labels.extent[table, row, at] * labels.limits[at]
                    for row, at in places
                )
                offset, *_ = offset_of(labels, table, a, i, b, fitting[-1])
                cheapest = min(cheapest, wire + links[middle + 1] * offset)
    assert pair[COST] == pytest.approx(cheapest, rel=1e-4, abs=0.5)


def test_a_pair_fits_strips_across_the_end_of_a_row_that_no_price_of_area_would() -> None:
    """The last cut has a limit for each part: it can only gain on the label of all kernels."""
    gains = 0
    for seed in range(8):
        search, program, base = prepared(chain(seed, 8), 0.5)
        for price in PRICES:
            shape = program.tree(base, range(8), price)
            positions = np.arange(8)
            whole = [search.cost(replaced(base, tree)) for tree in program.whole(positions)]
            if shape is not None and whole:
                assert search.cost(shape) <= whole[0]
                gains += search.cost(shape) < whole[0]
    assert gains


def replaced(base: TreeShape, tree: Tree) -> TreeShape:
    shape = TreeShape(base.scalars.copy(), tree.links, base.forced)
    shape.scalars[ROOT] = tree.scalars[ROOT]
    return shape


def test_a_search_leaves_the_tree_that_it_starts_from_as_it_is() -> None:
    """It may be one of a pool, kept under its time limit and at its cost."""
    search, program, base = prepared(chain(3, 6), 0.6)
    scalars, cost = base.scalars.copy(), search.cost(base)
    list(SpanSearch(search, program, range(6), base).run())
    assert np.array_equal(base.scalars, scalars)
    assert search.cost(base) == cost
