"""Every shape of a kernel that an optimal placement may need.

What matters of a shape is its footprint, its time, the splits at its doors that an edge compares, and, where
wires end at its centre, whether its sides are even or odd: two centres can share a coordinate only if
both sides along it are alike. Of shapes alike in splits and parities, those that another one beats are
left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from wse_cp.instance import Settings
from wse_cp.interchange.minizinc.protocols import protocol_count, protocol_rows
from wse_cp.kernels import Kernel, convs, performance
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.loops import C_SPLIT, H_SPLIT, HEIGHT, K_SPLIT, TIME, W_SPLIT, WIDTH, pareto_rows
from wse_cp.shapes.options import Option, candidate_rows, option_of

#: Most rows looked at for one kernel, and most where splits matter (there are no few that beat the others).
MAX_ROWS = 3_000_000
MAX_PROTOCOL_ROWS = 300_000


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
    """Return all options that an optimal placement may need, both rotations, the smallest first.

    Parameters
    ----------
    scale, low, high
        Times are in 1 / scale cycles and at most `high`. Those below `low`, which no placement's largest
        time is, count as `low` and are given as `low`.

    Raises
    ------
    TooManyOptionsError
        If too many rows would have to be looked at.
    """
    kept = []
    for rows in _rows(kernel, settings, scale, low, high, doors):
        for turned in (False, True):
            fitting = _fitting(rows, settings, turned)
            fitting[:, TIME] = np.maximum(fitting[:, TIME], low)
            kept.append(_undominated(fitting, doors, len(convs(kernel))))
    rows = _undominated(np.concatenate(kept), doors, len(convs(kernel)))
    options = [_option(row, kernel, scale, low) for row in rows]
    return sorted(options, key=lambda option: (option.width * option.height, option.time))


def _rows(
    kernel: Kernel, settings: Settings, scale: int, low: int, high: int, doors: Doors
) -> Iterator[IntArray]:
    """Yield rows (columns as in `shapes.loops`), before rotation."""
    if doors.reads or doors.writes:
        if protocol_count(kernel, settings, doors.reads, doors.writes) > MAX_PROTOCOL_ROWS:
            raise TooManyOptionsError
        yield protocol_rows(kernel, settings, scale, low, high, doors)
        return
    rows = candidate_rows(kernel, settings, scale, low, high)
    if len(rows) > MAX_ROWS:
        raise TooManyOptionsError
    yield from _parities(rows) if doors.centred else (rows,)


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


def _undominated(rows: IntArray, doors: Doors, parts: int) -> IntArray:
    """Return the rows that no other with the same splits and parities equals or beats."""
    kept = [rows[:0]]
    for group in _alike(rows, doors, parts):
        group = group[np.lexsort((group[:, TIME], group[:, HEIGHT], group[:, WIDTH]))]
        kept.append(group[pareto_rows(np.ascontiguousarray(group[:, [WIDTH, HEIGHT, TIME]]))])
    return np.concatenate(kept)


def _alike(rows: IntArray, doors: Doors, parts: int) -> list[IntArray]:
    """Return the rows in groups that differ in no split an edge reads and in no parity that matters."""
    if not len(rows):
        return []
    keys = [np.zeros(len(rows), np.int64)]
    if doors.centred:
        keys += [rows[:, WIDTH] % 2, rows[:, HEIGHT] % 2]
    if doors.reads or doors.writes:
        keys += [rows[:, H_SPLIT], rows[:, W_SPLIT]]
    if doors.reads:
        keys.append(rows[:, C_SPLIT])
    if doors.writes:
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
