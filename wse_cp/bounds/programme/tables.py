"""The shapes and protocol classes a kernel can have within a time limit, as rows for the programme.

A row is (width, height, number of the input classes, number of the output classes); of equal classes only
Pareto-minimal sizes are kept, both rotations. Classes: docs/bounds.md, section 6.

The rows of every kernel that can be optimal under given multipliers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from wse_cp.bounds.programme.loops import candidates, class_rows
from wse_cp.bounds.programme.plan import Link, Step
from wse_cp.instance import Instance
from wse_cp.kernels import Kernel, convs
from wse_cp.shapes.arrays import IntArray, conv_rows
from wse_cp.shapes.curves import kernel_curve
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


#: Added to limits of cost, so that rounding loses no row.
SLACK = 1e-6


#: Multipliers are multiples of 1 / UNIT, so that a certificate has just those that were tried.
UNIT = 1 << 20


class Multipliers(NamedTuple):
    """Cost per tile of area, and per tile of extent of a run along x and along y; all at least 0."""

    area: float
    x: float
    y: float

    def rounded(self) -> Multipliers:
        """Return the nearest multiples of 1 / UNIT."""
        return Multipliers(*(round(value * UNIT) / UNIT for value in self))


@dataclass(frozen=True)
class Tables:
    """What depends on the time limit only: the Pareto-minimal sizes of each kernel."""

    time: int  #: 1 / time_scale cycles
    sizes: Mapping[str, Rows]


@dataclass(frozen=True)
class Priced:
    """Rows of one kernel, and those of them that can be optimal for each of its coefficients.

    For coefficient i these are found[pointers[i] : pointers[i + 1]], at the cost beside them.
    """

    rows: Rows
    found: IntArray
    costs: IntArray
    pointers: IntArray


class Pricer:
    """Finds the rows worth looking at; exact, except that floats may keep a row too many."""

    def __init__(self, instance: Instance, steps: tuple[Step, ...]) -> None:
        self._instance = instance
        self._maker = RowMaker(instance)
        self._doors = doors_of(instance, steps)
        self._regrets = _regrets(instance, steps)

    def tables(self, time: int) -> Tables | None:
        """Return the tables at a limit (1 / time_scale cycles); None if a kernel has no shape."""
        kernels = self._instance.kernels
        known = {kernel: self._maker.sizes(kernel, time) for kernel in set(kernels.values())}
        if not all(len(sizes.width) for sizes in known.values()):
            return None
        return Tables(time, {name: known[kernel] for name, kernel in kernels.items()})

    def __call__(
        self, tables: Tables, multipliers: Multipliers, steps: tuple[Step, ...]
    ) -> dict[str, Priced]:
        """Return the rows of every kernel under the multipliers; equal kernels at equal prices share them."""
        known: dict[tuple[object, ...], Priced] = {}
        found = {}
        for step in steps:
            prices = step.coefficients[:, :2] * (self._instance.settings.wlength / 4)
            prices = prices + step.coefficients[:, 2:] * np.array(multipliers[1:])
            kernel, doors, regrets = (
                self._instance.kernels[step.name],
                self._doors[step.name],
                self._regrets[step.name],
            )
            key = kernel, doors, regrets.tobytes(), prices.tobytes()
            if key not in known:
                known[key] = self._priced(step.name, doors, regrets, tables, prices, multipliers.area)
            found[step.name] = known[key]
        return found

    def _priced(
        self, name: str, doors: Doors, regrets: IntArray, tables: Tables, prices: IntArray, tile: float
    ) -> Priced:
        rows = tables.sizes[name]
        if doors.splits:
            limits = _limits(rows, tile, prices, regrets[0])
            kernel = self._instance.kernels[name]
            rows = self._maker(kernel, doors, tables.time, limits, regrets[1] + regrets[2] + SLACK)
        pointers = np.empty(len(prices) + 1, np.int64)
        extents = np.array([len(rows.inputs), len(rows.outputs)])
        found, costs = candidates(
            rows.width, rows.height, rows.into, rows.out, extents, prices, tile, regrets, pointers
        )
        used, places = np.unique(found, return_inverse=True)
        return Priced(_subset(rows, used), places, costs, pointers)


def _limits(sizes: Rows, tile: float, prices: IntArray, regret: float) -> IntArray:
    """Return rows (tile, width, height, limit) of `loops.class_rows`."""
    area = tile * sizes.width * sizes.height
    cost = area[:, None] + sizes.width[:, None] * prices[:, 0] + sizes.height[:, None] * prices[:, 1]
    return np.column_stack([np.full(len(prices), tile), prices, cost.min(axis=0) + regret + SLACK])


def _subset(rows: Rows, used: IntArray) -> Rows:
    """Return some of the rows, with only the classes that they have."""
    inputs, into = np.unique(rows.into[used], return_inverse=True)
    outputs, out = np.unique(rows.out[used], return_inverse=True)
    return Rows(rows.width[used], rows.height[used], into, out, rows.inputs[inputs], rows.outputs[outputs])


def _regrets(instance: Instance, steps: tuple[Step, ...]) -> dict[str, IntArray]:
    """Return the most that adapters can cost at each kernel: all, those for output and for input channels."""
    found = {name: np.zeros(3) for name in instance.kernels}
    links = {step.name: step.link for step in steps if step.link is not None}
    for step in steps:
        if step.link is not None:
            price = float(instance.settings.wadapter * step.link.multiplicity)
            source, target = ends_of(step.name, step.link)
            found[source] += np.array([3.0, 1.0, 0.0]) * price
            found[target] += np.array([3.0, 0.0, 1.0]) * price
        if step.chord is not None:
            price = float(instance.settings.wadapter * step.chord.multiplicity)
            ends = step.chord.below, step.chord.above
            source, target = ends if links[step.chord.below].produces else ends[::-1]
            found[source] += np.array([1.0, 1.0, 0.0]) * price
            found[target] += np.array([1.0, 0.0, 1.0]) * price
    return found
