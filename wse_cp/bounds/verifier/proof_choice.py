"""Whether all choices of a shape for each kernel cost enough, alone and together along wires.

Kernels are eliminated one after the other from the outside in, as long as they have one wire left to the
others: what they cost at least is added to what their neighbour's shapes cost. Of those that remain all
choices are tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from wse_cp.bounds.verifier.reading import CertificateError, Ended, EndedError, Integers

#: The most choices that are tried in one leaf.
MOST_TRIED = 50_000


class Difference(NamedTuple):
    """What it costs that the shapes at the ends of a wire differ: (column there, column here, amount)."""

    source: int
    target: int
    amounts: tuple[tuple[int, int, int], ...]

    def at(self, kernel: int) -> tuple[tuple[int, int, int], ...]:
        """Return the amounts with the column of `kernel` first."""
        if kernel == self.source:
            return self.amounts
        return tuple((there, here, amount) for here, there, amount in self.amounts)


def reaches(
    shapes: Sequence[Integers], costs: list[Integers], wires: list[Difference], target: int, ended: Ended
) -> bool:
    """Tell whether every choice costs at least `target`."""
    kinds = [_kinds(rows, cost) for rows, cost in zip(shapes, costs, strict=True)]
    rows, totals = [kind[0] for kind in kinds], [kind[1] for kind in kinds]
    left, open_wires, done = set(range(len(rows))), list(wires), 0
    while (end := _outside(left, open_wires)) is not None:
        touching = [wire for wire in open_wires if end in (wire.source, wire.target)]
        left.discard(end)
        if not touching:
            done += int(totals[end].min())
            continue
        other = touching[0].source + touching[0].target - end
        open_wires.remove(touching[0])
        totals[other] = totals[other] + _least_beyond(
            rows[other], rows[end], totals[end], touching[0].at(other)
        )
    if not left:
        return done >= target
    return _Trial([(i, rows[i], totals[i]) for i in _chained(left, open_wires)], open_wires, ended).enough(
        target - done
    )


def _outside(left: set[int], wires: list[Difference]) -> int | None:
    """Return a kernel with at most one wire; None if there is none."""
    for kernel in sorted(left):
        if sum(kernel in (wire.source, wire.target) for wire in wires) <= 1:
            return kernel
    return None


def _chained(left: set[int], wires: list[Difference]) -> list[int]:
    """Return kernels so that many wires end at earlier ones."""
    found: list[int] = []
    while len(found) < len(left):
        ties = {i: sum({w.source, w.target} <= {i, *found} for w in wires if i in w[:2]) for i in left}
        found.append(max((i for i in left if i not in found), key=lambda i: (ties[i], -i)))
    return found


def _kinds(rows: Integers, costs: Integers) -> tuple[Integers, Integers]:
    """Return the least cost of each combination of what wires compare, and these rows."""
    _, kind = np.unique(rows[:, 3:], axis=0, return_inverse=True)
    kind = kind.reshape(-1)
    order = np.lexsort((np.arange(len(rows)), kind)) if costs.dtype == object else np.lexsort((costs, kind))
    if costs.dtype == object:
        order = np.array(sorted(order.tolist(), key=lambda i: (kind[i], costs[i])))
    first = np.ones(len(order), bool)
    first[1:] = kind[order][1:] != kind[order][:-1]
    chosen = order[first]
    return rows[chosen], costs[chosen]


def _least_beyond(
    near: Integers, far: Integers, costs: Integers, amounts: tuple[tuple[int, int, int], ...]
) -> Integers:
    """Return for each near row the least, over the far rows, of their cost and what differs.

    For each set of columns: the least cost of a far row that agrees in these, and all others as if they
    differed. That is never too little, and right for the set in which the best far row agrees.
    """
    best: Any = np.full(len(near), int(costs.min()) + sum(amount for *_, amount in amounts), costs.dtype)
    for size in range(1, len(amounts) + 1):
        for agree in combinations(range(len(amounts)), size):
            rest = sum(amount for i, (*_, amount) in enumerate(amounts) if i not in agree)
            here = near[:, [amounts[i][0] for i in agree]]
            there = far[:, [amounts[i][1] for i in agree]]
            _, codes = np.unique(np.concatenate([here, there]), axis=0, return_inverse=True)
            codes = codes.reshape(-1)
            least: Any = np.full(int(codes.max()) + 1, int(costs.max()) + int(best.max()) + 1, costs.dtype)
            np.minimum.at(least, codes[len(near) :], costs)
            best = np.minimum(best, least[codes[: len(near)]] + rest)
    return np.asarray(best)


class _Trial:
    """All choices of the kernels that remain, those that cost least first."""

    def __init__(
        self, kernels: list[tuple[int, Integers, Integers]], wires: list[Difference], ended: Ended
    ) -> None:
        self._kernels, self._wires, self._ended = kernels, wires, ended
        self._tried = 0

    def enough(self, target: int, chosen: tuple[Integers, ...] = ()) -> bool:
        """Tell whether all choices that begin with those rows cost at least `target` more."""
        level = len(chosen)
        kernel, rows, costs = self._kernels[level]
        for earlier, row in zip(self._kernels, chosen, strict=False):
            for wire in self._wires:
                if {wire.source, wire.target} == {kernel, earlier[0]}:
                    for here, there, amount in wire.at(kernel):
                        costs = costs + (rows[:, here] != row[there]).astype(costs.dtype) * amount
        later = sum(int(entry[2].min()) for entry in self._kernels[level + 1 :])
        short = np.flatnonzero(costs < target - later).tolist()
        if level + 1 == len(self._kernels):
            return not short
        self._tried += len(short)
        if self._ended():
            raise EndedError
        if self._tried > MOST_TRIED:
            raise CertificateError("a leaf leaves too many choices to be tried")
        return all(self.enough(target - int(costs[i]), (*chosen, rows[i])) for i in short)
