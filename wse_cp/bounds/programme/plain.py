"""The dual function without spine and adapters, where a kernel's shape matters to its own payments only.

What the network below a kernel costs at least is a number for each of the kernel's shapes, a *bill*; the
bills of the cells below it add up. Cells whose kernels are alike and have equal bills are computed once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping
from functools import cached_property
from typing import NamedTuple

import numpy as np

from wse_cp.bounds.network.cells import Cell
from wse_cp.bounds.network.structure import Structure
from wse_cp.bounds.network.tree import rooted_tree
from wse_cp.bounds.programme.ending import look
from wse_cp.bounds.programme.pricing import DualValue, Multipliers, Tables, tables_at
from wse_cp.bounds.programme.rows import RowMaker
from wse_cp.instance import Instance
from wse_cp.kernels import Kernel
from wse_cp.shapes.arrays import FloatArray, IntArray

#: Cells between two looks whether the search is over.
_LOOKS = 64


class Bill(NamedTuple):
    """What the network below a kernel costs at least, for each of the kernel's shapes; and a base."""

    costs: FloatArray  #: less the base's cost; the least is 0
    areas: FloatArray  #: tiles used below, less the base's
    cost: float  #: of the base
    area: float  #: tiles, of the base


class _Shapes(NamedTuple):
    """The shapes of a kernel, priced."""

    tiles: FloatArray
    areas: FloatArray  #: price of the tiles
    sides: FloatArray  #: price of half a wire for each tile of width, and of height (2 x shapes)


class _Choice(NamedTuple):
    """The payments of one kernel in the patterns of a cell (half wires)."""

    pays: FloatArray  #: each once (rows x 2)
    numbers: IntArray  #: the row of each pattern


class _Part(NamedTuple):
    """A cell, hung up."""

    kind: int  #: equal for cells that differ in their kernels only
    below: tuple[str, ...]
    choices: tuple[_Choice, ...]  #: of these, then of the kernel on top


class PlainDual:
    """The dual function of a structure without spine; safe to use from several threads."""

    square = True  #: no multipliers of runs are used, so they may as well be equal

    def __init__(self, instance: Instance, structure: Structure) -> None:
        self.instance = instance
        self._maker = RowMaker(instance)
        tree = rooted_tree(instance, structure)
        self._order = list(reversed(tree.order))
        self._roots = [name for name, link in tree.links.items() if link is None]
        self._parts: dict[str, list[_Part]] = defaultdict(list)
        self._kinds: dict[Hashable, tuple[int, tuple[_Choice, ...]]] = {}
        for index, cell in enumerate(structure.cells):
            below = [name for name in cell.members if tree.above[name] == index]
            (top,) = set(cell.members).difference(below)
            self._parts[top].append(self._part(cell, (*below, top)))

    def tables(self, time: int) -> Tables | None:
        """Return what depends on a cycle limit (1 / time_scale cycles); None if a kernel has no shape."""
        return tables_at(self.instance, self._maker, time)

    def value(self, tables: Tables, multipliers: Multipliers, case: int) -> DualValue:
        """Return the dual value; `case` is 0."""
        settings = self.instance.settings
        cost, area = _Call(self._kernels, self._parts, tables, multipliers, settings.wlength).minimum(
            self._order, self._roots
        )
        wafer = settings.width * settings.height
        return DualValue(cost - multipliers.area * wafer, (area - wafer, 0.0, 0.0))

    @cached_property
    def _kernels(self) -> Mapping[str, tuple[int, Kernel]]:
        """The kernels with numbers that those alike share."""
        numbers: dict[Kernel, int] = {}
        return {
            name: (numbers.setdefault(kernel, len(numbers)), kernel)
            for name, kernel in self.instance.kernels.items()
        }

    def _part(self, cell: Cell, names: tuple[str, ...]) -> _Part:
        places = tuple(cell.members.index(name) for name in names)
        if (cell.kind, places) not in self._kinds:
            look()
            choices = tuple(_choice(cell, name) for name in names)
            self._kinds[cell.kind, places] = len(self._kinds), choices
        kind, choices = self._kinds[cell.kind, places]
        return _Part(kind, names[:-1], choices)


