"""The cheapest option of a neighbour for every protocol of a kernel, adapters included."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wse_cp.compiled import compiled
from wse_cp.construct.stack.tables import INPUT, OUTPUT, StackTable
from wse_cp.shapes.arrays import IntArray

#: Larger than any split: packs three of them into one integer.
BASE = 1 << 13
#: Sets of the three parts of a protocol that may agree, as bits.
SETS = 8
#: Bytes of groups that are remembered.
_REMEMBERED = 1 << 28

#: Numbers of groups: a table has no more than 3000 options (`tables.PROTOCOLS`).
GroupArray = NDArray[np.int16]


class Groups(NamedTuple):
    """Options of one table (n) and of their neighbour's (m), grouped by the parts of each set of parts.

    What two tables have in common does not depend on prices, so it is worked out once.
    """

    own: GroupArray  #: (SETS, n) group of each option
    matching: GroupArray  #: (SETS, m) group that agrees with the neighbour's option, -1 if there is none
    counts: IntArray  #: int64 (SETS,) number of groups

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return self.own.nbytes + self.matching.nbytes + self.counts.nbytes


def grouped(protocols: IntArray, partners: IntArray) -> Groups:
    """Return the groups of two tables of protocols, int64 (n, 3) and (m, 3)."""
    own = np.zeros((SETS, len(protocols)), np.int16)
    matching = np.full((SETS, len(partners)), -1, np.int16)
    counts = np.zeros(SETS, np.int64)
    for agreeing in range(SETS):
        parts = [i for i in range(3) if agreeing >> i & 1]
        values, own[agreeing] = np.unique(_packed(protocols, parts), return_inverse=True)
        theirs = _packed(partners, parts)
        at = np.minimum(np.searchsorted(values, theirs), len(values) - 1)
        matching[agreeing] = np.where(values[at] == theirs, at, -1)
        counts[agreeing] = len(values)
    return Groups(own, matching, counts)


@compiled
def cheapest_partners(costs: IntArray, groups: Groups, price: float) -> tuple[IntArray, IntArray]:
    """Return for every option of the neighbour the least cost, adapters included, and the option that has it.

    For each set of parts that agree only the cheapest option with these parts can be the one.

    Parameters
    ----------
    costs
        float64 (n,): of the options themselves.
    price
        Cost of an adapter.
    """
    size = groups.matching.shape[1]
    best, option = np.full(size, np.inf), np.zeros(size, np.int64)
    for agreeing in range(SETS):
        extra = price * (3 - (agreeing & 1) - (agreeing >> 1 & 1) - (agreeing >> 2 & 1))
        least = np.full(groups.counts[agreeing], np.inf)
        cheapest = np.zeros(groups.counts[agreeing], np.int64)
        for i in range(len(costs)):
            group = groups.own[agreeing, i]
            if costs[i] < least[group]:
                least[group], cheapest[group] = costs[i], i
        for j in range(size):
            group = groups.matching[agreeing, j]
            if group >= 0 and least[group] + extra < best[j]:
                best[j], option[j] = least[group] + extra, cheapest[group]
    return best, option


class KnownGroups:
    """Remembers the groups of pairs of tables."""

    def __init__(self) -> None:
        self._known: dict[tuple[StackTable, StackTable, bool], Groups] = {}
        self._size = 0

    def between(self, child: StackTable, parent: StackTable, shows: bool) -> Groups:
        """Return the groups of a child's options for its parent's; `shows`: the child is the producer."""
        key = (child, parent, shows)
        if key not in self._known:
            ours, theirs = (OUTPUT, INPUT) if shows else (INPUT, OUTPUT)
            groups = grouped(child.protocols[:, ours], parent.protocols[:, theirs])
            if self._size + groups.size > _REMEMBERED:
                self._known.clear()
                self._size = 0
            self._known[key] = groups
            self._size += groups.size
        return self._known[key]


def _packed(protocols: IntArray, parts: Collection[int]) -> IntArray:
    packed: IntArray = np.zeros(len(protocols), np.int64)
    for part in parts:
        packed = packed * BASE + protocols[:, part]
    return packed
