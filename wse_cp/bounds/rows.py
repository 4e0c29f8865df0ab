"""The shapes and protocol classes a kernel can have within a time limit, as rows for the programme.

A row is (width, height, number of the input classes, number of the output classes); of equal classes only
Pareto-minimal sizes are kept, both rotations. Classes: docs/bounds.md, section 6.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from wse_cp.bounds.loops import class_rows
from wse_cp.bounds.plan import Link, Step
from wse_cp.instance import Instance
from wse_cp.kernels import Kernel, convs
from wse_cp.shapes import kernel_curve
from wse_cp.shapes.arrays import IntArray, conv_rows
from wse_cp.shapes.loops import allowed_trips


@dataclass(frozen=True)
class Doors:
    """Which classes of a kernel matter: its splits (h, w), its input channels, its output channels.

    `reads` is the channel count that input splits are compared by (0: not compared), `writes` those of the
    consumers.
    """

    splits: bool = False
    reads: int = 0
    writes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Rows:
    """Rows of one kernel. `inputs` and `outputs` say what the class numbers mean.

    Columns of `inputs`: class of h, of w, of the channels; of `outputs`: class of h, of w, a split k of
    the class.
    """

    width: IntArray  #: float64, tiles
    height: IntArray
    into: IntArray  #: int64, row of `inputs`
    out: IntArray
    inputs: IntArray
    outputs: IntArray

    @property
    def usage(self) -> IntArray:
        """Area, width and height of each row, float64 (rows, 3)."""
        return np.stack([self.width * self.height, self.width, self.height], axis=1)


@dataclass(frozen=True)
class RowMaker:
    """Makes the rows of an instance's kernels."""

    instance: Instance

    def sizes(self, kernel: Kernel, time: int) -> Rows:
        """Return the Pareto-minimal sizes of a kernel at a limit (1 / time_scale cycles), in one class."""
        settings = self.instance.settings
        curve = kernel_curve(kernel, settings, self.instance.time_scale, time)
        width = np.flatnonzero((curve[1:] < curve[:-1]) & (curve[1:] <= settings.height)) + 1
        width = width[width <= settings.width]
        one_class = np.zeros(len(width), np.int64)
        inputs, outputs = (np.array([[1, 1, channels]], np.int64)[: len(width)] for channels in (0, 1))
        return Rows(width.astype(float), curve[width].astype(float), one_class, one_class, inputs, outputs)

    def __call__(self, kernel: Kernel, doors: Doors, time: int, prices: IntArray, near: float = 0.0) -> Rows:
        """Return a kernel's rows by classes that stay within one of the `prices` (see `loops.class_rows`)."""
        settings = self.instance.settings
        short, long = sorted((settings.width, settings.height))
        shapes = conv_rows(kernel)
        trips = allowed_trips(shapes, self.instance.time_scale, time)
        levels = self._split_levels
        reads, writes = self._classes([doors.reads] * bool(doors.reads)), self._classes(doors.writes)
        size = 1 << 12
        while True:
            found = np.empty((size, 5), np.int64)
            count = class_rows(
                shapes, trips, settings.memlimit, levels, reads, writes, short, long, prices, near, found
            )
            if count <= size:
                break
            size = count
        return _packed(found[:count], writes, settings.width, settings.height)

    def _classes(self, references: Iterable[int]) -> IntArray:
        return channel_classes(references, max(self.instance.settings.width, self.instance.settings.height))

    @cached_property
    def _split_levels(self) -> IntArray:
        """Rows (h, w, level, class of h, class of w), by classes, then by height."""
        top_h = max(conv.H for kernel in self.instance.kernels.values() for conv in convs(kernel))
        top_w = max(conv.W for kernel in self.instance.kernels.values() for conv in convs(kernel))
        side = max(self.instance.settings.width, self.instance.settings.height)
        found = [
            (h, w, level, -(-top_h // h), -(-top_w // w))
            for h in range(1, side // 2 + 1)
            for w in range(1, side // (2 * h) + 1)
            for level in range(1, side // (h * w))
        ]
        rows = np.array(found, np.int64).reshape(-1, 5)
        height = rows[:, 0] * rows[:, 1] * (rows[:, 2] + 1)
        return rows[np.lexsort((height, rows[:, 4], rows[:, 3]))]


def channel_classes(references: Iterable[int], side: int) -> IntArray:
    """Return for every split 0..side the number of its class: equal where all ceil(reference / split) are."""
    splits = np.arange(side + 1, dtype=np.int64)
    splits[0] = 1
    changes = np.zeros(side + 1, bool)
    for reference in references:
        trips = -(-reference // splits)
        changes[1:] |= trips[1:] != trips[:-1]
    return np.cumsum(changes).astype(np.int64)


def _packed(found: IntArray, writes: IntArray, wafer_width: int, wafer_height: int) -> Rows:
    """Return rows (width, height, split group as h * 2^32 + w, read class, write class) as `Rows`."""
    firsts = np.searchsorted(writes, np.arange(writes[-1] + 1))
    firsts[0] = 1
    both = np.concatenate([found, found[:, [1, 0, 2, 3, 4]]])
    both = both[(both[:, 0] <= wafer_width) & (both[:, 1] <= wafer_height)]
    inputs, into = np.unique(both[:, 2] * (1 << 13) + both[:, 3], return_inverse=True)
    outputs, out = np.unique(both[:, 2] * (1 << 13) + both[:, 4], return_inverse=True)
    unpacked_out = _unpack(outputs)
    unpacked_out[:, 2] = firsts[unpacked_out[:, 2]]
    return Rows(both[:, 0].astype(float), both[:, 1].astype(float), into, out, _unpack(inputs), unpacked_out)


def _unpack(codes: IntArray) -> IntArray:
    group = codes >> 13
    return np.stack([group >> 21, group & ((1 << 21) - 1), codes & ((1 << 13) - 1)], axis=1)


def doors_of(instance: Instance, steps: tuple[Step, ...]) -> dict[str, Doors]:
    """Return which classes matter: those that a tree edge compares, none if adapters are free."""
    doors = dict.fromkeys(instance.kernels, Doors())
    if not instance.settings.wadapter:
        return doors
    for step in steps:
        if step.link is not None:
            source, target = ends_of(step.name, step.link)
            known = doors[source]
            doors[source] = Doors(True, known.reads, tuple(sorted({*known.writes, step.link.reference})))
            doors[target] = Doors(True, step.link.reference, doors[target].writes)
    return doors


def ends_of(name: str, link: Link) -> tuple[str, str]:
    """Return producer and consumer of the tree edge from a kernel to its parent."""
    return (name, link.parent) if link.produces else (link.parent, name)
