"""Adapters of a chord: what its ends and its centre cost if the ends agree in its channel split, and if not.

If they do not, the chord costs its adapter and all else is as if there were no chord. If they do, there is
one split x at both ends; what the centre and all below it cost is then needed by *key*, a pair of classes of
h and w of the centre and a class x that both ends have.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from wse_cp.bounds.verifier.adapters import AgreeingCrossing
from wse_cp.bounds.verifier.integers import Integers
from wse_cp.bounds.verifier.pricing import Priced
from wse_cp.bounds.verifier.shapes import Shapes
from wse_cp.bounds.verifier.splits import RADIX


@dataclass(frozen=True)
class Rates:
    """Prices of an adapter, times how often the edge counts: to the kernel below, above, and at the chord."""

    low: int
    high: int
    chord: int


@dataclass(frozen=True, eq=False)
class Agreement:
    """What a centre needs to know of its chord.

    Attributes
    ----------
    keys
        Classes of h, w and channels (keys x 3), split by split for each h and w.
    splits
        How many splits x there are.
    group, low, high
        For each choice of the centre: the number of its h and w, and of its channels towards the kernel
        below and above among the splits x, -1 if they are none.
    arrival, departure
        From the views of the kernel below to the keys; from the keys to the views of the kernel above. None
        if there are no keys.
    rates
        Prices.
    missing
        The value that stands for infinity.
    """

    keys: Integers
    splits: int
    group: Integers
    low: Integers
    high: Integers
    arrival: AgreeingCrossing | None
    departure: AgreeingCrossing | None
    rates: Rates
    missing: int
    _known: dict[int, tuple[Priced, Integers]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Number of keys."""
        return len(self.keys)

    def least(self, priced: Priced) -> Integers:
        """Return the least price of a choice of the centre with its channels' adapters, by key."""
        if id(priced) not in self._known:
            self._known[id(priced)] = priced, self._least(priced)
        return self._known[id(priced)][1]

    def _least(self, priced: Priced) -> Integers:
        choices, prices = priced.choices, priced.prices
        group, low, high = self.group[choices], self.low[choices], self.high[choices]
        cheapest = np.full(self.size // self.splits, self.missing, prices.dtype)
        np.minimum.at(cheapest, group, prices)
        least = np.repeat(cheapest + self.rates.low + self.rates.high, self.splits)
        differs = (low != high).astype(prices.dtype)
        for place, other in ((low, self.rates.high), (high, self.rates.low)):
            known = place >= 0
            keys = group[known] * self.splits + place[known]
            np.minimum.at(least, keys, prices[known] + differs[known] * other)
        found: Integers = np.minimum(least, self.missing)
        return found


def agreement(
    centre: Shapes,
    sides: tuple[int | None, int | None],
    views: tuple[Integers, Integers],
    rates: Rates,
    missing: int,
) -> Agreement:
    """Return the agreement of a centre.

    Parameters
    ----------
    sides
        The centre's outlets towards the kernel below and the one above; None where an edge enters it.
    views
        What these two show of themselves: classes of h, w and channels (views x 3).
    """
    splits = np.intersect1d(views[0][:, 2], views[1][:, 2])
    codes, group = np.unique(centre.h * RADIX + centre.w, return_inverse=True)
    rows = len(codes) * len(splits)
    pairs = np.repeat(codes, len(splits))
    keys = np.stack([pairs // RADIX, pairs % RADIX, np.tile(splits, len(codes))], axis=1)
    low, high = (_places(centre.inlet if side is None else centre.outlets[side], splits) for side in sides)
    arrival = AgreeingCrossing(views[0], keys, rates.low, missing) if rows else None
    departure = AgreeingCrossing(keys, views[1], rates.high, missing) if rows else None
    return Agreement(keys, len(splits), group, low, high, arrival, departure, rates, missing)


def _places(values: Integers, among: Integers) -> Integers:
    """Return where values stand in a sorted array, -1 if they do not."""
    if not len(among):
        return np.full(len(values), -1)
    place = np.minimum(np.searchsorted(among, values), len(among) - 1)
    return np.where(among[place] == values, place, -1)
