"""The linear programme of a region: shapes as means of those that are left, centres, what keeps kernels apart.

Its multipliers are rounded to integers; any integers are valid, these are nearly the best.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from wse_cp.bounds.proof.listing import HEIGHT, ODD_WIDTH, TIME, WIDTH
from wse_cp.bounds.proof.prices import Flow, Money, Prices
from wse_cp.bounds.proof.region import Region
from wse_cp.shapes.arrays import FloatArray, IntArray

#: What a placement costs in the programme, about; how many times that a tile costs that lacks.
_SCALE, _LACK = 1e4, 40.0


@dataclass(frozen=True, eq=False)
class Solved:
    """A solution of a region's programme, and its multipliers rounded."""

    value: float  #: 1 / D cost units
    lack: float  #: tiles by which the wafer is too small
    prices: Prices
    centres: FloatArray  #: half tiles, (2, kernels)
    extents: FloatArray  #: tiles, (2, kernels): means
    late: float  #: largest time (1 / time_scale cycles)
    shares: tuple[
        tuple[IntArray, FloatArray], ...
    ]  #: rows of each kernel's shapes in the mean, and their shares


class Relaxation:
    """The programmes of an instance's regions."""

    def __init__(self, money: Money) -> None:
        self._money = money
        wafer = money.instance.settings
        self._sides = np.array([wafer.width, wafer.height], float)

    def solve(self, region: Region, scale: float) -> Solved | None:
        """Return the solution of the programme of a region that is not empty; None where the solver fails.

        A placement costs about `scale` (1 / D cost units); a tile that lacks on the wafer costs many times that.
        """
        return _Programme(self._money, region, self._sides, max(scale, 1.0) / _SCALE).solve()


