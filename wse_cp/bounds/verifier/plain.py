"""The minimum of an interval without spine and adapters: what is alike is computed once.

There a kernel's shape matters to its own payments only. So what the network below a kernel costs at least is
a number for each of the kernel's shapes, a *bill*, and the bills of all cells below it add up. Kernels alike
whose bills are equal but for a constant are one; a repeated part of the network soon has the same ones again
and again.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

import numpy as np

from wse_cp.bounds.verifier.cells import Cell, Kind
from wse_cp.bounds.verifier.frame import Frame
from wse_cp.bounds.verifier.patterns import Money
from wse_cp.bounds.verifier.reading import Ended, EndedError, Integers, dtype_for, never
from wse_cp.bounds.verifier.rectangles import Rectangles, have_shapes
from wse_cp.kernels import Kernel


class _Shapes(NamedTuple):
    """The shapes of a kernel, priced."""

    areas: Integers  #: price of the tiles of each
    sides: Integers  #: price of half a wire for each tile of width, and of height (2 x shapes)


class _Choice(NamedTuple):
    """The payments of one kernel in the variants of a kind (half wires)."""

    pays: Integers  #: each once (rows x 2)
    numbers: Integers  #: the row of each variant


def plain_cost(frame: Frame, rectangles: Rectangles, money: Money, ended: Ended = never) -> int | None:
    """Return the minimum for a network without spine and adapters; None if a kernel has no shape at all."""
    if not have_shapes(frame.instance, rectangles, ended):
        return None
    return _Minimum(frame, rectangles, money).value(ended)


class _Minimum:
    """The minimum of one interval."""

    def __init__(self, frame: Frame, rectangles: Rectangles, money: Money) -> None:
        self._frame, self._rectangles, self._money = frame, rectangles, money
        self._dtype = np.dtype(dtype_for(4 * _magnitude(frame, money)))
        kernels = list(frame.instance.kernels.values())
        numbers = {kernel: number for number, kernel in enumerate(dict.fromkeys(kernels))}
        self._shapes = [self._priced(kernel) for kernel in numbers]
        self._likeness = [numbers[kernel] for kernel in kernels]  # kernels with equal numbers are alike
        self._choices: dict[int, list[_Choice]] = {}
        self._known: dict[Hashable, tuple[int, Integers]] = {}
        self._states: dict[Hashable, int] = {}

    def value(self, ended: Ended) -> int:
        """Return it."""
        network, money = self._frame.network, self._money
        bills: list[Integers | None] = [None] * len(network.names)
        states = [0] * len(network.names)
        total = -money.area * money.width * money.height
        for v in reversed(network.order):
            if ended():
                raise EndedError
            bill = np.zeros(len(self._shapes[self._likeness[v]].areas), self._dtype)
            for cell in self._frame.cells[v]:
                cost, more = self._cell(cell, bills, states)
                bill, total = bill + more, total + cost
            cost, bills[v] = _without_least(bill)
            total, states[v] = total + cost, self._state(v, bills[v])
            if network.parent[v] is None:
                total += int(np.min(self._shapes[self._likeness[v]].areas + bills[v]))
        return total

    def _priced(self, kernel: Kernel) -> _Shapes:
        extents = np.stack(self._rectangles(kernel)).astype(self._dtype)
        return _Shapes(self._money.area * extents[0] * extents[1], 2 * self._money.quarter_wire * extents)

    def _state(self, kernel: int, bill: Integers | None) -> int:
        """Return a number that kernels share if they are alike and have equal bills."""
        assert bill is not None
        contents = bill.tobytes() if bill.dtype != object else tuple(bill.tolist())
        return self._states.setdefault((self._likeness[kernel], contents), len(self._states))

    def _cell(self, cell: Cell, bills: list[Integers | None], states: list[int]) -> tuple[int, Integers]:
        """Return what a cell and all below it cost at least, and what more with each shape of its top."""
        key = id(cell.kind), self._likeness[cell.top], *(states[v] for v in cell.below)
        if key not in self._known:
            self._known[key] = _without_least(self._bill(cell, bills))
        return self._known[key]

    def _bill(self, cell: Cell, bills: list[Integers | None]) -> Integers:
        *below, top = self._choices_of(cell.kind)
        costs = np.zeros(len(top.numbers), self._dtype)
        for v, choice in zip(cell.below, below, strict=True):
            bill, shapes = bills[v], self._shapes[self._likeness[v]]
            assert bill is not None
            costs = costs + np.min(choice.pays @ shapes.sides + (shapes.areas + bill), axis=1)[choice.numbers]
        order = np.argsort(top.numbers, kind="stable")
        starts = np.searchsorted(top.numbers[order], np.arange(len(top.pays)))
        least = np.minimum.reduceat(costs[order], starts)
        sides = self._shapes[self._likeness[cell.top]].sides
        found: Integers = np.min(least[:, None] + top.pays @ sides, axis=0)
        return found

    def _choices_of(self, kind: Kind) -> list[_Choice]:
        if id(kind) not in self._choices:
            pays = np.array([[pay for _, pay in variant.pays] for variant in kind.variants], np.int64)
            self._choices[id(kind)] = [_choice(pays[:, i], self._dtype) for i in range(pays.shape[1])]
        return self._choices[id(kind)]


def _choice(pays: Integers, dtype: np.dtype[np.generic]) -> _Choice:
    found, numbers = np.unique(pays, axis=0, return_inverse=True)
    return _Choice(found.astype(dtype), numbers.reshape(-1))


def _without_least(bill: Integers) -> tuple[int, Integers]:
    """Return the least number of a bill, and the bill less that."""
    least = int(bill.min())
    return least, bill - least


def _magnitude(frame: Frame, money: Money) -> int:
    """Return what no sum of prices exceeds: of all kernels as large as the wafer, each paying the most."""
    halves = 0
    for cell in (cell for cells in frame.cells for cell in cells):
        halves += sum(x * money.width + y * money.height for x, y in cell.kind.most)
    areas = (len(frame.network.names) + 1) * money.area * money.width * money.height
    return areas + 2 * money.quarter_wire * halves
