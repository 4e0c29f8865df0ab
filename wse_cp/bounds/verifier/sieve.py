"""A coarse sieve: leaves out rows that are far too expensive under all payments a kernel may face."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np

from wse_cp.bounds.verifier.patterns import Pair, plus
from wse_cp.bounds.verifier.reading import Integers, changes
from wse_cp.instance import MAX_SIDE

#: Most boxes of payments that are told apart, and into how many parts each side is cut when there are more.
MAX_BOXES, PARTS = 128, 4


#: Numbers of rows, from 0, and what rows that share one can differ in at most.
Likeness = Sequence[tuple[Integers, int]]


@dataclass(frozen=True, order=True)
class Box:
    """A range of payments for a tile of width and of height, ends included."""

    low: Pair
    high: Pair

    def mirrored(self) -> Box:
        """Return the same with width and height exchanged."""
        return Box(self.low[::-1], self.high[::-1])


@dataclass(frozen=True)
class Sieve:
    """Which rows can be part of a minimum at all.

    A row that is more expensive than another by at least what its other classes can cost is never needed.
    """

    boxes: tuple[Box, ...]  #: cover all payments the kernel may face
    area: int  #: price per tile of area
    inlet_slack: int  #: what another class at the inlet can cost in adapters at most
    outlet_slack: int  #: what other classes at all outlets can cost
    parity_slack: int  #: what other parities of width and height can cost in wire at most
    width: int  #: the wafer's (tiles)
    height: int  #: the same
    dtype: np.dtype[np.generic]  #: in which prices are exact

    def covers(self, pay: Pair) -> bool:
        """Return whether a payment lies in one of the boxes."""
        return any(
            all(low <= x <= high for low, x, high in zip(box.low, pay, box.high, strict=True))
            for box in self.boxes
        )

    @property
    def channel_slack(self) -> int:
        """What other classes of channels can cost at most."""
        return self.inlet_slack + self.outlet_slack

    @property
    def slack(self) -> int:
        """What other classes and parities can cost at most: all edges compare h, w and channels."""
        return 3 * self.channel_slack + self.parity_slack

    @property
    def image_slack(self) -> int:
        """What choices of the same classes of h and w can differ in at most."""
        return self.channel_slack + self.parity_slack

    def widest(self, heights: Integers, slack: int) -> Integers:
        """Return by how many tiles at most rectangles of some heights may be wider to gain less than `slack`.

        Each further tile costs its area, and the least payment for a tile of either extent.
        """
        least = min(min(box.low) for box in self.boxes)
        prices = np.maximum(self.area * heights.astype(self.dtype) + least, 0)
        free = prices == 0
        tiles = np.where(free, MAX_SIDE, max(slack - 1, 0) // np.where(free, 1, prices))
        return np.minimum(tiles, MAX_SIDE).astype(np.int64)

    def keep(
        self,
        groups: Integers,
        across: Integers,
        along: Integers,
        alike: Sequence[tuple[Integers, int]] = (),
    ) -> tuple[Integers, Integers]:
        """Return which rectangles to keep, as (row, whether rotated).

        Parameters
        ----------
        groups
            A number for the classes of h and w of each row: equal ones differ in channels and parities.
        across, along
            Width and height at R0 (tiles).
        alike
            More such numbers (from 0), each with what rows that share one can differ in at most.
        """
        width, height = np.concatenate([across, along]), np.concatenate([along, across])
        rows = np.flatnonzero((width <= self.width) & (height <= self.height))
        if not len(rows):
            return rows, rows > 0
        place = rows % len(across)
        order = np.argsort(groups[place], kind="stable")
        rows, place = rows[order], place[order]
        group = np.cumsum(changes(groups[place])) - 1
        likeness = [(group, self.image_slack), *((numbers[place], slack) for numbers, slack in alike)]
        needed = self._needed(likeness, width[rows].astype(self.dtype), height[rows].astype(self.dtype))
        kept = np.zeros((2, len(across)), bool)
        kept.flat[rows[needed]] = True
        if self._alike_axes:
            kept |= kept[::-1]
        rotated, chosen = np.nonzero(kept)
        return chosen, rotated > 0

    @cached_property
    def _alike_axes(self) -> bool:
        """Whether what is needed stays so when it is rotated."""
        return self.width == self.height and {box.mirrored() for box in self.boxes} == set(self.boxes)

    def _needed(self, likeness: Likeness, width: Integers, height: Integers) -> Integers:
        """Return the rows that are not far too expensive in all boxes (a mask), or some rotation of each.

        Rows are sorted by the first numbers of `likeness`.
        """
        areas = self.area * (width * height)
        needed = np.zeros(len(areas), bool)
        for box in self.boxes:
            if self._alike_axes and box > box.mirrored():
                continue
            if box.low == box.high:
                prices = areas + box.low[0] * width + box.low[1] * height
                needed[cheapest(prices, self.slack, likeness)] = True
            else:
                needed[self._near(box, likeness[0][0], areas, width, height)] = True
        return needed

    def _near(
        self, box: Box, group: Integers, areas: Integers, width: Integers, height: Integers
    ) -> Integers:
        """Return the rows, sorted by groups, that some payment in a box may need."""
        starts = np.flatnonzero(changes(group))
        middle = [(low + high) // 2 for low, high in zip(box.low, box.high, strict=True)]
        prices = areas + middle[0] * width + middle[1] * height
        least = np.minimum.reduceat(prices, starts)
        cheap = np.flatnonzero(prices == least[group])
        best = cheap[changes(group[cheap])]
        near = np.flatnonzero(
            _excess(box, areas, width, height, slice(None), best[np.argmin(least)]) < self.slack
        )
        excess = _excess(box, areas, width, height, near, best[group[near]])
        kept: Integers = near[(excess < self.image_slack) | (excess <= 0)]
        return kept


def cheapest(prices: Integers, slack: int, likeness: Likeness) -> Integers:
    """Return the rows that cost less than `slack` more than the least, and likewise among those alike.

    Of rows of the least price all remain.
    """
    kept = np.flatnonzero(prices < prices.min() + max(slack, 1))
    for numbers, more in likeness:
        own, at = prices[kept], numbers[kept]
        least = np.full(int(at.max()) + 1, own.max(), prices.dtype)
        np.minimum.at(least, at, own)
        kept = kept[own < least[at] + max(more, 1)]
    return kept


def _excess(
    box: Box, areas: Integers, width: Integers, height: Integers, rows: Integers | slice, others: Integers
) -> Integers:
    """Return by how much rows are dearer than others at least, under any payment in a box.

    The difference is linear in the payments, so it is least at a corner.
    """
    excess = areas[rows] - areas[others]
    for extent, low, high in zip((width, height), box.low, box.high, strict=True):
        more = extent[rows] - extent[others]
        excess = excess + (more * low if low == high else np.where(more >= 0, more * low, more * high))
    return excess


def add_boxes(boxes: Collection[Box], pays: Collection[Pair], most: int) -> tuple[Box, ...]:
    """Return about `most` boxes that cover each payment of `boxes` with each of `pays` added."""
    if most == 1:
        return (_around(boxes, _around([Box(pay, pay) for pay in pays])),)
    found = {_shifted(box, pay) for box, pay in product(boxes, pays)}
    if len(found) <= most:
        return tuple(sorted(found))
    step_x = max(box.low[0] for box in found) // PARTS + 1
    step_y = max(box.low[1] for box in found) // PARTS + 1
    merged: dict[Pair, list[Box]] = defaultdict(list)
    for box in found:
        merged[box.low[0] // step_x, box.low[1] // step_y].append(box)
    return tuple(sorted(_around(group) for group in merged.values()))


def _shifted(box: Box, pay: Pair) -> Box:
    return Box(plus(box.low, pay), plus(box.high, pay))


def _around(boxes: Collection[Box], more: Box = Box((0, 0), (0, 0))) -> Box:
    """Return the least box around some, with another one added."""
    lows, highs = [box.low for box in boxes], [box.high for box in boxes]
    low = min(x for x, _ in lows), min(y for _, y in lows)
    high = max(x for x, _ in highs), max(y for _, y in highs)
    return Box(plus(low, more.low), plus(high, more.high))
