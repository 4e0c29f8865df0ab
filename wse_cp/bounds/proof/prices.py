"""What multipliers prove of a region, in integers: the least sum of priced shapes and of what pairs cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from wse_cp.bounds.proof.choice import Joint
from wse_cp.bounds.proof.listing import (
    COLUMNS,
    HEIGHT,
    IN,
    ODD_HEIGHT,
    ODD_WIDTH,
    OUT,
    ROWS,
    TIME,
    WIDTH,
)
from wse_cp.bounds.proof.messages import Forest, PairCost, forest_of
from wse_cp.bounds.proof.region import Region, Wire, wires
from wse_cp.instance import Instance
from wse_cp.shapes.arrays import IntArray

#: Columns of the source and of the target that differ if a wire needs an adapter.
SPLITS = (ROWS, ROWS), (COLUMNS, COLUMNS), (OUT, IN)


class Flow(NamedTuple):
    """Multipliers of a wire.

    Of its difference of centres along x and y (any sign), of its shorter sides, and of its extents along x
    and y where these keep its ends apart.
    """

    x: int
    y: int
    short: int
    width: int
    height: int


@dataclass(frozen=True)
class Prices:
    """Multipliers in 1 / D cost units; a cost unit is 1 / (2 time_scale)."""

    times: tuple[int, ...]
    area: int
    flows: tuple[Flow, ...]
    orders: tuple[tuple[int, int, int, int], ...]  #: first, second, axis, multiplier
    cliques: tuple[tuple[int, tuple[int, ...], int], ...]  #: axis, kernels, multiplier
    #: by the number of a wire outside the forest and that of a split: an amount for each value
    potentials: Mapping[tuple[int, int], IntArray] = field(default_factory=dict)


@dataclass(frozen=True)
class Money:
    """The weights of an instance in cost units, and `unit`, which is D."""

    instance: Instance
    unit: int
    edges: list[Wire] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "edges", wires(self.instance))

    @cached_property
    def time(self) -> int:
        """Cost of 1 / time_scale cycles."""
        return 2 * self.instance.settings.wdeltat * self.unit

    @cached_property
    def wire(self) -> int:
        """Cost of half a tile of wire."""
        return self.instance.settings.wlength * self.instance.time_scale * self.unit

    @cached_property
    def adapter(self) -> int:
        """Cost of an adapter."""
        return 2 * self.instance.settings.wadapter * self.instance.time_scale * self.unit

    def joint(self, region: Region, prices: Prices) -> Joint:
        """Return what choices of shapes of a region that is not empty cost at `prices` (1 / D cost units)."""
        base, costs = self._separate(region, prices)
        pairs = [self._pair(k, prices) for k in range(len(self.edges))]
        return Joint(region.shapes, costs, pairs, self.forest, base)

    @cached_property
    def forest(self) -> Forest:
        """The wires whose ends are compared by messages."""
        return forest_of(len(self.instance.kernels), self.edges)

    def _pair(self, k: int, prices: Prices) -> PairCost:
        """Return what the shapes at the ends of a wire cost together, by the columns that are compared."""
        wire, flow = self.edges[k], prices.flows[k]
        capacity, adapter = wire.many * self.wire - flow.short, wire.many * self.adapter
        compared = (
            *((*columns, adapter) for columns in SPLITS),
            (ODD_WIDTH, ODD_WIDTH, capacity - abs(flow.x) - flow.width),
            (ODD_HEIGHT, ODD_HEIGHT, capacity - abs(flow.y) - flow.height),
        )
        potentials = tuple(
            (*SPLITS[split], amounts) for (number, split), amounts in prices.potentials.items() if number == k
        )
        return PairCost(wire.source, wire.target, tuple(item for item in compared if item[2]), potentials)

    def _separate(self, region: Region, prices: Prices) -> tuple[int, list[IntArray]]:
        """Return a constant and what each kernel's shapes cost."""
        wafer = self.instance.settings
        sides = wafer.width, wafer.height
        base = self.time * region.start - prices.area * wafer.width * wafer.height
        net = np.zeros((2, len(region.shapes)), np.int64)
        extent, short = np.zeros_like(net), np.zeros(len(region.shapes), np.int64)
        for (u, v, _), flow in zip(self.edges, prices.flows, strict=True):
            for axis in (0, 1):
                net[axis, v] += flow[axis]
                net[axis, u] -= flow[axis]
                extent[axis, [u, v]] += flow[3 + axis]
            short[[u, v]] += flow.short
        for i, j, axis, price in prices.orders:
            net[axis, i] += price
            net[axis, j] -= price
            extent[axis, [i, j]] += price
        for axis, members, price in prices.cliques:
            extent[axis, list(members)] += price
            base -= price * sides[axis]
        for axis in (0, 1):
            base -= 2 * sides[axis] * int(np.maximum(-net[axis], 0).sum())
        extent += np.abs(net)
        costs = []
        for i, rows in enumerate(region.shapes):
            w, h = rows[:, WIDTH], rows[:, HEIGHT]
            late = np.maximum(rows[:, TIME] - region.start, 0)
            cost = extent[0, i] * w + extent[1, i] * h + short[i] * np.minimum(w, h)
            costs.append(cost + prices.area * w * h + prices.times[i] * late)
        return base, costs


def nothing(money: Money) -> Prices:
    """Return multipliers that are all 0."""
    flows = tuple(Flow(0, 0, 0, 0, 0) for _ in money.edges)
    return Prices((0,) * len(money.instance.kernels), 0, flows, (), ())
