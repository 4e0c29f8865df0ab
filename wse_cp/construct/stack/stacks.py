"""Placements that are one straight stack."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import sqrt

import numpy as np

from wse_cp.clock import WALL, Clock
from wse_cp.construct.stack.matching import match
from wse_cp.construct.stack.order import better_order, thickness_prices
from wse_cp.construct.stack.partners import KnownGroups
from wse_cp.construct.stack.tables import StackTable, common_splits, stack_table
from wse_cp.instance import Instance
from wse_cp.kernels import Kernel
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.score import score
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.options import Option, option_of

#: How many prices of thickness are tried until a stack fits the wafer as closely as may be.
PRESSURES = 7
GROWTH = 6.0
#: Random moves of one improvement of an order.
MOVES = 4000
#: Seconds that a stack takes per kernel, roughly.
STACK_WORK = 2e-3


@dataclass
class Stacker:
    """Builds stacks of one instance; remembers tables of options."""

    instance: Instance
    generator: np.random.Generator
    clock: Clock = WALL
    _tables: dict[tuple[Kernel, int, int], StackTable | None] = field(default_factory=dict)
    _splits: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    _known: KnownGroups = field(default_factory=KnownGroups)

    def stack(
        self, order: Sequence[str], limit: int, stopped: Callable[[], bool] = lambda: False
    ) -> Placement | None:
        """Return a cheap stack in an order within a time limit (1 / time_scale cycles), or None.

        If the thickness that wire asks for does not fit the wafer, thickness is made dearer. `stopped` is
        asked now and then whether to give up.
        """
        wire = thickness_prices(self.instance, order)
        step = sum(wire.values()) / len(wire) / 4 + 1e-3
        best: Placement | None = None
        pressure, low, high = 0.0, 0.0, None
        for _ in range(PRESSURES):
            self.clock.spend(STACK_WORK * len(order))
            rows = self._rows({name: price + pressure for name, price in wire.items()}, limit, stopped)
            if rows is None:
                return best
            found = stacked(self.instance, order, rows)
            if found is None:
                low = pressure
            else:
                high = pressure
                best = found if best is None else min(best, found, key=self._cost)
            if high == 0:
                break
            pressure = between(low, high, step)
        return best

    def search(
        self,
        order: Sequence[str],
        limit: int,
        rounds: int,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Iterator[tuple[Placement, list[str]]]:
        """Yield stacks whose order is improved between them, with their orders."""
        for _ in range(rounds):
            placement = self.stack(order, limit, stopped)
            if placement is None:
                return
            yield placement, list(order)
            thickness = {name: kernel.rectangle.width for name, kernel in placement.items()}
            found = better_order(self.instance, order, thickness, MOVES, self.generator)
            if found == list(order):
                return
            order = found

    def _cost(self, placement: Placement) -> Fraction:
        return score(self.instance, placement).cost

    def _rows(
        self, prices: Mapping[str, float], limit: int, stopped: Callable[[], bool]
    ) -> dict[str, IntArray] | None:
        tables = {}
        for name, kernel in self.instance.kernels.items():
            table = self._table(kernel, limit, self._slack(name, prices[name]))
            if table is None or stopped():
                return None
            tables[name] = table
        _, chosen = match(self.instance, tables, prices, self.generator, self._known)
        return {name: tables[name].rows[i] for name, i in chosen.items()}

    def _slack(self, name: str, price: float) -> int:
        """Return by how many tiles a kernel may be thicker than its least if that saves all its adapters."""
        edges = sum(count for u, v, count in self.instance.kernel_edges if name in (u, v))
        slack = 3 * edges * self.instance.settings.wadapter / max(price, 1e-9)
        # Rounded up to a power of two, so that tables are shared.
        return 1 << min(10, int(np.ceil(np.log2(slack + 1))))

    def _table(self, kernel: Kernel, limit: int, slack: int) -> StackTable | None:
        key = (kernel, limit, slack)
        if key not in self._tables:
            if len(self._tables) > 300:
                self._tables.clear()
                self._splits.clear()
            if limit not in self._splits:
                self._splits[limit] = common_splits(self.instance, limit)
            self._tables[key] = stack_table(self.instance, kernel, limit, slack, self._splits[limit])
        return self._tables[key]


def between(low: float, high: float | None, step: float) -> float:
    """Return the price to try next above `low` and below `high`, geometrically; `step` is the first."""
    if high is None:
        return GROWTH * low or step
    return sqrt(low * high) if low else high / GROWTH


def stacked(instance: Instance, order: Sequence[str], rows: Mapping[str, IntArray]) -> Placement | None:
    """Return the kernels side by side with their centres on the middle line, or None if they do not fit."""
    settings = instance.settings
    kernels, x = [], 0
    for name in order:
        option = thinnest(option_of(rows[name], instance.kernels[name]), settings.width, settings.height)
        y = (settings.height - option.height) // 2
        kernels.append(PlacedKernel(name, instance.kernels[name], option.args, x, y, option.rotated))
        x += option.width
    return Placement(kernels) if x <= settings.width else None


def thinnest(option: Option, width: int, height: int) -> Option:
    """Return the rotation of an option that fits the wafer and is least along x."""
    fitting = [o for o in (option, option.turned()) if o.width <= width and o.height <= height]
    return min(fitting, key=lambda o: o.width)
