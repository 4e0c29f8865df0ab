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


class RankedSplits(NamedTuple):
    """Every feasible (h, w) of a kernel, cheapest first, with the price of its cheapest shape."""

    splits: IntArray  #: (n, 2); of equal prices by h, then by w
    prices: FloatArray  #: (n,)

    def first(self) -> RankedSplits:
        """Return the cheapest one alone."""
        return RankedSplits(self.splits[:1], self.prices[:1])

    def prices_of(self, wanted: IntArray) -> FloatArray:
        """Return the prices of (h, w), int64 of shape (m, 2); infinite where there is no shape."""
        known, asked = _codes(self.splits), _codes(wanted)
        order = np.argsort(known)
        place = order[np.minimum(np.searchsorted(known, asked, sorter=order), len(known) - 1)]
        found: FloatArray = np.where(known[place] == asked, self.prices[place], np.inf)
        return found


def _codes(splits: IntArray) -> IntArray:
    """Return a number for each (h, w), neither of which is larger than `loops.NONE`."""
    codes: IntArray = splits[:, 0] * NONE + splits[:, 1]
    return codes


def ranked_splits(
    kernel: Kernel, settings: Settings, scale: int, time: int, prices: Prices
) -> RankedSplits | None:
    """Return every feasible (h, w) with the price of its cheapest shape, cheapest first; None without any.

    `time` is the limit in 1 / scale cycles.
    """
    short, long = sorted((settings.width, settings.height))
    splits = np.empty((long * (long.bit_length() + 1), 2), np.int64)
    found = np.empty(len(splits))
    limited = LimitedKernel.of(kernel, settings, scale, time)
    count = price_splits(limited, short, long, prices, splits, found)
    order = np.argsort(found[:count], kind="stable")
    return RankedSplits(splits[order], found[order]) if count else None


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
def price_splits(
    limited: LimitedKernel, short: int, long: int, prices: Prices, splits: IntArray, found: FloatArray
) -> int:
    """Write every feasible (h, w) and the price of its cheapest shape; return how many there are."""
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
                splits[count, 0], splits[count, 1], found[count] = h, w, best
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
    count, alone = 0, len(limited.convs) == 1
    for s in range(len(splits)):
        h, w = splits[s, 0], splits[s, 1]
        for first in reads:
            upright = highest_level(limited, h * w, height, first)
            if alone and 0 < first < upright:
                upright = 0
            least = matched_k(limited, h, w, upright, first, 0) if upright else NONE
            written = written_k(limited, h, w, upright, first) if upright else NONE
            # a wanted k takes no less room than the least one
            turns = lowest_level(limited, h, w, most, height, first, 0) > 0
            for last in writes:
                if least < NONE and (last == 0 or last >= written):
                    side = 3 * (least + (last - written if last > 0 else 0))
                    if side <= most:
                        write_matched(rows[count], limited, h, w, upright, first, last)
                        count += 1
                turned = lowest_level(limited, h, w, most, height, first, last) if turns else 0
                if turned and not (alone and 0 < first < turned):
                    write_matched(rows[count], limited, h, w, turned, first, last)
                    count += 1
    return count


@inner
def written_k(limited: LimitedKernel, h: int, w: int, c: int, first: int) -> int:
    """Return the least k of the output's convolution at height level c under a forced first c (0: free)."""
    convs, trips, _, memlimit = limited
    last = min(2, len(convs) - 1)
    return least_k(convs[last], trips[last], memlimit, h, w, first if last == 0 and first > 0 else c)


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
