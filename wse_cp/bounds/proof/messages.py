"""What the shapes at the two ends of a wire cost together, and the least of it over one end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from wse_cp.bounds.proof.region import Wire
from wse_cp.shapes.arrays import IntArray

#: Tables of ends that are compared one with one have at most so many entries.
_SMALL = 1 << 14


@dataclass(frozen=True, eq=False)
class PairCost:
    """What the shapes at the ends of a wire cost together: an amount for each column in which they differ.

    Potentials say how much of it the source pays, and the target gets back, by a column's value: the rest
    is not negative.
    """

    source: int
    target: int
    compared: tuple[tuple[int, int, int], ...]  #: column of the source, of the target, cost
    potentials: tuple[tuple[int, int, IntArray], ...] = ()  #: the same columns, amount of each value

    def seen_from(self, kernel: int) -> tuple[tuple[int, int, int], ...]:
        """Return what is compared, the columns of `kernel` first."""
        return self.compared if kernel == self.source else tuple((b, a, cost) for a, b, cost in self.compared)

    def other(self, kernel: int) -> int:
        """Return the other end."""
        return self.source + self.target - kernel

    def potential(self, rows: IntArray, ahead: bool) -> IntArray:
        """Return the sum of the potentials of rows of the source (`ahead`) or the target."""
        found = np.zeros(len(rows), np.int64)
        for one, other, amounts in self.potentials:
            found += amounts[rows[:, one if ahead else other]]
        return found


class Forest(NamedTuple):
    """Wires without a cycle that join all that wires join."""

    order: tuple[int, ...]  #: kernels, each but the first of a tree after the other end of its wire
    up: dict[int, int]  #: the number of this wire


def forest_of(count: int, wires: Sequence[Wire]) -> Forest:
    """Return the forest that wires form, those with more edges first, as long as they close no cycle."""
    tree = list(range(count))
    chosen: list[int] = []
    for k in sorted(range(len(wires)), key=lambda k: (-wires[k].many, k)):
        one, other = tree[wires[k].source], tree[wires[k].target]
        if one != other:
            chosen.append(k)
            tree = [one if number == other else number for number in tree]
    order: list[int] = []
    up: dict[int, int] = {}
    while len(order) < count:
        for k in chosen:
            ends = wires[k].source, wires[k].target
            if (ends[0] in order) != (ends[1] in order):
                new = ends[1] if ends[0] in order else ends[0]
                up[new] = k
                order.append(new)
                break
        else:
            order.append(next(i for i in range(count) if i not in order))
    return Forest(tuple(order), up)


def message(
    above: IntArray, below: IntArray, totals: IntArray, compared: tuple[tuple[int, int, int], ...]
) -> IntArray:
    """Return for each row above the least over the rows below of their total and what differs."""
    if not compared:
        return np.full(len(above), totals.min())
    if len(above) * len(below) <= _SMALL:
        found: IntArray = (differing(above, below, compared) + totals).min(axis=1)
        return found
    return _by_table(above, below, totals, compared)


def differing(above: IntArray, below: IntArray, compared: tuple[tuple[int, int, int], ...]) -> IntArray:
    """Return what differs for each row above (first axis) and each row below."""
    found = np.zeros((len(above), len(below)), np.int64)
    for one, other, cost in compared:
        found += cost * (above[:, one, None] != below[:, other])
    return found


def _by_table(
    above: IntArray, below: IntArray, totals: IntArray, compared: tuple[tuple[int, int, int], ...]
) -> IntArray:
    """Do the same by a table over all values: what differs in a column costs the same for all its values."""
    ones, others = [c[0] for c in compared], [c[1] for c in compared]
    extents = 1 + np.maximum(above[:, ones].max(axis=0), below[:, others].max(axis=0))
    steps = np.concatenate([np.cumprod(extents[::-1])[-2::-1], [1]]).astype(np.int64)
    much = int(totals.max()) + sum(cost for *_, cost in compared)
    table = np.full(int(extents.prod()), much)
    keys = below[:, others] @ steps
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
    table[keys[order][starts]] = np.minimum.reduceat(totals[order], starts)
    for step, extent, (*_, cost) in zip(steps.tolist(), extents.tolist(), compared, strict=True):
        cube = table.reshape(-1, extent, step)
        np.minimum(cube, cube.min(axis=1, keepdims=True) + cost, out=cube)
    result: IntArray = table[above[:, ones] @ steps]
    return result
