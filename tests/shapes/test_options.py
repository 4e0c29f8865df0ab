"""Options against plain enumeration: nothing missing, nothing dominated, nothing misstated."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from tests.marks import with_slow
from tests.shapes.brute_force import CASES, Execution, executions, limits, minimal, scale_of
from wse_cp.instance import Settings
from wse_cp.kernels import Conv, DBlock, Kernel, performance
from wse_cp.shapes.options import (
    Option,
    candidate_rows,
    fit,
    option_of,
    pareto_shapes,
    timed_options,
)

all_cases = pytest.mark.parametrize(
    ("kernel", "settings"),
    with_slow(CASES.values(), CASES["cblock F=8"], CASES["dblock F=8"]),
    ids=list(CASES),
)


def assert_true(option: Option, kernel: Kernel, settings: Settings, scale: int) -> None:
    """Check an option's statements and the memory limit with `performance`."""
    result = performance(kernel, option.args)
    size = (result.height, result.width) if option.rotated else (result.width, result.height)
    assert (option.width, option.height) == size
    assert Fraction(option.time, scale) == result.time
    assert result.memory <= settings.memlimit


def within(kernel: Kernel, settings: Settings, scale: int, time: int) -> list[Execution]:
    return [e for e in executions(kernel, settings) if e.time * scale <= time]


@all_cases
def test_pareto_shapes_are_all_the_minimal_ones_each_the_fastest_of_its_shape(
    kernel: Kernel, settings: Settings
) -> None:
    scale = scale_of(kernel)
    for time in limits(kernel, settings):
        legal = within(kernel, settings, scale, time)
        shapes = {
            (width, height) for width, height, _ in minimal((e.width, e.height, Fraction(0)) for e in legal)
        }
        fastest = {(*shape, min(e.time for e in legal if (e.width, e.height) == shape)) for shape in shapes}
        options = pareto_shapes(kernel, settings, scale, time)
        assert sorted((o.width, o.height, Fraction(o.time, scale)) for o in options) == sorted(fastest)
        for option in options:
            assert_true(option, kernel, settings, scale)


@all_cases
def test_pareto_shapes_get_wider_and_lower(kernel: Kernel, settings: Settings) -> None:
    scale = scale_of(kernel)
    for time in limits(kernel, settings):
        options = pareto_shapes(kernel, settings, scale, time)
        assert all(a.width < b.width and a.height > b.height for a, b in pairwise(options))


@all_cases
def test_timed_options_are_all_the_minimal_triples(kernel: Kernel, settings: Settings) -> None:
    scale, times = scale_of(kernel), limits(kernel, settings)
    for low, high in [(times[0], times[-1]), (times[1], times[-2]), *pairwise(times)]:
        legal = within(kernel, settings, scale, high)
        expected = minimal((e.width, e.height, max(e.time * scale, Fraction(low))) for e in legal)
        options = timed_options(kernel, settings, scale, low, high)
        assert sorted((o.width, o.height, Fraction(max(o.time, low))) for o in options) == sorted(expected)
        assert [o.width for o in options] == sorted(o.width for o in options)
        for option in options:
            assert option.time <= high
            assert_true(option, kernel, settings, scale)


def box_executions(kernel: Kernel, settings: Settings, width: int, height: int) -> list[Execution]:
    side = max(settings.width, settings.height)
    square = Settings(side, side, memlimit=settings.memlimit)
    return [e for e in executions(kernel, square) if e.width <= width and e.height <= height]


def _boxes(settings: Settings) -> list[tuple[int, int]]:
    wide, high = settings.width, settings.height
    return [
        (wide, high),
        (wide, high // 2),
        (2 * wide // 3, high),
        (high, wide),
        (wide // 2, wide // 2),
        (2, 3),
    ]


@all_cases
def test_fit_finds_an_option_exactly_if_one_exists(kernel: Kernel, settings: Settings) -> None:
    scale = scale_of(kernel)
    for width, height in _boxes(settings):
        found = box_executions(kernel, settings, width, height)
        for time in limits(kernel, settings)[::2]:
            legal = [e for e in found if e.time * scale <= time]
            option = fit(kernel, settings, scale, time, width, height)
            assert (option is not None) == bool(legal)
            if option is None:
                continue
            assert option.width <= width
            assert option.height <= height
            assert option.time <= time
            assert_true(option, kernel, settings, scale)


@all_cases
def test_fit_takes_the_fastest_of_the_shapes_narrowest_for_their_splits_and_height(
    kernel: Kernel, settings: Settings
) -> None:
    scale = scale_of(kernel)
    for time in limits(kernel, settings)[::2]:
        option = fit(kernel, settings, scale, time, settings.width, settings.height)
        if option is None:
            continue
        shapes: dict[tuple[int, int, int], tuple[int, Fraction]] = {}
        for e in within(kernel, settings, scale, time):
            width, height = (e.height, e.width) if e.rotated else (e.width, e.height)
            key = (e.h, e.w, height)
            shapes[key] = min(shapes.get(key, (width, e.time)), (width, e.time))
        assert Fraction(option.time, scale) == min(time for _, time in shapes.values())


def test_memory_can_need_more_tiles_than_there_are_loop_trips() -> None:
    kernel, settings = CASES["conv, more tiles than rows"]
    assert isinstance(kernel, Conv)
    args = [o.args for o in pareto_shapes(kernel, settings, 1, 36)]
    assert any(a.h > kernel.H for a in args)
    assert any(a.c[0] > kernel.C for a in args)
    assert any(a.k[0] > kernel.K for a in args)
    turned_image = CASES["conv, more tiles than columns"][0]
    assert any(o.args.w > 4 for o in pareto_shapes(turned_image, settings, 1, 36))


@all_cases
def test_unfiltered_candidates_are_stated_exactly(kernel: Kernel, settings: Settings) -> None:
    scale, times = scale_of(kernel), limits(kernel, settings)
    for row in candidate_rows(kernel, settings, scale, times[1], times[-1])[::7]:
        assert_true(option_of(row, kernel), kernel, settings, scale)


def test_a_coarser_time_unit_of_the_instance_changes_no_shape() -> None:
    kernel, settings = DBlock(4, 3, 8), Settings(18, 12, memlimit=100)
    plain = pareto_shapes(kernel, settings, 1, 100)
    scaled = pareto_shapes(kernel, settings, 36, 36 * 100 + 35)
    assert plain
    assert [(o.width, o.height, 36 * o.time) for o in plain] == [(o.width, o.height, o.time) for o in scaled]


def test_more_candidates_than_the_first_array_holds_lose_none() -> None:
    kernel = Conv(30, 30, 1, 1, 60, 240, 1)
    settings = Settings(240, 240)
    low = timed_options(kernel, settings, 1, 0, 1 << 40)
    assert len(candidate_rows(kernel, settings, 1, 0, 1 << 40)) > 1 << 14
    for time in (1000, 5000, 50_000):
        thin = minimal((o.width, o.height, Fraction(0)) for o in low if o.time <= time)
        assert sorted((o.width, o.height) for o in pareto_shapes(kernel, settings, 1, time)) == sorted(
            (width, height) for width, height, _ in thin
        )


def test_a_turned_option_is_the_same_option_on_its_side() -> None:
    option = pareto_shapes(Conv(5, 7, 3, 2, 6, 10, 1), Settings(24, 24), 1, 500)[0]
    turned = option.turned()
    assert (turned.width, turned.height, turned.rotated) == (option.height, option.width, not option.rotated)
    assert (turned.time, turned.args) == (option.time, option.args)
    assert turned.turned() == option
