"""Copying and sorting as plain loops do what numpy's functions do."""

from __future__ import annotations

import numpy as np
import pytest

from wse_cp.shapes.arrays import FloatArray, IntArray
from wse_cp.shapes.elementary import ascending, copy_into


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 40, 200])
@pytest.mark.parametrize("kind", [np.int64, np.float64])
def test_sorting_is_stable(count: int, kind: type) -> None:
    drawn = np.random.default_rng(count).integers(0, max(count // 3, 2), count)
    values: IntArray | FloatArray = drawn.astype(kind)
    assert ascending(values).tolist() == np.argsort(values, kind="stable").tolist()


def test_infinite_values_come_last() -> None:
    assert ascending(np.array([np.inf, 2.0, np.inf, 1.0])).tolist() == [3, 1, 0, 2]


def test_copying_fills_the_beginning() -> None:
    target = np.zeros(5, np.int64)
    copy_into(target, np.array([4, 5, 6]))
    assert target.tolist() == [4, 5, 6, 0, 0]
