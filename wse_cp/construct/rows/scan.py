"""The cheapest rows over linear orders and cycle limits T, adapters not counted.

T runs over a geometric grid, from the least that can fit to where T alone costs more than the best rows
found; then the search is refined around the best. One pair of an order and a T takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from wse_cp.clock import WALL, Clock
from wse_cp.construct.cycle_limits import ascending_limits, rounded_up
from wse_cp.construct.orders import Order
from wse_cp.construct.rows.layout import Boxes, edge_array, plan_boxes
from wse_cp.construct.rows.options import Protocols
from wse_cp.instance import Instance
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.curves import least_time_by_area, shape_curves

#: How many of the best cycle limits further orders are planned for.
_SHORT_GRID = 6
#: Steps of the refinement around a good cycle limit.
_STEPS = (0.02, 0.012, 0.007, 0.004, 0.0025, 0.0015, 0.0008)
#: How many of the best (order, T) are refined.
_REFINED = 6
#: Seconds that a plan takes per kernel, roughly.
_PLAN_WORK = 3e-4


@dataclass(frozen=True)
class Candidate:
    """A planned layout: its cost, its cycle limit, its boxes.

    Without protocols the cost does not count adapters.
    """

    cost: Fraction
    time: Fraction
    boxes: Boxes
    protocols: Protocols | None = None


@dataclass
class RowSearch:
    """Plans for pairs of an order and a cycle limit, remembered; `deadline` in seconds of `clock`."""

    instance: Instance
    orders: Sequence[Order]
    deadline: float = float("inf")
    clock: Clock = WALL
    _curves: dict[Fraction, IntArray] = field(default_factory=dict)
    _plans: dict[tuple[int, bool, Fraction], Candidate | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rank = {name: i for i, name in enumerate(self.instance.kernels)}
        self._indices = [np.array([rank[name] for name in order]) for order in self.orders]
        self._edges = [edge_array(self.instance, order) for order in self.orders]
        self._least = least_time_by_area(self.instance)
        settings = self.instance.settings
        square = settings.width == settings.height
        self._ways = [
            (i, turned) for i in range(len(self.orders)) for turned in ((False,) if square else (False, True))
        ]

    def warm_up(self) -> None:
        """Make one plan, so that the loops are compiled before the clock starts."""
        self.plan(*self._ways[0], 2 * self._least)

    def scan(self) -> None:
        """Plan the first order over the whole grid of cycle limits, the others where that was best."""
        grid = list(ascending_limits(self.instance, self._least))
        for way in self._ways:
            for limit in grid:
                if limit * self.instance.settings.wdeltat < self.bound() and not self.late():
                    self.plan(*way, limit)
            grid = [key[2] for key, _ in self.ranked() if key[2] in grid][:_SHORT_GRID] or grid

    def refine(self) -> None:
        """Plan again around the best cycle limits of the best orders, in ever smaller steps."""
        for step in _STEPS:
            for (order, turned, limit), _ in self.ranked()[:_REFINED]:
                for factor in (1 - step, 1 - step / 2, 1 + step / 2, 1 + step):
                    if self.late():
                        return
                    self.plan(order, turned, rounded_up(self.instance, limit * Fraction(factor)))

    def best(self, count: int) -> list[Candidate]:
        """Return up to `count` of the cheapest plans that differ in rows or by over 1 % in time."""
        chosen: list[Candidate] = []
        for _, candidate in self.ranked():
            if len(chosen) < count and not any(_alike(candidate, other) for other in chosen):
                chosen.append(candidate)
        return chosen

    def bound(self) -> Fraction:
        """Return the least cost planned so far (a large number if none)."""
        return min((plan.cost for plan in self._plans.values() if plan), default=Fraction(1 << 62))

    def plan(self, order: int, turned: bool, limit: Fraction) -> Candidate | None:
        """Return the best rows for an order (by number) and cycle limit, or None if none fit."""
        key = (order, turned, limit)
        if key in self._plans:
            return self._plans[key]
        self.clock.spend(_PLAN_WORK * len(self.instance.kernels))
        if limit not in self._curves:
            self._curves[limit] = shape_curves(self.instance, limit)
        curves = self._curves[limit][self._indices[order]]
        boxes = plan_boxes(self.instance, self.orders[order], self._edges[order], curves, turned)
        self._plans[key] = boxes and Candidate(boxes.cost(self.instance, limit), limit, boxes)
        return self._plans[key]

    def ranked(self) -> list[tuple[tuple[int, bool, Fraction], Candidate]]:
        """Return the plans found with their (order, transposed, cycle limit), cheapest first."""
        found = [(key, plan) for key, plan in self._plans.items() if plan]
        return sorted(found, key=lambda item: item[1].cost)

    def late(self) -> bool:
        """Tell whether the deadline has passed and there is something to show."""
        return self.clock.now() > self.deadline and any(self._plans.values())


def _alike(one: Candidate, other: Candidate) -> bool:
    same_rows = len(one.boxes.starts) == len(other.boxes.starts)
    return same_rows and abs(one.time / other.time - 1) < Fraction(1, 100)
