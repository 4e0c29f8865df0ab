"""The value of a cover within a cycle limit (docs/bounds.md, section 10).

Stars that are alike are computed once, and so are leaves of a star that are alike. All leaves of one kind of
kernel are priced together, and so are all stars whose hubs are of one kind. Costs are in 1 / (SCALE * unit
of the certificate), as `Money` has them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from wse_cp.bounds.verifier.cover import Cover, CoverStar, star_prices
from wse_cp.bounds.verifier.patterns import SCALE
from wse_cp.bounds.verifier.reading import Ended, EndedError, Integers, dtype_for, never
from wse_cp.bounds.verifier.rectangles import Extents, Rectangles
from wse_cp.bounds.verifier.splits import spread
from wse_cp.instance import Instance

#: Most numbers of a table that is made at once.
_TABLE = 1 << 19


class _Star(NamedTuple):
    """What stars that are alike have in common; kinds are numbers of different kernels."""

    hub: int
    weight: int
    price: int
    leaves: tuple[tuple[int, int], ...]  #: kind and price of each, sorted
    ranks_x: tuple[int, ...]
    ranks_y: tuple[int, ...]
    eta: int


class _Leaves(NamedTuple):
    """Leaves of all stars, those of a star that are alike as one, in the order of the stars."""

    star: Integers
    kind: Integers
    price: Integers
    times: Integers  #: how many are alike


class _Pays(NamedTuple):
    """What leaves pay at least, their share of the hub not counted (each an array by leaf)."""

    stack_y: Integers  #: in a stack along y, with the price of a rank (Y in the text)
    stack_x: Integers  #: the same along x (X)
    half_y: Integers  #: half of the height, once (Y0)
    half_x: Integers  #: half of the width (X0)
    beside: Integers  #: half of both (Z)


class CoverCost:
    """What the wires in the stars of a cover cost at least, at one cycle limit after the other.

    A star without leaves costs what its price of the hub would add to the rest, and is left out.
    """

    def __init__(self, instance: Instance, cover: Cover) -> None:
        kernels = [instance.kernels[name] for name in sorted(instance.kernels)]
        kinds = {kernel: number for number, kernel in enumerate(dict.fromkeys(kernels))}
        kind_of = [kinds[kernel] for kernel in kernels]
        self._kernels = list(kinds)
        used = [star for star in cover.stars if star.leaves]
        alike = Counter(_star(star, kind_of) for star in used)
        stars = sorted(alike, key=lambda star: star.hub)
        self._times = [alike[star] for star in stars]
        self._rests = [0] * len(kinds)
        prices = star_prices(used)
        for kernel, kind in enumerate(kind_of):
            self._rests[kind] += cover.area - prices.get(kernel, 0)
        wafer = instance.settings.width * instance.settings.height
        self._refund = SCALE * cover.area * wafer
        self._fill(stars, instance)

    def _fill(self, stars: Sequence[_Star], instance: Instance) -> None:
        """Set the arrays over stars and leaves."""
        self._dtype = dtype = dtype_for(max((_magnitude(star, instance) for star in stars), default=0))
        self._hub = np.array([star.hub for star in stars], np.int64)
        self._hub_price = np.array([SCALE * star.price for star in stars], dtype)
        # a quarter of a wire's weight, times SCALE: SCALE = 4
        self._wire = np.array([instance.settings.wlength * star.weight for star in stars], dtype)
        self._eta = np.array([SCALE * star.eta for star in stars], dtype)
        self._ranks = np.array([len(star.ranks_x) for star in stars], np.int64)
        self._first_rank = np.cumsum(self._ranks) - self._ranks
        self._rank_x = np.array([SCALE * price for star in stars for price in star.ranks_x], dtype)
        self._rank_y = np.array([SCALE * price for star in stars for price in star.ranks_y], dtype)
        self._both_x = np.array([2 * SCALE * sum(star.ranks_x) for star in stars], dtype)
        self._both_y = np.array([2 * SCALE * sum(star.ranks_y) for star in stars], dtype)
        leaves = [(i, *leaf, n) for i, star in enumerate(stars) for leaf, n in Counter(star.leaves).items()]
        star, kind, price, times = zip(*leaves, strict=True) if leaves else ((), (), (), ())
        self._leaves = _Leaves(
            np.array(star, np.int64),
            np.array(kind, np.int64),
            np.array([SCALE * one for one in price], dtype),
            np.array(times, dtype),
        )
        self._first_leaf = np.searchsorted(self._leaves.star, np.arange(len(stars) + 1))

    def __call__(self, rectangles: Rectangles, ended: Ended = never) -> int:
        """Return the value within the limit of `rectangles`, where every kernel has a shape.

        Raises
        ------
        EndedError
            If it was to end early.
        """
        pays = self._pays(rectangles, ended)
        total = -self._refund
        for kind, rest in enumerate(self._rests):
            if rest:
                width, height = rectangles(self._kernels[kind])
                total += SCALE * rest * int(np.min(width * height))
        for kind, first, end in _runs(self._hub):
            extents = self._extents(kind, rectangles, ended)
            weights = np.diff(self._first_leaf[first : end + 1]) * len(extents[0])
            for start, stop in _batches(weights, first):
                least = self._stars_least(start, stop, extents, pays).tolist()
                total += sum(map(int.__mul__, least, self._times[start:stop]))
        return total

    def _extents(self, kind: int, rectangles: Rectangles, ended: Ended) -> Extents:
        if ended():
            raise EndedError
        width, height = rectangles(self._kernels[kind])
        return width.astype(self._dtype), height.astype(self._dtype)

    def _pays(self, rectangles: Rectangles, ended: Ended) -> _Pays:
        pays = _Pays(*(np.zeros(len(self._leaves.star), self._dtype) for _ in _Pays._fields))
        order = np.argsort(self._leaves.kind, kind="stable")
        for kind, first, end in _runs(self._leaves.kind[order]):
            extents = self._extents(kind, rectangles, ended)
            weights = self._ranks[self._leaves.star[order[first:end]]] * len(extents[0])
            for start, stop in _batches(weights, first):
                rows = order[start:stop]
                for column, values in zip(pays, self._leaves_pay(rows, extents), strict=True):
                    column[rows] = values
                if ended():
                    raise EndedError
        return pays

    def _leaves_pay(self, leaves: Integers, extents: Extents) -> _Pays:
        """Return what leaves of one kind pay, each at least."""
        width, height = extents
        star = self._leaves.star[leaves]
        tiles = self._leaves.price[leaves, None] * (width * height)
        wire = self._wire[star]
        row, rank = spread(self._ranks[star])
        first = np.searchsorted(row, np.arange(len(leaves)))
        slope = ((4 * rank + 2) * wire[row])[:, None]
        along_x = np.min(slope * width + tiles[row], axis=1)
        along_y = np.min(slope * height + tiles[row], axis=1)
        at = self._first_rank[star[row]] + rank
        return _Pays(
            stack_y=np.minimum.reduceat(along_y + self._rank_y[at], first),
            stack_x=np.minimum.reduceat(along_x + self._rank_x[at], first),
            half_y=along_y[first],
            half_x=along_x[first],
            beside=np.min((2 * wire)[:, None] * (width + height) + tiles, axis=1),
        )

    def _stars_least(self, start: int, stop: int, extents: Extents, pays: _Pays) -> Integers:
        """Return the values of stars whose hubs are of one kind."""
        width, height = extents
        own = slice(self._first_leaf[start], self._first_leaf[stop])
        first = self._first_leaf[start:stop] - self._first_leaf[start]
        times, star = self._leaves.times[own, None], self._leaves.star[own]
        stack_y, stack_x, half_y, half_x, beside = (column[own, None] for column in pays)
        wire, eta = self._wire[star, None], self._eta[star, None]
        above, aside, corner = 2 * wire * height, 2 * wire * width, wire * np.minimum(width, height)
        in_y, in_x, in_z = stack_y + above, stack_x + aside, beside + 2 * corner
        paired = np.minimum(np.minimum(half_x, half_y) + eta, beside - eta) + corner

        def summed(ways: Sequence[Integers], both: Integers) -> Integers:
            least = np.minimum(np.minimum(ways[0], ways[1]), ways[2])
            total: Integers = np.add.reduceat(times * least, first) - both[start:stop, None]
            return total

        any_y = summed((in_y, half_x + aside, in_z), self._both_y)
        any_x = summed((in_x, half_y + above, in_z), self._both_x)
        more_y = summed((in_y, in_z, paired), self._both_y)
        more_x = summed((in_x, in_z, paired), self._both_x)
        value = np.maximum(np.maximum(any_x, any_y), np.minimum(more_x, more_y))
        least: Integers = np.min(value + self._hub_price[start:stop, None] * (width * height), axis=1)
        return least


def _star(star: CoverStar, kind_of: Sequence[int]) -> _Star:
    leaves = sorted((kind_of[leaf], price) for leaf, price in zip(star.leaves, star.prices, strict=True))
    hub = kind_of[star.hub]
    return _Star(hub, star.weight, star.price, tuple(leaves), star.ranks_x, star.ranks_y, star.eta)


def _magnitude(star: _Star, instance: Instance) -> int:
    """Return what no sum of a star's prices exceeds, with kernels as large as the wafer."""
    settings = instance.settings
    side, wafer = max(settings.width, settings.height), settings.width * settings.height
    wire = settings.wlength * star.weight * (len(star.ranks_x) + 4) * 2 * side
    ranks = sum(star.ranks_x) + sum(star.ranks_y)
    tiles = (star.price + sum(price for _, price in star.leaves)) * wafer
    return 4 * SCALE * (len(star.leaves) * (wire + ranks + abs(star.eta)) + 2 * ranks + tiles)


def _runs(numbers: Integers) -> Iterator[tuple[int, int, int]]:
    """Yield each number of a sorted array with its first place and the one after its last."""
    values, first = np.unique(numbers, return_index=True)
    ends = np.append(first, len(numbers))[1:]
    yield from zip(values.tolist(), first.tolist(), ends.tolist(), strict=True)


def _batches(weights: Integers, first: int) -> Iterator[tuple[int, int]]:
    """Yield ranges of places, counted from `first`: of one place, or no heavier than a table may be."""
    ends = np.cumsum(weights)
    start = 0
    while start < len(weights):
        before = int(ends[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + _TABLE, side="right")))
        yield first + start, first + stop
        start = stop
