"""The shapes of a kernel among which a best placement finds its own: what decisions can tell apart.

docs/bounds.md, "Proof by search". Columns of a listing (int64): extents (tiles, rotation applied), time
(1 / time_scale cycles), the splits h, w, c, k of its protocols, 0 where no edge compares them, and whether
the extents are odd.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise, product

import numpy as np

from wse_cp.bounds.programme.ending import look
from wse_cp.instance import Instance
from wse_cp.kernels import Conv, Kernel, convs
from wse_cp.shapes.arrays import IntArray

WIDTH, HEIGHT, TIME, ROWS, COLUMNS, IN, OUT, ODD_WIDTH, ODD_HEIGHT = range(9)
#: What a time is that no shape has.
_NEVER = np.iinfo(np.int64).max
#: Keys whose shapes are compared at a time.
_CHUNK = 512


def listings(instance: Instance) -> list[IntArray]:
    """Return the listing of each kernel, in sorted order of names; kernels that are alike share one.

    Raises
    ------
    EndedError
        If the search is over (see `wse_cp.bounds.programme.ending`).
    """
    edges = instance.kernel_edges if instance.settings.wadapter else ()
    readers, writers = {v for _, v, _ in edges}, {u for u, _, _ in edges}

    @cache
    def listed(kernel: Kernel, reads: bool, writes: bool) -> IntArray:
        return _listing(instance, kernel, reads, writes)

    return [
        listed(kernel, name in readers, name in writers) for name, kernel in sorted(instance.kernels.items())
    ]


def _listing(instance: Instance, kernel: Kernel, reads: bool, writes: bool) -> IntArray:
    side = max(instance.settings.width, instance.settings.height)
    splits = _channel_splits(len(convs(kernel)), side // 3)
    found: list[IntArray] = [np.zeros((0, 7), np.int64)]
    for h, w in product(range(1, side // 2 + 1), repeat=2):
        look()
        for c in range(1, side // (h * w)):
            firsts = {c} | (set(range(1, min(c, side // 3) + 1)) if reads else set())
            for first in {c} if isinstance(kernel, Conv) else firsts:
                rows = _rows(instance, convs(kernel), h, w, [first] + [c] * (splits.shape[1] - 1), splits)
                rows[:, HEIGHT] = h * w * (c + 1)
                rows[:, ROWS : IN + 1] = np.array([h, w, first])
                found.append(rows)
    rows = np.concatenate(found)
    rows[:, [ROWS, COLUMNS]] *= int(reads or writes)
    rows[:, IN] *= int(reads) * (rows[:, IN] <= side // 3)
    rows[:, OUT] *= int(writes)
    return _undominated(instance, rows)


def _channel_splits(count: int, most: int) -> IntArray:
    """Return all splits k of so many convolutions (one a column) that sum to at most `most`."""
    found = np.zeros((1, 0), np.int64)
    for _ in range(count):
        room = most - found.sum(axis=1)
        repeat = np.repeat(np.arange(len(found)), np.maximum(room, 0))
        ks = np.concatenate([np.arange(1, x + 1) for x in room]) if len(room) else np.zeros(0, np.int64)
        found = np.column_stack([found[repeat], ks.astype(np.int64)])
    return found


def _rows(
    instance: Instance, parts: tuple[Conv, ...], h: int, w: int, cs: list[int], splits: IntArray
) -> IntArray:
    """Return the rows that fit the memory: the fastest one of each width and split k of the output."""
    times, fits = np.zeros(len(splits), np.int64), np.ones(len(splits), bool)
    for part, c, k in zip(parts, cs, splits.T, strict=True):
        trips = -(-part.H // h) * -(-part.W // w) * -(-part.C // c) * -(-part.K // k)
        times = np.maximum(times, trips * (part.R * part.S * instance.time_scale // part.T**2))
        words = part.C * part.R * part.S * h * w + (part.W + part.S - 1) * (part.H + part.R - 1) * c
        fits &= part.K * words <= instance.settings.memlimit * c * h * w * k
    width, out = 3 * splits.sum(axis=1), splits[:, min(2, splits.shape[1] - 1)]
    order = np.lexsort((times, out, width))
    order = order[fits[order]]
    first = np.ones(len(order), bool)
    first[1:] = (width[order][1:] != width[order][:-1]) | (out[order][1:] != out[order][:-1])
    kept = order[first]
    rows = np.zeros((len(kept), 7), np.int64)
    rows[:, WIDTH], rows[:, TIME], rows[:, OUT] = width[kept], times[kept], out[kept]
    return rows


def _undominated(instance: Instance, rows: IntArray) -> IntArray:
    """Return both rotations on the wafer, without what another of the same splits and parities beats."""
    turned = rows.copy()
    turned[:, [WIDTH, HEIGHT]] = rows[:, [HEIGHT, WIDTH]]
    rows = np.concatenate([rows, turned])
    wafer = instance.settings
    rows = rows[(rows[:, WIDTH] <= wafer.width) & (rows[:, HEIGHT] <= wafer.height)]
    if not len(rows):
        return np.zeros((0, 9), np.int64)
    keys, number = np.unique(rows[:, ROWS:], axis=0, return_inverse=True)
    number = number.reshape(-1)
    order = np.argsort(number, kind="stable")
    ends = np.searchsorted(number[order], np.arange(0, len(keys) + _CHUNK, _CHUNK))
    found = []
    for i, (begin, end) in enumerate(pairwise(ends)):
        part = rows[order[begin:end]]
        found.append(_fastest(part, number[order[begin:end]] - i * _CHUNK, keys[i * _CHUNK :]))
    kept = np.concatenate(found)
    return np.column_stack([kept, kept[:, WIDTH] % 2, kept[:, HEIGHT] % 2])


def _fastest(rows: IntArray, number: IntArray, keys: IntArray) -> IntArray:
    """Return the rows that no smaller one of equal parities and key is as fast as."""
    shape = (number.max(initial=0) + 1, rows[:, WIDTH].max() + 1, rows[:, HEIGHT].max() + 1)
    times = np.full(shape, _NEVER)
    np.minimum.at(times, (number, rows[:, WIDTH], rows[:, HEIGHT]), rows[:, TIME])
    least = times.copy()
    for x in range(2, shape[1]):
        least[:, x] = np.minimum(least[:, x], least[:, x - 2])
    for y in range(2, shape[2]):
        least[:, :, y] = np.minimum(least[:, :, y], least[:, :, y - 2])
    before = np.full(shape, _NEVER)
    before[:, 2:] = least[:, :-2]
    before[:, :, 2:] = np.minimum(before[:, :, 2:], least[:, :, :-2])
    key, width, height = np.nonzero(times < before)
    return np.column_stack([width, height, times[key, width, height], keys[key]])
