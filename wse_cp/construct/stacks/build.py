"""Straight stacks for an order and a cycle limit, and the search over both, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import sqrt
from typing import NamedTuple

import numpy as np

from wse_cp.clock import WALL, Clock
from wse_cp.construct.linear import better_order
from wse_cp.construct.stacks.matching import (
    KnownGroups,
    StackTable,
    close_table,
    common_splits,
    match,
    stack_table,
)
from wse_cp.construct.stacks.scan import plain_cost, thickness_prices
from wse_cp.instance import Instance
from wse_cp.kernels import Kernel
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.score import total_adapters
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.options import option_of
from wse_cp.shapes.splits import compared_channels

#: How many prices of thickness are tried to make a stack just fit the wafer.
PRESSURES = 7
GROWTH = 6.0
#: Seconds that a stack takes per kernel, roughly.
STACK_WORK = 2e-3
#: Cycle limits of the first stacks, relative to the one to begin with. Those beyond one that was worse than
#: the best come later.
FACTORS = (1.0, 1.3, 1.7, 2.3, 0.85, 3.0)
#: Then limits relative to that of the best stack; then random ones, with this relative standard deviation.
STEPS, SPREAD = (1.02, 0.98), 0.1
#: How often an order is improved within a random step.
ROUNDS = 3


class Stack(NamedTuple):
    """A straight stack, and its cost if all centres stood on one line (some are half a tile off)."""

    placement: Placement
    cost: Fraction


@dataclass
class Stacker:
    """Builds stacks of one instance; remembers tables of options."""

    instance: Instance
    generator: np.random.Generator
    clock: Clock = WALL
    _tables: dict[tuple[Kernel, int, int, int], StackTable | None] = field(default_factory=dict)
    _splits: dict[int, IntArray] = field(default_factory=dict)
    _known: KnownGroups = field(default_factory=KnownGroups)

    def stack(
        self,
        order: Sequence[str],
        limit: int,
        stopped: Callable[[], bool] = lambda: False,
        near: Placement | None = None,
    ) -> Stack | None:
        """Return a cheap stack in an order within a cycle limit (1 / time_scale cycles), or None.

        If the kernels are too thick for the wafer, the price of thickness is raised until they fit.
        `stopped` is asked now and then whether to give up. If a placement is given, the splits h and w are
        those that a kernel or a neighbour has there; of channel splits more are looked at, and half a tile of
        wire counts where two extents across the stack are not both even or both odd.
        """
        wire = thickness_prices(self.instance, order)
        step = sum(wire.values()) / len(wire) / 4 + 1e-3
        best: Stack | None = None
        pressure, low, high = 0.0, 0.0, None
        for _ in range(PRESSURES):
            self.clock.spend(STACK_WORK * len(order))
            prices = {name: price + pressure for name, price in wire.items()}
            rows = self._rows(prices, limit, near, stopped)
            if rows is None:
                return best
            found = stacked(self.instance, order, rows)
            if found is None:
                low = pressure
            else:
                high = pressure
                best = found if best is None else min(best, found, key=lambda one: one.cost)
            if high == 0:
                break
            pressure = between(low, high, step)
        return best

    def search(
        self, order: Sequence[str], limit: int, rounds: int, stopped: Callable[[], bool] = lambda: False
    ) -> Iterator[tuple[Stack, list[str]]]:
        """Yield stacks whose order is improved between them, with their orders."""
        for left in reversed(range(rounds)):
            stack = self.stack(order, limit, stopped)
            if stack is None:
                return
            yield stack, list(order)
            if not left:
                return
            thickness = {name: kernel.rectangle.width for name, kernel in stack.placement.items()}
            found = better_order(self.instance, order, thickness, self.generator, self.clock)
            if found == list(order):
                return
            order = found

    def _rows(
        self, prices: Mapping[str, float], limit: int, near: Placement | None, stopped: Callable[[], bool]
    ) -> dict[str, IntArray] | None:
        tables = {}
        for name in self.instance.kernels:
            slack = self._slack(name, prices[name])
            table = self._table(name, limit, slack) if near is None else self._close(name, limit, slack, near)
            if table is None or stopped():
                return None
            tables[name] = table
        _, chosen = match(self.instance, tables, prices, self.generator, self._known)
        return {name: tables[name].rows[i] for name, i in chosen.items()}

    def _slack(self, name: str, price: float) -> int:
        """Return how many tiles of thickness, beyond the least, all adapters of a kernel are worth."""
        edges = sum(count for u, v, count in self.instance.kernel_edges if name in (u, v))
        slack = 3 * edges * self.instance.settings.wadapter / max(price, 1e-9)
        # Rounded up to a power of two, so that tables are shared.
        return 1 << min(10, int(np.ceil(np.log2(slack + 1))))

    def _close(self, name: str, limit: int, slack: int, near: Placement) -> StackTable | None:
        graph = self.instance.kernel_graph
        around = [name, *graph.predecessors(name), *graph.successors(name)]
        splits = np.array(sorted({(near[n].args.h, near[n].args.w) for n in around}), np.int64)
        channels = compared_channels(self.instance, name)
        return close_table(self.instance, self.instance.kernels[name], channels, limit, slack, splits)

    def _table(self, name: str, limit: int, slack: int) -> StackTable | None:
        kernel, channels = self.instance.kernels[name], compared_channels(self.instance, name)
        key = (kernel, channels, limit, slack)
        if key not in self._tables:
            if len(self._tables) > 300:
                self._tables.clear()
                self._splits.clear()
            if limit not in self._splits:
                self._splits[limit] = common_splits(self.instance, limit)
            splits = self._splits[limit]
            self._tables[key] = stack_table(self.instance, kernel, channels, limit, slack, splits)
        return self._tables[key]


def between(low: float, high: float | None, step: float) -> float:
    """Return the price to try next above `low` and below `high`, geometrically; `step` is the first."""
    if high is None:
        return GROWTH * low or step
    return sqrt(low * high) if low else high / GROWTH


def stacked(instance: Instance, order: Sequence[str], rows: Mapping[str, IntArray]) -> Stack | None:
    """Return the kernels side by side with centres on the middle line, or None if they do not fit."""
    settings = instance.settings
    kernels, x = [], 0
    for name in order:
        fitting = option_of(rows[name], instance.kernels[name]).within(settings.width, settings.height)
        option = min(fitting, key=lambda o: o.width)
        y = (settings.height - option.height) // 2
        kernels.append(PlacedKernel(name, instance.kernels[name], option.args, x, y, option.rotated))
        x += option.width
    return _costed(instance, Placement(kernels)) if x <= settings.width else None


def _costed(instance: Instance, placement: Placement) -> Stack:
    center2 = {name: kernel.rectangle.center2[0] for name, kernel in placement.items()}
    wire2 = sum(count * abs(center2[u] - center2[v]) for u, v, count in instance.kernel_edges)
    time = max(kernel.time for kernel in placement.values())
    adapters = total_adapters(instance, placement)
    return Stack(placement, instance.cost(time, Fraction(wire2, 2), adapters))


class StackSearch:
    """Straight stacks: first in a given order at limits around a given one, then around the best so far.

    Once these limits are through, and whenever there is a better stack afterwards, its shapes are chosen once
    more with the half tiles in view by which centres miss the line.

    Parameters
    ----------
    order, limit
        Order and cycle limit (1 / time_scale cycles) to begin with.
    factors
        The first limits, relative to `limit`.
    """

    def __init__(
        self,
        instance: Instance,
        generator: np.random.Generator,
        order: Sequence[str],
        limit: int,
        factors: Sequence[float] = FACTORS,
        clock: Clock = WALL,
    ) -> None:
        self._instance, self._generator = instance, generator
        self._stacker = Stacker(instance, generator, clock)
        self._order, self._limit = list(order), limit
        self._factors, self._steps = list(factors), list(STEPS)
        self._best: tuple[Fraction, list[str], int] | None = None
        self._near: Placement | None = None  # the best stack as long as its shapes were chosen only once
        self._interrupted: tuple[list[str], int] | None = None
        self._factor: float | None = None  # that is being tried
        self._tried: dict[float, Fraction | None] = {}  # the costs at others; None: no stack, or a dear one

    def step(self, stopped: Callable[[], bool]) -> Placement | None:
        """Return the best stack of one cycle limit, or None if there is none.

        If `stopped` says so before one is found, the next step tries the same again.
        """
        rounds = 1 if self._factors or self._steps else ROUNDS
        if rounds > 1 and self._near is not None:
            return self._centred(self._near, stopped)
        order, limit = self._interrupted or self._start()
        self._interrupted = None
        best: Stack | None = None
        for found, used in self._stacker.search(order, limit, rounds, stopped):
            if best is None or found.cost < best.cost:
                best = found
            if self._best is None or found.cost <= self._best[0]:
                if self._best is None or found.cost < self._best[0]:
                    self._near = found.placement
                self._best = found.cost, used, limit
        if best is None and stopped():
            self._interrupted = order, limit
            return None
        if self._factor is not None:
            self._tried[self._factor] = best and best.cost
        return best and best.placement

    def _centred(self, near: Placement, stopped: Callable[[], bool]) -> Placement | None:
        """Return the best stack with its shapes chosen once more; None if that gave nothing, or not yet."""
        assert self._best is not None
        _, order, limit = self._best
        found = self._stacker.stack(order, limit, stopped, near)
        if not stopped():
            self._near = None
        return found and found.placement

    def _start(self) -> tuple[list[str], int]:
        """Return the order and the limit of the next stack."""
        self._factor = None
        if self._best is None:
            self._factor = self._factors.pop(0) if self._factors else float(self._generator.uniform(0.8, 4))
            return self._order, int(self._limit * Fraction(self._factor))
        cost, order, limit = self._best
        while self._factors or self._steps:
            promising = next((factor for factor in self._factors if not self._beyond(factor)), None)
            if promising is None and self._steps:
                other = max(1, int(limit * Fraction(self._steps.pop(0))))
            else:
                self._factor = self._factors[0] if promising is None else promising
                self._factors.remove(self._factor)
                other = max(1, int(self._limit * Fraction(self._factor)))
            plain = plain_cost(self._instance, tuple(order), other)
            if plain is None or plain < cost:
                return order, other
            if self._factor is not None:
                self._tried[self._factor] = None
                self._factor = None
        return self._kicked(order), max(1, int(limit * np.exp(self._generator.normal(0, SPREAD))))

    def _beyond(self, factor: float) -> bool:
        """Tell whether a factor tried between one and that of the best stack was worse."""
        costs = {tried: cost for tried, cost in self._tried.items() if cost is not None}
        best = min(costs, key=lambda tried: costs[tried], default=factor)
        low, high = sorted((factor, best))
        return any(low < tried < high for tried in self._tried)

    def _kicked(self, order: list[str]) -> list[str]:
        """Return an order in which, every other time, a random run has moved."""
        start, end = sorted(int(i) for i in self._generator.integers(0, len(order) + 1, 2))
        if self._generator.random() < 0.5 or end - start > len(order) // 3:
            return order
        rest = order[:start] + order[end:]
        at = int(self._generator.integers(len(rest) + 1))
        return rest[:at] + order[start:end] + rest[at:]
