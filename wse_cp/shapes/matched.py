"""Options with wanted protocols: forced (h, w) and channel splits, priced by size, or as thin as can be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np

from wse_cp.compiled import compiled, inner
from wse_cp.instance import Settings
from wse_cp.kernels import Kernel
from wse_cp.shapes.arrays import FloatArray, IntArray, conv_rows
from wse_cp.shapes.loops import (
    C_SPLIT,
    COLUMNS,
    HEIGHT,
    K_SPLIT,
    NONE,
    WIDTH,
    allowed_trips,
    least_k,
    measure_option,
    write_option,
)


class LimitedKernel(NamedTuple):
    """A kernel within a cycle limit, for the compiled loops: `convs` and `trips` as in `loops`."""

    convs: IntArray
    trips: IntArray
    scale: int
    memlimit: int

    @classmethod
    def of(cls, kernel: Kernel, settings: Settings, scale: int, time: int) -> Self:
        """Return a kernel with the loop trips it may make in `time` / `scale` cycles."""
        convs = conv_rows(kernel)
        return cls(convs, allowed_trips(convs, scale, time), scale, settings.memlimit)


class Prices(NamedTuple):
    """What a shape costs: per tile of its shorter side, and per tile of its area."""

    side: float
    tile: float


def ranked_splits(
    kernel: Kernel, settings: Settings, scale: int, time: int, prices: Prices
) -> dict[tuple[int, int], float]:
    """Return every feasible (h, w) with the price of its cheapest shape, cheapest first.

    `time` is the limit in 1 / scale cycles.
    """
    short, long = sorted((settings.width, settings.height))
    rows = np.zeros((long * (long.bit_length() + 1), 3))
    limited = LimitedKernel.of(kernel, settings, scale, time)
    rows = rows[: price_splits(limited, short, long, prices, rows)]
    return {(int(h), int(w)): float(price) for h, w, price in rows[np.argsort(rows[:, 2], kind="stable")]}


def matched_rows(
    kernel: Kernel,
    settings: Settings,
    scale: int,
    time: int,
    splits: Sequence[tuple[int, int]],
    reads: Sequence[int],
    writes: Sequence[int],
) -> IntArray:
    """Return option rows (columns as in `loops`) for every combination of protocol parts.

    Parameters
    ----------
    time
        Limit in 1 / scale cycles.
    splits, reads, writes
        Wanted (h, w), channel splits of the input (c or c1) and of the output protocol (k or k3); channel
        split 0 stands for the least possible. Of each combination all Pareto-minimal sizes are returned.
    """
    short, long = sorted((settings.width, settings.height))
    limited = LimitedKernel.of(kernel, settings, scale, time)
    wanted = _protocol_arrays(splits, reads, writes)
    size = 1 << 12
    while True:
        rows = np.zeros((size, COLUMNS), np.int64)
        count = enumerate_matched(limited, *wanted, short, long, rows)
        if count <= size:
            return rows[:count]
        size = count


def _protocol_arrays(
    splits: Sequence[tuple[int, int]], reads: Sequence[int], writes: Sequence[int]
) -> tuple[IntArray, IntArray, IntArray]:
    return np.array(splits, np.int64).reshape(-1, 2), np.array(reads, np.int64), np.array(writes, np.int64)


@compiled
def price_splits(limited: LimitedKernel, short: int, long: int, prices: Prices, rows: FloatArray) -> int:
    """Write (h, w, price of the cheapest shape) for every feasible split; return how many there are."""
    count = 0
    for h in range(1, long // 2 + 1):
        for w in range(1, long // (2 * h) + 1):
            best = np.inf
            for c in range(1, long // (h * w)):
                width, height = 3 * matched_k(limited, h, w, c, 0, 0), h * w * (c + 1)
                least, most = min(width, height), max(width, height)
                if most <= long and least <= short:
                    best = min(best, prices.side * least + prices.tile * least * most)
            if best < np.inf:
                rows[count, 0], rows[count, 1], rows[count, 2] = h, w, best
                count += 1
    return count


@compiled
def enumerate_matched(
    limited: LimitedKernel,
    splits: IntArray,
    reads: IntArray,
    writes: IntArray,
    short: int,
    long: int,
    rows: IntArray,
) -> int:
    """Write the Pareto-minimal sizes of every combination of split, read and written channel split.

    Returns the number of them, also when `rows` was too short.
    """
    count = 0
    for s in range(len(splits)):
        h, w = splits[s, 0], splits[s, 1]
        for first in reads:
            for last in writes:
                best = NONE
                top = long // (h * w) - 1
                if len(limited.convs) == 1 and first > 0:
                    top = min(top, first)
                for c in range(max(first, 1), top + 1):
                    width = 3 * matched_k(limited, h, w, c, first, last)
                    height = h * w * (c + 1)
                    if width >= best or max(width, height) > long or min(width, height) > short:
                        continue
                    best = width
                    write_matched(rows[min(count, len(rows) - 1)], limited, h, w, c, first, last)
                    count += 1
    return count


@inner
def matched_k(limited: LimitedKernel, h: int, w: int, c: int, first: int, last: int) -> int:
    """Return the sum of the k at height level c under forced channel splits (0: free), or NONE."""
    n, total = len(limited.convs), 0
    for i in range(n):
        own_c = first if i == 0 and first > 0 else c
        k = least_k(limited.convs[i], limited.trips[i], limited.memlimit, h, w, own_c)
        if i == min(2, n - 1) and last > 0:
            k = last if k <= last else NONE
        total += k
        if total >= NONE:
            return NONE
    return total


@inner
def write_matched(
    row: IntArray, limited: LimitedKernel, h: int, w: int, c: int, first: int, last: int
) -> None:
    """Write the option with least k at height level c under forced channel splits (0: free) into `row`."""
    convs, trips, scale, memlimit = limited
    write_option(row, convs, trips, scale, memlimit, h, w, c)
    if first > 0:
        row[C_SPLIT] = first
        row[K_SPLIT] = least_k(convs[0], trips[0], memlimit, h, w, first)
    if last > 0:
        row[K_SPLIT + min(2, len(convs) - 1)] = last
    measure_option(row, convs, scale)


def shape_prices(rows: IntArray, prices: Prices) -> FloatArray:
    """Return the price of every option row, float64."""
    width, height = rows[:, WIDTH], rows[:, HEIGHT]
    price: FloatArray = prices.side * np.minimum(width, height) + prices.tile * width * height
    return price


def thin_rows(
    kernel: Kernel,
    settings: Settings,
    scale: int,
    time: int,
    splits: Sequence[tuple[int, int]],
    reads: Sequence[int],
    writes: Sequence[int],
    most: int,
) -> IntArray:
    """Return option rows (columns as in `loops`), the thinnest along x for every combination.

    Parameters
    ----------
    time
        Limit in 1 / scale cycles.
    splits, reads, writes
        Wanted (h, w) and channel splits, as in `matched_rows`. Each combination gives up to two
        options: least extent by rotation and without.
    most
        Greatest extent along x (tiles); along y the wafer's height is the limit.
    """
    limited = LimitedKernel.of(kernel, settings, scale, time)
    wanted = _protocol_arrays(splits, reads, writes)
    rows = np.zeros((2 * len(splits) * len(reads) * len(writes), COLUMNS), np.int64)
    return rows[: enumerate_thin(limited, *wanted, min(most, settings.width), settings.height, rows)]


@compiled
def enumerate_thin(
    limited: LimitedKernel,
    splits: IntArray,
    reads: IntArray,
    writes: IntArray,
    most: int,
    height: int,
    rows: IntArray,
) -> int:
    """Write the options described at `thin_rows` into `rows`; return how many there are."""
    count = 0
    for s in range(len(splits)):
        h, w = splits[s, 0], splits[s, 1]
        for first in reads:
            for last in writes:
                level = highest_level(limited, h * w, height, first)
                for turned in range(2):
                    if turned:
                        level = lowest_level(limited, h, w, most, height, first, last)
                    if level < 1 or (len(limited.convs) == 1 and 0 < first < level):
                        continue
                    side = 3 * matched_k(limited, h, w, level, first, last)
                    if side > (height if turned else most):
                        continue
                    write_matched(rows[count], limited, h, w, level, first, last)
                    count += 1
    return count


@inner
def highest_level(limited: LimitedKernel, area: int, height: int, first: int) -> int:
    """Return the largest c for which h * w * (c + 1) fits the height, 0 if it is below a forced one."""
    level = height // area - 1
    if level < first:
        return 0
    return int(first if len(limited.convs) == 1 and first > 0 else level)


@inner
def lowest_level(
    limited: LimitedKernel, h: int, w: int, most: int, height: int, first: int, last: int
) -> int:
    """Return the least c, not below a forced one, at which the other extent fits the height; 0 if none."""
    low, high = max(first, 1), most // (h * w) - 1
    if len(limited.convs) == 1 and first > 0:
        high = min(high, first)
    if high < low or 3 * matched_k(limited, h, w, high, first, last) > min(height, NONE):
        return 0
    while low < high:
        middle = (low + high) // 2
        if 3 * matched_k(limited, h, w, middle, first, last) <= height:
            high = middle
        else:
            low = middle + 1
    return low
