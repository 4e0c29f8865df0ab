"""Options with wanted protocols: forced (h, w) and channel splits, priced by size, or as thin as can be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from wse_cp.compiled import compiled
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
    sum_of_least_k,
    write_option,
)


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
    convs = conv_rows(kernel)
    trips = allowed_trips(convs, scale, time)
    count = price_splits(convs, trips, settings.memlimit, short, long, prices.side, prices.tile, rows)
    rows = rows[:count]
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
    convs = conv_rows(kernel)
    trips = allowed_trips(convs, scale, time)
    wanted = np.array(splits, np.int64).reshape(-1, 2)
    first, last = np.array(reads, np.int64), np.array(writes, np.int64)
    size = 1 << 12
    while True:
        rows = np.zeros((size, COLUMNS), np.int64)
        count = enumerate_matched(
            convs, trips, scale, settings.memlimit, wanted, first, last, short, long, rows
        )
        if count <= size:
            return rows[:count]
        size = count


@compiled
def price_splits(
    convs: IntArray,
    trips: IntArray,
    memlimit: int,
    short: int,
    long: int,
    side_price: float,
    tile_price: float,
    rows: FloatArray,
) -> int:
    """Write (h, w, price of the cheapest shape) for every feasible split; return how many there are."""
    count = 0
    for h in range(1, long // 2 + 1):
        for w in range(1, long // (2 * h) + 1):
            best = np.inf
            for c in range(1, long // (h * w)):
                width, height = 3 * sum_of_least_k(convs, trips, memlimit, h, w, c), h * w * (c + 1)
                least, most = min(width, height), max(width, height)
                if most <= long and least <= short:
                    best = min(best, side_price * least + tile_price * least * most)
            if best < np.inf:
                rows[count, 0], rows[count, 1], rows[count, 2] = h, w, best
                count += 1
    return count


@compiled
def enumerate_matched(
    convs: IntArray,
    trips: IntArray,
    scale: int,
    memlimit: int,
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
                if len(convs) == 1 and first > 0:
                    top = min(top, first)
                for c in range(max(first, 1), top + 1):
                    width = 3 * matched_k(convs, trips, memlimit, h, w, c, first, last)
                    height = h * w * (c + 1)
                    if width >= best or max(width, height) > long or min(width, height) > short:
                        continue
                    best = width
                    row = rows[min(count, len(rows) - 1)]
                    write_option(row, convs, trips, scale, memlimit, h, w, c)
                    force_channels(row, convs, trips, memlimit, first, last)
                    measure_option(row, convs, scale)
                    count += 1
    return count


@compiled
def matched_k(
    convs: IntArray, trips: IntArray, memlimit: int, h: int, w: int, c: int, first: int, last: int
) -> int:
    """Return the sum of the k at height level c under forced channel splits (0: free), or NONE."""
    n, total = len(convs), 0
    for i in range(n):
        k = least_k(convs[i], trips[i], memlimit, h, w, first if i == 0 and first > 0 else c)
        if i == min(2, n - 1) and last > 0:
            k = last if k <= last else NONE
        total += k
        if total >= NONE:
            return NONE
    return total


@compiled
def force_channels(
    row: IntArray, convs: IntArray, trips: IntArray, memlimit: int, first: int, last: int
) -> None:
    """Set the forced channel splits (0: leave) in a row that holds the other arguments."""
    if first > 0:
        row[C_SPLIT] = first
        row[K_SPLIT] = least_k(convs[0], trips[0], memlimit, row[3], row[4], first)
    if last > 0:
        row[K_SPLIT + min(2, len(convs) - 1)] = last


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
    convs = conv_rows(kernel)
    trips = allowed_trips(convs, scale, time)
    wanted = np.array(splits, np.int64).reshape(-1, 2)
    first, last = np.array(reads, np.int64), np.array(writes, np.int64)
    most = min(most, settings.width)
    rows = np.zeros((2 * len(splits) * len(reads) * len(writes), COLUMNS), np.int64)
    count = enumerate_thin(
        convs, trips, scale, settings.memlimit, wanted, first, last, most, settings.height, rows
    )
    return rows[:count]


@compiled
def enumerate_thin(
    convs: IntArray,
    trips: IntArray,
    scale: int,
    memlimit: int,
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
                level = highest_level(convs, h * w, height, first)
                for turned in range(2):
                    if turned:
                        level = lowest_level(convs, trips, memlimit, h, w, most, height, first, last)
                    if level < 1 or (len(convs) == 1 and 0 < first < level):
                        continue
                    side = 3 * matched_k(convs, trips, memlimit, h, w, level, first, last)
                    if side > (height if turned else most):
                        continue
                    row = rows[count]
                    write_option(row, convs, trips, scale, memlimit, h, w, level)
                    force_channels(row, convs, trips, memlimit, first, last)
                    measure_option(row, convs, scale)
                    count += 1
    return count


@compiled
def highest_level(convs: IntArray, area: int, height: int, first: int) -> int:
    """Return the largest c for which h * w * (c + 1) fits the height, 0 if it is below a forced one."""
    level = height // area - 1
    if level < first:
        return 0
    return int(first if len(convs) == 1 and first > 0 else level)


@compiled
def lowest_level(
    convs: IntArray,
    trips: IntArray,
    memlimit: int,
    h: int,
    w: int,
    most: int,
    height: int,
    first: int,
    last: int,
) -> int:
    """Return the least c, not below a forced one, at which the other extent fits the height; 0 if none."""
    low, high = max(first, 1), most // (h * w) - 1
    if len(convs) == 1 and first > 0:
        high = min(high, first)
    if high < low or 3 * matched_k(convs, trips, memlimit, h, w, high, first, last) > min(height, NONE):
        return 0
    while low < high:
        middle = (low + high) // 2
        if 3 * matched_k(convs, trips, memlimit, h, w, middle, first, last) <= height:
            high = middle
        else:
            low = middle + 1
    return low
