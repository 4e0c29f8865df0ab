"""Compiled loops over execution arguments. Plain integers in, arrays out; exact 64-bit arithmetic.

A kernel is a row `convs[i]` = (H, W, R, S, C, K, T) for each of its convolutions, int64, and
`trips[i]`, the number of loop trips a tile may make within the cycle limit. kernels.py holds the
formulas; the two functions `least_k` and `scaled_time` are their compiled image, and tests compare them.

No intermediate value leaves 64 bits (kernels.MAX_WORK = 2**44, MAX_SIDE = 2**12, MAX_TIME_SCALE = 2**16,
MAX_MEMLIMIT < 2**30). Shapes on the wafer have h*w*(c+1) <= 2**12, so each of the two terms of `need` is at
most 2**44 * 2**11; the divisor memlimit*c*area is below 2**42, a scaled time at most 2**44 * 2**16, a
least k at most NONE. A cycle limit is at most 2**62.
"""

from __future__ import annotations

import numpy as np

from wse_cp.compiled import compiled, inner
from wse_cp.shapes.arrays import BoolArray, IntArray

#: Larger than any extent and any area (instance.MAX_SIDE ** 2 = 2 ** 24 tiles): "no such shape".
NONE = 1 << 25
#: Columns of an option row: footprint, scaled time, h, w, then c and k of up to four convolutions.
WIDTH, HEIGHT, TIME, H_SPLIT, W_SPLIT, C_SPLIT, K_SPLIT, COLUMNS = 0, 1, 2, 3, 4, 5, 9, 13


