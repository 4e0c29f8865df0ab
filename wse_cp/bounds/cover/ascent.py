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

from wse_cp.bounds.cover.cover import CoverDual, Found, Stars
from wse_cp.bounds.cover.flows import Columns
from wse_cp.bounds.cover.linking import factor, moved, with_forests
from wse_cp.bounds.cover.values import CoverValue, Links, Shares
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
#: Stars that reach farther have to bring this share of the value, else no more are sought.
_WORTH = 0.001
#: The least price of area, and the greatest: where kernels take more than the wafer, none is high enough.
_LEAST, _MOST = 1e-5, float(1 << 30)


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
        The ascent that this one goes on from, where that value was reached: at a later limit, or here without
        forests.
    steps, moves
        How many steps have led to the start, and how often weights moved in these.
    anew
        Whether the known value was reached with other stars, or without forests: the start is worth less.
    """

    def __init__(
        self,
        dual: CoverDual,
        start: Shares,
        known: float = -inf,
        source: Ascent | None = None,
        steps: int = 0,
        moves: int = 0,
        anew: bool = False,
    ) -> None:
        self._source = source
        self._steps, self._moved = steps, moves
        self.value = self._from = known
        self.plain: float = source.plain if source is not None else -inf  #: what is known without forests
        self.beneath: Ascent | None = None  #: the one without forests that this one began with
        self.best = start  #: the best shares so far
        self._found: Found | None = None  # the best cover that was evaluated here
        self._dual = dual
        self._columns: Columns | None = None  # among which stars that reach farther are sought
        self._next = start
        self._step = _STEP if steps == 0 else _STEP / 4
        self._values: list[float] = []  # the best one reached here, step by step
        # the best shares that can be gone on from, and what they have reached
        self._top, self._reached = start, -inf if anew else known
        self._stalled = 0
        self._between = 0.0, inf  #: prices of area that are too low and too high

    @property
    def stars(self) -> Stars:
        """The stars that its covers are made of."""
        return self._dual.stars

    @property
    def counts_adapters(self) -> bool:
        """Whether there are forests."""
        return self._dual.forests is not None

    @property
    def untried(self) -> bool:
        """Whether no step was made here yet."""
        return not self._values

    def promises(self, other: float, more: float) -> bool:
        """Tell whether covers can soon be worth more than something else, and rise by more than an amount."""
        if self._steps < _JUDGED:
            return True
        return self.value > _NEAR * other and self._room() > more

    def _room(self) -> float:
        """Return by about how much the value can still rise soon."""
        if len(self._values) <= _SEEN or (self._stalled and self._step > _SHORTEST):
            return inf
        return self._reached + _HOPED * (self._values[-1] - self._values[-1 - _SEEN]) - self.value

    def found(self) -> Found:
        """Return the best cover with all that it is made of.

        What was found at a later limit holds here too: fewer shapes cost no less. Evaluated here, the same
        cover may be worth less, as prices of ranks are chosen for the shapes within a limit.
        """
        if self._found is None:
            if self._source is not None:
                return self._source.found()
            self._found = self._evaluated(self.best)
        return self._found

    @property
    def length(self) -> int:
        """How many stars, leaves and ways of flows the best cover has."""
        stars = self._dual.stars
        used = np.flatnonzero(self.best.weights > 0)
        flows = sum(len(stars.flow(star)) for star in used.tolist())
        return len(used) + int(stars.sizes[used].sum()) + flows

    def elsewhere(self, dual: CoverDual, known: float = -inf) -> Ascent:
        """Return an ascent at another limit that begins where this one is; a value may be known there."""
        found = Ascent(dual, self._top, known, self, self._steps, self._moved)
        if self.beneath is not None:
            plain = self.beneath
            found.beneath = plain.elsewhere(dual.with_stars(plain.stars, forests=False), plain.value)
        return found

    def with_forests(self, dual: CoverDual) -> Ascent:
        """Return an ascent at this limit, or an earlier one, by a dual that has forests."""
        assert dual.forests is not None
        start = with_forests(self._top, dual.stars, dual.forests)
        found = Ascent(dual, start, self.value, self, 0, self._moved, anew=True)
        found.plain, found.beneath = max(self.plain, self._reached), self
        return found

    def instead_of(self, other: Ascent) -> Ascent:
        """Return this ascent, of other stars, as one that goes on from another at the same limit."""
        if other.value > self.value:
            self.value = self._from = other.value
            self.plain, self._source, self._found = other.plain, other, None
        return self

    def grow(self) -> bool:
        """Look for more stars that reach farther; tell whether to go on with that.

        It is not worth it if those that there are have brought too little.
        """
        if self._columns is None:
            if self.stars.reaching and self.value - self._from < _WORTH * self.value:
                return False
            found, stars = self.found(), self.stars
            wires = np.where(
                found.cover.weights > 0, found.value.wires, stars.single_wires(found.value.wires)
            )
            self._columns = Columns(self._dual, self.best.area, wires, found.value.better)
        return self._columns.grow()

    def grown(self) -> Ascent | None:
        """Return an ascent at this limit with the stars that were found; None if there are none."""
        found = self._columns.best() if self._columns is not None else None
        self._columns = None
        if found is None:
            return None
        stars, weights, boxes = found
        dual = self._dual.with_stars(stars)
        return Ascent(dual, stars.begun(self.best.area, weights, boxes), self.value, self, anew=True)

    def reaching_like(self, other: Ascent) -> Ascent:
        """Return an ascent at this limit with the stars of another one, that begins where it is."""
        dual = self._dual.with_stars(other.stars)
        return Ascent(dual, other._top, self.value, self, other._steps, other._moved, anew=True)

    def begin_like(self, other: Ascent) -> None:
        """Begin where another ascent, at another limit, is now."""
        self._next, self._steps, self._moved = other._top, other._steps, other._moved
        self._step = _STEP / 4

    def step(self) -> None:
        """Evaluate the next cover, and choose the one after it."""
        shares = self._next
        found = self._evaluated(shares)
        if found.value.value > self._reached:
            self._reached, self._top, self._stalled = found.value.value, shares, 0
        else:
            self._stalled += 1
        if found.value.value > self.value:
            self.value, self.best, self._found = found.value.value, shares, found
        self._values.append(self._reached)
        self._steps += 1
        area = self._area(shares, found.value)
        shares = self._shifted(shares, found.value)
        if self._steps % _MOVES == _FIRST_MOVE:
            shares = self._weighted(shares, found.value)
        self._step *= _SHORTER
        if self._stalled == _PATIENCE and self._step > _SHORTEST:
            shares, self._step, self._stalled = self._top, self._step / 2, -1
        self._next = shares._replace(area=area)

    def _evaluated(self, shares: Shares) -> Found:
        cover = self._dual.stars.cover(shares)
        return Found(self._dual.stars, cover, self._dual(cover), self._dual.forests)

    def _shifted(self, shares: Shares, found: CoverValue) -> Shares:
        """Return shares in which a kernel's are larger where it takes more tiles than on average."""
        stars, step = self._dual.stars, self._step
        hubs, leaves, forests = found.hub_sizes[0], found.leaf_sizes[0], found.forest_sizes[:, 0]
        sums = stars.sums(shares.hubs * hubs, shares.leaves * leaves)
        sums += (shares.forests * forests).sum(axis=0)
        mean = np.asarray(np.maximum(sums, 1.0), float)
        of_hubs, of_leaves = mean[stars.hubs], mean[stars.leaves]
        parts = stars.normed(
            shares.hubs * factor(hubs, of_hubs, of_hubs, step),
            shares.leaves * factor(leaves, of_leaves, of_leaves, step),
            shares.forests * factor(forests, mean, mean, step),
        )
        links = moved(shares.links, stars, found, step)
        return Shares(shares.area, shares.weights, *parts, links, found.better)

    def _area(self, shares: Shares, found: CoverValue) -> float:
        """Return the next price of area: between one that is too low and one that is too high.

        The two are moved apart a little in every step, as they change with all else.
        """
        used = float(shares.hubs @ found.hub_sizes[0] + shares.leaves @ found.leaf_sizes[0])
        used += float((shares.forests * found.forest_sizes[:, 0]).sum())
        low, high = self._between
        if used + found.rest > self._dual.room:
            low = max(low, shares.area)
        else:
            high = min(high, shares.area)
        apart = 1 + self._step / 2
        self._between = low / apart, high * apart
        if high == inf:
            return min(low * _FAR, _MOST)
        return max(sqrt(low * high), high / _FAR, _LEAST)

    def _weighted(self, shares: Shares, found: CoverValue) -> Shares:
        """Return shares with weights nearer to the best ones for the wires found."""
        stars, weights, links = self._dual.stars, shares.weights, shares.links
        old = weights > 0
        best = stars.best_weights(np.where(old, found.wires, stars.single_wires(found.wires)))
        self._moved += 1
        new = weights + (best - weights) / self._moved
        ratio = np.divide(new, weights, out=np.zeros_like(new), where=old)
        fresh = stars.shared(new)

        def scaled(hubs: FloatArray, leaves: FloatArray) -> tuple[FloatArray, FloatArray]:
            known = old[stars.star_of]
            return (
                np.where(old, hubs * ratio, fresh[0]),
                np.where(known, leaves * ratio[stars.star_of], fresh[1]),
            )

        parts = stars.normed(*scaled(shares.hubs, shares.leaves), shares.forests)
        none = np.zeros_like(shares.forests)
        given = stars.normed(*scaled(links.hubs, links.leaves), none)[:2]
        return Shares(shares.area, new, *parts, Links(links.prices, *given, links.forests), shares.boxes)
