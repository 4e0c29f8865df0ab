"""Every shape of a kernel that an optimal placement may need, for models of the whole.

What matters of a shape is its footprint, its time, the loop splits that an adapter compares, and, where wires
end at its centre, whether its sides are even or odd: two centres can share a coordinate only if both sides
along it have the same parity. Among shapes with the same splits and parities, those that another one
dominates are left out.

Where no adapter compares splits, `shapes.options` has the candidates. Else they are enumerated here, on small
wafers only, without arguments that only make a shape larger:

- all convolutions but the first use as large a c as the height allows, which costs nothing (the first one's
  c is read by edges);
- at each time every convolution has its least k; only the k that edges read may be larger, and another
  one by 1, for the parity of the width.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from math import ceil
from typing import NamedTuple

import numpy as np

from wse_cp.instance import Instance, Settings
from wse_cp.kernels import (
    Arguments,
    Conv,
    Kernel,
    conv_height,
    conv_memory,
    conv_time,
    conv_trips,
    conv_width,
    convs,
    performance,
)
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.loops import C_SPLIT, COLUMNS, H_SPLIT, HEIGHT, K_SPLIT, TIME, W_SPLIT, WIDTH, pareto_rows
from wse_cp.shapes.options import Option, candidate_rows, option_of

#: Most rows examined for one kernel, and most where splits matter (there few rows dominate others).
MAX_ROWS = 3_000_000
MAX_PROTOCOL_ROWS = 300_000


class EdgeUse(NamedTuple):
    """What of a kernel the cost of its counted edges depends on: input protocol, output protocol, centre."""

    input: bool
    output: bool
    centre: bool


class TooManyOptionsError(Exception):
    """A kernel has more shapes that may matter than a table can hold."""


def edge_use(instance: Instance, name: str) -> EdgeUse:
    """Return what of a kernel matters to its edges."""
    weights, graph = instance.settings, instance.kernel_graph
    reads, writes = graph.in_degree(name) > 0, graph.out_degree(name) > 0
    adapters = weights.wadapter > 0
    return EdgeUse(adapters and reads, adapters and writes, weights.wlength > 0 and (reads or writes))


def all_options(instance: Instance, low: int, high: int) -> dict[str, list[Option]]:
    """Return for every kernel all options that an optimal placement may need (see `complete_options`)."""
    uses = {name: (kernel, edge_use(instance, name)) for name, kernel in instance.kernels.items()}
    known = {
        (kernel, use): complete_options(kernel, instance.settings, instance.time_scale, low, high, use)
        for kernel, use in set(uses.values())
    }
    return {name: known[use] for name, use in uses.items()}


def complete_options(
    kernel: Kernel, settings: Settings, scale: int, low: int, high: int, use: EdgeUse
) -> list[Option]:
    """Return all options that an optimal placement may need, both rotations, the smallest first.

    Parameters
    ----------
    scale, low, high
        Times are in 1 / scale cycles and at most `high`. Those below `low`, which no placement's largest
        time is, count as `low` and are given as `low`.

    Raises
    ------
    TooManyOptionsError
        If too many rows would have to be examined.
    """
    kept = []
    for rows in _rows(kernel, settings, scale, low, high, use):
        for turned in (False, True):
            fitting = _fitting(rows, settings, turned)
            fitting[:, TIME] = np.maximum(fitting[:, TIME], low)
            kept.append(_undominated(fitting, use, len(convs(kernel))))
    rows = _undominated(np.concatenate(kept), use, len(convs(kernel)))
    options = [_option(row, kernel, scale, low) for row in rows]
    return sorted(options, key=lambda option: (option.width * option.height, option.time))


def _rows(
    kernel: Kernel, settings: Settings, scale: int, low: int, high: int, use: EdgeUse
) -> Iterator[IntArray]:
    """Yield rows (columns as in `shapes.loops`), before rotation."""
    if use.input or use.output:
        if _protocol_count(kernel, settings, use) > MAX_PROTOCOL_ROWS:
            raise TooManyOptionsError
        yield _protocol_rows(kernel, settings, scale, low, high, use)
        return
    rows = candidate_rows(kernel, settings, scale, low, high)
    if len(rows) > MAX_ROWS:
        raise TooManyOptionsError
    yield from _parities(rows) if use.centre else (rows,)


def _parities(rows: IntArray) -> Iterator[IntArray]:
    """Yield the rows, and with them others with one side, or both, of the other parity where that can be.

    Splitting a loop one tile further changes a side's parity, at a step of that side if it is odd (3 in the
    width, h * w in the height), and makes nothing slower.
    """
    for wider in (0, 1):
        for higher in (0, 1):
            varied = rows.copy()
            varied[:, K_SPLIT] += wider
            varied[:, WIDTH] += 3 * wider
            most = C_SPLIT + np.argmax(varied[:, C_SPLIT:K_SPLIT], axis=1)
            varied[np.arange(len(rows)), most] += higher
            varied[:, HEIGHT] += higher * varied[:, H_SPLIT] * varied[:, W_SPLIT]
            yield varied


def _fitting(rows: IntArray, settings: Settings, turned: bool) -> IntArray:
    """Return the rows that fit the wafer, turned or not, with a last column that says which."""
    sides = [HEIGHT, WIDTH] if turned else [WIDTH, HEIGHT]
    fits = (rows[:, sides[0]] <= settings.width) & (rows[:, sides[1]] <= settings.height)
    found = np.column_stack([rows[fits], np.full(int(fits.sum()), turned, np.int64)])
    found[:, [WIDTH, HEIGHT]] = found[:, sides]
    return found


def _undominated(rows: IntArray, use: EdgeUse, parts: int) -> IntArray:
    """Return the rows that no other with the same splits and parities dominates, one of equal rows."""
    kept = [rows[:0]]
    for group in _alike(rows, use, parts):
        group = group[np.lexsort((group[:, TIME], group[:, HEIGHT], group[:, WIDTH]))]
        kept.append(group[pareto_rows(np.ascontiguousarray(group[:, [WIDTH, HEIGHT, TIME]]))])
    return np.concatenate(kept)


def _alike(rows: IntArray, use: EdgeUse, parts: int) -> list[IntArray]:
    """Return the rows in groups that differ in no split an edge reads and in no parity that matters."""
    if not len(rows):
        return []
    keys: list[IntArray] = [np.zeros(len(rows), np.int64)]
    if use.centre:
        keys += [rows[:, WIDTH] % 2, rows[:, HEIGHT] % 2]
    if use.input or use.output:
        keys += [rows[:, H_SPLIT], rows[:, W_SPLIT]]
    if use.input:
        keys.append(rows[:, C_SPLIT])
    if use.output:
        keys.append(rows[:, K_SPLIT + min(2, parts - 1)])
    order = np.lexsort(keys)
    changes = np.any([key[order][1:] != key[order][:-1] for key in keys], axis=0)
    return np.split(rows[order], 1 + np.flatnonzero(changes))


def _option(row: IntArray, kernel: Kernel, scale: int, low: int) -> Option:
    """Return a row as an option, measured by the formulas."""
    args, turned = option_of(row, kernel).args, bool(row[-1])
    found = performance(kernel, args)
    option = Option(found.width, found.height, max(low, int(found.time * scale)), args, rotated=False)
    return option.turned() if turned else option


def _protocol_count(kernel: Kernel, settings: Settings, use: EdgeUse) -> int:
    """Return an upper estimate of the number of protocols, which is the work of `_protocol_rows`."""
    several = len(convs(kernel)) > 1
    splits = sum(c if use.input and several else 1 for _, _, c in _loop_splits(_longest(settings)))
    return splits * (_longest(settings) // 3 if use.output else 1)


def _protocol_rows(
    kernel: Kernel, settings: Settings, scale: int, low: int, high: int, use: EdgeUse
) -> IntArray:
    """Return rows (columns as in `shapes.loops`), before rotation; times in 1 / scale cycles."""
    parts = convs(kernel)
    found: list[IntArray] = [np.empty((0, COLUMNS), np.int64)]
    for h, w, c in _loop_splits(_longest(settings)):
        for first in range(1, c + 1) if use.input and len(parts) > 1 else (c,):
            cs = (first, *[c] * (len(parts) - 1))
            args = Arguments(h, w, cs, ())
            tables = _time_tables(parts, settings, scale, args)
            if tables is not None:
                ks = _channel_splits(*tables, (low, high), use, _longest(settings) // 3)
                found.append(_filled(args, ks, tables[0]))
    return np.concatenate(found)


def _longest(settings: Settings) -> int:
    return max(settings.width, settings.height)


def _loop_splits(longest: int) -> Iterator[tuple[int, int, int]]:
    """Yield every (h, w, c) with which a convolution is at most `longest` tiles high."""

    def fits(h: int, w: int, c: int) -> bool:
        return conv_height(h, w, c) <= longest

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


def _time_tables(
    parts: tuple[Conv, ...], settings: Settings, scale: int, args: Arguments
) -> tuple[list[IntArray], list[int]] | None:
    """Return each convolution's time at k = 1, 2, ... and its least k for memory, if there is room."""
    most = _longest(settings) // 3
    pairs = list(zip(parts, args.c, strict=True))
    needed = [ceil(conv_memory(part, args.h, args.w, c, 1) / settings.memlimit) for part, c in pairs]
    if sum(needed) > most:
        return None
    every = np.arange(1, most + 1, dtype=np.int64)
    return [_times(part, args, c, every, scale) for part, c in pairs], needed


