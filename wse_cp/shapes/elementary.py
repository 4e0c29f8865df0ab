"""Copying and sorting as plain loops: numpy's slices and sorts take Numba a second each to compile."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from wse_cp.compiled import inner
from wse_cp.shapes.arrays import FloatArray, IntArray

Number = TypeVar("Number", bound=np.generic)


@inner
def copy_into(target: NDArray[Number], source: NDArray[Number]) -> None:
    """Write all numbers of one row into the beginning of another."""
    for i in range(len(source)):
        target[i] = source[i]


@inner
def ascending(values: IntArray | FloatArray) -> IntArray:
    """Return the indices that sort a row; of equal values the first comes first.

    The gaps of this Shell sort are powers of two less one.
    """
    count = len(values)
    order = np.empty(count, np.int64)
    for i in range(count):
        order[i] = i
    gap = 1
    while 2 * gap + 1 < count:
        gap = 2 * gap + 1
    while gap > 0:
        for i in range(gap, count):
            picked, at = order[i], i
            while at >= gap and _after(values, order[at - gap], picked):
                order[at] = order[at - gap]
                at -= gap
            order[at] = picked
        gap //= 2
    return order


@inner
def _after(values: IntArray | FloatArray, one: int, other: int) -> bool:
    """Tell whether the first of two indices belongs after the second."""
    return bool(values[one] > values[other] or (values[one] == values[other] and one > other))