@inner
def least_k(conv: IntArray, trips: int, memlimit: int, h: int, w: int, c: int) -> int:
    """Return the least k within `trips` loop trips and `memlimit` words, or NONE; never grows with c."""
    H, W, R, S, C, K = conv[0], conv[1], conv[2], conv[3], conv[4], conv[5]
    left = trips // (-(-H // h) * -(-W // w) * -(-C // c))
    if left < 1:
        return NONE
    area = h * w
    halo = (W + S - 1) * (H + R - 1)
    need = K * (C * R * S * area + halo * c)
    by_memory = -(-need // (memlimit * c * area))
    return int(min(max(-(-K // left), by_memory), NONE))


@inner
def scaled_time(conv: IntArray, scale: int, h: int, w: int, c: int, k: int) -> int:
    """Return the time of a convolution times `scale` (a multiple of T^2)."""
    H, W, R, S, C, K, T = conv[0], conv[1], conv[2], conv[3], conv[4], conv[5], conv[6]
    return int(-(-H // h) * -(-W // w) * -(-C // c) * -(-K // k) * R * S * (scale // (T * T)))


@inner
def allowed_trips(convs: IntArray, scale: int, time: int) -> IntArray:
    """Return the loop trips each convolution may make within the scaled time."""
    trips = np.empty(len(convs), np.int64)
    for i in range(len(convs)):
        R, S, T = convs[i, 2], convs[i, 3], convs[i, 6]
        trips[i] = time // (R * S * (scale // (T * T)))
    return trips


@inner
def sum_of_least_k(convs: IntArray, trips: IntArray, memlimit: int, h: int, w: int, c: int) -> int:
    """Return the sum over the convolutions of the least k when each may use up to c, or NONE."""
    total = 0
    for i in range(len(convs)):
        total += least_k(convs[i], trips[i], memlimit, h, w, c)
        if total >= NONE:
            return NONE
    return total


@inner
def add_split(
    curve: IntArray, convs: IntArray, trips: IntArray, memlimit: int, h: int, w: int, first: int, last: int
) -> None:
    """Lower `curve` by the shapes with this (h, w); the first conv's c and the last's k may be forced.

    `first` and `last` are the forced channel splits of the input and the output protocol, 0 if free.
    `last` counts for conv number min(2, n - 1). The curve is not yet monotone.
    """
    side, n = len(curve) - 1, len(convs)
    out = min(2, n - 1)
    forced_first = first > 0
    lowest = max(first, 1)
    first_k = least_k(convs[0], trips[0], memlimit, h, w, lowest) if forced_first else 0
    for c in range(lowest, side // (h * w)):
        total = 0
        for i in range(n):
            k = first_k if i == 0 and forced_first else least_k(convs[i], trips[i], memlimit, h, w, c)
            if i == out and last > 0:
                k = last if k <= last else NONE
            total += k
        height, width = h * w * (c + 1), 3 * total
        if width <= side:
            curve[height] = min(curve[height], width)
            curve[width] = min(curve[width], height)
        if forced_first and n == 1:
            break


@compiled
def fill_curve(
    curve: IntArray, convs: IntArray, trips: IntArray, memlimit: int, h: int, w: int, first: int, last: int
) -> None:
    """Set `curve[limit]` to the least extent when the other one is at most `limit`, NONE if impossible.

    h = 0 leaves the split (h, w) free. Both rotations are in the curve, so it is its own inverse.
    """
    side = len(curve) - 1
    curve[:] = NONE
    if h > 0:
        if 2 * h * w <= side:
            add_split(curve, convs, trips, memlimit, h, w, first, last)
    else:
        for hh in range(1, side // 2 + 1):
            for ww in range(1, side // (2 * hh) + 1):
                add_split(curve, convs, trips, memlimit, hh, ww, first, last)
    for limit in range(1, side + 1):
        curve[limit] = min(curve[limit], curve[limit - 1])


@inner
def smallest_c(conv: IntArray, trips: int, memlimit: int, h: int, w: int, c: int, k: int) -> int:
    """Return the least c <= `c` for which k still suffices."""
    low, high = 1, c
    while low < high:
        middle = (low + high) // 2
        if least_k(conv, trips, memlimit, h, w, middle) <= k:
            high = middle
        else:
            low = middle + 1
    return low


@compiled
def enumerate_options(
    convs: IntArray, scale: int, memlimit: int, low: int, high: int, short: int, long: int, rows: IntArray
) -> int:
    """Write every candidate (before Pareto filtering) with scaled time at most `high` into `rows`.

    For each (h, w) and height level the times are visited downwards to `low`: least k at the limit, then the
    limit is set just below the time reached. Shapes must fit `short` x `long` in one of the rotations.
    Returns the number of candidates, also when `rows` was too short for all of them.
    """
    count = 0
    for h in range(1, long // 2 + 1):
        for w in range(1, long // (2 * h) + 1):
            for c in range(1, long // (h * w)):
                limit = high
                while limit >= low:
                    trips = allowed_trips(convs, scale, limit)
                    width, height = 3 * sum_of_least_k(convs, trips, memlimit, h, w, c), h * w * (c + 1)
                    if max(width, height) > long or min(width, height) > short:
                        break
                    row = rows[min(count, len(rows) - 1)]
                    limit = write_option(row, convs, trips, scale, memlimit, h, w, c) - 1
                    count += 1
    return count


@inner
def measure_option(row: IntArray, convs: IntArray, scale: int) -> None:
    """Fill footprint and time of a row from its execution arguments."""
    h, w, width, height, time = row[H_SPLIT], row[W_SPLIT], 0, 0, 0
    for i in range(len(convs)):
        c, k = row[C_SPLIT + i], row[K_SPLIT + i]
        width += 3 * k
        height = max(height, h * w * (c + 1))
        time = max(time, scaled_time(convs[i], scale, h, w, c, k))
    row[WIDTH], row[HEIGHT], row[TIME] = width, height, time


@compiled
def pareto_rows(keys: IntArray) -> BoolArray:
    """Return which of the lexicographically sorted rows (a, b, t) with 0 <= b < NONE are Pareto-minimal.

    Of equal rows the first one is kept.
    """
    kept = np.zeros(len(keys), np.bool_)
    best = np.full(keys[:, 1].max() + 1, np.iinfo(np.int64).max, np.int64)
    for i in range(len(keys)):
        b, t = keys[i, 1], keys[i, 2]
        if t < best[b]:
            kept[i] = True
            for j in range(b, len(best)):
                if best[j] <= t:
                    break
                best[j] = t
    return kept


@inner
def write_option(
    row: IntArray, convs: IntArray, trips: IntArray, scale: int, memlimit: int, h: int, w: int, c: int
) -> int:
    """Write the option with least k up to height level c into `row`; return its least possible time."""
    row[H_SPLIT], row[W_SPLIT] = h, w
    total, fastest, level = 0, 0, 0
    for i in range(len(convs)):
        k = least_k(convs[i], trips[i], memlimit, h, w, c)
        total += k
        fastest = max(fastest, scaled_time(convs[i], scale, h, w, c, k))
        row[K_SPLIT + i] = k
    reached = allowed_trips(convs, scale, fastest)
    for i in range(len(convs)):
        row[C_SPLIT + i] = smallest_c(convs[i], reached[i], memlimit, h, w, c, row[K_SPLIT + i])
        level = max(level, row[C_SPLIT + i])
    row[WIDTH], row[HEIGHT], row[TIME] = 3 * total, h * w * (level + 1), fastest
    return fastest
