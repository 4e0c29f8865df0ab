"""The linear programme of a region: shapes as means of those left, centres, what keeps kernels apart.

Variables: centres (half tiles), extents and shorter sides (tiles), wires along each axis (half tiles), the
largest time, the tiles that the wafer lacks; the shares of a split's values at the source of a wire that
its target lacks; then the share of each shape in its kernel's mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from wse_cp.bounds.proof.listing import HEIGHT, ODD_WIDTH, TIME, WIDTH
from wse_cp.bounds.proof.prices import SPLITS, Money
from wse_cp.bounds.proof.region import Region
from wse_cp.shapes.arrays import FloatArray, IntArray

#: What a placement costs in the programme, about; how many times that a tile costs that lacks.
SCALE, _LACK = 1e4, 40.0

Term = tuple[int, float]


class Programme:
    """The rows of a programme, each sum(terms) <= limit, and where they are.

    Parameters
    ----------
    shapes
        Those of the region that the programme knows, at least one of each kernel.
    scale
        1 / D cost units that are one in the programme.
    """

    def __init__(self, money: Money, region: Region, shapes: Sequence[IntArray], scale: float) -> None:
        self.money, self.region, self.shapes, self.scale = money, region, shapes, scale
        self.count, self.edges = len(region.shapes), len(money.edges)
        self.time = 5 * self.count + 2 * self.edges
        self.lack = self.time + 1
        self._entries: list[tuple[int, int, float]] = []
        self.limits: list[float] = []
        wafer = money.instance.settings
        self._sides = float(wafer.width), float(wafer.height)
        self._walls()
        rows = [self._wire(k) for k in range(self.edges)]
        self.ahead, self.back = [row[0] for row in rows], [row[1] for row in rows]
        self.apart = [self._apart(k) for k in range(self.edges)]
        self.orders = [self._order(pair, one) for pair, one in region.orders.items()]
        self.cliques = [(axis, members, self._clique(axis, members)) for axis, members in region.cliques()]
        self.area = self._row(self._sides[0] * self._sides[1], (self.lack, -sum(self._sides)))
        self.times = [self._row(0.0, (self.time, -1.0)) for _ in range(self.count)]
        self.differences = [item for k in range(self.edges) for item in self._differing(k)]
        self.first = self.lack + 1 + len(self.differences)

    def centre(self, axis: int, i: int) -> int:
        """Return the number of a kernel's centre."""
        return axis * self.count + i

    def extent(self, axis: int, i: int) -> int:
        """Return the number of a kernel's extent."""
        return (2 + axis) * self.count + i

    def wire(self, axis: int, k: int) -> int:
        """Return the number of a wire's length along an axis."""
        return 5 * self.count + axis * self.edges + k

    def _row(self, limit: float, *terms: Term) -> int:
        number = len(self.limits)
        self._entries += [(number, column, value) for column, value in terms]
        self.limits.append(limit)
        return number

    def _walls(self) -> None:
        for axis in (0, 1):
            for i in range(self.count):
                extent, centre = self.extent(axis, i), self.centre(axis, i)
                self._row(0.0, (extent, 1.0), (centre, -1.0))
                self._row(2 * self._sides[axis], (extent, 1.0), (centre, 1.0), (self.lack, -2.0))

    def _wire(self, k: int) -> tuple[tuple[int, int], tuple[int, int]]:
        """Make a wire as long as its ends are apart, in either direction."""
        found = []
        for sign in (1.0, -1.0):
            rows = []
            for axis in (0, 1):
                u, v = (
                    self.centre(axis, self.money.edges[k].source),
                    self.centre(axis, self.money.edges[k].target),
                )
                rows.append(self._row(0.0, (v, sign), (u, -sign), (self.wire(axis, k), -1.0)))
            found.append((rows[0], rows[1]))
        return found[0], found[1]

    def _apart(self, k: int) -> tuple[int | None, int]:
        """Keep the ends of a wire apart along the axis decided on, or by the shorter sides (axis None)."""
        u, v, _ = self.money.edges[k]
        axis = self.region.axes.get((min(u, v), max(u, v)))
        if axis is None:
            wires = (self.wire(0, k), -1.0), (self.wire(1, k), -1.0)
            return None, self._row(0.0, (4 * self.count + u, 1.0), (4 * self.count + v, 1.0), *wires)
        ends = (self.extent(axis, u), 1.0), (self.extent(axis, v), 1.0)
        return axis, self._row(0.0, *ends, (self.wire(axis, k), -1.0))

    def _order(self, pair: tuple[int, int], one: int) -> tuple[int, int, int, int]:
        axis, other = self.region.axes[pair], sum(pair) - one
        ends = (self.extent(axis, one), 1.0), (self.extent(axis, other), 1.0)
        centres = (self.centre(axis, one), 1.0), (self.centre(axis, other), -1.0)
        return one, other, axis, self._row(0.0, *ends, *centres)

    def _clique(self, axis: int, members: tuple[int, ...]) -> int:
        return self._row(
            self._sides[axis], *((self.extent(axis, i), 1.0) for i in members), (self.lack, -1.0)
        )

    def _differing(self, k: int) -> Iterator[Difference]:
        """Yield what the shares of each value of a split at the source exceed those at the target by."""
        u, v, many = self.money.edges[k]
        for split, (one, other) in enumerate(SPLITS if self.money.adapter else ()):
            here, there = self.shapes[u][:, one], self.shapes[v][:, other]
            for value in np.unique(here).tolist():
                yield Difference(
                    u, v, here == value, there == value, many * self.money.adapter, k, split, value
                )

    def costs(self) -> FloatArray:
        """Return the cost of each variable."""
        costs = np.zeros(self.first + sum(map(len, self.shapes)))
        costs[self.lack + 1 : self.first] = [item.cost / self.scale for item in self.differences]
        costs[self.time], costs[self.lack] = self.money.time / self.scale, _LACK * SCALE
        for k, wire in enumerate(self.money.edges):
            costs[[self.wire(0, k), self.wire(1, k)]] = wire.many * self.money.wire / self.scale
        return costs

    def bounds(self, total: int) -> FloatArray:
        """Return the limits of each variable.

        Centres are half a tile apart where all shapes left at the ends of a wire differ in parity.
        """
        bounds = np.zeros((total, 2))
        bounds[:, 1] = np.inf
        for axis in (0, 1):
            odd = [rows[:, ODD_WIDTH + axis] for rows in self.region.shapes]
            same = [int(values[0]) if (values == values[0]).all() else None for values in odd]
            for k, (u, v, _) in enumerate(self.money.edges):
                if same[u] is not None and same[v] is not None and same[u] != same[v]:
                    bounds[self.wire(axis, k), 0] = 1.0
        return bounds

    def matrices(self, total: int) -> tuple[csr_array, csr_array]:
        """Return the rows, the shapes' areas and times included, and the equations that shares obey."""
        starts = self.first + np.cumsum([0, *map(len, self.shapes)])
        numbers = [np.arange(a, b) for a, b in pairwise(starts.tolist())]
        entries, equations = [np.array(self._entries)], []
        for i, (rows, at) in enumerate(zip(self.shapes, numbers, strict=True)):
            w, h = rows[:, WIDTH], rows[:, HEIGHT]
            late = np.maximum(rows[:, TIME] - self.region.start, 0)
            entries += [_line(self.area, at, w * h), _line(self.times[i], at, late)]
            columns = self.extent(0, i), self.extent(1, i), 4 * self.count + i
            for line, (column, values) in enumerate(zip(columns, (w, h, np.minimum(w, h)), strict=True)):
                equations += [np.array([[4 * i + line, column, -1.0]]), _line(4 * i + line, at, values)]
            equations.append(_line(4 * i + 3, at, np.ones(len(rows))))
        limits = len(self.limits)
        for k, item in enumerate(self.differences):
            here, there = numbers[item.source][item.here], numbers[item.target][item.there]
            entries += [
                _line(limits + k, here, np.ones(len(here))),
                _line(limits + k, there, -np.ones(len(there))),
            ]
            entries.append(np.array([[limits + k, self.lack + 1 + k, -1.0]]))
        size = limits + len(self.differences)
        return _sparse(entries, (size, total)), _sparse(equations, (4 * self.count, total))

    def most(self) -> FloatArray:
        """Return the limits of the rows."""
        return np.concatenate([self.limits, np.zeros(len(self.differences))])


