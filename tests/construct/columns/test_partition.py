"""The partition into columns and the cut into rows against brute force."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from tests.construct.columns.networks import file_order, random_network
from wse_cp.construct.columns.cut import Partitions, cut_into_rows
from wse_cp.construct.columns.partition import column_width, partition
from wse_cp.construct.columns.problem import ColumnProblem
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.curves import least_time_by_area


def problem_and_curves(seed: int) -> tuple[ColumnProblem, IntArray]:
    instance = random_network(seed, count=9)
    problem = ColumnProblem(instance)
    return problem, problem.curves(2 * least_time_by_area(instance))


@pytest.mark.parametrize("seed", range(8))
def test_a_column_is_as_narrow_as_its_height_allows(seed: int) -> None:
    problem, curves = problem_and_curves(seed)
    for size, height in product((1, 2, 3), (10, 23, 40, 70)):
        kinds = problem.classes[:size]
        tall = [sum(int(curves[kind, width]) for kind in kinds) for width in range(1, problem.width + 1)]
        fitting = [width for width, total in enumerate(tall, 1) if total <= height]
        expected = min(fitting, default=problem.width + 1)
        assert column_width(curves, kinds, height, 1, problem.width) == expected


def cuts_of(count: int, most: int) -> list[list[int]]:
    """Return the beginnings of columns of all partitions."""
    if count == 0:
        return [[]]
    return [
        [*before, count - size]
        for size in range(1, min(count, most) + 1)
        for before in cuts_of(count - size, most)
    ]


@pytest.mark.parametrize("seed", range(8))
def test_the_partition_of_least_width_is_found(seed: int) -> None:
    problem, curves = problem_and_curves(seed)
    kinds, count = problem.classes, len(problem.names)
    no_edges = np.zeros(count + 1, np.int64)
    for height in (20, 45, 70):
        begins, widths = partition(curves, kinds, no_edges, height, 3, 1.0, problem.width)
        totals = []
        for cut in cuts_of(count, 3):
            ends = [*cut[1:], count]
            columns = [
                column_width(curves, kinds[a:b], height, 1, problem.width)
                for a, b in zip(cut, ends, strict=True)
            ]
            if max(columns) <= problem.width:
                totals.append(sum(columns))
        if totals:
            assert widths[count] == min(totals)
            assert begins[count] == count
            assert begins[0] == 0


def test_inside_a_column_the_width_is_that_before_it() -> None:
    problem, curves = problem_and_curves(1)
    begins, widths = partition(curves, problem.classes, problem.cuts(file_order(problem)), 60, 4, 9.0, 90)
    assert (begins <= np.arange(len(begins))).all()
    assert (widths == widths[begins]).all()
    assert (np.diff(widths) >= 0).all()


@pytest.mark.parametrize("seed", range(8))
def test_rows_hold_the_order_whenever_some_rows_of_these_heights_do(seed: int) -> None:
    problem, curves = problem_and_curves(seed)
    kinds, count = problem.classes, len(problem.names)
    heights = np.array([12, 20, 31])
    found = [partition(curves, kinds, np.zeros(count + 1, np.int64), int(h), 1, 1.0, 60) for h in heights]
    parts = Partitions(heights, *(np.stack(arrays) for arrays in zip(*found, strict=True)))
    rows = cut_into_rows(parts, 60, 70)
    assert (rows is not None) == any(
        sum(stack) <= 70 and holds(curves, kinds, stack, 60)
        for size in range(1, 6)
        for stack in product(heights.tolist(), repeat=size)
    )
    if rows is not None:
        assert rows.heights.sum() <= 70
        assert rows.begins[rows.starts[-1]] == count
        for row, height in enumerate(rows.heights):
            begin, end = rows.begins[rows.starts[row]], rows.begins[rows.starts[row + 1]]
            assert curves[kinds[begin:end], height].sum() <= 60


def holds(curves: IntArray, kinds: IntArray, stack: tuple[int, ...], width: int) -> bool:
    """Tell whether rows of these heights, filled in turn with single kernels, hold them all."""
    row, x = 0, 0
    for kind in kinds:
        while row < len(stack) and x + curves[kind, stack[row]] > width:
            row, x = row + 1, 0
        if row == len(stack):
            return False
        x += int(curves[kind, stack[row]])
    return True
