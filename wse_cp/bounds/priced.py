"""The rows of every kernel that can be optimal under given multipliers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from wse_cp.bounds.loops import candidates
from wse_cp.bounds.plan import Step
from wse_cp.bounds.rows import Doors, RowMaker, Rows, doors_of, ends_of
from wse_cp.instance import Instance
from wse_cp.shapes.arrays import IntArray

#: Added to limits of cost, so that rounding loses no row.
SLACK = 1e-6


#: Multipliers are multiples of 1 / UNIT, so that a certificate has just those that were tried.
UNIT = 1 << 20


class Multipliers(NamedTuple):
    """Cost per tile of area, and per tile of extent of a run along x and along y; all at least 0."""

    area: float
    x: float
    y: float

    def rounded(self) -> Multipliers:
        """Return the nearest multiples of 1 / UNIT."""
        return Multipliers(*(round(value * UNIT) / UNIT for value in self))


@dataclass(frozen=True)
class Tables:
    """What depends on the time limit only: the Pareto-minimal sizes of each kernel."""

    time: int  #: 1 / time_scale cycles
    sizes: Mapping[str, Rows]


@dataclass(frozen=True)
class Priced:
    """Rows of one kernel, and those of them that can be optimal for each of its coefficients.

    For coefficient i these are found[pointers[i] : pointers[i + 1]], at the cost beside them.
    """

    rows: Rows
    found: IntArray
    costs: IntArray
    pointers: IntArray


class Pricer:
    """Finds the rows worth looking at; exact, except that floats may keep a row too many."""

    def __init__(self, instance: Instance, steps: tuple[Step, ...]) -> None:
        self._instance = instance
        self._maker = RowMaker(instance)
        self._doors = doors_of(instance, steps)
        self._regrets = _regrets(instance, steps)

    def tables(self, time: int) -> Tables | None:
        """Return the tables at a limit (1 / time_scale cycles); None if a kernel has no shape."""
        kernels = self._instance.kernels
        known = {kernel: self._maker.sizes(kernel, time) for kernel in set(kernels.values())}
        if not all(len(sizes.width) for sizes in known.values()):
            return None
        return Tables(time, {name: known[kernel] for name, kernel in kernels.items()})

    def __call__(
        self, tables: Tables, multipliers: Multipliers, steps: tuple[Step, ...]
    ) -> dict[str, Priced]:
        """Return the rows of every kernel under the multipliers; equal kernels at equal prices share them."""
        known: dict[tuple[object, ...], Priced] = {}
        found = {}
        for step in steps:
            prices = step.coefficients[:, :2] * (self._instance.settings.wlength / 4)
            prices = prices + step.coefficients[:, 2:] * np.array(multipliers[1:])
            kernel, doors, regrets = (
                self._instance.kernels[step.name],
                self._doors[step.name],
                self._regrets[step.name],
            )
            key = kernel, doors, regrets.tobytes(), prices.tobytes()
            if key not in known:
                known[key] = self._priced(step.name, doors, regrets, tables, prices, multipliers.area)
            found[step.name] = known[key]
        return found

    def _priced(
        self, name: str, doors: Doors, regrets: IntArray, tables: Tables, prices: IntArray, tile: float
    ) -> Priced:
        rows = tables.sizes[name]
        if doors.splits:
            limits = _limits(rows, tile, prices, regrets[0])
            kernel = self._instance.kernels[name]
            rows = self._maker(kernel, doors, tables.time, limits, regrets[1] + regrets[2] + SLACK)
        pointers = np.empty(len(prices) + 1, np.int64)
        extents = np.array([len(rows.inputs), len(rows.outputs)])
        found, costs = candidates(
            rows.width, rows.height, rows.into, rows.out, extents, prices, tile, regrets, pointers
        )
        used, places = np.unique(found, return_inverse=True)
        return Priced(_subset(rows, used), places, costs, pointers)


def _limits(sizes: Rows, tile: float, prices: IntArray, regret: float) -> IntArray:
    """Return rows (tile, width, height, limit) of `loops.class_rows`."""
    area = tile * sizes.width * sizes.height
    cost = area[:, None] + sizes.width[:, None] * prices[:, 0] + sizes.height[:, None] * prices[:, 1]
    return np.column_stack([np.full(len(prices), tile), prices, cost.min(axis=0) + regret + SLACK])


def _subset(rows: Rows, used: IntArray) -> Rows:
    """Return some of the rows, with only the classes that they have."""
    inputs, into = np.unique(rows.into[used], return_inverse=True)
    outputs, out = np.unique(rows.out[used], return_inverse=True)
    return Rows(rows.width[used], rows.height[used], into, out, rows.inputs[inputs], rows.outputs[outputs])


def _regrets(instance: Instance, steps: tuple[Step, ...]) -> dict[str, IntArray]:
    """Return the most that adapters can cost at each kernel: all, those for output and for input channels."""
    found = {name: np.zeros(3) for name in instance.kernels}
    links = {step.name: step.link for step in steps if step.link is not None}
    for step in steps:
        if step.link is not None:
            price = float(instance.settings.wadapter * step.link.multiplicity)
            source, target = ends_of(step.name, step.link)
            found[source] += np.array([3.0, 1.0, 0.0]) * price
            found[target] += np.array([3.0, 0.0, 1.0]) * price
        if step.chord is not None:
            price = float(instance.settings.wadapter * step.chord.multiplicity)
            ends = step.chord.below, step.chord.above
            source, target = ends if links[step.chord.below].produces else ends[::-1]
            found[source] += np.array([1.0, 1.0, 0.0]) * price
            found[target] += np.array([1.0, 0.0, 1.0]) * price
    return found
