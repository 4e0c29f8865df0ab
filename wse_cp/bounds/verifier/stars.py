"""The value of a cover within a cycle limit (docs/bounds.md, section 10).

Stars that are alike are computed once, and so are leaves of a star that are alike. All leaves of one kind of
kernel are priced together, and so are all stars whose hubs are of one kind. Costs are in 1 / (SCALE * unit
of the certificate), as `Money` has them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from wse_cp.bounds.verifier.boxes import Box, BoxedShapes, Hubs, least_in_boxes, room_in_boxes
from wse_cp.bounds.verifier.cover import WHOLE, Cover, CoverStar, cover_prices
from wse_cp.bounds.verifier.patterns import SCALE
from wse_cp.bounds.verifier.reading import Ended, EndedError, Integers, changes, dtype_for, never
from wse_cp.bounds.verifier.rectangles import Extents, Rectangles
from wse_cp.bounds.verifier.room import LeafShapes, least_in_room, room_of_hub, whole_room
from wse_cp.bounds.verifier.splits import spread
from wse_cp.instance import Instance

#: Most numbers of a table that is made at once; most shapes of a hub whose boxes are looked at together.
_TABLE, _AT_ONCE = 1 << 16, 8


class _Star(NamedTuple):
    """What stars that are alike have in common; kinds are numbers of different kernels."""

    hub: int
    parts: int  #: all numbers are in 1 / parts of the others' unit
    price: int
    refund: int
    leaves: tuple[tuple[int, int, int, int], ...]  #: kind, price, refund and weight of each, sorted
    ranks: tuple[tuple[int, ...], ...]  #: prices of ranks, along x and y, beside pairs and for both stacks
    eta: int
    reach: int  #: 0 if there is no room
    room: int  #: the same
    boxes: tuple[Box, ...]

    @property
    def sort_key(self) -> int:
        """The hub's kind, whether leaves are alike in their weights, and whether there is a room."""
        return 4 * self.hub + 2 * (self.parts == 1) + (self.room > 0)


class _Leaves(NamedTuple):
    """Leaves of all stars, those of a star that are alike as one, in the order of the stars."""

    star: Integers
    kind: Integers
    price: Integers
    refund: Integers
    wire: Integers  #: what a quarter of a tile of wire costs
    times: Integers  #: how many are alike


class _Pays(NamedTuple):
    """What leaves pay at least, their share of the hub not counted (each an array by leaf)."""

    pairs_x: Integers  #: in a stack along x, with the price of a rank beside pairs (X(pi^x) in the text)
    pairs_y: Integers  #: in a stack along y (Y(pi^y))
    both_x: Integers  #: the same where both stacks are priced (X(sigma^x))
    both_y: Integers  #: (Y(sigma^y))
    turned_x: Integers  #: with the prices of the other stack (X(sigma^y))
    turned_y: Integers  #: (Y(sigma^x))
    half_x: Integers  #: half of the width, once (X(0))
    half_y: Integers  #: half of the height (Y(0))
    beside: Integers  #: half of both (Z)


