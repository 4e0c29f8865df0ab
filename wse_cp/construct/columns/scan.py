"""Good rows over linear orders, cycle limits and numbers of rows, cheapest promising limits first.

Each plan is a partition into columns and a cut into rows, put into a state once, so that its wire is exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from wse_cp.construct.columns.arrangement import Arrangement, boustrophedon
from wse_cp.construct.columns.cut import Partitions, Rows, cut_into_rows
from wse_cp.construct.columns.evaluate import equal_rows, rows_wire
from wse_cp.construct.columns.heights import anneal_heights, fill_rows
from wse_cp.construct.columns.partition import partition
from wse_cp.construct.columns.problem import ColumnProblem
from wse_cp.construct.columns.retime import retimed
from wse_cp.construct.cycle_limits import rounded_up
from wse_cp.construct.random import new_random
from wse_cp.shapes.arrays import IntArray

#: Numbers of rows: each up to the first, then each so many times the one before, up to rows so low (tiles).
_EACH, _RATIO, _LOWEST = 16, 1.16, 4
#: Cycle limits relative to the best when it is refined.
_CLOSE = tuple(1 + step / 1000 for step in range(-12, 13, 2))
#: Heights of rows that may differ: up to so many times equal ones, or a part; how many between.
_SPREADS, _HEIGHTS = (1.6, 3.0), 30
#: Ways to cut columns: kernels in one at most, price of a tile of width relative to the mean cut.
_WAYS = ((1, 0.0), (3, 100.0))
#: Heights are annealed if a plan costs at most so many times the best; in so many steps for each kernel's
#: share, or the fewest; first and last temperature relative to the height of the wafer.
_PROMISING, _STEPS, _FEWEST, _TEMPERATURES = 1.1, 500_000, 30, (5.0, 0.05)
#: Heights of so many of the best plans are annealed for longer, in so many steps for all kernels together.
_FEW, _LONG_STEPS = 6, 8_000_000
#: How many plans are remembered.
_KEPT = 128


@dataclass(frozen=True)
class Plan:
    """An arrangement with its cycle limit and its cost, adapters not counted."""

    cost: Fraction
    limit: Fraction
    arrangement: Arrangement
    problem: ColumnProblem
    key: tuple[int, int, int] = (0, 0, 0)  #: order, way, number of rows

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return len(self.arrangement.heights)

    @property
    def wire_cost(self) -> Fraction:
        """What its wire costs."""
        return self.cost - self.problem.cost(self.limit, 0)

    def with_adapters(self, count: int) -> Plan:
        """Return the plan with an estimate of its adapters."""
        problem = replace(self.problem, adapters=count)
        more = (count - self.problem.adapters) * self.problem.instance.settings.wadapter
        return replace(self, cost=self.cost + more, problem=problem)


@dataclass
class ColumnScan:
    """Makes plans for an instance, and remembers the best.

    Parameters
    ----------
    problem
        One of the two ways to lay rows on the wafer.
    least
        The least cycle limit by area.
    orders
        Kernels by number, each a linear order.
    over
        Tells when to stop.
    """

    problem: ColumnProblem
    least: Fraction
    orders: list[IntArray]
    over: Callable[[], bool]
    seed: int = 0
    plans: list[Plan] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = new_random(self.seed)
        self._cuts: list[IntArray] = []
        self._edges: list[IntArray] = []
        given, self.orders = self.orders, []
        for order in given:
            self.add(order)

    def add(self, order: IntArray) -> int:
        """Add an order; return its number."""
        self.orders.append(order)
        self._cuts.append(self.problem.cuts(order))
        self._edges.append(self.problem.edges_along(order))
        return len(self.orders) - 1

    @property
    def best(self) -> Plan | None:
        """The cheapest plan so far."""
        return self.plans[0] if self.plans else None

    def equal_rows(self, order: int, counts: Sequence[int], limits: Iterable[Fraction]) -> Iterator[Plan]:
        """Yield plans in equal rows of single kernels at cycle limits; only those better than all before."""
        for limit in limits:
            if self._hopeless(limit):
                return
            for count in counts:
                if self.over():
                    return
                yield from self._equal(order, limit, count)

    def _equal(self, order: int, limit: Fraction, count: int) -> Iterator[Plan]:
        problem = self.problem
        curves, kinds = problem.curves(limit), problem.classes[self.orders[order]]
        starts = equal_rows(curves, kinds, count, problem.width, problem.height)
        if starts[-1]:
            heights = np.full(count, problem.height // count)
            rows = Rows(starts, heights, np.arange(len(kinds) + 1))
            yield from self._take(order, limit, rows, (order, 0, count))

    def unequal_rows(self, order: int, limits: Iterable[Fraction], counts: Sequence[int]) -> Iterator[Plan]:
        """Yield plans at cycle limits in rows that may differ in height; only those better than all before.

        The rows that reach furthest are found first; where they are promising their heights are annealed.
        """
        for limit in limits:
            if self._hopeless(limit):
                continue
            for way in range(len(_WAYS)):
                known: dict[int, tuple[IntArray, IntArray]] = {}
                for count in counts:
                    for spread in _SPREADS:
                        if self.over():
                            return
                        yield from self._unequal(order, way, limit, count, spread, known)

    def refined(self) -> Iterator[Plan]:
        """Yield better plans than the best: its columns at other limits, equal rows at limits close by."""
        best = self.best
        if best is None or self.over():
            return
        found = retimed(self.problem, best.arrangement, best.limit)
        if found is not None and found[0] < best.cost:
            cost, limit, arrangement = found
            plan = replace(best, cost=cost, limit=limit, arrangement=arrangement)
            self.plans.insert(0, plan)
            yield plan
        near = [rounded_up(self.problem.instance, best.limit * Fraction(factor)) for factor in _CLOSE]
        yield from self.equal_rows(best.key[0], [max(best.rows - 1, 1), best.rows, best.rows + 1], near)

    def heights_annealed(self) -> Iterator[Plan]:
        """Yield plans better than the best: heights of the best few annealed for longer, at close limits."""
        steps = max(_LONG_STEPS // len(self.problem.names), _FEWEST)
        single = [plan for plan in self.plans if not plan.key[1]]
        for plan in single[:_FEW]:
            for factor in _CLOSE[::3]:
                limit = rounded_up(self.problem.instance, plan.limit * Fraction(factor))
                if self.over() or self._hopeless(limit):
                    return
                yield from self._annealed(plan.key, limit, plan.arrangement.heights, steps)

    def counts(self) -> list[int]:
        """Return numbers of rows, ascending."""
        found, count = [], 1.0
        while self.problem.height / count >= _LOWEST and count <= len(self.problem.names):
            found.append(round(count))
            count = max(count * _RATIO, count + 1 if count < _EACH else 0)
        return list(dict.fromkeys(found))

    def limits(self, step: float, first: float = 1.0) -> Iterator[Fraction]:
        """Yield cycle limits that grow by a step, from `first` times the least by area."""
        factor = first
        while True:
            yield rounded_up(self.problem.instance, self.least * Fraction(factor))
            factor *= step

    def limits_outward(self, step: float) -> list[Fraction]:
        """Return cycle limits a step apart that may be better than the best, those closest to it first."""
        best, found = self.best, list[Fraction]()
        if best is None:
            return found
        for limit in self.limits(step, step):
            if self._hopeless(limit):
                return sorted(found, key=lambda limit: max(limit / best.limit, best.limit / limit))
            found.append(limit)
        return found

    def _hopeless(self, limit: Fraction) -> bool:
        best = self.best
        weight = self.problem.instance.settings.wdeltat
        if best is None:
            return limit > (1 << 40) * self.least
        return limit * weight >= best.cost or (not weight and limit > 64 * self.least)

    def _unequal(
        self,
        order: int,
        way: int,
        limit: Fraction,
        count: int,
        spread: float,
        known: dict[int, tuple[IntArray, IntArray]],
    ) -> Iterator[Plan]:
        """Make plans from rows of heights around equal ones; `known` are partitions made before."""
        problem, sequence = self.problem, self.orders[order]
        kinds = problem.classes[sequence]
        parts = self._partitions(order, way, limit, count, spread, known)
        rows = cut_into_rows(parts, problem.width, problem.height)
        if rows is None:
            return
        key = order, way, count
        cost = yield from self._take(order, limit, rows, key)
        best = self.best
        if way or best is None or cost > _PROMISING * best.cost:
            return
        yield from self._annealed(key, limit, rows.heights, max(_STEPS // len(kinds), _FEWEST))

    def _annealed(
        self, key: tuple[int, int, int], limit: Fraction, heights: IntArray, steps: int
    ) -> Iterator[Plan]:
        """Make a plan from annealed heights of rows of single kernels."""
        problem, order = self.problem, key[0]
        curves, kinds = problem.curves(limit), problem.classes[self.orders[order]]
        found = anneal_heights(
            curves,
            kinds,
            self._edges[order],
            heights,
            problem.width,
            problem.height,
            self._random,
            steps,
            *(factor * problem.height for factor in _TEMPERATURES),
        )
        starts = fill_rows(curves, kinds, found, problem.width)
        if starts[-1] == len(kinds):
            yield from self._take(order, limit, Rows(starts, found, np.arange(len(kinds) + 1)), key)

    def _partitions(
        self,
        order: int,
        way: int,
        limit: Fraction,
        count: int,
        spread: float,
        known: dict[int, tuple[IntArray, IntArray]],
    ) -> Partitions:
        problem, cuts, (most, price) = self.problem, self._cuts[order], _WAYS[way]
        kinds, equal = problem.classes[self.orders[order]], problem.height / count
        heights = np.geomspace(equal / spread, equal * spread, _HEIGHTS).astype(np.int64)
        heights = np.unique(np.clip(heights, _LOWEST, problem.height))
        for height in heights.tolist():
            if height not in known:
                known[height] = partition(
                    problem.curves(limit),
                    kinds,
                    cuts,
                    height,
                    most,
                    price * float(cuts.mean()),
                    problem.width,
                )
        found = zip(*(known[height] for height in heights.tolist()), strict=True)
        return Partitions(heights, *(np.stack(arrays) for arrays in found))

    def _take(
        self, order: int, limit: Fraction, rows: Rows, key: tuple[int, int, int]
    ) -> Generator[Plan, None, float]:
        """Remember a plan if it is among the best; yield it if it is the best so far. Return its cost."""
        problem, sequence = self.problem, self.orders[order]
        curves = problem.curves(limit)
        wire2 = rows_wire(curves, problem.classes[sequence], self._edges[order], rows, problem.width)
        if wire2 < 0:
            return math.inf
        cost = problem.cost(limit, wire2)
        if len(self.plans) < _KEPT or cost < self.plans[-1].cost:
            better = self.best is None or cost < self.best.cost
            plan = Plan(cost, limit, boustrophedon(sequence, rows, problem.width), problem, key)
            self.plans = sorted([*self.plans, plan], key=lambda plan: plan.cost)[:_KEPT]
            if better:
                yield plan
        return float(cost)
