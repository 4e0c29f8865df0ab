"""What a kernel of a stack may become: for each protocol the thinnest shape within a cycle limit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wse_cp.instance import Instance
from wse_cp.kernels import Kernel, convs
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.loops import C_SPLIT, H_SPLIT, HEIGHT, K_SPLIT, W_SPLIT, WIDTH
from wse_cp.shapes.matched import Prices, ranked_splits, thin_rows
from wse_cp.shapes.splits import channel_splits, image_splits

#: Most splits (h, w) and protocols that are looked at.
SPLITS, PROTOCOLS = 150, 3000
#: Further splits for one kernel: those that make it thinnest.
THINNEST = 12
#: Only thickness counts.
THICKNESS = Prices(1.0, 0.0)
#: Columns of a protocol row.
H, W, C_IN, K_OUT = 0, 1, 2, 3
#: Columns of a producer's and a consumer's protocol that an edge compares.
OUTPUT, INPUT = [H, W, K_OUT], [H, W, C_IN]
#: Packs a protocol row into one integer: no split exceeds MAX_SIDE = 2**12.
PACKING = np.array([1 << 39, 1 << 26, 1 << 13, 1], np.int64)


@dataclass(frozen=True, eq=False)
class StackTable:
    """Options of one kernel: `protocols` int64 (n, 4) as (h, w, c in, k out), `thickness` (n,) in tiles.

    `rows` are the option rows (columns as in `shapes.loops`). Tables are known by identity, so that what
    follows from one can be remembered.
    """

    protocols: IntArray
    thickness: IntArray
    rows: IntArray


def stack_table(
    instance: Instance, kernel: Kernel, time: int, slack: float, splits: Sequence[tuple[int, int]]
) -> StackTable | None:
    """Return the thinnest option of each protocol, at most `slack` tiles thicker than the thinnest of all.

    `time` is the limit in 1 / time_scale cycles; `splits` are preferred (h, w). None if there is no shape.
    """
    settings, scale = instance.settings, instance.time_scale
    ranked = ranked_splits(kernel, settings, scale, time, THICKNESS)
    if not ranked:
        return None
    least = min(ranked.values())
    good = [split for split in splits if split in ranked and ranked[split] <= least + slack]
    splits = list(dict.fromkeys([*good[:SPLITS], *list(ranked)[:THINNEST]]))
    last = min(2, len(convs(kernel)) - 1)
    reads, writes = channel_splits(convs(kernel)[0].C), channel_splits(convs(kernel)[last].K)
    # On an oblong wafer the thinnest shape may be too long to stand upright.
    most = int(least + slack) if settings.width == settings.height else settings.width
    rows = thin_rows(kernel, settings, scale, time, splits, (0, *reads), (0, *writes), most)
    if not len(rows):
        return None
    thickness = thickness_of(rows, settings.width, settings.height)
    order = np.argsort(thickness, kind="stable")
    rows, thickness = rows[order], thickness[order]
    protocols = rows[:, [H_SPLIT, W_SPLIT, C_SPLIT, K_SPLIT + last]]
    _, first = np.unique(protocols @ PACKING, return_index=True)
    first = np.sort(first)[:PROTOCOLS]
    first = first[thickness[first] <= thickness[0] + slack]
    return StackTable(protocols[first], thickness[first], rows[first])


def thickness_of(rows: IntArray, width: int, height: int) -> IntArray:
    """Return the lesser extent along x of option rows on a wafer (tiles), a huge one if none fits."""
    short, long = rows[:, WIDTH], rows[:, HEIGHT]
    upright = np.where((short <= width) & (long <= height), short, 1 << 30)
    turned = np.where((long <= width) & (short <= height), long, 1 << 30)
    thickness: IntArray = np.minimum(upright, turned)
    return thickness


def common_splits(instance: Instance, time: int) -> list[tuple[int, int]]:
    """Return the image splits, those first that make all kernels thin within a cycle limit."""
    total = dict.fromkeys(image_splits(instance), 0.0)
    for kernel, count in Counter(instance.kernels.values()).items():
        ranked = ranked_splits(kernel, instance.settings, instance.time_scale, time, THICKNESS)
        worst = 2 * max(ranked.values(), default=0.0)
        for pair in total:
            total[pair] += count * ranked.get(pair, worst)
    return sorted(total, key=lambda pair: total[pair])
