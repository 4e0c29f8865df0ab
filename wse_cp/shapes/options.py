"""Options: shapes with their execution arguments, time and protocol."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wse_cp.instance import Settings
from wse_cp.kernels import Arguments, Kernel, convs
from wse_cp.shapes.arrays import IntArray, conv_rows
from wse_cp.shapes.loops import (
    C_SPLIT,
    COLUMNS,
    H_SPLIT,
    HEIGHT,
    K_SPLIT,
    TIME,
    W_SPLIT,
    WIDTH,
    enumerate_options,
    pareto_rows,
)


class Option(NamedTuple):
    """A way to build a kernel: footprint (tiles, after rotation), time (1 / time_scale cycles), arguments."""

    width: int
    height: int
    time: int
    args: Arguments
    rotated: bool

    def turned(self) -> Option:
        """Return the same option rotated by 90 degrees."""
        return Option(self.height, self.width, self.time, self.args, not self.rotated)

    def within(self, width: int, height: int) -> list[Option]:
        """Return the rotations of the option that fit a box (tiles), the option itself first."""
        return [o for o in (self, self.turned()) if o.width <= width and o.height <= height]


def pareto_shapes(kernel: Kernel, settings: Settings, scale: int, time: int) -> list[Option]:
    """Return all Pareto-minimal (width, height) within a cycle limit (1 / scale cycles), both rotations.

    Of equal shapes the fastest is kept. Sorted by width.
    """
    return timed_options(kernel, settings, scale, time, time)


def timed_options(kernel: Kernel, settings: Settings, scale: int, low: int, high: int) -> list[Option]:
    """Return all Pareto-minimal (width, height, time) with time <= high (1 / scale cycles), both rotations.

    Times below `low` count as `low`: being faster than that earns nothing. Sorted by width.
    """
    rows = candidate_rows(kernel, settings, scale, low, high)
    rows = rows[_minimal(rows[:, WIDTH], rows[:, HEIGHT], rows[:, TIME], low)]
    options = [o for row in rows for o in option_of(row, kernel).within(settings.width, settings.height)]
    if not options:
        return []
    sizes = np.array([(o.width, o.height, o.time) for o in options], dtype=np.int64)
    return [options[i] for i in _minimal(sizes[:, 0], sizes[:, 1], sizes[:, 2], low)]


def fit(
    kernel: Kernel, settings: Settings, scale: int, time: int, width_limit: int, height_limit: int
) -> Option | None:
    """Return an option within a box (tiles) and cycle limit (1 / scale cycles), or None if there is none.

    Of the smallest for the limit the fastest, then the one of least area.
    """
    box = Settings(width=width_limit, height=height_limit, memlimit=settings.memlimit)
    rows = candidate_rows(kernel, box, scale, time, time)
    order = np.lexsort((rows[:, H_SPLIT], rows[:, WIDTH], rows[:, WIDTH] * rows[:, HEIGHT], rows[:, TIME]))
    fitting = [o for i in order[:1] for o in option_of(rows[i], kernel).within(width_limit, height_limit)]
    return fitting[0] if fitting else None


def candidate_rows(kernel: Kernel, settings: Settings, scale: int, low: int, high: int) -> IntArray:
    """Return option rows (columns as in `loops`) of every (h, w), height level and time, unfiltered."""
    short, long = sorted((settings.width, settings.height))
    size = 1 << 14
    while True:
        rows = np.zeros((size, COLUMNS), np.int64)
        count = enumerate_options(conv_rows(kernel), scale, settings.memlimit, low, high, short, long, rows)
        if count <= size:
            return rows[:count]
        size = count


def option_of(row: IntArray, kernel: Kernel) -> Option:
    """Return an option row as a value, not rotated."""
    n = len(convs(kernel))
    c, k = row[C_SPLIT : C_SPLIT + n], row[K_SPLIT : K_SPLIT + n]
    args = Arguments(int(row[H_SPLIT]), int(row[W_SPLIT]), tuple(map(int, c)), tuple(map(int, k)))
    return Option(int(row[WIDTH]), int(row[HEIGHT]), int(row[TIME]), args, rotated=False)


def _minimal(width: IntArray, height: IntArray, time: IntArray, low: int) -> IntArray:
    """Return the indices of Pareto-minimal (width, height, max(time, low)), sorted by width."""
    if not len(width):
        return np.zeros(0, np.int64)
    clamped = np.maximum(time, low)
    order = np.lexsort((time, clamped, height, width))
    keys = np.stack([width[order], height[order], clamped[order]], axis=1)
    return order[pareto_rows(keys)]
