"""Protocol options of a kernel in a row, compiled: the least width of each protocol at a height limit.

A protocol here is (h, w, c, k): the splits of the image and the channel splits of the input (c or c1) and of
the output (k or k3). They are taken from short lists of useful values (`shapes.splits`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from wse_cp.compiled import compiled, inner
from wse_cp.instance import Instance
from wse_cp.kernels import Arguments, Kernel
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.loops import NONE, least_k
from wse_cp.shapes.matched import LimitedKernel
from wse_cp.shapes.options import Option
from wse_cp.shapes.splits import SplitValues

#: (h, w, c, k): image splits, channel splits of input and output; by kernel name.
Protocol4 = tuple[int, int, int, int]
Protocols = Mapping[str, Protocol4]


def row_options(
    kernel: Kernel, instance: Instance, time: int, values: SplitValues, height: int, width: int
) -> IntArray:
    """Return rows (h index, w index, c index, k index, width): all protocols within a box, int64.

    Parameters
    ----------
    time
        Limit in 1 / time_scale cycles.
    height, width
        Box (tiles); each protocol comes with its least width in either rotation.
    """
    limited = LimitedKernel.of(kernel, instance.settings, instance.time_scale, time)
    size = 1 << 12
    while True:
        found = np.empty((size, 5), np.int64)
        count = _fill_options(found, limited, *values, height, width)
        if count <= size:
            return found[:count]
        size = count


def protocol_option(
    kernel: Kernel, instance: Instance, time: int, protocol: Protocol4, width: int, height: int
) -> Option | None:
    """Return an option with the protocol (h, w, c, k) in a box (tiles) and cycle limit, or None."""
    for turned in (False, True):
        box = (height, width) if turned else (width, height)
        option = _upright_option(kernel, instance, time, protocol, *box)
        if option is not None:
            return option.turned() if turned else option
    return None


def _upright_option(
    kernel: Kernel, instance: Instance, time: int, protocol: Protocol4, width: int, height: int
) -> Option | None:
    h, w, first, last = protocol
    convs, trips, _, memlimit = LimitedKernel.of(kernel, instance.settings, instance.time_scale, time)
    n, level = len(convs), height // (h * w) - 1
    if level < first:
        return None
    c = (first, *[first if n == 1 else level] * (n - 1))
    k = [int(least_k(convs[i], trips[i], memlimit, h, w, c[i])) for i in range(n)]
    out = min(2, n - 1)
    if k[out] > last or 3 * (sum(k) - k[out] + last) > width:
        return None
    k[out] = last
    return Option(3 * sum(k), h * w * (max(c) + 1), time, Arguments(h, w, c, tuple(k)), rotated=False)


@compiled
def _fill_options(
    found: IntArray,
    limited: LimitedKernel,
    hs: IntArray,
    ws: IntArray,
    channels: IntArray,
    height: int,
    width: int,
) -> int:
    """Write the options into `found`; return how many there are, also when `found` is too short."""
    convs, trips, _, memlimit = limited
    out, count = min(2, len(convs) - 1), 0
    tall = max(height, width)
    for a in range(len(hs)):
        for b in range(len(ws)):
            area = hs[a] * ws[b]
            for c in range(len(channels)):
                first = channels[c]
                if area * (first + 1) > tall:
                    break
                first_k = least_k(convs[0], trips[0], memlimit, hs[a], ws[b], first)
                for k in range(len(channels)):
                    last = channels[k]
                    if 3 * (last + len(convs) - 1) > tall:
                        break
                    if out == 0 and last < first_k:
                        continue
                    least = _least_width(limited, hs[a], ws[b], first, first_k, last, height, width)
                    if least > width:
                        continue
                    if count < len(found):
                        found[count] = (a, b, c, k, least)
                    count += 1
    return count


@inner
def _least_width(
    limited: LimitedKernel, h: int, w: int, first: int, first_k: int, last: int, height: int, width: int
) -> int:
    """Return the least width of a protocol at a height limit, over both rotations; NONE if above `width`."""
    best, area = NONE, h * w
    level = height // area - 1
    if level >= first:
        best = 3 * _sum_of_k(limited, h, w, first_k, last, level)
    low, high = first, width // area - 1
    if high >= low and 3 * _sum_of_k(limited, h, w, first_k, last, high) <= height:
        while low < high:
            middle = (low + high) // 2
            if 3 * _sum_of_k(limited, h, w, first_k, last, middle) <= height:
                high = middle
            else:
                low = middle + 1
        best = min(best, area * (low + 1))
    return best if best <= width else NONE


@inner
def _sum_of_k(limited: LimitedKernel, h: int, w: int, first_k: int, last: int, level: int) -> int:
    """Return the sum of k, the first conv's and the output's given, c = `level` in the others, or NONE."""
    convs, trips, _, memlimit = limited
    n = len(convs)
    out = min(2, n - 1)
    total = last
    if out > 0:
        total += first_k
        if least_k(convs[out], trips[out], memlimit, h, w, level) > last:
            return NONE
    for i in range(1, n):
        if i != out:
            total += least_k(convs[i], trips[i], memlimit, h, w, level)
    return min(total, NONE)
