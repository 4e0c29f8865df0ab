"""The thinnest options with wanted protocols: one extent is as small as can be, the other just fits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wse_cp.compiled import compiled
from wse_cp.instance import Settings
from wse_cp.kernels import Kernel
from wse_cp.shapes.arrays import IntArray, conv_rows
from wse_cp.shapes.loops import COLUMNS, NONE, allowed_trips, measure_option, write_option
from wse_cp.shapes.matched import force_channels, matched_k


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
        Wanted (h, w) and channel splits, as in `matched.matched_rows`. Each combination gives up to two
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
