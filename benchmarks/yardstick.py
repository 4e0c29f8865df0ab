"""A plain heuristic that the search has to beat on large instances: equal rows, tried one by one.

The kernels stand in a depth-first or a narrow order, in k equal rows (k = 1 to 16) that run back and forth,
each in the narrowest shape of its row's height. The cycle limit goes up in steps of 1 % from the least one by
area until it alone costs more than the best placement. Every complete plan that may win is evaluated exactly,
the best one by score.py as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from pathlib import Path
from time import process_time
from typing import Annotated

import numpy as np
import typer

from benchmarks.project import reported_errors, write_csv
from wse_cp.api import load
from wse_cp.construct.cycle_limits import rounded_up
from wse_cp.construct.orders import Order, depth_first, edges_by_position, narrow
from wse_cp.errors import NoPlacementError
from wse_cp.instance import Instance
from wse_cp.kernels import adapters, input_protocol, output_protocol
from wse_cp.networks.large import large_names
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.score import Score, checked_score
from wse_cp.shapes.arrays import IntArray, scaled
from wse_cp.shapes.curves import kernel_curve, least_time_by_area
from wse_cp.shapes.options import Option, fit

MOST_ROWS = 16
#: Steps of the cycle limit, and how many of them are tried if nothing fits.
STEP, MOST_STEPS = Fraction(101, 100), 700


@dataclass(frozen=True)
class Plan:
    """A complete plan: each kernel of the order has its lower left corner (tiles) and an option."""

    cost: Fraction
    order: str
    names: Order
    rows: int
    limit: Fraction  #: cycle limit (cycles)
    corners: IntArray  #: int64 of shape (kernels, 2)
    options: tuple[Option, ...]

    def placement(self, instance: Instance) -> Placement:
        """Return the placement."""
        return Placement(
            PlacedKernel(name, instance.kernels[name], option.args, int(x), int(y), option.rotated)
            for name, option, (x, y) in zip(self.names, self.options, self.corners, strict=True)
        )


class _Narrowest:
    """The narrowest shape of each kind of kernel at one height, while the cycle limit goes up."""

    def __init__(self, kinds: int) -> None:
        self.widths = np.zeros(kinds, np.int64)
        self.since = np.zeros(kinds, np.int64)  #: limit (1 / time_scale cycles) that made the width possible
        self.unknown = np.ones(kinds, np.bool_)  #: whether the option of this width is still to be found
        self.options: dict[int, Option] = {}

    def update(self, widths: IntArray, time: int) -> None:
        """Take over the widths at a higher limit."""
        changed = widths != self.widths
        self.widths = widths.astype(np.int64)
        self.since[changed] = time
        self.unknown |= changed


class Yardstick:
    """The heuristic on one instance; `best` is the best plan so far."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.best: Plan | None = None
        self._least = least_time_by_area(instance)
        self._kinds = list(dict.fromkeys(instance.kernels.values()))
        number = {kernel: kind for kind, kernel in enumerate(self._kinds)}
        self._narrowest = [_Narrowest(len(self._kinds)) for _ in range(MOST_ROWS + 1)]
        self._orders = {}
        for label, names in _orders(instance).items():
            kinds = np.array([number[instance.kernels[name]] for name in names])
            self._orders[label] = names, kinds, edges_by_position(instance, names)

    def run(self) -> Plan:
        """Return the best plan; raises `NoPlacementError` if no plan is complete."""
        limit = self._least
        for _ in range(MOST_STEPS):
            if self.best and self.instance.settings.wdeltat * limit >= self.best.cost:
                break
            self._try_limit(limit)
            limit = rounded_up(self.instance, limit * STEP)
        if self.best is None:
            raise NoPlacementError("no plan of equal rows is complete")
        return self.best

    def _try_limit(self, limit: Fraction) -> None:
        settings, scale = self.instance.settings, self.instance.time_scale
        time = scaled(self.instance, limit)
        curves = np.stack([kernel_curve(kernel, settings, scale, time) for kernel in self._kinds])
        for rows in range(1, min(MOST_ROWS, settings.height) + 1):
            height = settings.height // rows
            narrowest = self._narrowest[rows]
            narrowest.update(curves[:, height], time)
            widths = narrowest.widths
            options: list[Option] | None = None
            for label, (_, kinds, edges) in self._orders.items():
                placed = fill_rows(widths[kinds], settings.width, rows)
                if placed is None or not self._may_win(edges, widths[kinds], *placed, height):
                    continue
                options = options or self._options(narrowest, height)
                self._keep(label, rows, limit, options, *placed)

    def _may_win(self, edges: IntArray, widths: IntArray, x: IntArray, row: IntArray, height: int) -> bool:
        """Tell whether a plan can beat the best: centres off by a half tile, least time, no adapters."""
        if self.best is None:
            return True
        length2 = _length2(edges, np.stack([2 * x + widths, (2 * row + 1) * height], axis=1))
        slack = int(edges[:, 2].sum())
        wire = Fraction(max(length2 - slack, 0), 2)
        return self.instance.cost(self._least, wire, 0) < self.best.cost

    def _options(self, narrowest: _Narrowest, height: int) -> list[Option]:
        """Return the option of each kind: the one at the least limit that made its width possible."""
        settings, scale = self.instance.settings, self.instance.time_scale
        for kind in np.flatnonzero(narrowest.unknown):
            time, width = int(narrowest.since[kind]), int(narrowest.widths[kind])
            option = fit(self._kinds[kind], settings, scale, time, width, height)
            assert option is not None
            narrowest.options[int(kind)] = option
        narrowest.unknown[:] = False
        return [narrowest.options[kind] for kind in range(len(self._kinds))]

    def _keep(
        self, label: str, rows: int, limit: Fraction, options: Sequence[Option], x: IntArray, row: IntArray
    ) -> None:
        """Evaluate a plan and keep it if it is the best."""
        names, kinds, edges = self._orders[label]
        height = self.instance.settings.height // rows
        sizes = np.array([(option.width, option.height) for option in options])[kinds]
        corners = np.stack([x, row * height + (height - sizes[:, 1]) // 2], axis=1)
        time = Fraction(max(option.time for option in options), self.instance.time_scale)
        wire = Fraction(_length2(edges, 2 * corners + sizes), 2)
        cost = self.instance.cost(time, wire, _adapters(edges, kinds, options))
        if self.best is None or cost < self.best.cost:
            chosen = tuple(options[kind] for kind in kinds)
            self.best = Plan(cost, label, names, rows, limit, corners, chosen)


def _orders(instance: Instance) -> dict[str, Order]:
    graph = instance.kernel_graph
    return {"depth-first": depth_first(graph, list(graph)), "narrow": narrow(graph)}


def fill_rows(widths: IntArray, wafer: int, rows: int) -> tuple[IntArray, IntArray] | None:
    """Return left edge (tiles) and row of each kernel, or None if they need more rows.

    Parameters
    ----------
    widths
        Of the kernels in their order (tiles, int64); every other row runs from right to left.
    wafer, rows
        Width of the wafer (tiles), and number of rows.
    """
    ends = np.cumsum(widths)
    x, row = np.zeros_like(ends), np.zeros_like(ends)
    begin = 0
    for number in range(rows):
        offset = int(ends[begin - 1]) if begin else 0
        end = int(np.searchsorted(ends, offset + wafer, side="right"))
        inside = slice(begin, end)
        x[inside] = wafer - (ends[inside] - offset) if number % 2 else ends[inside] - widths[inside] - offset
        row[inside] = number
        begin = end
        if end == len(ends):
            return x, row
    return None


def _length2(edges: IntArray, centers2: IntArray) -> int:
    """Return the length of all wires in half tiles; edges are rows (producer, consumer, multiplicity)."""
    distances = np.abs(centers2[edges[:, 0]] - centers2[edges[:, 1]]).sum(axis=1)
    return int(distances @ edges[:, 2])


def _adapters(edges: IntArray, kinds: IntArray, options: Sequence[Option]) -> int:
    pairs, counts = np.unique(kinds[edges[:, :2]], axis=0, return_inverse=True)
    each = np.array(
        [adapters(output_protocol(options[u].args), input_protocol(options[v].args)) for u, v in pairs],
        np.int64,
    )
    return int(each[counts.reshape(-1)] @ edges[:, 2]) if len(pairs) else 0


@dataclass(frozen=True)
class Measured:
    """What the yardstick reaches on one instance; numbers of the score are exact texts."""

    instance: str
    kernels: int
    edges: int
    cost: str
    max_time: str
    wire_length: str
    adapters: int
    time_percent: str  #: share of the cost that time has
    rows: int
    cycle_limit: str
    order: str
    cpu_seconds: str


def measure(name: str, instance: Instance) -> Measured:
    """Run the yardstick on an instance; the score is that of score.py, which raises if it is not legal."""
    begin = process_time()
    plan = Yardstick(instance).run()
    seconds = process_time() - begin
    score = checked_score(instance, plan.placement(instance))
    if score.cost != plan.cost:
        raise RuntimeError(f"{name}: evaluated as {plan.cost}, scored as {score.cost}")
    return _measured(name, instance, plan, score, seconds)


def _measured(name: str, instance: Instance, plan: Plan, score: Score, seconds: float) -> Measured:
    share = 100 * instance.settings.wdeltat * score.max_time / score.cost
    return Measured(
        name,
        len(instance.kernels),
        sum(count for _, _, count in instance.kernel_edges),
        _text(score.cost),
        _text(score.max_time),
        _text(score.wire_length),
        score.adapters,
        f"{float(share):.1f}",
        plan.rows,
        _text(plan.limit),
        plan.order,
        f"{seconds:.1f}",
    )


def _text(number: Fraction) -> str:
    return f"{float(number):.12g}" if 2**20 % number.denominator == 0 else str(number)


def measured(names: Sequence[str]) -> Iterator[Measured]:
    """Yield what the yardstick reaches on instances: files, or names as `load` takes them."""
    for name in names:
        yield measure(name.partition(":")[2] or Path(name).stem, load(name))


def main(
    instances: Annotated[list[str] | None, typer.Argument(help="Instances (all large ones).")] = None,
    csv: Annotated[Path | None, typer.Option(help="File of the results; none: print them only.")] = None,
) -> None:
    """Run the yardstick."""
    with reported_errors():
        found = []
        for one in measured(instances or [f"large:{name}" for name in large_names()]):
            found.append(vars(one))
            print(" ".join(f"{key}={value}" for key, value in found[-1].items()), flush=True)
        if csv:
            write_csv(csv, [field.name for field in fields(Measured)], found)


if __name__ == "__main__":
    typer.run(main)
