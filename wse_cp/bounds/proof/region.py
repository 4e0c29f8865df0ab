"""Regions of placements: what a path of decisions leaves (docs/bounds.md, "Proof by search")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wse_cp.bounds.proof.listing import COLUMNS, IN, OUT, ROWS, TIME
from wse_cp.instance import Instance
from wse_cp.shapes.arrays import IntArray

Pair = tuple[int, int]


class Wire(NamedTuple):
    """All edges from one kernel to another, which are numbered in sorted order of names."""

    source: int
    target: int
    many: int


class TimeCut(NamedTuple):
    """Whether the largest time is below `value` (1 / time_scale cycles), or not."""

    value: int


class ShapeCut(NamedTuple):
    """Whether an attribute of a kernel's shape (a column of its listing) is at most `value`, or larger."""

    kernel: int
    column: int
    value: int


class AxisCut(NamedTuple):
    """Whether two kernels are disjoint along x, or along y.

    `swapped`: x alone is looked at, for reasons of symmetry.
    """

    pair: Pair
    swapped: bool


class OrderCut(NamedTuple):
    """Whether of two kernels disjoint along `axis` the first comes first, or the second.

    `mirrored`: only the first case is looked at, for reasons of symmetry.
    """

    pair: Pair
    axis: int
    mirrored: bool


class Sieve(NamedTuple):
    """Shapes with which a placement costs too much are left out: multipliers show it."""


Cut = TimeCut | ShapeCut | AxisCut | OrderCut


@dataclass(frozen=True, eq=False)
class Region:
    """The placements on one side of each decision made.

    `shapes` are the rows of the listings that are left, `start` a lower bound on the largest time, `axes`
    along which axis pairs (the smaller number first) are disjoint, `orders` which kernel of such a pair comes
    first. `turned` tells whether a decision is not symmetric under an exchange of the axes.
    """

    shapes: tuple[IntArray, ...]
    start: int = 0
    axes: Mapping[Pair, int] = field(default_factory=dict)
    orders: Mapping[Pair, int] = field(default_factory=dict)
    turned: bool = False

    @cached_property
    def empty(self) -> bool:
        """Whether some kernel has no shape left."""
        return not all(len(rows) for rows in self.shapes)

    def parts(self, cut: Cut) -> list[Region]:
        """Return the regions that a decision makes of this one, without those that symmetry spares."""
        if isinstance(cut, TimeCut):
            below = tuple(rows[rows[:, TIME] < cut.value] for rows in self.shapes)
            return [replace(self, shapes=below), replace(self, start=max(self.start, cut.value))]
        if isinstance(cut, ShapeCut):
            rows = self.shapes[cut.kernel]
            low = rows[:, cut.column] <= cut.value
            turned = self.turned or cut.column not in (TIME, ROWS, COLUMNS, IN, OUT)
            return [self._with_shapes(cut.kernel, part, turned) for part in (rows[low], rows[~low])]
        if isinstance(cut, AxisCut):
            return [
                replace(self, axes={**self.axes, cut.pair: axis}, turned=True)
                for axis in ((0,) if cut.swapped else (0, 1))
            ]
        first, second = cut.pair
        return [
            replace(self, orders={**self.orders, cut.pair: kernel})
            for kernel in ((first,) if cut.mirrored else (first, second))
        ]

    def _with_shapes(self, kernel: int, rows: IntArray, turned: bool) -> Region:
        shapes = (*self.shapes[:kernel], rows, *self.shapes[kernel + 1 :])
        return replace(self, shapes=shapes, turned=turned)

    def sieved(self, kept: Sequence[NDArray[np.bool_]]) -> Region:
        """Return the region with the shapes that are kept."""
        return replace(self, shapes=tuple(rows[part] for rows, part in zip(self.shapes, kept, strict=True)))

    def cliques(self) -> list[tuple[int, tuple[int, ...]]]:
        """Return the largest sets of three and more kernels pairwise disjoint along an axis, and pairs."""
        found: list[tuple[int, tuple[int, ...]]] = []
        for axis in (0, 1):
            known: list[frozenset[int]] = []
            for size in range(len(self.shapes), 1, -1):
                for members in combinations(range(len(self.shapes)), size):
                    if any(frozenset(members) <= other for other in known):
                        continue
                    if all(self.axes.get(pair) == axis for pair in combinations(members, 2)):
                        known.append(frozenset(members))
                        found.append((axis, members))
        return found


def whole(shapes: list[IntArray]) -> Region:
    """Return the region of all placements."""
    return Region(tuple(shapes))


def wires(instance: Instance) -> list[Wire]:
    """Return the counted edges by the kernels' numbers, sorted."""
    number = {name: i for i, name in enumerate(sorted(instance.kernels))}
    return sorted(Wire(number[u], number[v], count) for u, v, count in instance.kernel_edges)
