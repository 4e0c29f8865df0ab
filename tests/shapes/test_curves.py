"""Shape curves, least areas and the least time by area against plain enumeration."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import partial
from itertools import pairwise

import numpy as np
import pytest

from tests.shapes.brute_force import CASES, Execution, executions, least_extents, limits, scale_of
from wse_cp.errors import InputError
from wse_cp.instance import MAX_SIDE, Instance, Node, Settings
from wse_cp.kernels import CBlock, Conv, DBlock, Kernel
from wse_cp.shapes.curves import (
    curve_area,
    kernel_curve,
    least_area,
    least_time_by_area,
    shape_curves,
    total_least_area,
)
from wse_cp.shapes.loops import NONE
from wse_cp.shapes.options import pareto_shapes

all_cases = pytest.mark.parametrize(("kernel", "settings"), list(CASES.values()), ids=list(CASES))


def instance_of(kernels: Iterable[Kernel], settings: Settings) -> Instance:
    nodes = (Node(i, f"k{i}", kernel) for i, kernel in enumerate(kernels, 1))
    return Instance(settings, tuple(nodes), ())


def extents(curve: np.ndarray) -> list[int | None]:
    return [None if extent == NONE else int(extent) for extent in curve]


@all_cases
def test_a_free_curve_is_the_least_extent(kernel: Kernel, settings: Settings) -> None:
    scale = scale_of(kernel)
    for time in limits(kernel, settings):
        expected = least_extents(kernel, settings, Fraction(time, scale), lambda e: True)
        assert extents(kernel_curve(kernel, settings, scale, time)) == expected


def has_split(execution: Execution, h: int, w: int) -> bool:
    return (execution.h, execution.w) == (h, w)


def has_channels(execution: Execution, c_in: int, k_out: int) -> bool:
    return c_in in (0, execution.c_in) and k_out in (0, execution.k_out)


@all_cases
def test_a_forced_split_keeps_its_h_and_w(kernel: Kernel, settings: Settings) -> None:
    scale, side = scale_of(kernel), max(settings.width, settings.height)
    time = limits(kernel, settings)[-2]
    for h, w in [(1, 1), (2, 1), (1, 2), (3, 2), (1, side // 2), (side, 1)]:
        wanted = partial(has_split, h=h, w=w)
        expected = least_extents(kernel, settings, Fraction(time, scale), wanted)
        assert extents(kernel_curve(kernel, settings, scale, time, (h, w))) == expected


@all_cases
def test_forced_channels_keep_c_in_and_k_out(kernel: Kernel, settings: Settings) -> None:
    scale = scale_of(kernel)
    for time in limits(kernel, settings)[-4:-2]:
        for c_in, k_out in [(1, 0), (3, 0), (0, 1), (0, 2), (2, 1), (4, 3), (1, 5), (99, 0), (0, 99)]:
            wanted = partial(has_channels, c_in=c_in, k_out=k_out)
            expected = least_extents(kernel, settings, Fraction(time, scale), wanted)
            channels = (c_in, k_out)
            assert extents(kernel_curve(kernel, settings, scale, time, None, channels)) == expected


def test_forced_split_and_channels_hold_together() -> None:
    kernel, settings = DBlock(4, 3, 8), Settings(18, 18, memlimit=100)
    expected = least_extents(
        kernel, settings, Fraction(400), lambda e: (e.h, e.w, e.c_in, e.k_out) == (2, 1, 3, 2)
    )
    assert any(expected)
    assert extents(kernel_curve(kernel, settings, 1, 400, (2, 1), (3, 2))) == expected


@all_cases
def test_without_a_time_limit_only_memory_counts(kernel: Kernel, settings: Settings) -> None:
    expected = least_extents(kernel, settings, Fraction(10**9), lambda e: True)
    assert extents(kernel_curve(kernel, settings, scale_of(kernel))) == expected


@all_cases
def test_curves_fall_and_are_their_own_inverse(kernel: Kernel, settings: Settings) -> None:
    for time in limits(kernel, settings):
        curve = kernel_curve(kernel, settings, scale_of(kernel), time).astype(np.int64)
        assert all(a >= b for a, b in pairwise(curve))
        reach = curve[:, None] <= np.arange(len(curve))[None, :]
        assert (reach == reach.T).all()


@all_cases
def test_least_area_is_that_of_the_smallest_shape_on_the_wafer(kernel: Kernel, settings: Settings) -> None:
    scale = scale_of(kernel)
    for time in limits(kernel, settings):
        areas = (e.width * e.height for e in executions(kernel, settings) if e.time * scale <= time)
        assert least_area(kernel, settings, Fraction(time, scale)) == min(areas, default=NONE)
    everything = (e.width * e.height for e in executions(kernel, settings))
    assert least_area(kernel, settings) == min(everything, default=NONE)


def test_curves_of_an_instance_stand_in_its_order() -> None:
    kernels: list[Kernel] = [
        Conv(5, 7, 3, 2, 6, 10, 1),
        CBlock(4, 2, 4),
        Conv(5, 7, 3, 2, 6, 10, 1),
        Conv(8, 3, 3, 3, 4, 12, 2),
    ]
    instance = instance_of(kernels, Settings(24, 18, memlimit=80))
    curves = shape_curves(instance, Fraction(301, 2))
    for curve, kernel in zip(curves, kernels, strict=True):
        assert (curve == kernel_curve(kernel, instance.settings, 4, 602)).all()
    assert (curves[1] < kernel_curve(kernels[1], instance.settings, 4, 602, (2, 1))).any()


def test_a_time_between_two_multiples_counts_as_the_lower_one() -> None:
    instance = instance_of([CBlock(4, 2, 4)], Settings(24, 18, memlimit=80))
    assert (shape_curves(instance, Fraction(73, 8)) == shape_curves(instance, 9)).all()
    assert (shape_curves(instance, Fraction(71, 8)) != shape_curves(instance, 9)).any()


def test_a_time_beyond_64_bits_counts_as_no_limit() -> None:
    kernel, wafer = Conv(8, 3, 3, 3, 4, 12, 2), Settings(24, 18)
    assert least_area(kernel, wafer, 10**40) == least_area(kernel, wafer)
    assert (shape_curves(instance_of([kernel], wafer), 10**40)[0] == kernel_curve(kernel, wafer, 4)).all()


def test_areas_of_more_than_a_million_tiles_are_areas() -> None:
    kernel, wafer, time = Conv(64, 64, 1, 1, 64, 1024, 1), Settings(MAX_SIDE, MAX_SIDE), 256
    area = least_area(kernel, wafer, time)
    # Each multiplier needs at least three tiles.
    assert area >= 3 * 64 * 64 * 64 * 1024 // time > 1 << 20
    assert area == min(o.width * o.height for o in pareto_shapes(kernel, wafer, 1, time))
    assert least_area(kernel, wafer, 1) == NONE > MAX_SIDE**2


def test_total_least_area_counts_every_kernel() -> None:
    a, b = Conv(5, 7, 3, 2, 6, 10, 1), DBlock(3, 2, 4)
    wafer = Settings(30, 20, memlimit=60)
    assert (least_area(a, wafer, 90), least_area(b, wafer, 90)) == (600, 18)
    assert total_least_area(instance_of([a, b, a], wafer), 90) == 1218


def test_a_kernel_without_a_shape_makes_the_total_larger_than_any_wafer() -> None:
    instance = instance_of([Conv(1, 1, 1, 1, 1, 1, 1)] * 3, Settings(MAX_SIDE, MAX_SIDE))
    assert total_least_area(instance, 0) > MAX_SIDE**2


@pytest.mark.parametrize(
    ("kernels", "settings"),
    [
        ([Conv(5, 7, 3, 2, 6, 10, 1), Conv(8, 3, 3, 3, 4, 12, 2)], Settings(24, 16, memlimit=60)),
        (
            [Conv(2, 9, 1, 3, 8, 3, 3), Conv(2, 9, 1, 3, 8, 3, 3), Conv(1, 1, 1, 1, 16, 16, 2)],
            Settings(9, 20),
        ),
        ([DBlock(4, 3, 8), Conv(6, 6, 3, 3, 4, 4, 1)], Settings(18, 12, memlimit=200)),
        ([CBlock(4, 2, 4), DBlock(3, 2, 4)], Settings(15, 14, memlimit=25)),
    ],
)
def test_least_time_by_area_is_exact(kernels: list[Kernel], settings: Settings) -> None:
    def area(time: Fraction) -> int:
        return sum(
            min((e.width * e.height for e in executions(k, settings) if e.time <= time), default=10**9)
            for k in kernels
        )

    wafer = settings.width * settings.height
    times = sorted({e.time for kernel in kernels for e in executions(kernel, settings)})
    expected = next(time for time in times if area(time) <= wafer)
    assert times[0] < expected < times[-1]
    assert least_time_by_area(instance_of(kernels, settings)) == expected


def test_too_many_kernels_for_the_wafer_are_an_input_error() -> None:
    instance = instance_of([Conv(1, 1, 1, 1, 1, 1, 1)] * 3, Settings(4, 4))
    with pytest.raises(InputError, match=r"4 x 4 wafer together, found .* 18 tiles"):
        least_time_by_area(instance)


def test_a_kernel_that_never_fits_is_an_input_error() -> None:
    instance = instance_of([Conv(9, 9, 3, 3, 64, 64, 1)], Settings(6, 6, memlimit=9))
    with pytest.raises(InputError, match="memlimit=9"):
        least_time_by_area(instance)


def test_curve_area_of_an_empty_curve_is_none() -> None:
    assert curve_area(np.full(10, NONE, np.int32), Settings(9, 5)) == NONE
