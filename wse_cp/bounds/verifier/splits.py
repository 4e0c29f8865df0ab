"""Loop splits: all that fit a wafer, their classes for adapters, the least k that time and memory allow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from wse_cp.bounds.verifier.reading import Integers, ceil_div, changes, dtype_for
from wse_cp.instance import Instance
from wse_cp.kernels import Conv

#: More than there are classes of any split, even and odd ones apart.
RADIX = 1 << 13
#: Columns of views and keys: the numbers of the classes of h, of w, of channels; of views the parities too.
H_CLASS, W_CLASS, CHANNEL_CLASS, PARITY = range(4)
#: So many pairs of a width's and a height's parity.
PARITIES = 4


#: How many convolutions' demands on a whole grid are remembered: about 200 KiB each.
_REMEMBERED = 256


@dataclass(frozen=True, eq=False)
class Grid:
    """All (h, w, level) whose height h * w * (level + 1) is at most `side`, as columns (int64)."""

    h: Integers
    w: Integers
    level: Integers

    def __getitem__(self, rows: Integers) -> Grid:
        """Return the chosen rows (a mask or indices)."""
        return Grid(self.h[rows], self.w[rows], self.level[rows])

    @property
    def height(self) -> Integers:
        """Tiles, before rotation."""
        height: Integers = self.h * self.w * (self.level + 1)
        return height


@cache
def grid(side: int) -> Grid:
    """Return the grid of a wafer whose longer side has `side` tiles."""
    pairs = [(h, w) for h in range(1, side // 2 + 1) for w in range(1, side // (2 * h) + 1)]
    h, w = np.array(pairs, np.int64).reshape(-1, 2).T
    rows, place = spread(side // (h * w) - 1)
    return Grid(h[rows], w[rows], place + 1)


@cache
def by_height(side: int) -> tuple[Integers, Integers]:
    """Return the rows of the grid sorted by height, and where each height begins."""
    height = grid(side).height
    rows = np.argsort(height, kind="stable")
    return rows, np.flatnonzero(changes(height[rows]))


@cache
def smaller(side: int) -> tuple[Integers, Integers, Integers]:
    """Return for each row of the grid that with h, w and level less by one; its own number if that is 0."""
    splits = grid(side)
    number = np.zeros((side // 2 + 2, side // 2 + 2), np.int64)
    first = np.flatnonzero(splits.level == 1)
    number[splits.h[first], splits.w[first]] = first
    own = np.arange(len(splits.h))
    less_h = number[splits.h - 1, splits.w] + splits.level - 1
    less_w = number[splits.h, splits.w - 1] + splits.level - 1
    return (
        np.where(splits.h > 1, less_h, own),
        np.where(splits.w > 1, less_w, own),
        np.where(splits.level > 1, own - 1, own),
    )


def spread(counts: Integers) -> tuple[Integers, Integers]:
    """Return each row number as often as it counts, and 0, 1, ... among those of the same row."""
    rows = np.repeat(np.arange(len(counts)), counts)
    return rows, np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)


@cache
def class_numbers(loop: int, side: int) -> Integers:
    """Return the number of the class of each split 0 ... `side` of a loop: equal ceil(loop / split).

    Numbers count up from 0 with the split; entry 0 is unused. Both ends of an edge compare the same
    loop, so equal classes have equal numbers.
    """
    trips = ceil_div(loop, np.arange(1, side + 1))
    return np.concatenate([[0, 0], np.cumsum(trips[1:] != trips[:-1])]).astype(np.int64)


def numbers_compared(loop: int, side: int, parities: bool) -> Integers:
    """Return the numbers of the classes of splits, told apart by the split's parity too if that matters."""
    numbers = class_numbers(loop, side)
    return 2 * numbers + np.arange(side + 1) % 2 if parities else numbers


@cache
def segments(loops: tuple[int, ...], side: int) -> Integers:
    """Return the first split of each stretch of splits that agree in their classes for all `loops`."""
    changes = np.zeros(side + 1, bool)
    changes[1] = True
    for loop in loops:
        numbers = class_numbers(loop, side)
        changes[2:] |= numbers[2:] != numbers[1:-1]
    return np.flatnonzero(changes)


def least_k(instance: Instance, conv: Conv, splits: Grid, limit: int | None, side: int) -> Integers:
    """Return the least k of `conv` for each (h, w, c = level), or side + 1 where it exceeds `side`.

    Parameters
    ----------
    limit
        Largest allowed time in 1 / time_scale cycles; None if there is none.
    """
    memlimit = instance.settings.memlimit
    if splits is grid(side):
        trips, memory = _remembered(conv, memlimit, side)
    else:
        trips, memory = _trips(conv, splits), _least_k_for_memory(conv, memlimit, splits)
    time = _least_k_for_time(conv, trips, instance.time_scale, limit)
    return np.minimum(np.maximum(np.maximum(time, memory), 1), side + 1).astype(np.int64)


def demand(conv: Conv, memlimit: int, side: int) -> tuple[Integers, Integers]:
    """Return what does not depend on a cycle limit: trips besides those over K, and k for memory."""
    splits = grid(side)
    return _trips(conv, splits), _least_k_for_memory(conv, memlimit, splits)


_remembered = lru_cache(_REMEMBERED)(demand)


def _trips(conv: Conv, splits: Grid) -> Integers:
    """Return ceil(H / h) * ceil(W / w) * ceil(C / c)."""
    dtype = dtype_for(conv.H * conv.W * conv.C * conv.K)
    h, w, c = (column.astype(dtype) for column in (splits.h, splits.w, splits.level))
    trips: Integers = ceil_div(conv.H, h) * ceil_div(conv.W, w) * ceil_div(conv.C, c)
    return trips


def _least_k_for_time(conv: Conv, others: Integers, time_scale: int, limit: int | None) -> Integers:
    """trips(h, w, c) * ceil(K / k) * R * S / T^2 <= limit, `others` being the trips."""
    most = passes(conv, time_scale, limit) // others
    impossible = 1 << 13
    return np.where(most > 0, ceil_div(conv.K, np.maximum(most, 1)), impossible)


def passes(conv: Conv, time_scale: int, limit: int | None) -> int:
    """Return how many loop trips a tile may make; all there are if there is no limit."""
    per_trip = conv.R * conv.S * time_scale // conv.T**2
    most = conv.H * conv.W * conv.C * conv.K
    return most if limit is None else min(limit // per_trip, most)


def _least_k_for_memory(conv: Conv, memlimit: int, splits: Grid) -> Integers:
    """C/c * K/k * R*S + (W+S-1)/w * (H+R-1)/h * K/k <= memlimit, times c * k * h * w."""
    image = (conv.W + conv.S - 1) * (conv.H + conv.R - 1)
    weights = conv.C * conv.R * conv.S
    tiles, level = int((splits.h * splits.w).max(initial=1)), int(splits.level.max(initial=1))
    dtype = dtype_for(max(conv.K * (weights * tiles + image * level), memlimit * tiles * level))
    h, w, c = (column.astype(dtype) for column in (splits.h, splits.w, splits.level))
    need: Integers = ceil_div(conv.K * (weights * h * w + image * c), memlimit * c * h * w)
    return need
