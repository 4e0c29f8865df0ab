"""The linear programme of a region: shapes as means of those left, centres, what keeps kernels apart.

Variables: centres (half tiles), extents and shorter sides (tiles), wires along each axis (half tiles), the
largest time, the tiles that the wafer lacks; the shares of a split's values at the source of a wire that
its target lacks; then the share of each shape in its kernel's mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.sparse import csr_matrix

from wse_cp.bounds.proof.differences import differences_of
from wse_cp.bounds.proof.listing import HEIGHT, ODD_WIDTH, TIME, WIDTH
from wse_cp.bounds.proof.prices import Money
from wse_cp.bounds.proof.region import Region
from wse_cp.bounds.proof.simplex import LinearProgramme
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
        self.differences = differences_of(money, shapes)
        self.first = self.lack + 1 + len(self.differences.costs)

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

    def costs(self) -> FloatArray:
        """Return the cost of each variable."""
        costs = np.zeros(self.first + sum(map(len, self.shapes)))
        costs[self.lack + 1 : self.first] = self.differences.costs / self.scale
        costs[self.time], costs[self.lack] = self.money.time / self.scale, _LACK * SCALE
        for k, wire in enumerate(self.money.edges):
            costs[[self.wire(0, k), self.wire(1, k)]] = wire.many * self.money.wire / self.scale
        return costs

    def least(self, total: int) -> FloatArray:
        """Return the lower limit of each variable.

        Centres are half a tile apart where all shapes left at the ends of a wire differ in parity.
        """
        least = np.zeros(total)
        for axis in (0, 1):
            odd = [rows[:, ODD_WIDTH + axis] for rows in self.region.shapes]
            same = [int(values[0]) if (values == values[0]).all() else None for values in odd]
            for k, (u, v, _) in enumerate(self.money.edges):
                if same[u] is not None and same[v] is not None and same[u] != same[v]:
                    least[self.wire(axis, k)] = 1.0
        return least

    def whole(self) -> LinearProgramme:
        """Return the programme: its rows, those of differences, four equations of each kernel's shares."""
        costs = self.costs()
        total, limits = len(costs), len(self.limits) + len(self.differences.costs)
        rows, columns, values = np.concatenate([np.array(self._entries).T, *self._shares(limits)], axis=1)
        matrix = csr_matrix(
            (values, (rows.astype(np.int64), columns.astype(np.int64))),
            shape=(limits + 4 * self.count, total),
        )
        equations = np.tile([0.0, 0.0, 0.0, 1.0], self.count)
        low = np.concatenate([np.full(limits, -np.inf), equations])
        high = np.concatenate([self.limits, np.zeros(limits - len(self.limits)), equations])
        return LinearProgramme(costs, self.least(total), np.full(total, np.inf), matrix, low, high)

    def _shares(self, limits: int) -> Iterator[FloatArray]:
        """Yield rows, columns and values of the shares, and of what their equations have besides."""
        kernel = np.repeat(np.arange(self.count), [len(rows) for rows in self.shapes])
        table = np.concatenate(self.shapes)
        at = self.first + np.arange(len(table))
        w, h = table[:, WIDTH], table[:, HEIGHT]
        late = np.maximum(table[:, TIME] - self.region.start, 0)
        yield _lines(self.area, at, w * h)
        yield _lines(np.array(self.times)[kernel], at, late)
        line = limits + 4 * kernel
        for k, amount in enumerate((w, h, np.minimum(w, h), np.ones(len(table)))):
            yield _lines(line + k, at, amount)
        line = limits + 4 * np.arange(self.count)
        for k, first in enumerate((self.extent(0, 0), self.extent(1, 0), 4 * self.count)):
            yield _lines(line + k, first + np.arange(self.count), -1.0)
        differences = self.differences
        number = len(self.limits) + np.arange(len(differences.costs))
        yield _lines(number, self.lack + 1 + np.arange(len(number)), -1.0)
        yield _lines(len(self.limits) + differences.rows, self.first + differences.columns, differences.signs)


def _lines(rows: IntArray | int, columns: IntArray, values: IntArray | FloatArray | float) -> FloatArray:
    found = np.empty((3, len(columns)))
    found[0], found[1], found[2] = rows, columns, values
    return found


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