class _Programme:
    """One linear programme. Variables: centres, extents, times, wires, the lack; then the shapes' shares."""

    def __init__(self, money: Money, region: Region, sides: FloatArray, scale: float) -> None:
        self.money, self.region, self.sides, self.scale = money, region, sides, scale
        self.count, self.edges = len(region.shapes), len(money.edges)
        n, e = self.count, self.edges
        self.centre = lambda axis, i: axis * n + i
        self.extent = lambda axis, i: (2 + axis) * n + i
        self.short = lambda i: 4 * n + i
        self.wire = lambda axis, k: 5 * n + axis * e + k
        self.time, self.lack, self.first = 5 * n + 2 * e, 5 * n + 2 * e + 1, 5 * n + 2 * e + 2
        self.entries: list[tuple[int, int, float]] = []
        self.limits: list[float] = []
        self.shapes = [_undominated(rows, region.start) for rows in region.shapes]

    def row(self, limit: float, *terms: tuple[int, float]) -> int:
        """Add sum(terms) <= limit; return its number."""
        number = len(self.limits)
        self.entries += [(number, column, value) for column, value in terms]
        self.limits.append(limit)
        return number

    def solve(self) -> Solved | None:
        n, e, region = self.count, self.edges, self.region
        for axis in (0, 1):
            for i in range(n):
                self.row(0.0, (self.extent(axis, i), 1.0), (self.centre(axis, i), -1.0))
                self.row(
                    2 * self.sides[axis],
                    *((self.extent(axis, i), 1.0), (self.centre(axis, i), 1.0), (self.lack, -2.0)),
                )
        ahead, back, apart, shorts = (np.full((2, e), -1) for _ in range(4))
        for k, (u, v, _) in enumerate(self.money.edges):
            for axis in (0, 1):
                u_at, v_at, wire = self.centre(axis, u), self.centre(axis, v), self.wire(axis, k)
                ahead[axis, k] = self.row(0.0, (v_at, 1.0), (u_at, -1.0), (wire, -1.0))
                back[axis, k] = self.row(0.0, (v_at, -1.0), (u_at, 1.0), (wire, -1.0))
            axis_of = region.axes.get((min(u, v), max(u, v)))
            if axis_of is None:
                shorts[0, k] = self.row(
                    0.0,
                    *((self.short(u), 1.0), (self.short(v), 1.0)),
                    *((self.wire(0, k), -1.0), (self.wire(1, k), -1.0)),
                )
            else:
                ends = (self.extent(axis_of, u), 1.0), (self.extent(axis_of, v), 1.0)
                apart[axis_of, k] = self.row(0.0, *ends, (self.wire(axis_of, k), -1.0))
        orders = []
        for pair, one in region.orders.items():
            axis, other = region.axes[pair], sum(pair) - one
            ends = (self.extent(axis, one), 1.0), (self.extent(axis, other), 1.0)
            centres = (self.centre(axis, one), 1.0), (self.centre(axis, other), -1.0)
            orders.append((one, other, axis, self.row(0.0, *ends, *centres)))
        cliques = [(axis, members, self._clique(axis, members)) for axis, members in region.cliques()]
        area = self.row(float(self.sides[0] * self.sides[1]), (self.lack, -float(self.sides.sum())))
        times = [self.row(0.0, (self.time, -1.0)) for _ in range(n)]
        costs, a_eq, b_eq = self._shares(area, times)
        bounds = np.zeros((len(costs), 2))
        bounds[:, 1] = np.inf
        self._odd(bounds)
        rows, columns, values = np.array(self.entries).T
        matrix = csr_array(
            (values, (rows.astype(np.int64), columns.astype(np.int64))), shape=(len(self.limits), len(costs))
        )
        found = linprog(
            costs, A_ub=matrix, b_ub=self.limits, A_eq=a_eq, b_eq=b_eq, bounds=bounds, method="highs-ds"
        )
        if found.status != 0:
            return None
        duals = -np.asarray(found.ineqlin.marginals) * self.scale
        x = np.asarray(found.x)
        flows = self._flows(duals, ahead, back, apart, shorts)
        late = [_whole(duals[row]) for row in times]
        late = _capped(late, self.money.time)
        prices = Prices(
            tuple(late),
            _whole(duals[area]),
            flows,
            tuple((i, j, axis, _whole(duals[row])) for i, j, axis, row in orders if _whole(duals[row])),
            tuple((axis, m, _whole(duals[row])) for axis, m, row in cliques if _whole(duals[row])),
        )
        shares, at = [], self.first
        for rows_of in self.shapes:
            part = x[at : at + len(rows_of)]
            at += len(rows_of)
            used = part > 1e-7
            shares.append((rows_of[used], part[used]))
        return Solved(
            float(found.fun) * self.scale + self.money.time * region.start,
            float(x[self.lack]),
            prices,
            x[: 2 * n].reshape(2, n),
            x[2 * n : 4 * n].reshape(2, n),
            float(x[self.time]) + region.start,
            tuple(shares),
        )

    def _clique(self, axis: int, members: tuple[int, ...]) -> int:
        return self.row(
            float(self.sides[axis]), *((self.extent(axis, i), 1.0) for i in members), (self.lack, -1.0)
        )

    def _shares(self, area: int, times: list[int]) -> tuple[FloatArray, csr_array, FloatArray]:
        """Add the shapes' shares to the rows; return the costs of variables and the equations."""
        total = self.first + sum(map(len, self.shapes))
        costs = np.zeros(total)
        costs[self.time], costs[self.lack] = self.money.time / self.scale, _LACK * _SCALE
        for k, wire in enumerate(self.money.edges):
            costs[[self.wire(0, k), self.wire(1, k)]] = wire.count * self.money.wire / self.scale
        n, at = self.count, self.first
        equations = np.zeros((4 * n, total))
        ones = np.zeros(4 * n)
        for i, rows in enumerate(self.shapes):
            columns = slice(at, at + len(rows))
            w, h = rows[:, WIDTH], rows[:, HEIGHT]
            for line, column, values in (
                (4 * i, self.extent(0, i), w),
                (4 * i + 1, self.extent(1, i), h),
                (4 * i + 2, self.short(i), np.minimum(w, h)),
            ):
                equations[line, columns], equations[line, column] = values, -1.0
            equations[4 * i + 3, columns], ones[4 * i + 3] = 1.0, 1.0
            late = np.maximum(rows[:, TIME] - self.region.start, 0)
            numbers = range(at, at + len(rows))
            self.entries += zip([area] * len(rows), numbers, (w * h).tolist(), strict=True)
            self.entries += zip([times[i]] * len(rows), numbers, late.tolist(), strict=True)
            at += len(rows)
        return costs, csr_array(equations), ones

    def _odd(self, bounds: FloatArray) -> None:
        """Keep centres half a tile apart where all shapes left at the ends of a wire differ in parity."""
        for k, (u, v, _) in enumerate(self.money.edges):
            for axis in (0, 1):
                ends = [np.unique(self.region.shapes[i][:, ODD_WIDTH + axis]) for i in (u, v)]
                if len(ends[0]) == len(ends[1]) == 1 and ends[0] != ends[1]:
                    bounds[self.wire(axis, k), 0] = 1.0

    def _flows(
        self, duals: FloatArray, ahead: IntArray, back: IntArray, apart: IntArray, shorts: IntArray
    ) -> tuple[Flow, ...]:
        found = []
        for k, (_, _, count) in enumerate(self.money.edges):
            left, short = [count * self.money.wire] * 2, 0
            if shorts[0, k] >= 0:
                short = min(_whole(duals[shorts[0, k]]), left[0])
            left = [x - short for x in left]
            along, extents = [], []
            for axis in (0, 1):
                row = apart[axis, k]
                extents.append(min(_whole(duals[row]), left[axis]) if row >= 0 else 0)
                flow = round(duals[ahead[axis, k]] - duals[back[axis, k]])
                room = left[axis] - extents[axis]
                along.append(min(max(flow, -room), room))
            found.append(Flow(*along, short, *extents))
        return tuple(found)


def _whole(value: float) -> int:
    return max(round(value), 0)


def _capped(values: list[int], most: int) -> list[int]:
    """Return the values, lessened where their sum exceeds `most`."""
    over = sum(values) - most
    for i, value in enumerate(values):
        if over > 0:
            values[i] = max(value - over, 0)
            over -= value - values[i]
    return values


def _undominated(rows: IntArray, start: int) -> IntArray:
    """Return the rows that no smaller one is as fast as, times before `start` counting as that."""
    late = np.maximum(rows[:, TIME], start)
    order = np.lexsort((late, rows[:, HEIGHT], rows[:, WIDTH]))
    rows, late = rows[order], late[order]
    height = int(rows[:, HEIGHT].max())
    kept: list[int] = []
    least = np.full(height + 1, np.iinfo(np.int64).max)  # least time of no larger width, up to each height
    for i, (h, time) in enumerate(zip(rows[:, HEIGHT].tolist(), late.tolist(), strict=True)):
        if least[h] > time:
            kept.append(i)
            least[h:] = np.minimum(least[h:], time)
    return rows[kept]
