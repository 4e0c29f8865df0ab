"""Channels followed through reshapes and the like, against arrays whose elements are their sources."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from wse_cp.onnx.values import (
    Segment,
    Value,
    concatenated,
    cut,
    element_wise,
    overlapping,
    passed,
    reshaped,
    transposed,
)

Array = np.ndarray[Any, Any]


def supply(sizes: list[int], image: tuple[int, int]) -> tuple[Value, Array]:
    """Return a tensor whose channels come from sources 0, 1, ..., and an array of the sources' numbers."""
    ends = np.cumsum([0, *sizes])
    shape = (1, int(ends[-1]), *image)
    segments = tuple(
        Segment(i, f"t{i}", f"t{i}", int(ends[i]), int(ends[i + 1]), True) for i in range(len(sizes))
    )
    array = np.repeat(np.arange(len(sizes)), sizes)[None, :, None, None] * np.ones(shape, dtype=int)
    return Value(shape, 1, segments), array


def claimed(value: Value, low: int, high: int) -> set[int]:
    return {segment.source for segment in overlapping(value, low, high)}


def check(value: Value, array: Array, exactly: bool) -> None:
    assert value.shape == array.shape
    if value.axis is None:
        assert set(np.unique(array)) <= claimed(value, 0, 1)
        return
    for channel in range(value.channels):
        there = set(np.unique(np.take(array, channel, axis=value.axis)))
        found = claimed(value, channel, channel + 1)
        assert there <= found
        assert not exactly or there == found


def divisors(number: int) -> list[int]:
    return [d for d in range(1, number + 1) if number % d == 0]


@st.composite
def steps(draw: st.DrawFn) -> tuple[Value, Array]:
    value, array = supply(draw(st.lists(st.integers(1, 5), min_size=1, max_size=4)), (2, 3))
    for _ in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(["reshape", "transpose", "cut", "concat", "pool", "relu"]))
        if kind == "reshape":
            first = draw(st.sampled_from(divisors(array.size)))
            second = draw(st.sampled_from(divisors(array.size // first)))
            shape = draw(
                st.sampled_from([(1, first, second, array.size // first // second), (1, array.size)])
            )
            value, array = reshaped(value, shape), array.reshape(shape)
        elif kind == "transpose":
            order = draw(st.permutations(range(array.ndim)))
            array = array.transpose(order)
            value = transposed(value, order, array.shape)
        elif kind == "cut":
            axis = draw(st.integers(0, array.ndim - 1))
            low = draw(st.integers(0, array.shape[axis] - 1))
            high = draw(st.integers(low + 1, array.shape[axis]))
            array = np.take(array, range(low, high), axis=axis)
            value = cut(value, axis, low, high, array.shape)
        elif kind == "concat":
            axis = draw(st.integers(0, array.ndim - 1))
            array = np.concatenate([array, array], axis=axis)
            value = concatenated([value, value], axis, array.shape)
        elif kind == "pool":
            value = passed(value, value.shape, "pooled")
        else:
            value = element_wise(value, value.shape)
    return value, array


@given(steps())
@settings(max_examples=300, deadline=None)
def test_every_channel_names_all_its_sources(made: tuple[Value, Array]) -> None:
    check(*made, exactly=False)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5), st.data())
@settings(max_examples=100, deadline=None)
def test_a_reshape_that_keeps_the_batch_names_no_others(sizes: list[int], data: st.DataObject) -> None:
    value, array = supply(sizes, (2, 2))
    first = data.draw(st.sampled_from(divisors(array.size)))
    shape = (1, first, array.size // first)
    check(reshaped(value, shape), array.reshape(shape), exactly=True)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5), st.data())
@settings(max_examples=100, deadline=None)
def test_a_part_of_the_channels_names_no_others(sizes: list[int], data: st.DataObject) -> None:
    value, array = supply(sizes, (1, 2))
    low = data.draw(st.integers(0, sum(sizes) - 1))
    high = data.draw(st.integers(low + 1, sum(sizes)))
    part = cut(value, 1, low, high, (1, high - low, 1, 2))
    check(part, array[:, low:high], exactly=True)
    twice = concatenated([part, value], 1, (1, high - low + sum(sizes), 1, 2))
    check(twice, np.concatenate([array[:, low:high], array], axis=1), exactly=True)
