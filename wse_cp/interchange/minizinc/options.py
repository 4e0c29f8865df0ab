"""Every shape of a kernel that an optimal placement may need, found by plain enumeration.

What matters of a shape is its footprint, its time, the splits at its doors that an edge compares, and, where
wires end at its centre, whether its sides are even or odd: two centres can share a coordinate only if
both sides along it are alike. Of shapes alike in splits and parity, those that another one beats are
left out; so are, before that, arguments that change nothing but make a shape larger:

- all convolutions but the first use as large a c as the height allows: it costs nothing (the first one's
  c is read by edges);
- at each time every convolution has its least k; only the k that edges read may be larger, and one of the
  others by 1, for the parity of the width.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from math import ceil
from typing import Any, NamedTuple, cast

import numpy as np

from wse_cp.instance import Settings
from wse_cp.kernels import Arguments, Conv, Kernel, conv_memory, conv_sizes, conv_time, conv_trips, convs
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.loops import pareto_rows
from wse_cp.shapes.options import Option

#: Most arguments looked at for one kernel, before any are left out.
MAX_ROWS = 3_000_000

#: Columns of a row, followed by the c and then the k of each convolution.
WIDTH, HEIGHT, TIME, TURNED, H, W, SPLITS = range(7)


class Doors(NamedTuple):
    """What the counted edges of a kernel see: its input splits, its output splits, its centre."""

    reads: bool
    writes: bool
    centred: bool


class TooManyOptionsError(Exception):
    """A kernel has more shapes that may matter than can be written down."""


def complete_options(
    kernel: Kernel, settings: Settings, scale: int, low: int, high: int, doors: Doors
) -> list[Option]:
    """Return all options that an optimal placement may need, both rotations, the fastest first.

    Parameters
    ----------
    scale, low, high
        Times are in 1 / scale cycles and at most `high`. Those below `low`, which no placement's largest
        time is, count as `low` and are given as `low`.

    Raises
    ------
    TooManyOptionsError
        If more than `MAX_ROWS` arguments would have to be looked at.
    """
    found, total = [], 0
    for rows in _rows(kernel, settings, scale, (low, high), doors):
        found.append(rows)
        total += len(rows)
        if total > MAX_ROWS:
            raise TooManyOptionsError
    if not total:
        return []
    rows = _both_rotations(np.concatenate(found), settings)
    rows[:, TIME] = np.maximum(rows[:, TIME], low)
    kept = _undominated(rows, len(convs(kernel)), doors)
    return [_option(row, len(convs(kernel))) for row in kept]


def _rows(
    kernel: Kernel, settings: Settings, scale: int, times: tuple[int, int], doors: Doors
) -> Iterator[IntArray]:
    """Yield rows, before rotation, for each (h, w) and c."""
    parts = convs(kernel)
    longest = max(settings.width, settings.height)
    for h, w, c in _loop_splits(longest):
        for first in range(1, c + 1) if doors.reads and len(parts) > 1 else (c,):
            cs = (first, *[c] * (len(parts) - 1))
            ks, slowest = _channel_splits(parts, settings, scale, times, doors, Arguments(h, w, cs, ()))
            if not len(ks):
                continue
            # The sizes of all rows at once: kernels.py knows how, whether k is a number or an array.
            sizes = conv_sizes(Arguments(h, w, cs, cast(Any, tuple(ks.T))))
            rows = np.empty((len(ks), SPLITS + 2 * len(parts)), np.int64)
            rows[:, WIDTH] = sum(width for width, _ in sizes)
            rows[:, HEIGHT] = max(height for _, height in sizes)
            rows[:, TIME], rows[:, TURNED], rows[:, H], rows[:, W] = slowest, 0, h, w
            rows[:, SPLITS : SPLITS + len(parts)], rows[:, SPLITS + len(parts) :] = cs, ks
            yield rows[rows[:, WIDTH] <= longest]


def _loop_splits(longest: int) -> Iterator[tuple[int, int, int]]:
    """Yield every (h, w, c) with which a convolution is at most `longest` tiles high."""

    def fits(h: int, w: int, c: int) -> bool:
        return conv_sizes(Arguments(h, w, (c,), (1,)))[0][1] <= longest

    for h in count(1):
        if not fits(h, 1, 1):
            return
        for w in count(1):
            if not fits(h, w, 1):
                break
            for c in count(1):
                if not fits(h, w, c):
                    break
                yield h, w, c


def _channel_splits(
    parts: tuple[Conv, ...],
    settings: Settings,
    scale: int,
    limits: tuple[int, int],
    doors: Doors,
    args: Arguments,
) -> tuple[IntArray, IntArray]:
    """Return the k of all convolutions, shape (rows, convolutions), and the times of these rows."""
    most = max(settings.width, settings.height) // 3
    pairs = list(zip(parts, args.c, strict=True))
    needed = [ceil(conv_memory(part, args.h, args.w, c, 1) / settings.memlimit) for part, c in pairs]
    if sum(needed) > most:
        return np.empty((0, len(parts)), np.int64), np.empty(0, np.int64)
    every = np.arange(1, most + 1, dtype=np.int64)
    tables = [_times(part, args, c, every, scale) for part, c in pairs]  # at each k: they fall
    levels = _levels(tables, *limits)
    columns = [np.maximum(k, 1 + np.searchsorted(-t, -levels)) for t, k in zip(tables, needed, strict=True)]
    ks = np.stack(columns, axis=1)
    ks = _widened(ks[ks.sum(axis=1) <= most], most, doors)
    return ks, np.max([table[column - 1] for table, column in zip(tables, ks.T, strict=True)], axis=0)


def _times(part: Conv, args: Arguments, c: int, ks: IntArray, scale: int) -> IntArray:
    """Return the time at each k (1 / scale cycles)."""
    trip = conv_time(part, 1, 1, 1, 1) / conv_trips(part, 1, 1, 1, 1) * scale
    trips: Any = conv_trips(part, args.h, args.w, c, cast(Any, ks))  # an array, for k is one
    return cast(IntArray, trips * int(trip))


def _levels(tables: list[IntArray], low: int, high: int) -> IntArray:
    """Return the times up to `high` that some convolution can take; of those up to `low` the largest."""
    levels = np.unique(np.concatenate(tables))
    levels = levels[levels <= high]
    return levels[max(0, int(np.searchsorted(levels, low, side="right")) - 1) :]


def _widened(ks: IntArray, most: int, doors: Doors) -> IntArray:
    """Add the rows with a larger k at the output door, and with a width of the other parity."""
    out = min(2, ks.shape[1] - 1)
    if doors.writes and len(ks):
        more = most - ks.sum(axis=1).min()
        steps = np.zeros((more + 1, ks.shape[1]), np.int64)
        steps[:, out] = np.arange(more + 1)
        ks = (ks[:, None, :] + steps[None]).reshape(-1, ks.shape[1])
    if doors.centred:
        step = np.zeros(ks.shape[1], np.int64)
        step[0] = 1
        ks = np.concatenate([ks, ks + step])
    return np.unique(ks[ks.sum(axis=1) <= most], axis=0)


def _both_rotations(rows: IntArray, settings: Settings) -> IntArray:
    turned = rows.copy()
    turned[:, [WIDTH, HEIGHT]], turned[:, TURNED] = rows[:, [HEIGHT, WIDTH]], 1
    both = np.concatenate([rows, turned])
    return both[(both[:, WIDTH] <= settings.width) & (both[:, HEIGHT] <= settings.height)]


def _undominated(rows: IntArray, parts: int, doors: Doors) -> IntArray:
    """Return the rows that no other with the same splits and parities equals or beats, fastest first."""
    kept = []
    for group in _alike(rows, parts, doors):
        group = group[np.lexsort((group[:, TIME], group[:, HEIGHT], group[:, WIDTH]))]
        kept.append(group[pareto_rows(np.ascontiguousarray(group[:, [WIDTH, HEIGHT, TIME]]))])
    rows = np.concatenate(kept)
    return rows[np.lexsort((rows[:, WIDTH] * rows[:, HEIGHT], rows[:, TIME]))]


def _alike(rows: IntArray, parts: int, doors: Doors) -> list[IntArray]:
    """Return the rows in groups that differ in no split an edge reads and in no parity that matters."""
    keys = np.zeros((len(rows), 6), np.int64)
    if doors.centred:
        keys[:, :2] = rows[:, [WIDTH, HEIGHT]] % 2
    if doors.reads or doors.writes:
        keys[:, 2:4] = rows[:, [H, W]]
    if doors.reads:
        keys[:, 4] = rows[:, SPLITS]
    if doors.writes:
        keys[:, 5] = rows[:, SPLITS + parts + min(2, parts - 1)]
    _, group, sizes = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    ordered = rows[np.argsort(group.reshape(-1), kind="stable")]
    return np.split(ordered, np.cumsum(sizes)[:-1])


def _option(row: IntArray, parts: int) -> Option:
    h, w, *splits = (int(value) for value in row[H:])
    args = Arguments(h, w, tuple(splits[:parts]), tuple(splits[parts:]))
    return Option(int(row[WIDTH]), int(row[HEIGHT]), int(row[TIME]), args, bool(row[TURNED]))
