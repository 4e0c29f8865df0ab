"""A first placement on shelves, in plain Python and numpy: it stands while everything else is compiled.

Shelves are rows of equal room, filled along a topological order, back and forth. A kernel gets the narrowest
shape that fits its shelf. Only a coarse grid of cycle limits and a few numbers of shelves are tried. The work
is linear in the kernels. Nothing here may call compiled code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from wse_cp.instance import Instance
from wse_cp.kernels import Arguments, Kernel, convs, work
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.shapes.arrays import IntArray, scaled

#: Numbers of shelves tried at each cycle limit.
_SHELVES = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 32, 48, 64)
#: Ratio of neighbouring cycle limits of the grid; how much slower than the fastest that fits is tried too.
_RATIO = 1.1
_SLOWER = (1, 2, 4, 8, 16, 32)
#: "No such shape".
_NONE = 1 << 40
#: Trips that no loop nest needs.
_MANY = 1 << 44


def first_placement(instance: Instance, stop: Callable[[], bool] = lambda: False) -> Placement | None:
    """Return a placement on shelves, or None if none was found or `stop` became true first."""
    planner = _Planner(instance, stop)
    fastest, best = planner.fastest(), None
    if fastest is None:
        return None
    for step in _SLOWER:
        for plan in planner.plans(fastest * step):
            if best is None or plan.cost < best.cost:
                best = plan
    return None if best is None else planner.placement(best)


class _Plan(NamedTuple):
    """Shelves at a cycle limit (1 / time_scale cycles), and roughly what they cost."""

    cost: float
    time: int
    shelves: int


class _Shelved(NamedTuple):
    """Where the kernels stand, in the order: shelf and left end (tiles), and their widths."""

    shelf: IntArray
    x: IntArray
    width: IntArray


class _Planner:
    """Fills shelves with the kernels of an instance along one order."""

    def __init__(self, instance: Instance, stop: Callable[[], bool]) -> None:
        self.instance, self.stop = instance, stop
        self.order = topological_order(instance)
        found = {kernel: i for i, kernel in enumerate(dict.fromkeys(instance.kernels.values()))}
        wafer = instance.settings
        self.tables = [SplitTable(kernel, wafer.height, wafer.memlimit) for kernel in found]
        self.kinds = np.array([found[instance.kernels[name]] for name in self.order])
        rank = {name: i for i, name in enumerate(self.order)}
        edges = [(rank[u], rank[v], count) for u, v, count in instance.kernel_edges]
        self.edges = np.array(edges, np.int64).reshape(-1, 3)

    def fastest(self) -> int | None:
        """Return the least cycle limit of the grid at which shelves fit, None if there is none."""
        wafer, total = self.instance.settings, sum(map(work, self.instance.kernels.values()))
        least = Fraction(total) / (wafer.width * wafer.height)
        slowest = max(map(work, self.instance.kernels.values()), default=Fraction(1))
        low, high = 0, 1
        while least * _limit_factor(high) < slowest:
            high *= 2
        if not self._fits(self._scaled(least, high)):
            return None
        while high - low > 1 and not self.stop():
            middle = (low + high) // 2
            low, high = (low, middle) if self._fits(self._scaled(least, middle)) else (middle, high)
        return self._scaled(least, high)

    def plans(self, time: int) -> Iterator[_Plan]:
        """Yield what fits at a cycle limit, with its largest time taken to be the limit."""
        curves = self._curves(time)
        settings = self.instance.settings
        for shelves in _SHELVES if curves is not None else ():
            found = self._filled(curves, shelves)
            if found is None:
                continue
            room = settings.height // shelves
            u, v, count = self.edges.T
            across = np.abs((found.x + found.width / 2)[u] - (found.x + found.width / 2)[v])
            wire = float((count * (across + room * np.abs(found.shelf[u] - found.shelf[v]))).sum())
            cost = settings.wdeltat * time / self.instance.time_scale + settings.wlength * wire
            yield _Plan(cost, time, shelves)

    def placement(self, plan: _Plan) -> Placement:
        """Return the placement of a plan."""
        curves = self._curves(plan.time, lambda: False)
        found = self._filled(curves, plan.shelves)
        assert found is not None
        room = self.instance.settings.height // plan.shelves
        shapes = [table.shape(self._time(table, plan.time), room) for table in self.tables]
        kernels = self.instance.kernels
        return Placement(
            PlacedKernel(name, kernels[name], shapes[kind][0], int(x), int(shelf) * room, shapes[kind][1])
            for name, kind, x, shelf in zip(self.order, self.kinds, found.x, found.shelf, strict=True)
        )

    def _scaled(self, least: Fraction, exponent: int) -> int:
        return scaled(self.instance, least * _limit_factor(exponent)) + 1

    def _fits(self, time: int) -> bool:
        curves = self._curves(time)
        return curves is not None and any(self._filled(curves, shelves) for shelves in _SHELVES)

    def _curves(self, time: int, stop: Callable[[], bool] | None = None) -> IntArray | None:
        """Return the least width of each kind for each room in height; None once stopped."""
        curves = []
        for table in self.tables:
            if (stop or self.stop)():
                return None
            curves.append(table.curve(self._time(table, time)))
        return np.array(curves)

    def _time(self, table: SplitTable, time: int) -> int:
        return time * table.scale // self.instance.time_scale

    def _filled(self, curves: IntArray | None, shelves: int) -> _Shelved | None:
        """Return the kernels on so many shelves at most; None if they do not fit."""
        wafer = self.instance.settings
        room = wafer.height // shelves
        if curves is None or room == 0:
            return None
        width = curves[:, room][self.kinds]
        if len(width) == 0 or width.max() > wafer.width:
            return None
        ends = np.cumsum(width)
        shelf, x = np.zeros(len(width), np.int64), ends - width
        first = used = 0
        while first < len(width):
            if used == shelves:
                return None
            last = int(np.searchsorted(ends, x[first] + wafer.width, side="right"))
            shelf[first:last] = used
            starts = x[first:last] - x[first]
            first, used = last, used + 1
            x[last - len(starts) : last] = wafer.width - starts - width[last - len(starts) : last]
            if used % 2:
                x[last - len(starts) : last] = starts
        return _Shelved(shelf, x, width)


def _limit_factor(exponent: int) -> Fraction:
    return Fraction(_RATIO).limit_denominator(10) ** exponent


class SplitTable:
    """The useful (h, w, level) of a kernel up to a height, and what each allows at a cycle limit.

    At a level c all convolutions of a block take c, or their number of channels if that is less.
    """

    def __init__(self, kernel: Kernel, height: int, memlimit: int) -> None:
        self.kernel, self.height, self.memlimit = kernel, height, memlimit
        self.scale = max(conv.T**2 for conv in convs(kernel))
        parts = convs(kernel)
        h, w = (
            useful_splits(lengths, height // 2) for lengths in ({p.H for p in parts}, {p.W for p in parts})
        )
        c = useful_splits({part.C for part in parts}, height)
        rows, columns = np.repeat(h, len(w)), np.tile(w, len(h))
        levels = np.searchsorted(c, height // (rows * columns) - 1, side="right")
        self.h, self.w = np.repeat(rows, levels), np.repeat(columns, levels)
        starts = np.repeat(np.cumsum(levels) - levels, levels)
        self.c = c[np.arange(len(starts)) - starts]

    def splits(self, time: int) -> tuple[IntArray, IntArray, IntArray]:
        """Return the least k of each convolution (a row each), and width and height, at a cycle limit.

        `time` is in 1 / scale cycles. Where nothing is possible the width is large.
        """
        least = np.array([self._least_k(i, time) for i in range(len(convs(self.kernel)))])
        height = np.max([self.h * self.w * (np.minimum(self.c, p.C) + 1) for p in convs(self.kernel)], axis=0)
        return least, np.minimum(3 * least.sum(axis=0), _NONE), height

    def curve(self, time: int) -> IntArray:
        """Return the least width, either way round, for each room in height from 0 to `height`."""
        _, width, height = self.splits(time)
        curve = np.full(self.height + 1, _NONE)
        np.minimum.at(curve, height, width)
        low = width <= self.height
        np.minimum.at(curve, width[low], height[low])
        return np.minimum.accumulate(curve)

    def shape(self, time: int, room: int) -> tuple[Arguments, bool]:
        """Return the arguments of the narrowest shape in a room, and whether it is rotated."""
        least, width, height = self.splits(time)
        upright = np.where(height <= room, width, _NONE)
        turned = np.where(width <= room, height, _NONE)
        rotated = bool(turned.min() < upright.min())
        at = int((turned if rotated else upright).argmin())
        c = tuple(min(int(self.c[at]), conv.C) for conv in convs(self.kernel))
        return Arguments(int(self.h[at]), int(self.w[at]), c, tuple(map(int, least[:, at]))), rotated

    def _least_k(self, i: int, time: int) -> IntArray:
        """Return the least k of a convolution within time and memory, or `_NONE`."""
        conv = convs(self.kernel)[i]
        h, w, c = self.h, self.w, np.minimum(self.c, conv.C)
        trips = min(time * conv.T**2 // (self.scale * conv.R * conv.S), _MANY)
        left = trips // (-(-conv.H // h) * -(-conv.W // w) * -(-conv.C // c))
        halo = (conv.W + conv.S - 1) * (conv.H + conv.R - 1)
        need = conv.K * (conv.C * conv.R * conv.S * h * w + halo * c)
        by_time = -(-conv.K // np.maximum(left, 1))
        by_memory = -(-need // (self.memlimit * c * h * w))
        return np.where(left < 1, _NONE, np.maximum(by_time, by_memory))


def useful_splits(lengths: set[int], most: int) -> IntArray:
    """Return the splits up to a number at which some loop makes fewer trips than at the one before, and 1."""
    split = np.arange(1, min(most, max(lengths)) + 1)
    useful = split == 1
    for length in lengths:
        trips = -(-length // split)
        useful[1:] |= trips[1:] < trips[:-1]
    found: IntArray = split[useful]
    return found


def topological_order(instance: Instance) -> list[str]:
    """Return the kernels along the data flow, going on with the last one's successors where possible."""
    waiting = dict.fromkeys(instance.kernels, 0)
    after: dict[str, list[str]] = {name: [] for name in instance.kernels}
    for producer, consumer, _ in instance.kernel_edges:
        waiting[consumer] += 1
        after[producer].append(consumer)
    ready = [name for name in reversed(list(waiting)) if waiting[name] == 0]
    order = []
    while ready:
        order.append(ready.pop())
        for name in reversed(after[order[-1]]):
            waiting[name] -= 1
            if waiting[name] == 0:
                ready.append(name)
    return order
