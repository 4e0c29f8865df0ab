"""The shapes among which a proof tree decides, listed once more (docs/bounds.md, "Proof by search")."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from wse_cp.bounds.verifier.reading import Integers
from wse_cp.instance import Instance
from wse_cp.kernels import Conv, Kernel, conv_height, conv_memory, conv_time, convs

#: Columns: width, height, time (1 / time_scale), splits h, w, c, k, parities of width and height.
COLUMNS = 9
#: Columns that an exchange of the axes changes.
DIRECTED = (0, 1, 7, 8)
_NEVER = 1 << 62

Key = tuple[int, int, int, int]


def shapes_of(instance: Instance, name: str) -> Integers:
    """Return the shapes of a kernel, one a row, without those that a smaller one replaces."""
    kernel, adapters = instance.kernels[name], bool(instance.settings.wadapter)
    reads = adapters and any(target == name for _, target, _ in instance.kernel_edges)
    writes = adapters and any(source == name for source, _, _ in instance.kernel_edges)
    wafer = instance.settings
    fastest: dict[Key, dict[tuple[int, int], int]] = defaultdict(dict)
    for (h, w, c, k), width, height, time in _built(instance, kernel, reads, writes):
        key = (h, w, c, k) if reads or writes else (0, 0, 0, 0)
        for size in ((width, height), (height, width)):
            if size[0] <= wafer.width and size[1] <= wafer.height:
                known = fastest[key]
                known[size] = min(time, known.get(size, _NEVER))
    rows = [
        (x, y, time, *key, x % 2, y % 2) for key, known in fastest.items() for x, y, time in _needed(known)
    ]
    return np.array(rows, np.int64).reshape(-1, COLUMNS)


def _needed(known: dict[tuple[int, int], int]) -> Iterator[tuple[int, int, int]]:
    """Yield the sizes that none of the same parities, no larger and as fast, replaces."""
    kept: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for (x, y), time in sorted(known.items(), key=lambda item: (item[1], item[0])):
        smaller = kept[x % 2, y % 2]
        if not any(a <= x and b <= y for a, b in smaller):
            smaller.append((x, y))
            yield x, y, time


def _built(
    instance: Instance, kernel: Kernel, reads: bool, writes: bool
) -> Iterator[tuple[Key, int, int, int]]:
    """Yield splits as they are compared, width, height and time of all shapes, not rotated."""
    wafer = instance.settings
    side = max(wafer.width, wafer.height)
    most, parts = side // 3, convs(kernel)

    @cache
    def times(part: Conv, h: int, w: int, c: int) -> Integers:
        """Return the time by the split k from 0 on; what needs too much memory takes for ever."""
        found = np.full(most + 1, _NEVER)
        for k in range(1, most + 1):
            if conv_memory(part, h, w, c, k) <= wafer.memlimit:
                found[k] = int(conv_time(part, h, w, c, k) * instance.time_scale)
        return found

    for h in range(1, side + 1):
        for w in range(1, side // h + 1):
            top = 1
            while (height := conv_height(h, w, top)) <= side:
                if isinstance(kernel, Conv) or not reads:
                    firsts = [top]
                else:  # a split that no producer can have matches none, so the largest is as good
                    firsts = [c for c in range(1, top + 1) if c <= most or c == top]
                for first in firsts:
                    columns = [times(p, h, w, top if i else first) for i, p in enumerate(parts)]
                    seen = first if reads and first <= most else 0
                    for total, k, time in _together(columns, writes):
                        yield (h, w, seen, k), 3 * total, height, time
                top += 1


def _together(columns: list[Integers], writes: bool) -> Iterator[tuple[int, int, int]]:
    """Yield sums of the splits k, the split of the output (0 if nobody compares it), and the least time."""
    most, output = len(columns[0]) - 1, min(2, len(columns) - 1)
    best: Any = np.full((most + 1, most + 1), _NEVER)
    best[0, 0] = 0
    for i, column in enumerate(columns):
        after = np.full_like(best, _NEVER)
        for k in range(1, most + 1):
            slower = np.maximum(best[: most + 1 - k], column[k])
            if i == output and writes:
                after[k:, k] = np.minimum(after[k:, k], slower.min(axis=1))
            else:
                after[k:] = np.minimum(after[k:], slower)
        best = after
    for total, k in np.argwhere(best < _NEVER).tolist():
        yield total, k, int(best[total, k])