def _choice(cell: Cell, name: str) -> _Choice:
    pays = np.array([pattern.payment(name) for pattern in cell.patterns], np.int64)
    found, numbers = np.unique(pays, axis=0, return_inverse=True)
    return _Choice(found.astype(float), numbers.reshape(-1))


class _Call:
    """One evaluation."""

    def __init__(
        self,
        kernels: Mapping[str, tuple[int, Kernel]],
        parts: Mapping[str, list[_Part]],
        tables: Tables,
        multipliers: Multipliers,
        wire: int,
    ) -> None:
        self._kernels, self._parts = kernels, parts
        self._shapes: dict[int, _Shapes] = {}
        for name, (number, _) in kernels.items():
            if number not in self._shapes:
                rows = tables.sizes[name]
                tiles = rows.width * rows.height
                sides = np.stack([rows.width, rows.height]) * (wire / 2)
                self._shapes[number] = _Shapes(tiles, multipliers.area * tiles, sides)
        self._bills: dict[str, Bill] = {}
        self._states: dict[str, int] = {}
        self._known: dict[Hashable, Bill] = {}
        self._numbers: dict[Hashable, int] = {}

    def minimum(self, order: list[str], roots: list[str]) -> tuple[float, float]:
        """Return the least cost, and the tiles used; `order` has children before their parents."""
        cost = area = 0.0
        for number, name in enumerate(order):
            if number % _LOOKS == 0:
                look()
            bill = self._together(name)
            cost, area = cost + bill.cost, area + bill.area
            self._bills[name] = bill
            contents = self._kernels[name][0], bill.costs.tobytes(), bill.areas.tobytes()
            self._states[name] = self._numbers.setdefault(contents, len(self._numbers))
        for name in roots:
            shapes, bill = self._shapes[self._kernels[name][0]], self._bills[name]
            best = int(np.argmin(shapes.areas + bill.costs))
            cost += float(shapes.areas[best] + bill.costs[best])
            area += float(shapes.tiles[best] + bill.areas[best])
        return cost, area

    def _together(self, top: str) -> Bill:
        """Return the bill of all cells below a kernel, not counting what they are based on."""
        number = self._kernels[top][0]
        many = len(self._shapes[number].tiles)
        costs, areas, cost, area = np.zeros(many), np.zeros(many), 0.0, 0.0
        for part in self._parts.get(top, ()):
            key = (part.kind, number, *(self._states[name] for name in part.below))
            if key not in self._known:
                self._known[key] = self._bill(part, number)
            bill = self._known[key]
            costs, areas = costs + bill.costs, areas + bill.areas
            cost, area = cost + bill.cost, area + bill.area
        based = _based(costs, areas)
        return based._replace(cost=cost + based.cost, area=area + based.area)

    def _bill(self, part: _Part, number: int) -> Bill:
        """Return the bill of one cell for the kernel on top, whose number is given."""
        *below, top = part.choices
        costs, areas = np.zeros(len(top.numbers)), np.zeros(len(top.numbers))
        for name, choice in zip(part.below, below, strict=True):
            bill, shapes = self._bills[name], self._shapes[self._kernels[name][0]]
            prices = choice.pays @ shapes.sides + (shapes.areas + bill.costs)
            best = np.argmin(prices, axis=1)
            costs = costs + prices[np.arange(len(best)), best][choice.numbers]
            areas = areas + (shapes.tiles + bill.areas)[best][choice.numbers]
        order = np.lexsort((costs, top.numbers))
        first = order[np.searchsorted(top.numbers[order], np.arange(len(top.pays)))]
        prices = costs[first][:, None] + top.pays @ self._shapes[number].sides
        best = np.argmin(prices, axis=0)
        return _based(prices[best, np.arange(len(best))], areas[first][best])


def _based(costs: FloatArray, areas: FloatArray) -> Bill:
    """Return a bill based on its cheapest shape."""
    base = int(np.argmin(costs))
    return Bill(costs - costs[base], areas - areas[base], float(costs[base]), float(areas[base]))
