"""Rows along the data flow: placements from nothing, by the row programme over orders and time limits.

The time limit T is scanned on a geometric grid from the least that can fit up to where T alone costs
more than the best layout found, then refined around the best. Every (order, T) costs milliseconds.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from wse_cp.construct.orders import Order, orders
from wse_cp.construct.row_layout import Boxes, RowLayout, edge_array, layout_of, plan_boxes, realise
from wse_cp.instance import Instance
from wse_cp.placement import Placement
from wse_cp.score import score
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.curves import least_time_by_area, shape_curves

#: Time limits of the first scan, relative to the least one by area; further ones grow by the last ratio.
_GRID = (1.01, 1.02, 1.03, 1.045, 1.06, 1.08, 1.1, 1.13, 1.17, 1.22, 1.3, 1.4, 1.52, 1.66, 1.8, 2.0)
_GROWTH = 1.12
_GRID_END = 256
#: Steps of the refinement around a good time limit.
_STEPS = (0.02, 0.012, 0.007, 0.004, 0.0025, 0.0015, 0.0008)
#: How many of the best (order, T) are refined.
_REFINED = 6


@dataclass(frozen=True)
class Candidate:
    """A planned layout: its cost without adapters, its time limit (cycles) and boxes."""

    cost: Fraction
    time: Fraction
    boxes: Boxes


def construct_rows(
    instance: Instance, *, seconds: float = 3.0, generator: np.random.Generator, keep: int = 8
) -> list[tuple[Placement, RowLayout]]:
    """Return legal placements in rows with their layouts, best first; empty if no rows fit.

    Parameters
    ----------
    seconds
        Wall time after which no new plan is begun once one has been found; compiling does not count.
    keep
        How many placements to return at most; they differ in time limit or in the number of rows.
    """
    search = RowSearch(instance, orders(instance, generator))
    search.warm_up()
    search.deadline = time.monotonic() + seconds
    search.scan()
    search.refine()
    found = [realised(instance, candidate) for candidate in search.best(keep)]
    return sorted(found, key=lambda pair: score(instance, pair[0]).cost)


def realised(instance: Instance, candidate: Candidate) -> tuple[Placement, RowLayout]:
    """Return the checked placement of a candidate, with its layout at the time it really reaches."""
    placement = realise(instance, candidate.boxes, candidate.time)
    reached = max(placed.time for placed in placement.values())
    return placement, layout_of(candidate.boxes, reached)


@dataclass
class RowSearch:
    """Plans for pairs of an order and a time limit, remembered; `deadline` in monotonic seconds."""

    instance: Instance
    orders: Sequence[Order]
    deadline: float = float("inf")
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
        self._plan(*self._ways[0], 2 * self._least)

    def scan(self) -> None:
        """Plan every order over the whole grid of time limits, the most promising order first."""
        for way in self._ways:
            for limit in self._grid(self._least):
                if limit * self.instance.settings.wdeltat < self.bound() and not self._late():
                    self._plan(*way, limit)

    def refine(self) -> None:
        """Plan again around the best time limits of the best orders, in ever smaller steps."""
        for step in _STEPS:
            for (order, turned, limit), _ in self._ranked()[:_REFINED]:
                for factor in (1 - step, 1 - step / 2, 1 + step / 2, 1 + step):
                    if self._late():
                        return
                    self._plan(order, turned, self._rounded(limit * Fraction(factor)))

    def best(self, count: int) -> list[Candidate]:
        """Return up to `count` of the cheapest plans that differ in rows or by over 1 % in time."""
        chosen: list[Candidate] = []
        for _, candidate in self._ranked():
            if len(chosen) < count and not any(_alike(candidate, other) for other in chosen):
                chosen.append(candidate)
        return chosen

    def bound(self) -> Fraction:
        """Return the least cost planned so far (a large number if none)."""
        return min((plan.cost for plan in self._plans.values() if plan), default=Fraction(1 << 62))

    def _plan(self, order: int, turned: bool, limit: Fraction) -> None:
        key = (order, turned, limit)
        if key in self._plans:
            return
        if limit not in self._curves:
            self._curves[limit] = shape_curves(self.instance, limit)
        curves = self._curves[limit][self._indices[order]]
        boxes = plan_boxes(self.instance, self.orders[order], self._edges[order], curves, turned)
        if boxes is None:
            self._plans[key] = None
            return
        cost = self.instance.cost(limit, Fraction(boxes.settled.wire2, 2), 0)
        self._plans[key] = Candidate(cost, limit, boxes)

    def _ranked(self) -> list[tuple[tuple[int, bool, Fraction], Candidate]]:
        found = [(key, plan) for key, plan in self._plans.items() if plan]
        return sorted(found, key=lambda item: item[1].cost)

    def _grid(self, least: Fraction) -> Iterator[Fraction]:
        for factor in _grid_factors():
            yield self._rounded(least * Fraction(factor))

    def _rounded(self, limit: Fraction) -> Fraction:
        """Return a time limit (cycles) rounded up to a possible kernel time."""
        scale = self.instance.time_scale
        return Fraction(-((-limit * scale) // 1), scale)

    def _late(self) -> bool:
        return time.monotonic() > self.deadline and any(self._plans.values())


def _grid_factors() -> Iterable[float]:
    yield from _GRID
    factor = _GRID[-1]
    while factor < _GRID_END:
        factor *= _GROWTH
        yield factor


def _alike(one: Candidate, other: Candidate) -> bool:
    same_rows = len(one.boxes.starts) == len(other.boxes.starts)
    return same_rows and abs(one.time / other.time - 1) < Fraction(1, 100)
