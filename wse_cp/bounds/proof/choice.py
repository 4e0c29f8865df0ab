"""The least sum of what shapes cost alone and what the two ends of a wire cost together.

Along a spanning tree of the wires, messages have the least cost of all that lies beyond a wire. Wires
outside the tree count in the search that follows, which the messages guide.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from wse_cp.bounds.proof.listing import ROWS
from wse_cp.bounds.proof.messages import Forest, PairCost, message
from wse_cp.shapes.arrays import IntArray

#: The most partial choices that are looked at in one minimum.
MOST_CHOICES = 100
#: Places of the columns that pairs compare, in the number of a row's kind.
_RADIX = np.array([1 << 40, 1 << 28, 1 << 16, 1 << 4, 2, 1])
#: What is more than any cost.
_MUCH = 1 << 61


class Least(NamedTuple):
    """A lower bound, and the rows of the shapes that attain it (at least nearly)."""

    value: int
    rows: tuple[int, ...]


class _Kinds(NamedTuple):
    """Rows that pairs cannot tell apart are of one kind."""

    of: IntArray  #: of each row
    first: IntArray  #: the cheapest row of each kind


class Joint:
    """What a choice of a row of each table costs: `base`, each row's cost, and what pairs cost.

    Pairs in the forest are compared by messages; potentials of the others are taken for what they cost.
    """

    def __init__(
        self,
        shapes: Sequence[IntArray],
        costs: Sequence[IntArray],
        pairs: Sequence[PairCost],
        forest: Forest,
        base: int,
    ) -> None:
        self._costs, self._pairs, self._base = costs, pairs, base
        self._kinds = [_kinds(table, cost) for table, cost in zip(shapes, costs, strict=True)]
        self._rows = [table[kinds.first] for table, kinds in zip(shapes, self._kinds, strict=True)]
        self._totals = [cost[kinds.first] for cost, kinds in zip(costs, self._kinds, strict=True)]
        for wire in pairs:
            self._totals[wire.source] += wire.potential(self._rows[wire.source], True)
            self._totals[wire.target] -= wire.potential(self._rows[wire.target], False)
        self._order, self._up = forest.order, {kernel: pairs[k] for kernel, k in forest.up.items()}
        self._sent: dict[int, IntArray] = {}
        for kernel in reversed(self._order):
            pair = self._up.get(kernel)
            if pair is not None:
                parent = pair.other(kernel)
                found = message(
                    self._rows[parent], self._rows[kernel], self._totals[kernel], pair.seen_from(parent)
                )
                self._sent[kernel] = found
                self._totals[parent] = self._totals[parent] + found
        self._loose = base + sum(int(self._totals[i].min()) for i in self._order if i not in self._up)

    def least(self, ceiling: int) -> Least:
        """Return the least sum, at most `ceiling`; where the search takes too long, a little less."""
        walk = _Walk(self._order, self._up, self._rows, self._totals, self._sent, self._pairs, ceiling)
        value, best = walk.run(self._loose)
        rows = tuple(int(kinds.first[i]) for kinds, i in zip(self._kinds, best, strict=True))
        return Least(min(value, ceiling), rows)

    @cached_property
    def marginals(self) -> list[IntArray]:
        """For each row a lower bound on the sum of a choice with it.

        Outside the forest potentials alone count.
        """
        beliefs = list(self._totals)
        found: list[IntArray] = [np.zeros(0, np.int64)] * len(beliefs)
        for kernel in self._order:
            pair = self._up.get(kernel)
            if pair is not None:
                above = pair.other(kernel)
                rest = beliefs[above] - self._sent[kernel]
                beliefs[kernel] = self._totals[kernel] + message(
                    self._rows[kernel], self._rows[above], rest, pair.seen_from(kernel)
                )
            kinds, cost = self._kinds[kernel], self._costs[kernel]
            others = self._loose - int(beliefs[kernel].min())
            found[kernel] = others + beliefs[kernel][kinds.of] + cost - cost[kinds.first][kinds.of]
        return found


def _kinds(rows: IntArray, costs: IntArray) -> _Kinds:
    keys = rows[:, ROWS:] @ _RADIX
    order = np.lexsort((costs, keys))
    new = np.diff(keys[order], prepend=-1) != 0
    of = np.empty(len(rows), np.int64)
    of[order] = np.cumsum(new) - 1
    return _Kinds(of, order[new])


class _Walk:
    """A depth-first search that messages guide."""

    def __init__(
        self,
        order: Sequence[int],
        up: dict[int, PairCost],
        rows: list[IntArray],
        totals: list[IntArray],
        sent: dict[int, IntArray],
        pairs: Sequence[PairCost],
        ceiling: int,
    ) -> None:
        self.order, self.up, self.rows, self.totals, self.sent = order, up, rows, totals, sent
        self.left, self.least = MOST_CHOICES, ceiling
        self.best: dict[int, int] = {}
        self.cut_off = _MUCH
        self.earlier = {
            kernel: [
                pair
                for pair in pairs
                if pair.source + pair.target - kernel in order[:level]
                and kernel in (pair.source, pair.target)
            ]
            for level, kernel in enumerate(order)
        }

    def run(self, loose: int) -> tuple[int, list[int]]:
        """Return the least sum if it is below the ceiling, else the ceiling; and the choice."""
        start = [int(total.argmin()) for total in self.totals]
        if loose < self.least:
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
        rows = self.rows[kernel]
        for pair in self.earlier[kernel]:
            other = pair.other(kernel)
            at = self.rows[other][chosen[other]]
            for own, theirs, cost in pair.seen_from(kernel):
                totals += cost * (rows[:, own] != at[theirs])
            ahead = pair.source == kernel
            spare = pair.potential(at[None], not ahead) - pair.potential(rows, ahead)
            totals += spare if ahead else -spare
        below = np.flatnonzero(totals < self.least)
        for i in below[np.argsort(totals[below], kind="stable")].tolist():
            if totals[i] >= self.least:
                return
            self.left -= 1
            if self.left < 0:
                self.cut_off = min(self.cut_off, int(totals[i]))
                return
            self._descend(level + 1, int(totals[i]), {**chosen, kernel: i})
