"""The cheapest capped stacks over orders, sizes of the cap and cycle limits T, adapters not counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from wse_cp.clock import WALL, Clock
from wse_cp.construct.capped.plan import CappedOrder
from wse_cp.construct.cycle_limits import ascending_limits, rounded_up
from wse_cp.construct.orders import Order
from wse_cp.construct.rows.build import realised
from wse_cp.construct.rows.layout import edge_array, wafer
from wse_cp.construct.rows.scan import Candidate
from wse_cp.instance import Instance
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.curves import shape_curves

#: Steps of the refinement below a good cycle limit.
_STEPS = (0.02, 0.01, 0.005, 0.0025, 0.0012)
#: How many of the best are refined, and how many rows more or fewer their caps get then.
_REFINED, _MORE = 3, 2
#: Where the middle of a cap is tried in the end, as shares of the width.
_CENTERS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)
#: Seconds that a plan takes per kernel, roughly.
_WORK = 2e-5


class _Way(NamedTuple):
    """Number of the order, and whether the wafer is transposed."""

    order: int
    transposed: bool


#: A way, a cycle limit, and how many strips.
_Key = tuple[_Way, Fraction, int]


class CappedSearch:
    """Plans of capped stacks, remembered.

    Parameters
    ----------
    choice
        Orders; a cap is made of their first kernels or of their last.
    least
        The least time by area (cycles): nothing fits below.
    most
        A plan that costs this much without adapters is of no use.
    stopped
        Asked before each further plan; if true, the search ends with what it has.
    """

    def __init__(
        self,
        instance: Instance,
        choice: Sequence[Order],
        least: Fraction,
        most: Fraction,
        clock: Clock = WALL,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._instance, self._least = instance, least
        self._most = self._worth = most
        self._clock, self._stopped = clock, stopped
        both = dict.fromkeys(way for order in choice for way in (order, order[::-1]))
        self._orders = [CappedOrder(order, edge_array(instance, order)) for order in both]
        rank = {name: i for i, name in enumerate(instance.kernels)}
        self._indices = [np.array([rank[name] for name in order]) for order in both]
        self._curves: dict[Fraction, IntArray] = {}
        self._plans: dict[_Key, Candidate | None] = {}

    def run(self, count: int) -> list[Candidate]:
        """Return up to `count` of the cheapest plans found, of different orders or sizes of the cap."""
        settings = self._instance.settings
        turns = (False,) if settings.width == settings.height else (False, True)
        ways = [_Way(order, turned) for order in range(len(self._orders)) for turned in turns]
        every = range(len(self._instance.kernels) - 1, 0, -1)
        for limit in ascending_limits(self._instance, self._least):
            if limit * settings.wdeltat >= self._most or self._stopped():
                break
            for way in ways[: 2 * len(turns)]:
                self._look(way, limit, every)
        self._refine(1)
        for plan, _ in self._ranked()[:1]:
            for way in ways:
                self._look(way, plan.time, every)
        self._refine(_REFINED)
        return self._best(count)

    def _refine(self, count: int) -> None:
        """Plan again for less time than the best ones take, in ever smaller steps."""
        for step in _STEPS:
            for plan, (way, _, strips) in self._ranked()[:count]:
                for factor in (1 - step, 1 - step / 2):
                    other = rounded_up(self._instance, plan.time * Fraction(factor))
                    self._look(way, other, range(strips - _MORE, strips + _MORE + 1))

    def _best(self, count: int) -> list[Candidate]:
        """Return the cheapest plans of each way and number of strips, caps put where they are best."""
        chosen: dict[tuple[_Way, int], Candidate] = {}
        for plan, (way, _, strips) in self._ranked():
            if (way, strips) not in chosen and len(chosen) < count and plan.cost < self._worth:
                curves = self._known(plan.time)[self._indices[way.order]]
                moved = self._plan(way, plan.time, strips, curves, _CENTERS)
                chosen[way, strips] = min(moved or plan, plan, key=lambda one: one.cost)
        return sorted(chosen.values(), key=lambda plan: plan.cost)

    def _ranked(self) -> list[tuple[Candidate, _Key]]:
        """Return the plans found, cheapest first."""
        found = [(plan, key) for key, plan in self._plans.items() if plan is not None]
        return sorted(found, key=lambda item: item[0].cost)

    def _known(self, limit: Fraction) -> IntArray:
        if limit not in self._curves:
            self._curves[limit] = shape_curves(self._instance, limit).astype(np.int64)
        return self._curves[limit]

    def _look(self, way: _Way, limit: Fraction, counts: Sequence[int]) -> None:
        """Plan for those numbers of strips that promise something and have not been planned for yet."""
        curves = self._known(limit)[self._indices[way.order]]
        promising = set(self._orders[way.order].promising(curves, wafer(self._instance, way.transposed)))
        for strips in counts:
            key = (way, limit, strips)
            if strips in promising and key not in self._plans and not self._stopped():
                self._plans[key] = plan = self._plan(way, limit, strips, curves, (0.5,))
                if plan is not None and plan.cost < self._most:
                    self._plans[key] = plan = self._timed(plan)
                    self._most = plan.cost

    def _timed(self, plan: Candidate) -> Candidate:
        """Return a plan with the time its shapes reach, which may be less than the limit."""
        time = max(placed.time for placed in realised(self._instance, plan)[0].values())
        return Candidate(plan.boxes.cost(self._instance, time), time, plan.boxes)

    def _plan(
        self, way: _Way, limit: Fraction, strips: int, curves: IntArray, centers: tuple[float, ...]
    ) -> Candidate | None:
        self._clock.spend(_WORK * len(self._instance.kernels))
        room, order = wafer(self._instance, way.transposed), self._orders[way.order]
        wire = Fraction(order.least_wire2(curves, strips, room), 2)
        if self._instance.cost(limit, wire, 0) >= self._most:
            return None
        boxes = order.plan(curves, strips, room, centers, way.transposed)
        return boxes and Candidate(boxes.cost(self._instance, limit), limit, boxes)
