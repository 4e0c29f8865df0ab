"""The least sum of what shapes cost alone and what the two ends of a wire cost together.

Along a spanning tree of the wires, messages have the least cost of all that hangs below a kernel. Wires
outside the tree count in the search that follows, which the messages guide.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from wse_cp.bounds.proof.listing import ROWS
from wse_cp.shapes.arrays import IntArray

#: The most partial choices that are looked at in one minimum.
MOST_CHOICES = 300
#: Places of the columns that pairs compare, in the number of a row's kind.
_RADIX = np.array([1 << 40, 1 << 28, 1 << 16, 1 << 4, 2, 1])
#: What is more than any cost.
_MUCH = 1 << 61


class Least(NamedTuple):
    """A lower bound, and the rows of the shapes that attain it (at least nearly)."""

    value: int
    rows: tuple[int, ...]


class PairCost(NamedTuple):
    """What the shapes at the ends of a wire cost together: an amount for each column in which they differ."""

    source: int
    target: int
    compared: tuple[tuple[int, int, int], ...]  #: column of the source, of the target, cost

    def seen_from(self, kernel: int) -> tuple[tuple[int, int, int], ...]:
        """Return what is compared, the columns of `kernel` first."""
        return self.compared if kernel == self.source else tuple((b, a, cost) for a, b, cost in self.compared)

    def other(self, kernel: int) -> int:
        """Return the other end."""
        return self.source + self.target - kernel


def least_choice(
    shapes: Sequence[IntArray], costs: list[IntArray], pairs: list[PairCost], base: int, ceiling: int
) -> Least:
    """Return the least sum, at most `ceiling`; where the search takes too long, a little less."""
    rows = tuple(int(cost.argmin()) for cost in costs)
    if base + sum(int(cost[i]) for cost, i in zip(costs, rows, strict=True)) >= ceiling:
        return Least(ceiling, rows)
    groups = [_groups(table, cost) for table, cost in zip(shapes, costs, strict=True)]
    walk = _Walk(
        [table[g] for table, g in zip(shapes, groups, strict=True)],
        [cost[g] for cost, g in zip(costs, groups, strict=True)],
        pairs,
    )
    value, best = walk.run(base, ceiling)
    return Least(min(value, ceiling), tuple(int(group[i]) for group, i in zip(groups, best, strict=True)))


def _groups(rows: IntArray, costs: IntArray) -> IntArray:
    """Return the cheapest row of each kind that pairs can tell apart, the cheapest first."""
    order = np.argsort(costs, kind="stable")
    _, first = np.unique(rows[order, ROWS:] @ _RADIX, return_index=True)
    return order[np.sort(first)]


class _Walk:
    """Messages along a tree, and a depth-first search that they guide."""

    def __init__(self, rows: list[IntArray], costs: list[IntArray], pairs: list[PairCost]) -> None:
        self.rows, self.pairs, self.totals = rows, pairs, costs
        self.order, self.up = _tree(len(rows), pairs)
        self.sent: dict[int, IntArray] = {}
        for kernel in reversed(self.order):
            pair = self.up.get(kernel)
            if pair is not None:
                parent = pair.other(kernel)
                message = _message(rows[parent], rows[kernel], self.totals[kernel], pair.seen_from(parent))
                self.sent[kernel] = message
                self.totals[parent] = self.totals[parent] + message
        self.left, self.least = MOST_CHOICES, _MUCH
        self.best: dict[int, int] = {}
        self.cut_off = _MUCH

    def run(self, base: int, ceiling: int) -> tuple[int, list[int]]:
        """Return the least sum if it is below the ceiling, else the ceiling; and the choice."""
        loose = base + sum(int(self.totals[i].min()) for i in self.order if i not in self.up)
        self.least = ceiling
        start = [int(total.argmin()) for total in self.totals]
        if loose < ceiling:
            self._descend(0, loose, {})
        if self.left < 0:
            return min(self.cut_off, self.least), [self.best.get(i, start[i]) for i in range(len(start))]
        return self.least, [self.best.get(i, start[i]) for i in range(len(start))]

    def _descend(self, level: int, spent: int, chosen: dict[int, int]) -> None:
        """Look at all choices that go on from those made; `spent` counts the least cost of what is open."""
        if level == len(self.order):
            self.least, self.best = spent, dict(chosen)
            return
        kernel = self.order[level]
        up = self.up.get(kernel)
        totals = self.totals[kernel] + spent
        totals -= (
            int(self.totals[kernel].min()) if up is None else int(self.sent[kernel][chosen[up.other(kernel)]])
        )
        for pair in self.pairs:
            if kernel in (pair.source, pair.target) and pair.other(kernel) in chosen:
                other = pair.other(kernel)
                at = self.rows[other][chosen[other]]
                for own, theirs, cost in pair.seen_from(kernel):
                    totals = totals + cost * (self.rows[kernel][:, own] != at[theirs])
        below = np.flatnonzero(totals < self.least)
        for i in below[np.argsort(totals[below], kind="stable")].tolist():
            if totals[i] >= self.least:
                return
            self.left -= 1
            if self.left < 0:
                self.cut_off = min(self.cut_off, int(totals[i]))
                return
            self._descend(level + 1, int(totals[i]), {**chosen, kernel: i})


def _tree(count: int, pairs: list[PairCost]) -> tuple[list[int], dict[int, PairCost]]:
    """Return the kernels in an order, and for each but the first of a component the wire to one before it."""
    order: list[int] = []
    up: dict[int, PairCost] = {}
    while len(order) < count:
        crossing = [pair for pair in pairs if (pair.source in order) != (pair.target in order)]
        if not crossing:
            order.append(next(i for i in range(count) if i not in order))
            continue
        pair = max(crossing, key=lambda pair: sum(cost for _, _, cost in pair.compared))
        new = pair.target if pair.source in order else pair.source
        up[new] = pair
        order.append(new)
    return order, up


def _message(
    above: IntArray, below: IntArray, totals: IntArray, compared: tuple[tuple[int, int, int], ...]
) -> IntArray:
    """Return for each row above the least total below and what differs costs.

    Which columns agree is guessed in every way: those that do are looked up, the others are paid for.
    """
    best = np.full(len(above), _MUCH)
    order = np.argsort(-totals, kind="stable")  # of equal keys the cheapest is written last
    for agree in product((False, True), repeat=len(compared)):
        paid = sum(cost for (_, _, cost), same in zip(compared, agree, strict=True) if not same)
        keys_above, keys_below, size = np.zeros(len(above), np.int64), np.zeros(len(below), np.int64), 1
        for (one, other, _), same in zip(compared, agree, strict=True):
            if same:
                extent = 1 + max(int(above[:, one].max()), int(below[:, other].max()))
                keys_above, keys_below = (
                    keys_above * extent + above[:, one],
                    keys_below * extent + below[:, other],
                )
                size *= extent
        table = np.full(size, _MUCH)
        table[keys_below[order]] = totals[order]
        found = table[keys_above]
        best = np.minimum(best, np.where(found < _MUCH, found + paid, _MUCH))
    return best
