"""Good covers: prices of area and weights of stars, improved step by step at one cycle limit.

The bound is concave in all of them together. Prices follow a supergradient: where a kernel takes more tiles
in one star than on average, its price there rises (exponentiated gradient: J. Kivinen and M. K. Warmuth,
Exponentiated gradient versus gradient descent for linear predictors, doi 10.1006/inco.1996.2612). From time
to time the weights move towards those that are best for the stars' wires as they are (M. Frank and P. Wolfe,
An algorithm for quadratic programming, doi 10.1002/nav.3800030109).
"""

from __future__ import annotations

from math import inf, sqrt

import numpy as np

from wse_cp.bounds.cover.cover import CoverDual, CoverValue, Found, Shares
from wse_cp.shapes.arrays import FloatArray

#: The first step and what each further one is of the one before; no step gets shorter than the last.
_STEP, _SHORTER, _SHORTEST = 0.5, 0.97, 0.004
#: After so many steps without gain the best cover is taken up again with half the step.
_PATIENCE = 8
#: Steps until weights move for the first time, and from then on.
_FIRST_MOVE, _MOVES = 8, 16
#: Steps that tell how fast the value rises, and how many more are hoped to go on like that.
_SEEN, _HOPED = 12, 3
#: After so many steps covers must have this share of what is known else, or they are given up.
_JUDGED, _NEAR = 24, 0.9
#: By at most so much the price of area changes in one step.
_FAR = 8.0
#: The least price of area.
_LEAST = 1e-5


class Ascent:
    """Improves a cover at one cycle limit; each step evaluates one.

    Parameters
    ----------
    dual
        The bound at the limit.
    start
        What to begin with.
    known
        A value that it is known to reach here (-inf: none).
    source
        The ascent at a later limit that this one goes on from, where that value was reached.
    """

    def __init__(
        self, dual: CoverDual, start: Shares, known: float = -inf, source: Ascent | None = None
    ) -> None:
        self._source = source
        self._steps: int = source._steps if source else 0
        self._moved: int = source._moved if source else 0
        self.value = known
        self.best = start  #: the best shares so far
        self._dual = dual
        self._next = start
        self._step = _STEP if self._steps == 0 else _STEP / 4
        self._values: list[float] = []
        self._stalled = 0
        self._between = 0.0, inf  #: prices of area that are too low and too high

    def promises(self, other: float, more: float) -> bool:
        """Tell whether covers can soon be worth more than something else, and rise by more than an amount."""
        if self._steps < _JUDGED:
            return True
        return self.value > _NEAR * other and self._room() > more

    def _room(self) -> float:
        """Return by about how much the value can still rise soon."""
        if len(self._values) <= _SEEN or (self._stalled and self._step > _SHORTEST):
            return inf
        return _HOPED * (self._values[-1] - self._values[-1 - _SEEN])

    def found(self) -> Found:
        """Return the best cover with all that it is made of.

        Prices of ranks are chosen for the shapes within a limit, so the same cover may be worth less here
        than at the later limit. What was found there holds here too: fewer shapes cost no less.
        """
        cover = self._dual.stars.cover(self.best)
        found = Found(self._dual.stars, cover, self._dual(cover))
        if found.value.value < self.value and self._source is not None:
            return self._source.found()
        return found

    @property
    def length(self) -> int:
        """How many stars and leaves the best cover has."""
        stars = self._dual.stars
        used = self.best.weights > 0
        return int(used.sum() + stars.sizes[used].sum())

    def elsewhere(self, dual: CoverDual, known: float = -inf) -> Ascent:
        """Return an ascent at another limit that begins where this one is; a value may be known there."""
        return Ascent(dual, self.best, known, self)

    def step(self) -> None:
        """Evaluate the next cover, and choose the one after it."""
        shares = self._next
        found = self._dual(self._dual.stars.cover(shares))
        if found.value > self.value:
            self.value, self.best, self._stalled = found.value, shares, 0
        else:
            self._stalled += 1
        self._values.append(self.value)
        self._steps += 1
        area = self._area(shares, found)
        shares = self._shifted(shares, found)
        if self._steps % _MOVES == _FIRST_MOVE:
            shares = self._weighted(shares, found)
        self._step *= _SHORTER
        if self._stalled == _PATIENCE and self._step > _SHORTEST:
            shares, self._step, self._stalled = self.best, self._step / 2, -1
        self._next = shares._replace(area=area)

    def _shifted(self, shares: Shares, found: CoverValue) -> Shares:
        """Return shares in which a kernel's are larger where it takes more tiles than on average."""
        stars = self._dual.stars
        sums = stars.sums(shares.hubs * found.hub_areas, shares.leaves * found.leaf_areas)
        mean = np.asarray(np.maximum(sums, 1.0), float)
        hubs, leaves = stars.normed(
            shares.hubs * self._factor(found.hub_areas, mean[stars.hubs]),
            shares.leaves * self._factor(found.leaf_areas, mean[stars.leaves]),
        )
        return shares._replace(hubs=hubs, leaves=leaves)

    def _factor(self, tiles: FloatArray, mean: FloatArray) -> FloatArray:
        return np.asarray(np.exp(self._step * np.clip((tiles - mean) / mean, -1, 1)), float)

    def _area(self, shares: Shares, found: CoverValue) -> float:
        """Return the next price of area: between one that is too low and one that is too high.

        The two are moved apart a little in every step, as they change with all else.
        """
        used = float(shares.hubs @ found.hub_areas + shares.leaves @ found.leaf_areas)
        low, high = self._between
        if used + found.rest > self._dual.room:
            low = max(low, shares.area)
        else:
            high = min(high, shares.area)
        apart = 1 + self._step / 2
        self._between = low / apart, high * apart
        if high == inf:
            return low * _FAR
        return max(sqrt(low * high), high / _FAR, _LEAST)

    def _weighted(self, shares: Shares, found: CoverValue) -> Shares:
        """Return shares with weights nearer to the best ones for the wires found."""
        stars, weights = self._dual.stars, shares.weights
        old = weights > 0
        best = stars.best_weights(np.where(old, found.wires, stars.single_wires(found.wires)))
        self._moved += 1
        moved = weights + (best - weights) / self._moved
        ratio = np.divide(moved, weights, out=np.zeros_like(moved), where=old)
        hubs, leaves = stars.shared(moved)
        hubs = np.where(old, shares.hubs * ratio, hubs)
        leaves = np.where(old[stars.star_of], shares.leaves * ratio[stars.star_of], leaves)
        return Shares(shares.area, moved, *stars.normed(hubs, leaves))
