"""The cheapest stack without adapters over cycle limits and orders; each limit takes milliseconds.

The wire of a stack is the thickness between the ends of its edges, so the order solves a weighted linear
arrangement problem, here by random moves of short runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from wse_cp.clock import WALL, Clock
from wse_cp.compiled import compiled, inner
from wse_cp.construct.cycle_limits import ascending_limits, rounded_up
from wse_cp.construct.orders import Order, edges_by_position
from wse_cp.instance import Instance
from wse_cp.shapes.arrays import FloatArray, IntArray, scaled
from wse_cp.shapes.curves import shape_curves

#: Ratios by which the limit is refined, each up and down.
_STEPS = (0.06, 0.03, 0.015, 0.008, 0.004, 0.002)
#: Random moves of one improvement of the order.
_MOVES = 4000
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


def better_order(
    instance: Instance,
    order: Sequence[str],
    thickness: Mapping[str, int],
    moves: int,
    generator: np.random.Generator,
) -> list[str]:
    """Return an order with less wire at the given thickness (tiles), by random moves of short runs."""
    if len(order) < 2:
        return list(order)
    sizes = np.array([thickness[name] for name in order], np.int64)
    draws = generator.random((moves, 4))
    found = improved(np.arange(len(order)), sizes, edges_by_position(instance, order), draws)
    return [order[i] for i in found]


@compiled
def improved(order: IntArray, sizes: IntArray, edges: IntArray, draws: FloatArray) -> IntArray:
    """Move random runs of up to four kernels (some reversed) wherever that does not lengthen the wires."""
    n = len(order)
    best = _wires2(order, sizes, edges)
    for draw in draws:
        length = min(n - 1, 1 + int(4 * draw[0] * draw[0]))
        start = int(draw[1] * (n - length + 1))
        run = order[start : start + length].copy()
        if draw[3] < 0.5:
            run = run[::-1].copy()
        rest = np.concatenate((order[:start], order[start + length :]))
        at = int(draw[2] * (len(rest) + 1))
        trial = np.concatenate((rest[:at], run, rest[at:]))
        cost = _wires2(trial, sizes, edges)
        if cost <= best:
            best, order = cost, trial
    return order


@compiled
def wires2(order: IntArray, sizes: IntArray, edges: IntArray) -> int:
    """Return twice the wire length of a stack (half tiles)."""
    return _wires2(order, sizes, edges)


@inner
def _wires2(order: IntArray, sizes: IntArray, edges: IntArray) -> int:
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
    for limit in ascending_limits(instance, least):
        if stopped() or (scan.best is not None and limit * instance.settings.wdeltat >= scan.best.cost):
            break
        scan.look(limit)
    for step in _STEPS:
        if stopped() or scan.best is None:
            break
        scan.improve_order(generator)
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
        self._rank = {name: i for i, name in enumerate(instance.kernels)}
        self._orders = {order: self._ranks(order) for order in choice}
        self._edges = edges_by_position(instance, list(instance.kernels))

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

    def improve_order(self, generator: np.random.Generator) -> None:
        """Go on with a better order at the best limit, if random moves find one."""
        assert self.best is not None
        limit = Fraction(self.best.limit, self._instance.time_scale)
        thickness = dict(zip(self._instance.kernels, self._thickness(limit).tolist(), strict=True))
        order = tuple(better_order(self._instance, self.best.order, thickness, _MOVES, generator))
        self._orders = {order: self._ranks(order)}
        self.look(limit)

    def _thickness(self, limit: Fraction) -> IntArray:
        # A curve holds for both rotations, so it is the least thickness for a limit on the other extent.
        curves = shape_curves(self._instance, limit)
        thickness: IntArray = curves[:, self._instance.settings.height].astype(np.int64)
        return thickness

    def _ranks(self, order: Order) -> IntArray:
        return np.array([self._rank[name] for name in order], np.int64)