class Difference(NamedTuple):
    """A value of a split: which shapes at the ends of a wire have it, and what it costs if only one has."""

    source: int
    target: int
    here: NDArray[np.bool_]
    there: NDArray[np.bool_]
    cost: int  #: 1 / D cost units
    wire: int
    split: int
    value: int


def _line(row: int, columns: IntArray, values: IntArray | FloatArray) -> FloatArray:
    return np.column_stack([np.full(len(columns), float(row)), columns, values])


def _sparse(entries: list[FloatArray], shape: tuple[int, int]) -> csr_array:
    rows, columns, values = np.concatenate(entries).T
    return csr_array((values, (rows.astype(np.int64), columns.astype(np.int64))), shape=shape)


def undominated(rows: IntArray, start: int) -> IntArray:
    """Return the rows that no smaller one is as fast as, times before `start` counting as that."""
    late = np.maximum(rows[:, TIME], start)
    order = np.lexsort((late, rows[:, HEIGHT], rows[:, WIDTH]))
    rows, late = rows[order], late[order]
    kept: list[int] = []
    # the least time of no larger width, up to each height
    least = np.full(int(rows[:, HEIGHT].max()) + 1, np.iinfo(np.int64).max)
    for i, (h, time) in enumerate(zip(rows[:, HEIGHT].tolist(), late.tolist(), strict=True)):
        if least[h] > time:
            kept.append(i)
            least[h:] = np.minimum(least[h:], time)
    return rows[kept]
