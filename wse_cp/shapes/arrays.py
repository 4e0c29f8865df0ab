"""Array types and the integer image of an instance that the compiled loops work on."""

from __future__ import annotations

from dataclasses import astuple
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wse_cp.instance import Instance
from wse_cp.kernels import Kernel, convs

IntArray = NDArray[Any]


@cache
def conv_rows(kernel: Kernel) -> IntArray:
    """Return (H, W, R, S, C, K, T) of each convolution of a kernel, int64, shape (1..4, 7)."""
    return np.array([astuple(conv) for conv in convs(kernel)], dtype=np.int64)


def scaled(instance: Instance, time: Fraction | int) -> int:
    """Return a time limit (cycles) as the largest integer number of 1 / time_scale cycles within it."""
    return int(Fraction(time) * instance.time_scale)
