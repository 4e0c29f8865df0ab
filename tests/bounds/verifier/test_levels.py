"""The verifier's shortcuts against what they stand for."""

from __future__ import annotations

import numpy as np
import pytest

from wse_cp.bounds.verifier.levels import minimal, thinnest
from wse_cp.bounds.verifier.reading import sorted_by
from wse_cp.bounds.verifier.splits import grid


@pytest.mark.parametrize("side", [2, 3, 8, 60])
def test_thinnest_rows_are_the_minimal_ones_by_height_and_width(side: int) -> None:
    generator, height = np.random.default_rng(side), grid(side).height
    for widest in (side // 2, side, 3 * side):
        width = generator.integers(1, widest + 1, len(height))
        rows, fitting = thinnest(width, side), np.flatnonzero(width <= side)
        expected = fitting[minimal([], height[fitting], width[fitting])]
        assert height[rows].tolist() == height[expected].tolist()
        assert width[rows].tolist() == width[expected].tolist()


@pytest.mark.parametrize("most", [3, 1 << 40])
def test_rows_are_sorted_by_columns_whether_or_not_their_codes_fit_64_bits(most: int) -> None:
    columns = [np.random.default_rng(i).integers(0, most, 50) for i in range(3)]
    rows = sorted_by(*columns)
    table = np.stack(columns, axis=1)[rows].tolist()
    assert table == sorted(table)