class _Shapes:
    """The shapes of kinds of kernels at one cycle limit, one kind after the other."""

    def __init__(self, extents: dict[int, Extents]) -> None:
        self.extents = extents
        self.count = np.zeros(max(extents, default=-1) + 1, np.int64)
        for kind, (width, _) in extents.items():
            self.count[kind] = len(width)
        self._first = np.cumsum(self.count) - self.count
        self._width, self._height = (
            np.concatenate([np.zeros(0, np.int64), *(extents[kind][axis] for kind in sorted(extents))])
            for axis in (0, 1)
        )

    def of(self, kinds: Integers) -> tuple[Integers, Integers, Integers]:
        """Return rows for all shapes of each of some kinds: its place among these, width and height."""
        row, shape = spread(self.count[kinds])
        at = self._first[kinds][row] + shape
        return row, self._width[at], self._height[at]


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
        stars = sorted(alike, key=lambda star: star.sort_key)
        self._times = [alike[star] for star in stars]
        self._rests = [[0, 0] for _ in kinds]
        areas, thickness = cover_prices(replace(cover, stars=tuple(used)))
        for kernel, kind in enumerate(kind_of):
            self._rests[kind][0] += cover.area - areas.get(kernel, 0)
            self._rests[kind][1] += thickness.get(kernel, 0)
        wafer = instance.settings.width * instance.settings.height
        self._refund = SCALE * cover.area * wafer
        self._fill(stars, instance)

    def _fill(self, stars: Sequence[_Star], instance: Instance) -> None:
        """Set the arrays over stars and leaves."""
        self._dtype = dtype = dtype_for(max((_magnitude(star, instance) for star in stars), default=0))
        self._key = np.array([star.sort_key for star in stars], np.int64)
        self._hub_price = np.array([SCALE * star.price for star in stars], dtype)
        self._hub_refund = np.array([SCALE * star.refund for star in stars], dtype)
        self._parts = np.array([star.parts for star in stars], dtype)
        self._eta = np.array([SCALE * star.eta for star in stars], dtype)
        self._ranks = np.array([len(star.ranks[0]) for star in stars], np.int64)
        self._first_rank = np.cumsum(self._ranks) - self._ranks
        self._rank_prices = [
            np.array([SCALE * price for star in stars for price in star.ranks[i]], dtype) for i in range(4)
        ]
        self._rank_sums = [
            np.array([2 * SCALE * sum(star.ranks[i]) for star in stars], dtype) for i in range(4)
        ]
        self._reach = np.array([star.reach for star in stars], dtype)
        self._room = np.array([star.room for star in stars], dtype)
        wafer = instance.settings.width, instance.settings.height
        self._whole_room = np.array([whole_room(star.reach, star.room, *wafer) for star in stars], dtype)
        leaves = [(i, *leaf, n) for i, star in enumerate(stars) for leaf, n in Counter(star.leaves).items()]
        star, kind, price, refund, weight, times = zip(*leaves, strict=True) if leaves else ((),) * 6
        self._leaves = _Leaves(
            np.array(star, np.int64),
            np.array(kind, np.int64),
            np.array([SCALE * one for one in price], dtype),
            np.array([SCALE * one for one in refund], dtype),
            # a quarter of a wire's weight, times SCALE: SCALE = 4
            np.array([instance.settings.wlength * one for one in weight], dtype),
            np.array(times, dtype),
        )
        self._first_leaf = np.searchsorted(self._leaves.star, np.arange(len(stars) + 1))
        self._boxes = [star.boxes for star in stars]
        self._wafer = wafer

    def __call__(self, rectangles: Rectangles, ended: Ended = never) -> int:
        """Return the value within the limit of `rectangles`, where every kernel has a shape.

        Raises
        ------
        EndedError
            If it was to end early.
        """
        kinds = np.unique(np.append(self._key // 4, self._leaves.kind)).tolist()
        shapes = _Shapes({kind: self._extents(kind, rectangles, ended) for kind in kinds})
        pays = self._pays(shapes, ended)
        total = -self._refund
        for kind, (tiles, thickness) in enumerate(self._rests):
            if tiles or thickness:
                width, height = rectangles(self._kernels[kind])
                total += SCALE * tiles * int(np.min(width * height))
                total += SCALE * thickness * int(min(width.min(), height.min()))
        for key, first, end in _runs(self._key):
            for start, stop in self._star_batches(key, first, end, shapes):
                least = self._stars_least(start, stop, shapes, pays, ended).tolist()
                total += sum(map(int.__mul__, least, self._times[start:stop]))
                if ended():
                    raise EndedError
        return total

    def _extents(self, kind: int, rectangles: Rectangles, ended: Ended) -> Extents:
        if ended():
            raise EndedError
        width, height = rectangles(self._kernels[kind])
        return width.astype(self._dtype), height.astype(self._dtype)

    def _star_batches(self, key: int, first: int, end: int, shapes: _Shapes) -> Iterator[tuple[int, int]]:
        """Yield ranges of stars with one sort key whose tables are made at once."""
        at = self._first_leaf[first : end + 1]
        own = self._leaves.kind[at[0] : at[-1]]
        rows = shapes.count[own] if key % 2 else np.ones(len(own), np.int64)
        return _batches(np.add.reduceat(rows, at[:-1] - at[0]) * shapes.count[key // 4], first)

    def _pays(self, shapes: _Shapes, ended: Ended) -> _Pays:
        pays = _Pays(*(np.zeros(len(self._leaves.star), self._dtype) for _ in _Pays._fields))
        order = np.argsort(self._leaves.kind, kind="stable")
        for kind, first, end in _runs(self._leaves.kind[order]):
            weights = self._ranks[self._leaves.star[order[first:end]]] * shapes.count[kind]
            for start, stop in _batches(weights, first):
                rows = order[start:stop]
                for column, values in zip(pays, self._leaves_pay(rows, shapes.extents[kind]), strict=True):
                    column[rows] = values
                if ended():
                    raise EndedError
        return pays

    def _leaves_pay(self, leaves: Integers, extents: Extents) -> _Pays:
        """Return what leaves of one kind pay, each at least."""
        width, height = extents
        star = self._leaves.star[leaves]
        tiles = self._leaves.price[leaves, None] * (width * height)
        tiles = tiles - self._leaves.refund[leaves, None] * np.minimum(width, height)
        wire = self._leaves.wire[leaves]
        row, rank = spread(self._ranks[star])
        first = np.searchsorted(row, np.arange(len(leaves)))
        slope = ((4 * rank + 2) * wire[row])[:, None]
        along_x = np.min(slope * width + tiles[row], axis=1)
        along_y = np.min(slope * height + tiles[row], axis=1)
        at = self._first_rank[star[row]] + rank
        pairs_x, pairs_y, both_x, both_y = (prices[at] for prices in self._rank_prices)

        def least(along: Integers, prices: Integers) -> Integers:
            return np.minimum.reduceat(along + prices, first)

        return _Pays(
            pairs_x=least(along_x, pairs_x),
            pairs_y=least(along_y, pairs_y),
            both_x=least(along_x, both_x),
            both_y=least(along_y, both_y),
            turned_x=least(along_x, both_y),
            turned_y=least(along_y, both_x),
            half_x=along_x[first],
            half_y=along_y[first],
            beside=np.min((2 * wire)[:, None] * (width + height) + tiles, axis=1),
        )

    def _stars_least(self, start: int, stop: int, shapes: _Shapes, pays: _Pays, ended: Ended) -> Integers:
        """Return the values of stars with one sort key."""
        key = int(self._key[start])
        width, height = shapes.extents[key // 4]
        own = slice(self._first_leaf[start], self._first_leaf[stop])
        first = self._first_leaf[start:stop] - self._first_leaf[start]
        times, star = self._leaves.times[own, None], self._leaves.star[own]
        paid = _Pays(*(column[own, None] for column in pays))
        wire, eta = self._leaves.wire[own, None], self._eta[star, None]
        aside, above, corner = 2 * wire * width, 2 * wire * height, wire * np.minimum(width, height)
        in_z = paid.beside + 2 * corner
        paired = np.minimum(np.minimum(paid.half_x, paid.half_y) + eta, paid.beside - eta) + corner
        off_x, off_y, sigma_x, sigma_y = (sums[start:stop, None] for sums in self._rank_sums)

        def summed(ways: Sequence[Integers], off: Integers) -> Integers:
            least = np.minimum(np.minimum(ways[0], ways[1]), ways[2])
            total: Integers = np.add.reduceat(times * least, first) - off
            return total

        value = summed((paid.half_x + aside, paid.half_y + above, in_z), 0 * off_x)
        if key % 2:
            value = np.maximum(value, self._in_room(start, stop, shapes))
        if key // 2 % 2:
            more_x = summed((paid.pairs_x + aside, in_z, paired), off_x)
            more_y = summed((paid.pairs_y + above, in_z, paired), off_y)
            both = summed((paid.both_x + aside, paid.both_y + above, in_z), sigma_x + sigma_y)
            turned = summed((paid.turned_x + aside, paid.turned_y + above, in_z), sigma_x + sigma_y)
            value = np.maximum(np.maximum(both, turned), np.maximum(value, np.minimum(more_x, more_y)))
        price = self._hub_price[start:stop, None] * (width * height)
        price = price - self._hub_refund[start:stop, None] * np.minimum(width, height)
        least: Integers = np.min(value + price, axis=1)
        for i in range(start, stop):
            if self._boxes[i]:
                least[i - start] = self._least_with_boxes(i, value[i - start], price[i - start], shapes)
                if ended():
                    raise EndedError
        found: Integers = least // self._parts[start:stop]
        return found

    def _least_with_boxes(self, star: int, value: Integers, price: Integers, shapes: _Shapes) -> int:
        """Return the value of a star with boxes.

        Parameters
        ----------
        value, price
            What leaves pay at least without boxes, and the hub, with each of its shapes.
        """
        width, height = shapes.extents[int(self._key[star]) // 4]
        alike = _alike(width, height, turned=self._wafer[0] == self._wafer[1])
        costs, seen = value + price, np.zeros(len(value), bool)
        while True:
            # others that are as dear as one that was seen would not change the least value
            cheaper = ~seen & (costs < costs[seen].min()) if seen.any() else ~seen
            if not cheaper.any():
                break
            order = np.flatnonzero(cheaper)[np.argsort(costs[cheaper], kind="stable")]
            _, chosen = np.unique(alike[order], return_index=True)
            chosen = order[np.sort(chosen)[:_AT_ONCE]]
            found = self._in_boxes(star, width[chosen], height[chosen], shapes)
            for group, least in zip(alike[chosen], found, strict=True):
                same = alike == group
                seen |= same
                costs[same] = np.maximum(costs[same], least + price[same])
        return int(costs.min())

    def _in_boxes(self, star: int, width: Integers, height: Integers, shapes: _Shapes) -> Integers:
        """Return what leaves of a star pay at least by its boxes, with some shapes of the hub."""
        own = slice(self._first_leaf[star], self._first_leaf[star + 1])
        row, along_x, along_y = shapes.of(self._leaves.kind[own])
        tiles = self._leaves.price[own][row] * (along_x * along_y)
        tiles -= self._leaves.refund[own][row] * np.minimum(along_x, along_y)
        wire, first = self._leaves.wire[own][row], np.flatnonzero(changes(row))
        found = np.zeros_like(width)
        for lying in (True, False):
            some = (width >= height) == lying
            if some.any():
                rows = BoxedShapes(along_x, along_y, tiles, wire)
                hubs = Hubs(width[some], height[some], *self._wafer)
                if not lying:
                    # the same with the axes exchanged
                    rows, hubs = rows._replace(long=along_y, thick=along_x), hubs.turned()
                least = self._leaves.times[own, None] * least_in_boxes(rows, hubs, self._boxes[star], first)
                found[some] = np.sum(least, axis=0) - room_in_boxes(hubs, self._boxes[star])
        return found

    def _in_room(self, start: int, stop: int, shapes: _Shapes) -> Integers:
        """Return the bound by the room for stars with one sort key, by star and shape of the hub."""
        hub = shapes.extents[int(self._key[start]) // 4]
        own = slice(self._first_leaf[start], self._first_leaf[stop])
        row, width, height = shapes.of(self._leaves.kind[own])
        star = self._leaves.star[own][row]
        tiles = self._leaves.price[own][row] * (width * height)
        tiles -= self._leaves.refund[own][row] * np.minimum(width, height)
        wire = self._leaves.wire[own][row]
        rows = LeafShapes(width, height, tiles, wire, self._room[star], self._reach[star])
        paid = self._leaves.times[own, None] * least_in_room(rows, hub, np.flatnonzero(changes(row)))
        total = np.add.reduceat(paid, self._first_leaf[start:stop] - self._first_leaf[start])
        taken = room_of_hub(hub, self._reach[start:stop], self._room[start:stop])
        found: Integers = total + taken - self._whole_room[start:stop, None]
        return found


def _alike(width: Integers, height: Integers, turned: bool) -> Integers:
    """Return a number for each shape of a hub, the same for equal ones, and if wanted for a turned one."""
    long, thick = np.maximum(width, height), np.minimum(width, height)
    numbers = 2 * (long * (long.max() + 1) + thick)
    return np.asarray(numbers if turned else numbers + (width >= height))


def _star(star: CoverStar, kind_of: Sequence[int]) -> _Star:
    parts = WHOLE if star.demands else 1
    _, *sizes = star.sizes()
    leaves = sorted(
        (kind_of[leaf], parts * price, parts * refund, star.weight * demand)
        for (leaf, price, refund), demand in zip(sizes, star.demands or (1,) * len(sizes), strict=True)
    )
    ranks = star.ranks_x, star.ranks_y, star.both_x, star.both_y
    if star.demands:
        ranks = ((0,),) * 4
    room = (star.reach, parts * star.room) if star.reach and star.room else (0, 0)
    hub = kind_of[star.hub], parts, parts * star.price, parts * star.refund
    boxes = tuple(box._replace(price=parts * box.price) for box in star.boxes if all(box))
    return _Star(*hub, tuple(leaves), ranks, parts * star.eta, *room, boxes)


def _magnitude(star: _Star, instance: Instance) -> int:
    """Return what no sum of a star's prices exceeds, with kernels as large as the wafer."""
    settings = instance.settings
    side, wafer = max(settings.width, settings.height), settings.width * settings.height
    most = max((weight for *_, weight in star.leaves), default=0)
    farthest = 2 * side + sum(box.width + box.reach for box in star.boxes)
    wire = max(settings.wlength * most, 1) * (len(star.ranks[0]) + 4) * farthest
    ranks = sum(map(sum, star.ranks))
    tiles = (star.price + sum(price for _, price, _, _ in star.leaves)) * wafer
    tiles += (star.refund + sum(refund for _, _, refund, _ in star.leaves)) * side
    room = star.room * wafer * (len(star.leaves) + 1) * (star.reach + 1)
    sums = len(star.leaves) * (wire + ranks + abs(star.eta)) + 2 * ranks + tiles
    # half tiles by quarters by quarters, of which an eighth counts
    boxes = sum(box.price * min(box.width, side) * box.reach * (box.reach + 4 * side) for box in star.boxes)
    return 4 * SCALE * (sums + room) + 2 * (len(star.leaves) + 1) * boxes


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
