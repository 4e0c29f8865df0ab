"""What all choices of a shape for each kernel cost at least, alone and together along wires.

Wires without a cycle, the forest, are summed up from the outside in, and for what a shape costs at least from
the inside out as well. The others count by their potentials; where that is not enough, choices are tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from wse_cp.bounds.verifier.reading import CertificateError, Ended, EndedError, Integers

#: The most choices that are tried in one leaf.
MOST_TRIED = 50_000
#: So many comparisons are made one by one.
_FEW = 10_000
#: Five amounts up to this one (three splits, two parities) fit into 64 bits together.
_EXACT = 1 << 59


class Difference(NamedTuple):
    """What it costs that the shapes at the ends of a wire differ: (column there, column here, amount).

    Potentials (column there, column here, amount of each value) are paid at the source and given back at the
    target; an amount is 0 to what it costs that these columns differ.
    """

    source: int
    target: int
    amounts: tuple[tuple[int, int, int], ...]
    potentials: tuple[tuple[int, int, dict[int, int]], ...] = ()

    def at(self, kernel: int) -> tuple[tuple[int, int, int], ...]:
        """Return the amounts with the column of `kernel` first."""
        if kernel == self.source:
            return self.amounts
        return tuple((there, here, amount) for here, there, amount in self.amounts)

    def moved(self, kernel: int, rows: Integers, dtype: Any) -> Integers:
        """Return what rows of one of the ends pay by the potentials."""
        paid: Any = np.zeros(len(rows), dtype)
        for there, here, amounts in self.potentials:
            values = rows[:, there if kernel == self.source else here].tolist()
            paid = paid + np.array([amounts.get(value, 0) for value in values], dtype)
        return np.asarray(paid if kernel == self.source else -paid)


def forest_of(kernels: int, ends: Sequence[tuple[int, int, int]]) -> list[int]:
    """Return the numbers of wires (source, target, multiplicity) that close no cycle.

    Those of more edges come first, then those of lower numbers.
    """
    part = {i: {i} for i in range(kernels)}
    chosen = []
    for k in sorted(range(len(ends)), key=lambda k: -ends[k][2]):
        u, v, _ = ends[k]
        if v not in part[u]:
            chosen.append(k)
            joined = part[u] | part[v]
            part.update(dict.fromkeys(joined, joined))
    return chosen


class Choices:
    """All choices of a row of each table, and what they cost."""

    def __init__(
        self,
        shapes: Sequence[Integers],
        costs: Sequence[Integers],
        wires: Sequence[Difference],
        forest: list[int],
    ) -> None:
        self._alone = costs
        self._kinds = [_kinds(rows, cost) for rows, cost in zip(shapes, costs, strict=True)]
        self._rows = [rows[kinds[0]] for rows, kinds in zip(shapes, self._kinds, strict=True)]
        self._sums = [cost[kinds[0]] for cost, kinds in zip(costs, self._kinds, strict=True)]
        self._loose = [wire for k, wire in enumerate(wires) if k not in forest]
        for wire in self._loose:
            for end in (wire.source, wire.target):
                self._sums[end] = self._sums[end] + wire.moved(end, self._rows[end], self._sums[end].dtype)
        self._order, self._inward = _rooted(len(costs), [wires[k] for k in forest])
        self._beyond: dict[int, Integers] = {}  # what a kernel and all beyond it cost those nearer the root
        for kernel in reversed(self._order):
            if kernel in self._inward:
                near, wire = self._inward[kernel]
                self._beyond[kernel] = _least_beyond(
                    self._rows[near], self._rows[kernel], self._sums[kernel], wire.at(near)
                )
                self._sums[near] = self._sums[near] + self._beyond[kernel]
        self.least = sum(int(self._sums[i].min()) for i in self._order if i not in self._inward)

    def with_each(self) -> list[Integers]:
        """Return for each row of each table what choices with it cost at least."""
        sums, found = list(self._sums), list(self._alone)
        for kernel in self._order:
            if kernel in self._inward:
                near, wire = self._inward[kernel]
                rest = sums[near] - self._beyond[kernel]
                sums[kernel] = sums[kernel] + _least_beyond(
                    self._rows[kernel], self._rows[near], rest, wire.at(kernel)
                )
            first, kind = self._kinds[kernel]
            others = self.least - int(sums[kernel].min())
            alone = self._alone[kernel]
            found[kernel] = sums[kernel][kind] + (alone - alone[first][kind]) + others
        return found

    def reach(self, target: int, ended: Ended) -> bool:
        """Tell whether every choice costs at least `target`."""
        self._tried = 0
        return self.least >= target or self._enough(target, self.least, {}, ended)

    def _enough(self, target: int, spent: int, chosen: dict[int, int], ended: Ended) -> bool:
        """Tell whether all choices that begin with those rows and cost `spent` or more reach the target."""
        kernel = self._order[len(chosen)]
        sums = self._sums[kernel]
        if kernel in self._inward:
            known = int(self._beyond[kernel][chosen[self._inward[kernel][0]]])
            near, wire = self._inward[kernel]
            sums = sums + _differing(self._rows[kernel], self._rows[near][chosen[near]], wire.at(kernel))
        else:
            known = int(sums.min())
        for wire in self._loose:
            near = wire.source + wire.target - kernel
            if kernel in (wire.source, wire.target) and near in chosen:
                rows, row = self._rows[kernel], self._rows[near][chosen[near]]
                sums = sums + _differing(rows, row, wire.at(kernel)) - wire.moved(kernel, rows, sums.dtype)
                sums = sums - wire.moved(near, row[None], sums.dtype)
        totals = sums - known + spent
        short = np.flatnonzero(totals < target).tolist()
        if len(chosen) + 1 == len(self._order):
            return not short
        self._tried += len(short)
        if ended():
            raise EndedError
        if self._tried > MOST_TRIED:
            raise CertificateError("a leaf leaves too many choices to be tried")
        return all(self._enough(target, int(totals[i]), {**chosen, kernel: i}, ended) for i in short)


def _rooted(count: int, wires: list[Difference]) -> tuple[list[int], dict[int, tuple[int, Difference]]]:
    """Return the kernels from the roots outward, and the next one inward with its wire."""
    order: list[int] = []
    inward: dict[int, tuple[int, Difference]] = {}
    for root in range(count):
        if root in order:
            continue
        order.append(root)
        for near in order:
            for wire in wires:
                far = wire.source + wire.target - near
                if near in (wire.source, wire.target) and far not in order:
                    inward[far] = near, wire
                    order.append(far)
    return order, inward


def _kinds(rows: Integers, costs: Integers) -> tuple[Integers, Integers]:
    """Return the cheapest row of each combination of what wires compare, and the combination of each row."""
    _, kind = np.unique(rows[:, 3:], axis=0, return_inverse=True)
    kind = kind.reshape(-1)
    order = np.array(sorted(range(len(rows)), key=lambda i: (kind[i], costs[i])), np.int64)
    if costs.dtype != object:
        order = np.lexsort((costs, kind))
    starts = np.ones(len(rows), bool)
    starts[1:] = kind[order][1:] != kind[order][:-1]
    return order[starts], kind


def _differing(rows: Integers, row: Integers, amounts: tuple[tuple[int, int, int], ...]) -> Any:
    paid: Any = 0
    for here, there, amount in amounts:
        paid = paid + (rows[:, here] != row[there]).astype(object if amount > _EXACT else np.int64) * amount
    return paid


def _least_beyond(
    near: Integers, far: Integers, costs: Integers, amounts: tuple[tuple[int, int, int], ...]
) -> Integers:
    """Return for each near row the least, over the far rows, of their cost and what differs."""
    if not amounts:
        return np.full(len(near), costs.min(), costs.dtype)
    if len(near) * len(far) <= _FEW:
        sums: Any = np.broadcast_to(costs, (len(near), len(far)))
        for here, there, amount in amounts:
            sums = sums + (near[:, here][:, None] != far[:, there]).astype(costs.dtype) * amount
        return np.asarray(sums.min(axis=1))
    # A table by the values that a near row has in the columns; at first only for those that a far row has.
    size = tuple(1 + max(int(near[:, here].max()), int(far[:, there].max())) for here, there, _ in amounts)
    table: Any = np.full(size, int(costs.max()) + sum(amount for *_, amount in amounts), costs.dtype)
    np.minimum.at(table, tuple(far[:, there] for _, there, _ in amounts), costs)
    for axis, (*_, amount) in enumerate(amounts):
        # another value in this column costs the amount more, whichever it is
        table = np.minimum(table, table.min(axis=axis, keepdims=True) + amount)
    return np.asarray(table[tuple(near[:, here] for here, _, _ in amounts)])
