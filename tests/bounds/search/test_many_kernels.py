"""Bounds of many kernels: a first one soon, a better one by and by, and an end when one is wanted."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest

from wse_cp.bounds.programme.ending import EndedError, look, until
from wse_cp.bounds.search.best_first import BoundSearch
from wse_cp.bounds.search.least_time import promising_time
from wse_cp.bounds.verifier import verify
from wse_cp.errors import InputError
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv
from wse_cp.shapes.curves import least_time_by_area


def residual(blocks: int, side: int, adapters: int = 0) -> Instance:
    """Blocks of three kernels with a skip edge, and rings of five between them."""
    random = Random(1)
    sizes = [Conv(8, 8, 1, 1, random.choice([8, 16]), 16, 1) for _ in range(6)]
    nodes = [Node(i, f"k{i}", sizes[i % 6]) for i in range(3 * blocks)]
    pairs = [*pairwise(range(3 * blocks)), *((3 * i, 3 * i + 2) for i in range(blocks))]
    pairs += [(3 * i, 3 * i + 6) for i in range(0, blocks - 2, 2)]
    edges = tuple(Edge(f"k{u}", f"k{v}") for u, v in pairs)
    return Instance(Settings(side, side, 1, 20, adapters), tuple(nodes), edges)


@pytest.mark.parametrize("adapters", [0, 3])
def test_bounds_grow_and_are_verified(adapters: int) -> None:
    instance = residual(150, 200, adapters)
    search, values = BoundSearch(instance), [Fraction(0)]
    for _ in range(60):
        search.step()
        values.append(search.value)
    assert values == sorted(values)
    assert 0 < values[-1] == verify(instance, search.bound().certificate)


@pytest.mark.slow
def test_cycles_make_it_better_than_the_quick_stage() -> None:
    search = BoundSearch(residual(150, 200))
    search._stages._ahead.pop()
    while not search.finished:
        search.step()
    quick = search.value
    search = BoundSearch(residual(150, 200))
    while not search.finished:
        search.step()
    assert search.value > quick


def test_before_the_first_step_there_is_a_certificate_of_nothing() -> None:
    instance = residual(150, 200)
    search = BoundSearch(instance, lambda: True)
    assert not search.step()
    assert search.bound().value == 0 == verify(instance, search.bound().certificate)


def test_many_kernels_that_do_not_fit_are_an_input_error() -> None:
    with pytest.raises(InputError, match="fit the 30 x 30 wafer"):
        BoundSearch(residual(150, 30)).step()


@pytest.mark.parametrize("side", [150, 300])
def test_the_promising_time_is_about_the_least_one(side: int) -> None:
    instance = residual(150, side)
    least = least_time_by_area(instance) * instance.time_scale
    assert least <= promising_time(instance) <= 1 + Fraction(102, 100) * least


def test_a_long_calculation_hears_that_it_is_over_and_others_do_not() -> None:
    with until(lambda: True), pytest.raises(EndedError):
        look()
    look()
