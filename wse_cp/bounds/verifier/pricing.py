"""The choices of a kernel priced under given payments, and what the centre of a chord adds to that.

If the ends of a chord do not agree in its channel split, the chord costs its adapter and all else is as if
there were no chord. If they do, there is one split x at both ends; what the centre and all below it cost is
then needed by *key*: classes of h and w of the centre, and a class x that both ends have.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce

import numpy as np

from wse_cp.bounds.verifier.adapters import AgreeingCrossing
from wse_cp.bounds.verifier.patterns import Pair
from wse_cp.bounds.verifier.reading import Integers, changes, numbered
from wse_cp.bounds.verifier.shapes import Shapes
from wse_cp.bounds.verifier.sieve import Sieve, cheapest
from wse_cp.bounds.verifier.splits import CHANNEL_CLASS, RADIX


@dataclass(frozen=True, eq=False)
class Priced:
    """The choices that matter under one payment, sorted by what the edge to the parent sees."""

    choices: Integers  #: their numbers in `Shapes`
    prices: Integers  #: of each one's best shape
    starts: Integers  #: first choice of each view that occurs
    views: Integers  #: the numbers of these views

    def least(self, others: Integers) -> Integers:
        """Return the least price by view with `others` (lanes x choices, or x 1) added."""
        return np.minimum.reduceat(others + self.prices, self.starts, axis=1)


class PriceList:
    """Prices of a kernel's choices under one area price.

    Parameters
    ----------
    shapes
        The kernel's.
    seen
        The view that the edge to the parent has of each choice; all 0 if it compares nothing.
    sieve
        The prices and payments that `shapes` are made for.
    """

    def __init__(self, shapes: Shapes, seen: Integers, sieve: Sieve) -> None:
        self.shapes, self.views = shapes, int(seen.max()) + 1
        self._sieve = sieve
        self._areas = sieve.area * shapes.areas
        # views are sorted by the classes of h and w, so this sorts by the view too
        self._order = np.lexsort((seen, shapes.w, shapes.h)) if self.views > 1 else np.arange(len(seen))
        self._view = seen[self._order]
        self._likeness = list(self._alike()) if sieve.slack else []
        self._known: dict[Pair, Priced] = {}
        self._single: dict[Pair, int] = {}

    @property
    def plain(self) -> bool:
        """Whether there is one choice only: no edge compares anything."""
        return len(self.shapes.starts) == 1

    def at(self, pay: Pair) -> Priced:
        """Return the choices' prices where a tile of width and of height cost `pay`."""
        if pay not in self._known:
            if not self._sieve.covers(pay):
                raise AssertionError(f"a payment {pay} that the shapes are not made for")
            self._known[pay] = self._priced(pay)
        return self._known[pay]

    def single(self, pay: Pair) -> int:
        """Return the price of the only choice (see `plain`)."""
        if pay not in self._single:
            self._single[pay] = int(self.at(pay).prices[0])
        return self._single[pay]

    def _priced(self, pay: Pair) -> Priced:
        rows = self._areas + pay[0] * self.shapes.width + pay[1] * self.shapes.height
        prices = np.minimum.reduceat(rows, self.shapes.starts)[self._order]
        kept = (
            cheapest(prices, self._sieve.slack, self._likeness) if self._likeness else np.arange(len(prices))
        )
        view = self._view[kept]
        starts = np.flatnonzero(changes(view))
        return Priced(self._order[kept], prices[kept], starts, view[starts])

    def _alike(self) -> Iterator[tuple[Integers, int]]:
        """Yield numbers that choices share which differ in channels and parities, or in channels at one end.

        They are in the order. With each comes what that difference can cost at most.
        """
        shapes, sieve = self.shapes, self._sieve
        yield np.cumsum(changes(shapes.h[self._order], shapes.w[self._order])) - 1, sieve.image_slack
        if sieve.outlet_slack:
            yield shapes.views(None)[1][self._order], sieve.outlet_slack
        if sieve.inlet_slack and shapes.outlets:
            codes = reduce(_joint, (shapes.views(loop)[1] for loop in shapes.outlets))
            yield codes[self._order], sieve.inlet_slack


def _joint(numbers: Integers, others: Integers) -> Integers:
    """Return a number for each pair of numbers that occurs."""
    return numbered(numbers * (int(others.max()) + 1) + others)[1]


@dataclass(frozen=True)
class Rates:
    """Prices of an adapter, times how often the edge counts: to the kernel below, above, and at the chord."""

    low: int
    high: int
    chord: int


@dataclass(frozen=True, eq=False)
class Agreement:
    """What a centre needs to know of its chord."""

    keys: Integers  #: classes of h, w and channels (keys x 3), split by split for each h and w
    splits: int  #: how many splits x there are
    group: Integers  #: for each choice of the centre the number of its h and w
    low: Integers  #: that of its channels towards the kernel below among the splits x, -1 if they are none
    high: Integers  #: the same towards the kernel above
    arrival: AgreeingCrossing | None  #: from the views of the kernel below to the keys; None without keys
    departure: AgreeingCrossing | None  #: from the keys to the views of the kernel above; None without keys
    rates: Rates
    missing: int  #: the value that stands for infinity
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
    splits = np.intersect1d(views[0][:, CHANNEL_CLASS], views[1][:, CHANNEL_CLASS])
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
