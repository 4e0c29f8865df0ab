"""Compiled loops of the bounds: rows of shapes and classes.

Floats are fine here: what comes out are multipliers, and the verifier derives the bound from them in
integers.
"""

from __future__ import annotations

import numpy as np

from wse_cp.compiled import compiled
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.loops import NONE, least_k


@compiled
def class_rows(
    convs: IntArray,
    trips: IntArray,
    memlimit: int,
    levels: IntArray,
    reads: IntArray,
    writes: IntArray,
    short: int,
    long: int,
    prices: IntArray,
    near: float,
    rows: IntArray,
) -> int:
    """Write (width, height, group of splits, read class, write class) of all Pareto-minimal sizes.

    `levels` is sorted by group, then height; `reads` and `writes` give the class of every channel split.
    `prices` has rows (per tile of area, of width, of height, limit): only what stays within a limit in one of
    the rotations counts; if there are none, all does. Within a group of splits only channels can differ:
    there a size also counts only if it costs less than the cheapest of the group plus `near`.
    Returns the number of rows, also when `rows` was too short.
    """
    limits = prices.copy()
    n, count = len(convs), 0
    out = min(2, n - 1)
    first = np.zeros(writes[-1] + 2, np.int64)
    for k in range(len(writes) - 1, 0, -1):
        first[writes[k]] = k
    most = long // 3
    best = np.full((reads[-1] + 1, writes[-1] + 1), NONE)
    last_h, last_w = -1, -1
    for t in range(len(levels)):
        h, w, level, class_h, class_w = levels[t]
        if class_h != last_h or class_w != last_w:
            best[:] = NONE
            last_h, last_w = class_h, class_w
            limit_group(convs, trips, memlimit, levels[t:], most, long, prices, near, limits)
        height = h * w * (level + 1)
        if height > long:
            continue
        least = least_k(convs[out], trips[out], memlimit, h, w, level)
        others = 0
        for i in range(1, n):
            if i != out:
                others += least_k(convs[i], trips[i], memlimit, h, w, level)
        if least + others > most:
            continue
        k_first = least_k(convs[0], trips[0], memlimit, h, w, level) if n > 1 else 0
        if not affordable(3 * (k_first + others + least), height, limits):
            continue
        c = level
        while c > 0:
            k_first = least_k(convs[0], trips[0], memlimit, h, w, c) if n > 1 else 0
            if not affordable(3 * (k_first + others + least), height, limits):
                break
            for written in range(writes[least], writes[most] + 1):
                width = 3 * (k_first + others + max(least, first[written]))
                if width > long or min(width, height) > short or not affordable(width, height, limits):
                    break
                if width < best[reads[c], written]:
                    best[reads[c], written] = width
                    row = rows[min(count, len(rows) - 1)]
                    row[0], row[1], row[3], row[4] = width, height, reads[c], written
                    row[2] = (class_h << 21) + class_w
                    count += 1
            if n == 1:
                break
            read = reads[c]
            while c > 0 and reads[c] == read:
                c -= 1
    return count


@compiled
def least_sum(convs: IntArray, trips: IntArray, memlimit: int, h: int, w: int, level: int) -> int:
    """Return the sum of the least k of all convolutions at a level, or more than fits."""
    total = 0
    for i in range(len(convs)):
        total += least_k(convs[i], trips[i], memlimit, h, w, level)
    return total


@compiled
def limit_group(
    convs: IntArray,
    trips: IntArray,
    memlimit: int,
    levels: IntArray,
    most: int,
    long: int,
    prices: IntArray,
    near: float,
    limits: IntArray,
) -> None:
    """Set the limits for the first group in `levels`: at most its cheapest size plus `near`."""
    limits[:, 3] = np.inf
    for t in range(len(levels)):
        h, w, level, class_h, class_w = levels[t]
        if class_h != levels[0, 3] or class_w != levels[0, 4]:
            break
        height = h * w * (level + 1)
        total = least_sum(convs, trips, memlimit, h, w, level)
        if height > long or total > most:
            continue
        width = 3 * total
        for i in range(len(prices)):
            area = prices[i, 0] * width * height
            cost = area + min(
                prices[i, 1] * width + prices[i, 2] * height, prices[i, 1] * height + prices[i, 2] * width
            )
            limits[i, 3] = min(limits[i, 3], cost + near)
    for i in range(len(prices)):
        limits[i, 3] = min(limits[i, 3], prices[i, 3])


@compiled
def affordable(width: int, height: int, prices: IntArray) -> bool:
    """Tell whether a size stays within the limit of one of the prices, in some rotation."""
    for i in range(len(prices)):
        area = prices[i, 0] * width * height
        if area + prices[i, 1] * width + prices[i, 2] * height < prices[i, 3]:
            return True
        if area + prices[i, 1] * height + prices[i, 2] * width < prices[i, 3]:
            return True
    return len(prices) == 0


@compiled
def candidates(
    width: IntArray,
    height: IntArray,
    into: IntArray,
    out: IntArray,
    extents: IntArray,
    prices: IntArray,
    tile: float,
    regrets: IntArray,
    pointers: IntArray,
) -> tuple[IntArray, IntArray]:
    """Return the rows that can be optimal for each of `prices` (per tile of width, height), and their cost.

    Those of price i stand from pointers[i] to pointers[i + 1]. Left out is what costs at least
    `regrets[0]`, the most that all adapters of the kernel can cost, more than the cheapest row, or
    `regrets[1]` more than the cheapest of equal input classes (only channels of the output can differ), or
    `regrets[2]` more than the cheapest of equal output classes. The cheapest of all stays. `extents` has
    the numbers of input and output classes.
    """
    many, count, size = len(prices), 0, 4096
    least_in, least_out = np.empty(extents[0]), np.empty(extents[1])
    cost = np.empty(len(width))
    rows, costs = np.empty(size, np.int64), np.empty(size)
    for i in range(many):
        pointers[i] = count
        least_in[:], least_out[:] = np.inf, np.inf
        which = 0
        for r in range(len(width)):
            cost[r] = tile * width[r] * height[r] + prices[i, 0] * width[r] + prices[i, 1] * height[r]
            if cost[r] < cost[which]:
                which = r
            least_in[into[r]] = min(least_in[into[r]], cost[r])
            least_out[out[r]] = min(least_out[out[r]], cost[r])
        for r in range(len(width)):
            useful = cost[r] < cost[which] + regrets[0]
            # On a tie with the cheapest of the class that one must stay, hence the second conditions.
            useful = useful and (cost[r] < least_in[into[r]] + regrets[1] or cost[r] == least_in[into[r]])
            useful = useful and (cost[r] < least_out[out[r]] + regrets[2] or cost[r] == least_out[out[r]])
            if useful or r == which:
                if count == size:
                    size *= 2
                    more_rows, more_costs = np.empty(size, np.int64), np.empty(size)
                    more_rows[:count], more_costs[:count] = rows, costs
                    rows, costs = more_rows, more_costs
                rows[count], costs[count] = r, cost[r]
                count += 1
    pointers[many] = count
    return rows[:count], costs[:count]
