"""The compiled image of the formulas, and that its 64 bits suffice at the limits of the input."""

from __future__ import annotations

from dataclasses import astuple
from itertools import pairwise
from math import ceil
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wse_cp.instance import MAX_MEMLIMIT, MAX_SIDE, MAX_TIME_SCALE, Settings
from wse_cp.kernels import MAX_ARGUMENT, MAX_WORK, Conv, check_kernel, conv_memory, conv_time, conv_trips
from wse_cp.shapes.arrays import UNLIMITED, conv_rows
from wse_cp.shapes.curves import kernel_curve, least_area
from wse_cp.shapes.loops import NONE, allowed_trips, least_k, scaled_time, smallest_c
from wse_cp.shapes.options import timed_options

sizes = st.integers(1, 40)
small = st.integers(1, 5)
splits = st.integers(1, 12)
convs = st.builds(Conv, sizes, sizes, small, small, sizes, sizes, small)


def plain_least_k(conv: Conv, trips: int, memlimit: int, h: int, w: int, c: int) -> int:
    """Count upwards until the formulas of kernels.py are satisfied."""
    if conv_trips(conv, h, w, c, conv.K) > trips:
        return NONE
    return next(
        k
        for k in range(1, NONE)
        if conv_trips(conv, h, w, c, k) <= trips and conv_memory(conv, h, w, c, k) <= memlimit
    )


def exact_least_k(conv: Conv, trips: int, memlimit: int, h: int, w: int, c: int) -> int:
    """Return the least k in unlimited integers, without counting."""
    left = trips // conv_trips(conv, h, w, c, conv.K)
    if left < 1:
        return NONE
    return min(NONE, max(ceil(conv.K / left), ceil(conv_memory(conv, h, w, c, 1) / memlimit)))


@given(convs, st.integers(0, 3000), st.integers(20, 4000), splits, splits, splits)
@settings(deadline=None, max_examples=300)
def test_least_k_is_the_least_that_meets_the_formulas(
    conv: Conv, trips: int, memlimit: int, h: int, w: int, c: int
) -> None:
    expected = plain_least_k(conv, trips, memlimit, h, w, c)
    assert least_k(conv_rows(conv)[0], trips, memlimit, h, w, c) == expected


@given(convs, st.integers(1, 4), splits, splits, splits, splits)
@settings(deadline=None, max_examples=300)
def test_scaled_time_is_the_formula(conv: Conv, factor: int, h: int, w: int, c: int, k: int) -> None:
    scale = conv.T**2 * factor
    assert scaled_time(conv_rows(conv)[0], scale, h, w, c, k) == conv_time(conv, h, w, c, k) * scale


@given(convs, st.integers(0, 10**6), splits, splits, splits, splits)
@settings(deadline=None, max_examples=300)
def test_allowed_trips_are_those_within_the_time(
    conv: Conv, time: int, h: int, w: int, c: int, k: int
) -> None:
    scale = conv.T**2 * 3
    trips = allowed_trips(conv_rows(conv), scale, time)[0]
    within = conv_trips(conv, h, w, c, k) <= trips
    assert within == (conv_time(conv, h, w, c, k) * scale <= time)


@given(convs, st.integers(0, 3000), st.integers(1, 4000), splits, splits)
@settings(deadline=None, max_examples=300)
def test_least_k_never_grows_with_c(conv: Conv, trips: int, memlimit: int, h: int, w: int) -> None:
    row = conv_rows(conv)[0]
    by_c = [least_k(row, trips, memlimit, h, w, c) for c in range(1, 60)]
    assert all(a >= b for a, b in pairwise(by_c))


