"""Cuts a linear order into columns for a row height, compiled.

A column holds up to `MOST` consecutive kernels one above the other and is as narrow as the height allows.
The cut minimises the widths, each priced by the edges that pass over it, and the wire between neighbours in
a column. It is exact for this price by dynamic programming, in time linear in the order.
"""

from __future__ import annotations

import numpy as np

from wse_cp.compiled import compiled, inner
from wse_cp.shapes.arrays import IntArray

#: Kernels in one column at most.
MOST = 6
#: No width and no cost is that large.
_NEVER = 1 << 60


@inner
def column_width(curves: IntArray, kinds: IntArray, height: int, low: int, most: int) -> int:
    """Return the least width in [low, most] at which kernels fit a height one above the other, else most + 1.

    Parameters
    ----------
    kinds
        The classes of the kernels.
    """
    if len(kinds) == 1:
        return int(min(curves[kinds[0], height], most + 1))
    if _height(curves, kinds, most, height) > height:
        return most + 1
    # Widths are mostly close to `low`: gallop, then bisect.
    step, high = 1, low
    while high < most and _height(curves, kinds, high, height) > height:
        low = high + 1
        high = min(most, high + step)
        step *= 2
    while low < high:
        middle = (low + high) // 2
        if _height(curves, kinds, middle, height) <= height:
            high = middle
        else:
            low = middle + 1
    return low


@inner
def _height(curves: IntArray, kinds: IntArray, width: int, enough: int) -> int:
    """Return the sum of the least heights at a width, or something above `enough`."""
    total = 0
    for kind in kinds:
        total += curves[kind, width]
        if total > enough:
            return int(total)
    return int(total)


@compiled
def partition(
    curves: IntArray, kinds: IntArray, cuts: IntArray, height: int, most: int, price: float, width: int
) -> tuple[IntArray, IntArray]:
    """Return for each position where its column begins, and the width of the columns before that.

    Parameters
    ----------
    kinds
        The class of each kernel of the order.
    cuts
        How many edges pass over the gap before each position, and after the last.
    most
        Kernels in a column at most.
    price
        Of a tile of width, in edges that pass over it.
    width
        Of the row (tiles). A kernel that is wider has a column wider than any row.

    Returns
    -------
    begins, widths
        int64 of (n + 1,).
    """
    count = len(kinds)
    least = np.full(count + 1, np.inf)
    before, chosen = np.arange(-1, count), np.full(count + 1, width + 1)
    least[0] = 0.0
    for a in range(count):
        low, inside = 1, 0
        for b in range(a + 1, min(count, a + most) + 1):
            if b > a + 1:
                inside += cuts[b - 1]
            found = column_width(curves, kinds[a:b], height, low, width)
            if found > width:
                break
            low = found
            cost = least[a] + found * (0.5 * (cuts[a] + cuts[b]) + price) + inside * height / (b - a)
            if cost < least[b]:
                least[b], before[b], chosen[b] = cost, a, found
        if least[a + 1] == np.inf:
            least[a + 1] = least[a]
    return _prefixes(before, chosen)


@inner
def _prefixes(before: IntArray, chosen: IntArray) -> tuple[IntArray, IntArray]:
    """Return begins and widths of the columns that the pointers `before` lead to from the end."""
    count = len(before) - 1
    begins, widths = np.full(count + 1, count), np.zeros(count + 1, np.int64)
    end = count
    while end > 0:
        begins[before[end] : end] = before[end]
        end = before[end]
    for b in range(1, count + 1):
        a = begins[b - 1]
        widths[b] = widths[a] + (0 if begins[b] == a else chosen[b])
    return begins, widths
