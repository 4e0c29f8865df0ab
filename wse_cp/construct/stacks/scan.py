"""The cheapest stack without adapters over cycle limits and orders; each limit takes milliseconds.

The wire of a stack is the thickness between the ends of its edges, so the order solves a weighted linear
arrangement problem (`construct.linear`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from wse_cp.clock import WALL, Clock
from wse_cp.compiled import compiled
from wse_cp.construct.cycle_limits import ascending_limits, rounded_up
from wse_cp.construct.linear import LinearArrangement
from wse_cp.construct.orders import Order, edges_by_position
from wse_cp.instance import Instance
from wse_cp.shapes.arrays import IntArray, scaled
from wse_cp.shapes.curves import shape_curves

#: Ratios by which the limit is refined, each up and down.
_STEPS = (0.06, 0.03, 0.015, 0.008, 0.004, 0.002)
#: All limits are looked at anew if annealing the order has lowered the cost by more than this share.
_MUCH = Fraction(1, 100)
#: Seconds that a limit takes per kernel, roughly.
_WORK = 1e-4


def thickness_prices(instance: Instance, order: Sequence[str]) -> dict[str, float]:
    """Return the wire cost of a tile of each kernel's thickness: of edges above it, and half of its own."""
    rank = {name: i for i, name in enumerate(order)}
    wires = np.zeros(len(order))
    for u, v, count in instance.kernel_edges:
        first, last = sorted((rank[u], rank[v]))
        wires[first : last + 1] += count
        wires[[first, last]] -= count / 2
    return {name: float(wires[i]) * instance.settings.wlength for i, name in enumerate(order)}


@compiled
def wires2(order: IntArray, sizes: IntArray, edges: IntArray) -> int:
    """Return twice the wire length of a stack (half tiles)."""
    centres = np.zeros(len(order), np.int64)
    end = 0
    for i in order:
        centres[i] = 2 * end + sizes[i]
        end += sizes[i]
    total = 0
    for u, v, count in edges:
        total += count * abs(centres[u] - centres[v])
    return total


class PlainStack(NamedTuple):
    """An order and a cycle limit (1 / time_scale cycles) and what their stack costs without adapters."""

    cost: Fraction
    order: Order
    limit: int


def cheapest_plain_stack(
    instance: Instance,
    choice: Sequence[Order],
    least: Fraction,
    generator: np.random.Generator,
    clock: Clock = WALL,
    stopped: Callable[[], bool] = lambda: False,
) -> PlainStack | None:
    """Return the cheapest straight stack found, or None if none fits the wafer.

    It is exact for each limit looked at and each order of `choice`; the best of them is then improved.

    Parameters
    ----------
    least
        The least time by area (cycles): nothing fits below.
    stopped
        Asked before each further limit; if true, the search ends with what it has.
    """
    scan = _Scan(instance, choice, clock)

    def look_at_all() -> None:
        for limit in ascending_limits(instance, least):
            late = scan.best is not None and limit * instance.settings.wdeltat >= scan.best.cost
            if late or stopped():
                break
            scan.look(limit)

    look_at_all()
    if scan.improve_order(generator, stopped) > _MUCH:
        look_at_all()  # with a much better order another limit may be the best
    for step in _STEPS:
        if stopped() or scan.best is None:
            break
        scan.improve_order(generator, stopped)
        middle = Fraction(scan.best.limit, instance.time_scale)
        for factor in (1 - step, 1 + step):
            scan.look(rounded_up(instance, middle * Fraction(factor)))
    return scan.best


def plain_cost(instance: Instance, order: Order, limit: int) -> Fraction | None:
    """Return the cost of an order's stack at a limit (1 / time_scale cycles), or None if it does not fit.

    All kernels are as thin as the limit allows, and as slow; adapters are not counted.
    """
    scan = _Scan(instance, [order], WALL)
    scan.look(Fraction(limit, instance.time_scale))
    return scan.best and scan.best.cost


class _Scan:
    """The cheapest stack of the limits looked at."""

    def __init__(self, instance: Instance, choice: Sequence[Order], clock: Clock) -> None:
        self.best: PlainStack | None = None
        self._instance, self._clock = instance, clock
        self._annealed_for: int | None = None
        self._rank = {name: i for i, name in enumerate(instance.kernels)}
        self._orders = {order: self._ranks(order) for order in choice}
        self._edges = edges_by_position(instance, list(instance.kernels))
        self._arrangement = LinearArrangement(instance)

    def look(self, limit: Fraction) -> None:
        """Stack all kernels as thin as a limit (cycles) allows, in every order."""
        instance = self._instance
        self._clock.spend(_WORK * len(instance.kernels))
        thickness = self._thickness(limit)
        if thickness.sum() > instance.settings.width:
            return
        for order, ranks in self._orders.items():
            wire = Fraction(int(wires2(ranks, thickness, self._edges)), 2)
            cost = instance.cost(limit, wire, 0)
            if self.best is None or cost < self.best.cost:
                self.best = PlainStack(cost, order, scaled(instance, limit))

    def improve_order(self, generator: np.random.Generator, stopped: Callable[[], bool]) -> Fraction:
        """Go on with an order annealed for the best limit; return by which share it lowered the cost."""
        if self.best is None or self.best.limit == self._annealed_for:
            return Fraction(0)
        before, self._annealed_for = self.best.cost, self.best.limit
        limit = Fraction(self.best.limit, self._instance.time_scale)
        ranks = self._arrangement.annealed(
            self._orders[self.best.order],
            self._thickness(limit),
            int(generator.integers(1 << 62)),
            self._clock,
            stopped,
        )
        names = list(self._instance.kernels)
        self._orders = {tuple(names[i] for i in ranks): ranks}
        self.look(limit)
        return 1 - self.best.cost / before if before else Fraction(0)

    def _thickness(self, limit: Fraction) -> IntArray:
        # A curve holds for both rotations, so it is the least thickness for a limit on the other extent.
        curves = shape_curves(self._instance, limit)
        thickness: IntArray = curves[:, self._instance.settings.height].astype(np.int64)
        return thickness

    def _ranks(self, order: Order) -> IntArray:
        return np.array([self._rank[name] for name in order], np.int64)
