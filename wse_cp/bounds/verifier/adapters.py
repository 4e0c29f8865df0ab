"""The least adapters across an edge: what a child costs, seen through each view of its parent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np

from wse_cp.bounds.verifier.reading import Integers, changes, numbered
from wse_cp.bounds.verifier.splits import CHANNEL_CLASS, H_CLASS, RADIX, W_CLASS

#: All columns of views.
_ALL = (H_CLASS, W_CLASS, CHANNEL_CLASS)


@dataclass(frozen=True, eq=False)
class _Groups:
    """Views of child and parent that agree in some of their classes."""

    order: Integers | None  #: the child's views, those that agree side by side; None if they already are
    number: Integers  #: the group of each view in this order
    groups: int  #: how many groups there are
    #: The child's group that agrees with each of the parent's groups; the number of groups if none does.
    partner: Integers
    group: Integers  #: the parent's group of each of the parent's views
    member: Integers  #: one of the parent's views in each of its groups

    def by_group(self, values: Integers, known: Integers, missing: int) -> Integers:
        """Return the least of the child's values (lanes x views) for each of the parent's groups.

        Only those views count that are `known` (a mask).
        """
        return self._least(values, known, missing)[:, self.partner]

    def by_view(self, values: Integers, known: Integers, missing: int) -> Integers:
        """Return the same for each of the parent's views."""
        return self._least(values, known, missing)[:, self.partner[self.group]]

    def _least(self, values: Integers, known: Integers, missing: int) -> Integers:
        """Return the same for each of the child's groups, and `missing` after the last one."""
        views = np.flatnonzero(known if self.order is None else known[self.order])
        number = self.number[views]
        starts = np.flatnonzero(changes(number))
        values = values[:, views if self.order is None else self.order[views]]
        found = np.full((len(values), self.groups + 1), missing, values.dtype)
        found[:, number[starts]] = np.minimum.reduceat(values, starts, axis=1)
        return found


class Crossing:
    """An edge of the tree between the views of a child and those of its parent.

    For each view of the parent it takes the least over the child's views of their value plus
    `price` for each of the three classes that differ. It is enough to look, for each set of classes,
    at the child's views that agree on that set, and to pay for all the others.

    Parameters
    ----------
    child, parent
        Classes (views x 3) of either end.
    price
        Of one adapter, times how often the edge counts.
    missing
        The value that stands for infinity.
    """

    def __init__(self, child: Integers, parent: Integers, price: int, missing: int) -> None:
        self._price, self._missing = price, missing
        self._one = [_groups(child, parent, (column,)) for column in _ALL]
        pairs = (H_CLASS, W_CLASS), (H_CLASS, CHANNEL_CLASS), (W_CLASS, CHANNEL_CLASS)
        self._two = [_groups(child, parent, pair) for pair in pairs]
        self._all = _groups(child, parent, _ALL)

    def __call__(self, values: Integers) -> Integers:
        """Return what `values` (lanes x the child's views) come to (lanes x the parent's views)."""
        least = np.min(values, axis=1, keepdims=True)
        result = np.full((len(values), len(self._all.group)), self._missing, values.dtype)
        alive = np.flatnonzero(least[:, 0] < _finite(self._missing))
        if len(alive):
            result[alive] = self._cross(values[alive], least[alive])
        return result

    def _cross(self, values: Integers, least: Integers) -> Integers:
        """Return the result where it is finite; `least` (lanes x 1) is the least of the values."""
        price, missing = self._price, self._missing
        known = np.any(values < _finite(missing), axis=0)
        one = [
            np.minimum(least + 3 * price, groups.by_group(values, known, missing) + 2 * price)
            for groups in self._one
        ]
        result = self._all.by_view(values, known, missing)
        # what agrees in one class is entered into the groups of two, which are fewer than views
        for groups, column in zip(self._two, (W_CLASS, H_CLASS, CHANNEL_CLASS), strict=True):
            pair = groups.by_group(values, known, missing) + price
            np.minimum(pair, one[column][:, self._one[column].group[groups.member]], out=pair)
            np.minimum(result, pair[:, groups.group], out=result)
        return result


class AgreeingCrossing:
    """As `Crossing`, but the views at both ends have to agree in channels."""

    def __init__(self, child: Integers, parent: Integers, price: int, missing: int) -> None:
        self._missing = missing
        self._sets = [
            (_groups(child, parent, columns), (3 - len(columns)) * price)
            for columns in (_ALL, (H_CLASS, CHANNEL_CLASS), (W_CLASS, CHANNEL_CLASS), (CHANNEL_CLASS,))
        ]

    def __call__(self, values: Integers) -> Integers:
        """Return what `values` (lanes x the child's views) come to (lanes x the parent's views)."""
        missing = self._missing
        result = np.full((len(values), len(self._sets[0][0].group)), missing, values.dtype)
        finite = values < _finite(missing)
        alive = np.flatnonzero(np.any(finite, axis=1))
        if len(alive):
            values, known = values[alive], np.any(finite[alive], axis=0)
            found = [groups.by_view(values, known, missing) + price for groups, price in self._sets]
            result[alive] = np.minimum(result[alive], reduce(np.minimum, found))
        return result


def _finite(missing: int) -> int:
    """Return what all finite values are below; half of the one that stands for infinity."""
    return missing // 2


def _groups(child: Integers, parent: Integers, columns: tuple[int, ...]) -> _Groups:
    """Return the groups of views that agree in some columns."""
    mine, theirs = np.zeros(len(child), np.int64), np.zeros(len(parent), np.int64)
    for column in columns:
        mine, theirs = mine * RADIX + child[:, column], theirs * RADIX + parent[:, column]
    order = None if np.all(mine[1:] >= mine[:-1]) else np.argsort(mine, kind="stable")
    mine = mine if order is None else mine[order]
    new = changes(mine)
    member, group = numbered(theirs)
    known, wanted = mine[new], theirs[member]
    place = np.searchsorted(known, wanted)
    found = known[np.minimum(place, len(known) - 1)] == wanted
    partner = np.where(found, place, len(known))
    return _Groups(order, np.cumsum(new) - 1, len(known), partner, group, member)