@given(convs, st.integers(1, 3000), st.integers(1, 4000), splits, splits, st.integers(1, 60))
@settings(deadline=None, max_examples=300)
def test_smallest_c_is_the_least_with_which_k_suffices(
    conv: Conv, trips: int, memlimit: int, h: int, w: int, c: int
) -> None:
    row = conv_rows(conv)[0]
    k = least_k(row, trips, memlimit, h, w, c)
    expected = next(low for low in range(1, c + 1) if least_k(row, trips, memlimit, h, w, low) <= k)
    assert smallest_c(row, trips, memlimit, h, w, c, k) == expected


def biggest_convs() -> list[Conv]:
    """Return convolutions that use MAX_WORK up in different factors."""
    half = 1 << 22
    assert MAX_WORK == half * half == 1 << 44
    assert MAX_ARGUMENT == 1 << 20
    top = MAX_ARGUMENT
    return [
        Conv(1, 1, 1, 1, top, top, 1),
        Conv(top, top, 1, 1, 4, 4, 1),
        Conv(top, 1, 1, 1, top, 16, 1),
        Conv(1, 1, 1, 16, top, 1 << 16, 1),
        Conv(1, 1, 1 << 11, 1 << 11, 1, 1, 256),
        Conv(1 << 12, 1 << 12, 1, 1, 1, top, 256),
        Conv(3, 3, 3, 3, 1 << 18, 298261, 16),
    ]


@pytest.mark.parametrize("conv", biggest_convs(), ids=str)
def test_the_largest_convolutions_are_exact_in_64_bits(conv: Conv) -> None:
    check_kernel(conv)
    row, half = conv_rows(conv)[0], MAX_SIDE // 2
    for h, w, c in [(1, 1, 1), (1, 1, MAX_SIDE - 1), (half, 1, 1), (1, half, 1), (64, 32, 1), (16, 16, 15)]:
        for memlimit in (1, 24576, MAX_MEMLIMIT):
            for trips in (0, 1, 1 << 20, 1 << 43, UNLIMITED):
                expected = exact_least_k(conv, trips, memlimit, h, w, c)
                assert least_k(row, trips, memlimit, h, w, c) == expected
        time = scaled_time(row, MAX_TIME_SCALE, h, w, c, 1)
        assert time == conv_time(conv, h, w, c, 1) * MAX_TIME_SCALE
        assert time < UNLIMITED


@pytest.mark.parametrize("conv", biggest_convs(), ids=str)
def test_numpy_sees_no_overflow_in_the_formulas(conv: Conv) -> None:
    # Compiled integers wrap silently; numpy's scalars warn, and here a warning is an error.
    with np.errstate(over="raise"):
        for h, w, c in [(1, 1, MAX_SIDE - 1), (MAX_SIDE // 2, 1, 1), (16, 16, 15)]:
            for memlimit in (1, MAX_MEMLIMIT):
                numpys: Any = (np.int64(UNLIMITED), *np.array([memlimit, h, w, c]))
                least_k(conv_rows(conv)[0], *numpys)
            numpys = (np.int64(MAX_TIME_SCALE), *np.array([h, w, c, 1]))
            scaled_time(conv_rows(conv)[0], *numpys)


def test_the_largest_wafer_is_handled() -> None:
    wafer = Settings(MAX_SIDE, MAX_SIDE)
    conv = Conv(224, 224, 7, 7, 3, 64, 2)
    curve = kernel_curve(conv, wafer, 4, 4 * 3000)
    assert len(curve) == MAX_SIDE + 1
    options = timed_options(conv, wafer, 4, 4 * 3000, 4 * 3000)
    assert {(o.width, o.height) for o in options} == {
        (limit, int(curve[limit]))
        for limit in range(1, MAX_SIDE + 1)
        if curve[limit] < curve[limit - 1] and curve[limit] <= MAX_SIDE
    }
    assert least_area(conv, wafer, 3000) == min(o.width * o.height for o in options)


def test_conv_rows_hold_the_formal_arguments() -> None:
    conv = Conv(1, 2, 3, 4, 5, 6, 7)
    assert tuple(conv_rows(conv)[0]) == astuple(conv)