def _times(part: Conv, args: Arguments, c: int, ks: IntArray, scale: int) -> IntArray:
    """Return the time at each k (1 / scale cycles)."""
    trip = conv_time(part, 1, 1, 1, 1) / conv_trips(part, 1, 1, 1, 1) * scale
    return conv_trips(part, args.h, args.w, c, ks) * int(trip)


def _channel_splits(
    tables: list[IntArray], needed: list[int], limits: tuple[int, int], use: EdgeUse, most: int
) -> IntArray:
    """Return the k of all convolutions, shape (rows, convolutions); they sum to at most `most`."""
    levels = _levels(tables, *limits)
    columns = [np.maximum(k, 1 + np.searchsorted(-t, -levels)) for t, k in zip(tables, needed, strict=True)]
    ks = np.stack(columns, axis=1)
    return _widened(ks[ks.sum(axis=1) <= most], most, use)


def _levels(tables: list[IntArray], low: int, high: int) -> IntArray:
    """Return the times up to `high` that some convolution can take; of those up to `low` the largest."""
    levels = np.unique(np.concatenate(tables))
    levels = levels[levels <= high]
    return levels[max(0, int(np.searchsorted(levels, low, side="right")) - 1) :]


def _widened(ks: IntArray, most: int, use: EdgeUse) -> IntArray:
    """Add the rows with a larger k of the output protocol, and with a width of the other parity."""
    out = min(2, ks.shape[1] - 1)
    if use.output and len(ks):
        more = most - int(ks.sum(axis=1).min())
        steps = np.zeros((more + 1, ks.shape[1]), np.int64)
        steps[:, out] = np.arange(more + 1)
        ks = (ks[:, None, :] + steps[None]).reshape(-1, ks.shape[1])
    if use.centre:
        step = np.zeros(ks.shape[1], np.int64)
        step[0] = 1
        ks = np.concatenate([ks, ks + step])
    return np.unique(ks[ks.sum(axis=1) <= most], axis=0)


def _filled(args: Arguments, ks: IntArray, tables: list[IntArray]) -> IntArray:
    """Return the rows with these c and k."""
    parts = ks.shape[1]
    rows = np.zeros((len(ks), COLUMNS), np.int64)
    rows[:, WIDTH] = conv_width(ks).sum(axis=1)
    rows[:, HEIGHT] = max(conv_height(args.h, args.w, c) for c in args.c)
    rows[:, TIME] = np.max([table[k - 1] for table, k in zip(tables, ks.T, strict=True)], axis=0)
    rows[:, H_SPLIT], rows[:, W_SPLIT] = args.h, args.w
    rows[:, C_SPLIT : C_SPLIT + parts], rows[:, K_SPLIT : K_SPLIT + parts] = args.c, ks
    return rows
