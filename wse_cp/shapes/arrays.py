"""Array types and the integer image of an instance that the compiled loops work on."""

from __future__ import annotations

from dataclasses import astuple
from fractions import Fraction
from functools import cache
from math import floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wse_cp.instance import Instance
from wse_cp.kernels import Kernel, convs

#: Whole numbers: int64 unless the docstring beside it names another type.
IntArray = NDArray[np.integer[Any]]
#: Prices, costs and values: float64 unless the docstring beside it names another type.
FloatArray = NDArray[np.floating[Any]]
#: Marks, one a row: bool.
BoolArray = NDArray[np.bool_]

#: A cycle limit that no kernel reaches (scaled).
UNLIMITED = 1 << 62


@cache
def conv_rows(kernel: Kernel) -> IntArray:
    """Return (H, W, R, S, C, K, T) of each convolution of a kernel, int64, shape (1..4, 7)."""
    return np.array([astuple(conv) for conv in convs(kernel)], dtype=np.int64)


def scaled(instance: Instance, time: Fraction | int) -> int:
    """Return a cycle limit as the largest integer number of 1 / time_scale cycles within it."""
    return scaled_limit(time, instance.time_scale)


def scaled_limit(time: Fraction | int, scale: int) -> int:
    """Return a cycle limit in whole 1 / scale cycles, at most `UNLIMITED`."""
    return min(floor(Fraction(time) * scale), UNLIMITED)
