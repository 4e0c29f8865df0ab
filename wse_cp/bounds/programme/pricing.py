"""The rows of every kernel that can be optimal under given multipliers.

Exact, except that rounding may keep a row too many (`SLACK`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wse_cp.bounds.programme import columns as col
from wse_cp.bounds.programme.ending import look
from wse_cp.bounds.programme.plan import Step
from wse_cp.bounds.programme.rows import ComparedSplits, RowMaker, Rows
from wse_cp.bounds.programme.sharing import Shared
from wse_cp.compiled import compiled, inner
from wse_cp.instance import Instance
from wse_cp.kernels import Kernel
from wse_cp.shapes.arrays import FloatArray, IntArray

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


class DualValue(NamedTuple):
    """Value of the dual function and its supergradient in the multipliers."""

    value: float
    slope: tuple[float, float, float]


@dataclass(frozen=True)
class Tables:
    """What depends on the cycle limit only: the Pareto-minimal sizes of each kernel."""

    time: int  #: 1 / time_scale cycles
    sizes: Mapping[str, Rows]


def tables_at(instance: Instance, maker: RowMaker, time: int) -> Tables | None:
    """Return the tables at a limit (1 / time_scale cycles); None if a kernel has no shape."""
    known: dict[Kernel, Rows] = {}
    for kernel in instance.kernels.values():
        if kernel not in known:
            known[kernel] = maker.sizes(kernel, time)
            if not len(known[kernel].width):
                return None
    return Tables(time, {name: known[kernel] for name, kernel in instance.kernels.items()})


@dataclass(frozen=True)
class Priced:
    """Rows of one kernel, and those of them that can be optimal for each of its coefficients.

    For coefficient i these are found[pointers[i] : pointers[i + 1]] (int64), at the `costs` beside them.
    """

    rows: Rows
    found: IntArray
    costs: FloatArray
    pointers: IntArray


class Pricer:
    """Finds the rows that can be optimal, for the steps of a plan."""

    def __init__(self, instance: Instance, steps: tuple[Step, ...]) -> None:
        self._instance = instance
        self._maker = RowMaker(instance)
        self._compared = _compared_splits(instance, steps)
        self._adapters = _most_adapters(instance, steps)
        numbers: dict[tuple[object, ...], int] = {}
        #: Kernels with the same number have the same rows under the same prices.
        self._likeness = {
            name: numbers.setdefault(
                (kernel, self._compared[name], self._adapters[name].tobytes()), len(numbers)
            )
            for name, kernel in instance.kernels.items()
        }

    def tables(self, time: int) -> Tables | None:
        """Return the tables at a limit (1 / time_scale cycles); None if a kernel has no shape."""
        return tables_at(self._instance, self._maker, time)

    def __call__(
        self, tables: Tables, multipliers: Multipliers, steps: tuple[Step, ...]
    ) -> dict[str, Priced]:
        """Return the rows of every kernel under the multipliers; equal kernels at equal prices share them."""
        shared = Shared()
        known: dict[tuple[object, ...], Priced] = {}
        found = {}
        for step in steps:
            name, prices = step.name, shared(self._prices, step.coefficients, multipliers)
            key = self._likeness[name], shared(_contents, prices)
            if key not in known:
                look()
                known[key] = self._priced(name, self._compared[name], self._adapters[name], tables, prices)
            found[name] = known[key]
        return found

    def _prices(self, coefficients: IntArray, multipliers: Multipliers) -> FloatArray:
        """Return what a kernel pays for its size, float64 of shape (coefficients, `PER_HEIGHT` + 1)."""
        quarter = self._instance.settings.wlength / 4
        prices = np.empty((len(coefficients), col.PER_HEIGHT + 1))
        prices[:, col.PER_AREA] = multipliers.area
        for per, quarters, runs, multiplier in (
            (col.PER_WIDTH, col.WIDTH_QUARTERS, col.X_RUNS, multipliers.x),
            (col.PER_HEIGHT, col.HEIGHT_QUARTERS, col.Y_RUNS, multipliers.y),
        ):
            prices[:, per] = coefficients[:, quarters] * quarter + coefficients[:, runs] * multiplier
        return prices

    def _priced(
        self,
        name: str,
        compared: ComparedSplits,
        adapters: FloatArray,
        tables: Tables,
        prices: FloatArray,
    ) -> Priced:
        rows = tables.sizes[name]
        if compared.image:
            limits = _with_limits(prices, rows, adapters[col.ALL_ADAPTERS])
            near = adapters[col.OUTPUT_CHANNELS] + adapters[col.INPUT_CHANNELS] + SLACK
            rows = self._maker.by_class(self._instance.kernels[name], compared, tables.time, limits, near)
        pointers = np.empty(len(prices) + 1, np.int64)
        classes = np.array([len(rows.inputs), len(rows.outputs)])
        found, costs = candidates(
            rows.width, rows.height, rows.into, rows.out, classes, prices, adapters, pointers
        )
        used = np.zeros(len(rows.width), bool)
        used[found] = True
        places = np.cumsum(used) - 1
        return Priced(rows.subset(np.flatnonzero(used)), places[found], costs, pointers)


def _contents(prices: FloatArray) -> bytes:
    return prices.tobytes()


def _compared_splits(instance: Instance, steps: tuple[Step, ...]) -> dict[str, ComparedSplits]:
    """Return which splits the tree edges compare at each kernel: none if adapters are free.

    A chord compares nothing that no tree edge does.
    """
    found = dict.fromkeys(instance.kernels, ComparedSplits())
    if not instance.settings.wadapter:
        return found
    for step in steps:
        if step.link is not None:
            source, target = step.link.ends(step.name)
            reference, known = step.link.reference, found[source]
            found[source] = ComparedSplits(True, known.reads, tuple(sorted({*known.writes, reference})))
            found[target] = ComparedSplits(True, reference, found[target].writes)
    return found


def _most_adapters(instance: Instance, steps: tuple[Step, ...]) -> dict[str, FloatArray]:
    """Return the most that adapters can cost at each kernel (`ALL_ADAPTERS` to `INPUT_CHANNELS`)."""
    found: dict[str, FloatArray] = {name: np.zeros(3) for name in instance.kernels}
    links = {step.name: step.link for step in steps if step.link is not None}

    def add(ends: tuple[str, str], multiplicity: int, splits: int) -> None:
        price = float(instance.settings.wadapter * multiplicity)
        for name, channels in zip(ends, (col.OUTPUT_CHANNELS, col.INPUT_CHANNELS), strict=True):
            found[name][col.ALL_ADAPTERS] += splits * price
            found[name][channels] += price

    for step in steps:
        if step.link is not None:
            add(step.link.ends(step.name), step.link.multiplicity, splits=3)
        if step.chord is not None:
            below, above = step.chord.below, step.chord.above
            ends = (below, above) if links[below].produces else (above, below)
            add(ends, step.chord.multiplicity, splits=1)
    return found


def _with_limits(prices: FloatArray, sizes: Rows, adapters: float) -> FloatArray:
    """Return the prices with the limit `MOST`: what the cheapest size costs, and all adapters."""
    width, height = sizes.width[:, None], sizes.height[:, None]
    sides = width * prices[:, col.PER_WIDTH] + height * prices[:, col.PER_HEIGHT]
    least = np.min(prices[:, col.PER_AREA] * width * height + sides, axis=0)
    return np.column_stack([prices, least + adapters + SLACK])


@compiled
def candidates(
    width: FloatArray,
    height: FloatArray,
    into: IntArray,
    out: IntArray,
    classes: IntArray,
    prices: FloatArray,
    adapters: FloatArray,
    pointers: IntArray,
) -> tuple[IntArray, FloatArray]:
    """Return the rows that can be optimal under each of `prices`, int64, and their costs, float64.

    Those of price i stand from pointers[i] to pointers[i + 1]. Left out is what costs more than the cheapest
    row by all `adapters` or more (`ALL_ADAPTERS`), more than the cheapest of equal input classes by those
    that can differ then (`OUTPUT_CHANNELS`), or more than the cheapest of equal output classes alike
    (`INPUT_CHANNELS`). The cheapest row of all stays. `classes` has the numbers of input and output
    classes.
    """
    many, count, size = len(prices), 0, 4096
    least_in, least_out = np.empty(classes[0]), np.empty(classes[1])
    cost = np.empty(len(width))
    rows, costs = np.empty(size, np.int64), np.empty(size)
    for i in range(many):
        pointers[i] = count
        least_in[:], least_out[:] = np.inf, np.inf
        which = 0
        area, across, up = prices[i, col.PER_AREA], prices[i, col.PER_WIDTH], prices[i, col.PER_HEIGHT]
        for r in range(len(width)):
            cost[r] = area * width[r] * height[r] + across * width[r] + up * height[r]
            if cost[r] < cost[which]:
                which = r
            least_in[into[r]] = min(least_in[into[r]], cost[r])
            least_out[out[r]] = min(least_out[out[r]], cost[r])
        for r in range(len(width)):
            low_in, low_out = least_in[into[r]], least_out[out[r]]
            useful = cost[r] < cost[which] + adapters[col.ALL_ADAPTERS]
            # On a tie with the cheapest of the class that one must stay, hence the second conditions.
            useful = useful and (cost[r] < low_in + adapters[col.OUTPUT_CHANNELS] or cost[r] == low_in)
            useful = useful and (cost[r] < low_out + adapters[col.INPUT_CHANNELS] or cost[r] == low_out)
            if useful or r == which:
                if count == size:
                    size *= 2
                    rows, costs = _grown(rows, size), _grown(costs, size)
                rows[count], costs[count] = r, cost[r]
                count += 1
    pointers[many] = count
    return rows[:count], costs[:count]


@inner
def _grown(values: NDArray[Any], size: int) -> NDArray[Any]:
    """Return the values in an array of another size (a loop: assigning a slice compiles for a second)."""
    grown = np.empty(size, values.dtype)
    for i in range(len(values)):
        grown[i] = values[i]
    return grown
