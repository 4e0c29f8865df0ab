"""Choices of a kernel priced under given payments, without those that can never be the best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wse_cp.bounds.verifier.integers import Integers, changes
from wse_cp.bounds.verifier.patterns import Pair
from wse_cp.bounds.verifier.shapes import Shapes
from wse_cp.bounds.verifier.sieve import Sieve


@dataclass(frozen=True, eq=False)
class Priced:
    """The choices that matter under one payment, sorted by what the edge to the parent sees.

    Attributes
    ----------
    choices
        Their numbers in `Shapes`.
    prices
        Of each one's best shape.
    starts
        First choice of each view that occurs.
    views
        The numbers of these views.
    """

    choices: Integers
    prices: Integers
    starts: Integers
    views: Integers

    def least(self, others: Integers, lanes: Integers) -> Integers:
        """Return the least price by view with some lanes of `others` (lanes x choices, or x 1) added."""
        others = others[lanes[:, None], self.choices] if others.shape[1] > 1 else others[lanes]
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
        self._split = np.cumsum(changes(shapes.h[self._order], shapes.w[self._order]))
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
        kept = self._needed(prices)
        view = self._view[kept]
        starts = np.flatnonzero(changes(view))
        return Priced(self._order[kept], prices[kept], starts, view[starts])

    def _needed(self, prices: Integers) -> Integers:
        """Return the places in the order without what other classes make cheaper in any case."""
        if not self._sieve.slack:
            return np.arange(len(prices))
        kept = np.flatnonzero(prices < prices.min() + self._sieve.slack)
        starts = np.flatnonzero(changes(self._split[kept]))
        least = np.minimum.reduceat(prices[kept], starts)
        least = np.repeat(least, np.diff(np.append(starts, len(kept))))
        return kept[prices[kept] < least + self._sieve.channel_slack]
