"""The few image splits (h, w) worth considering for the kernels of given rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wse_cp.compiled import compiled
from wse_cp.construct.row_options import SplitValues
from wse_cp.instance import Instance
from wse_cp.kernels import Kernel
from wse_cp.shapes.arrays import IntArray, conv_rows
from wse_cp.shapes.loops import NONE, allowed_trips, sum_of_least_k

#: How many splits a matching may choose from.
_SPLITS = 28


def likely_splits(
    instance: Instance,
    time: int,
    values: SplitValues,
    kernels: Sequence[Kernel],
    limits: Sequence[int],
    cap: int,
) -> list[tuple[int, int]]:
    """Return the (h, w) splits that serve the kernels best: in turn, the one that saves most width.

    Parameters
    ----------
    limits
        Height of each kernel's row (tiles).
    cap
        Width above the least (tiles) from which a kernel rather takes adapters.
    """
    side = max(instance.settings.width, instance.settings.height)
    symmetric = np.array_equal(values.h, values.w)
    pairs = [
        (int(h), int(w))
        for h in values.h
        for w in values.w
        if 2 * h * w <= side and (h <= w or not symmetric)
    ]
    keys = sorted(set(zip(kernels, limits, strict=True)), key=str)
    number = np.array([sum(key == other for other in zip(kernels, limits, strict=True)) for key in keys])
    table = np.array([_split_widths(instance, kernel, time, pairs, limit) for kernel, limit in keys]).T
    excess = np.minimum(table - table.min(axis=0), cap)
    chosen: list[int] = []
    covered = np.full(len(keys), 2 * cap)
    for turn in range(min(_SPLITS, len(pairs))):
        alone = excess @ number
        together = np.minimum(excess, covered) @ number
        alone[chosen] = NONE * NONE
        together[chosen] = NONE * NONE
        best = int(np.argmin(together if turn % 2 == 0 else alone))
        chosen.append(best)
        covered = np.minimum(covered, excess[best])
    return [pairs[i] for i in chosen]


def _split_widths(
    instance: Instance, kernel: Kernel, time: int, pairs: Sequence[tuple[int, int]], limit: int
) -> IntArray:
    """Return the least width (tiles) of a kernel at a height limit for each (h, w)."""
    rows = conv_rows(kernel)
    trips = allowed_trips(rows, instance.time_scale, time)
    side = max(instance.settings.width, instance.settings.height)
    widths = np.empty(len(pairs), np.int64)
    _fill_widths(widths, rows, trips, instance.settings.memlimit, np.array(pairs), limit, side)
    return widths


@compiled
def _fill_widths(
    widths: IntArray, convs: IntArray, trips: IntArray, memlimit: int, pairs: IntArray, limit: int, side: int
) -> None:
    """Set the least width for each (h, w): upright with the largest c, or turned with the least c."""
    for index in range(len(pairs)):
        h, w = pairs[index, 0], pairs[index, 1]
        best = NONE
        if limit // (h * w) >= 2:
            best = 3 * sum_of_least_k(convs, trips, memlimit, h, w, limit // (h * w) - 1)
        low, high = 1, side // (h * w) - 1
        if high >= 1 and 3 * sum_of_least_k(convs, trips, memlimit, h, w, high) <= limit:
            while low < high:
                middle = (low + high) // 2
                if 3 * sum_of_least_k(convs, trips, memlimit, h, w, middle) <= limit:
                    high = middle
                else:
                    low = middle + 1
            best = min(best, h * w * (low + 1))
        widths[index] = min(best, NONE)
