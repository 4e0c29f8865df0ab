"""The shapes a kernel can have within a cycle limit, as rows for the programme.

A row is a size (tiles) with the protocol classes that it has at its input and its output (docs/bounds.md,
section 6). Of equal classes only the Pareto-minimal sizes are kept, in both rotations.

The compiled loops use floats for prices only. That is no loss: what the programme finds are multipliers, and
the verifier derives the bound from them in integers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from wse_cp.bounds.programme import columns as col
from wse_cp.bounds.programme.ending import look
from wse_cp.compiled import compiled, inner
from wse_cp.instance import Instance
from wse_cp.kernels import Kernel, convs
from wse_cp.shapes.arrays import FloatArray, IntArray, conv_rows
from wse_cp.shapes.curves import kernel_curve
from wse_cp.shapes.loops import NONE, allowed_trips, least_k, sum_of_least_k

#: Bits that hold the class of w beside that of h, and a class of channels beside both.
_W_BITS, _CHANNEL_BITS = 21, 13
#: Rows that there is room for at first.
_ROOM = 1 << 12


@dataclass(frozen=True)
class ComparedSplits:
    """Which splits of a kernel the edges of the tree compare.

    Parameters
    ----------
    image
        Whether (h, w) are compared, by any edge.
    reads
        Number of channels by which splits at the input are compared; 0 if they are not.
    writes
        The same at the output, one for each kind of consumer.
    """

    image: bool = False
    reads: int = 0
    writes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Rows:
    """Rows of one kernel."""

    width: FloatArray  #: tiles, rotation applied (float64)
    height: FloatArray  #: the same
    into: IntArray  #: for each row the number of its classes in `inputs` (int64)
    out: IntArray  #: the same in `outputs`
    inputs: IntArray  #: classes of (h, w, channels read), one row each (int64)
    outputs: IntArray  #: classes of h and w, and the least channel split k of the class (int64)

    @property
    def usage(self) -> FloatArray:
        """Area, width and height of each row (tiles), float64 of shape (rows, 3)."""
        return np.stack([self.width * self.height, self.width, self.height], axis=1)

    def subset(self, used: IntArray) -> Rows:
        """Return some of the rows, with only the classes that they have."""
        inputs, into = np.unique(self.into[used], return_inverse=True)
        outputs, out = np.unique(self.out[used], return_inverse=True)
        return Rows(
            self.width[used], self.height[used], into, out, self.inputs[inputs], self.outputs[outputs]
        )


@dataclass(frozen=True)
class RowMaker:
    """Makes the rows of an instance's kernels."""

    instance: Instance

    def sizes(self, kernel: Kernel, time: int) -> Rows:
        """Return the Pareto-minimal sizes within a cycle limit (1 / time_scale cycles), all of one class."""
        look()
        settings = self.instance.settings
        curve = kernel_curve(kernel, settings, self.instance.time_scale, time)
        width = np.flatnonzero((curve[1:] < curve[:-1]) & (curve[1:] <= settings.height)) + 1
        width = width[width <= settings.width]
        one_class = np.zeros(len(width), np.int64)
        inputs, outputs = (np.array([[1, 1, channels]], np.int64)[: len(width)] for channels in (0, 1))
        return Rows(width.astype(float), curve[width].astype(float), one_class, one_class, inputs, outputs)

    def by_class(
        self, kernel: Kernel, compared: ComparedSplits, time: int, prices: FloatArray, near: float = 0.0
    ) -> Rows:
        """Return the Pareto-minimal sizes of every class within a cycle limit (1 / time_scale cycles).

        `prices` and `near` say which of them are affordable: see `class_rows`.
        """
        settings = self.instance.settings
        found, _, writes = self._class_rows(kernel, compared, time, prices, near)
        return _packed(found, writes, settings.width, settings.height)

    def upright(
        self, kernel: Kernel, compared: ComparedSplits, time: int
    ) -> tuple[IntArray, IntArray, IntArray]:
        """Return all sizes of every class within a cycle limit, before rotation, whatever they cost.

        They are rows (int64) with columns `ROW_WIDTH` to `ROW_WRITES`; with them go the least split of each
        class that the input has, and of each that the output has.
        """
        look()
        any_price = np.zeros((0, col.MOST + 1))
        found, reads, writes = self._class_rows(kernel, compared, time, any_price, 0.0, _ROOM << 4)
        return found, first_splits(reads), first_splits(writes)

    def _class_rows(
        self,
        kernel: Kernel,
        compared: ComparedSplits,
        time: int,
        prices: FloatArray,
        near: float,
        room: int = _ROOM,
    ) -> tuple[IntArray, IntArray, IntArray]:
        """Return what `class_rows` writes, and the class of every split of the input and of the output."""
        settings = self.instance.settings
        short, long = sorted((settings.width, settings.height))
        shapes = conv_rows(kernel)
        trips = allowed_trips(shapes, self.instance.time_scale, time)
        reads = channel_classes([compared.reads] if compared.reads else [], long)
        writes = channel_classes(compared.writes, long)
        size = room
        while True:
            found = np.empty((size, col.ROW_COLUMNS), np.int64)
            count = class_rows(
                shapes,
                trips,
                settings.memlimit,
                self.levels,
                reads,
                writes,
                short,
                long,
                prices,
                near,
                found,
            )
            if count <= size:
                return found[:count], reads, writes
            size = count

    @cached_property
    def levels(self) -> IntArray:
        """Splits and levels (`LEVEL_H` to `LEVEL_W_CLASS`) that fit the wafer, by classes, then by height."""
        top_h = max(conv.H for kernel in self.instance.kernels.values() for conv in convs(kernel))
        top_w = max(conv.W for kernel in self.instance.kernels.values() for conv in convs(kernel))
        side = max(self.instance.settings.width, self.instance.settings.height)
        found = [
            (h, w, level, -(-top_h // h), -(-top_w // w))
            for h in range(1, side // 2 + 1)
            for w in range(1, side // (2 * h) + 1)
            for level in range(1, side // (h * w))
        ]
        rows = np.array(found, np.int64).reshape(-1, col.LEVEL_W_CLASS + 1)
        height = rows[:, col.LEVEL_H] * rows[:, col.LEVEL_W] * (rows[:, col.LEVEL_C] + 1)
        return rows[np.lexsort((height, rows[:, col.LEVEL_W_CLASS], rows[:, col.LEVEL_H_CLASS]))]


def channel_classes(references: Iterable[int], side: int) -> IntArray:
    """Return the class of every split 0 ... side: equal where all ceil(reference / split) are, int64."""
    splits = np.arange(side + 1, dtype=np.int64)
    splits[0] = 1
    changes = np.zeros(side + 1, bool)
    for reference in references:
        trips = -(-reference // splits)
        changes[1:] |= trips[1:] != trips[:-1]
    return np.cumsum(changes).astype(np.int64)


def split_classes(codes: IntArray) -> tuple[IntArray, IntArray]:
    """Return the classes of h and of w from what column `ROW_SPLITS` has."""
    return codes >> _W_BITS, codes & ((1 << _W_BITS) - 1)


def _packed(found: IntArray, writes: IntArray, wafer_width: int, wafer_height: int) -> Rows:
    """Return rows of `class_rows` in the rotations that fit the wafer."""
    turned = found.copy()
    turned[:, col.ROW_WIDTH], turned[:, col.ROW_HEIGHT] = found[:, col.ROW_HEIGHT], found[:, col.ROW_WIDTH]
    both = np.concatenate([found, turned])
    width, height = both[:, col.ROW_WIDTH], both[:, col.ROW_HEIGHT]
    fits = (width <= wafer_width) & (height <= wafer_height)
    splits = both[fits, col.ROW_SPLITS] << _CHANNEL_BITS
    inputs, into = np.unique(splits + both[fits, col.ROW_READS], return_inverse=True)
    outputs, out = np.unique(splits + both[fits, col.ROW_WRITES], return_inverse=True)
    shown = _unpacked(outputs)
    shown[:, col.CHANNEL_CLASS] = first_splits(writes)[shown[:, col.CHANNEL_CLASS]]
    return Rows(width[fits].astype(float), height[fits].astype(float), into, out, _unpacked(inputs), shown)


def _unpacked(codes: IntArray) -> IntArray:
    """Return classes of h, w and channels from their codes, int64 of shape (codes, 3)."""
    splits, channels = codes >> _CHANNEL_BITS, codes & ((1 << _CHANNEL_BITS) - 1)
    return np.stack([*split_classes(splits), channels], axis=1)


@compiled
def class_rows(
    convs: IntArray,
    trips: IntArray,
    memlimit: int,
    levels: IntArray,
    reads: IntArray,
    writes: IntArray,
    short: int,
    long: int,
    prices: FloatArray,
    near: float,
    rows: IntArray,
) -> int:
    """Write all Pareto-minimal sizes of every class (`ROW_WIDTH` to `ROW_WRITES`) into `rows`.

    `levels` is sorted by the classes of (h, w), then by height; `reads` and `writes` give the class of every
    channel split. Of `prices` (`PER_AREA` to `MOST`) a size must be affordable under one, in one of the
    rotations; without prices every size is. Sizes with the same (h, w) classes differ in channels only: there
    a size must also cost less than the cheapest plus `near`.
    Returns the number of rows, also when `rows` was too short.
    """
    limits, best = prices.copy(), np.full((reads[-1] + 1, writes[-1] + 1), NONE)
    n, count, most = len(convs), 0, long // 3
    out = min(2, n - 1)
    firsts = _first_splits(writes)
    for t in range(len(levels)):
        h, w, level = levels[t, col.LEVEL_H], levels[t, col.LEVEL_W], levels[t, col.LEVEL_C]
        splits = (levels[t, col.LEVEL_H_CLASS] << _W_BITS) + levels[t, col.LEVEL_W_CLASS]
        if t == 0 or not _same_splits(levels[t - 1], levels[t]):
            best[:] = NONE
            _limit_group(convs, trips, memlimit, levels[t:], most, long, prices, near, limits)
        height = h * w * (level + 1)
        if height > long:
            continue
        least = least_k(convs[out], trips[out], memlimit, h, w, level)
        middle = least_k(convs[1], trips[1], memlimit, h, w, level) if n > 2 else 0
        middle += least_k(convs[3], trips[3], memlimit, h, w, level) if n > 3 else 0
        c = level if least + middle <= most else 0
        while c > 0:
            others = middle + (least_k(convs[0], trips[0], memlimit, h, w, c) if n > 1 else 0)
            if not _affordable(3 * (others + least), height, limits):
                break
            for written in range(writes[least], writes[most] + 1):
                width = 3 * (others + max(least, firsts[written]))
                if width > long or min(width, height) > short or not _affordable(width, height, limits):
                    break
                if width < best[reads[c], written]:
                    best[reads[c], written] = width
                    row = rows[min(count, len(rows) - 1)]
                    row[col.ROW_WIDTH], row[col.ROW_HEIGHT] = width, height
                    row[col.ROW_SPLITS] = splits
                    row[col.ROW_READS], row[col.ROW_WRITES] = reads[c], written
                    count += 1
            read = reads[c]
            while c > 0 and (reads[c] == read or n == 1):
                c -= 1
    return count


@compiled
def first_splits(classes: IntArray) -> IntArray:
    """Return the least split, from 1 on, of every class; `classes` has the class of each split."""
    return _first_splits(classes)


@inner
def _first_splits(classes: IntArray) -> IntArray:
    firsts = np.zeros(classes[-1] + 1, np.int64)
    for split in range(len(classes) - 1, 0, -1):
        firsts[classes[split]] = split
    return firsts


@inner
def _same_splits(first: IntArray, second: IntArray) -> bool:
    """Tell whether two levels have the same classes of h and w."""
    same_h = first[col.LEVEL_H_CLASS] == second[col.LEVEL_H_CLASS]
    return bool(same_h and first[col.LEVEL_W_CLASS] == second[col.LEVEL_W_CLASS])


@inner
def _limit_group(
    convs: IntArray,
    trips: IntArray,
    memlimit: int,
    levels: IntArray,
    most: int,
    long: int,
    prices: FloatArray,
    near: float,
    limits: FloatArray,
) -> None:
    """Set `MOST` in `limits` for the first classes of (h, w) in `levels`: their cheapest size plus `near`."""
    limits[:, col.MOST] = np.inf
    for t in range(len(levels)):
        if not _same_splits(levels[0], levels[t]):
            break
        h, w, level = levels[t, col.LEVEL_H], levels[t, col.LEVEL_W], levels[t, col.LEVEL_C]
        height = h * w * (level + 1)
        total = sum_of_least_k(convs, trips, memlimit, h, w, level)
        if height > long or total > most:
            continue
        for i in range(len(prices)):
            limits[i, col.MOST] = min(limits[i, col.MOST], _cost(3 * total, height, prices[i]) + near)
    for i in range(len(prices)):
        limits[i, col.MOST] = min(limits[i, col.MOST], prices[i, col.MOST])


@inner
def _affordable(width: int, height: int, prices: FloatArray) -> bool:
    """Tell whether a size costs less than `MOST` under one of the prices."""
    for i in range(len(prices)):
        if _cost(width, height, prices[i]) < prices[i, col.MOST]:
            return True
    return len(prices) == 0


@inner
def _cost(width: int, height: int, price: FloatArray) -> float:
    """Return what a size costs in the cheaper rotation."""
    upright = price[col.PER_WIDTH] * width + price[col.PER_HEIGHT] * height
    turned = price[col.PER_WIDTH] * height + price[col.PER_HEIGHT] * width
    return float(price[col.PER_AREA] * width * height + min(upright, turned))
