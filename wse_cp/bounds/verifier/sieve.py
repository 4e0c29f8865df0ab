"""A coarse sieve: leaves out rows that are far too expensive under all payments a kernel may face."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from itertools import product

import numpy as np

from wse_cp.bounds.verifier.patterns import Pair, plus
from wse_cp.bounds.verifier.reading import Integers, changes
from wse_cp.instance import MAX_SIDE

#: Most boxes of payments that are told apart, and into how many parts each side is cut when there are more.
MAX_BOXES, PARTS = 24, 4


@dataclass(frozen=True, order=True)
class Box:
    """A range of payments for a tile of width and of height, ends included."""

    low: Pair
    high: Pair


@dataclass(frozen=True)
class Sieve:
    """Which rows can be part of a minimum at all.

    A row that is more expensive than another by at least what its other classes can cost is never needed.
    """

    boxes: tuple[Box, ...]  #: cover all payments the kernel may face
    area: int  #: price per tile of area
    inlet_slack: int  #: what another class at the inlet can cost in adapters at most
    outlet_slack: int  #: what other classes at all outlets can cost
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
        """What other classes of h, w and channels can cost at most: all edges compare all three."""
        return 3 * self.channel_slack

    def widest(self, heights: Integers, slack: int) -> Integers:
        """Return by how many tiles at most rectangles of some heights may be wider to gain less than `slack`.

        Each further tile costs its area, and the least payment for a tile of either extent.
        """
        least = min(min(box.low) for box in self.boxes)
        prices = np.maximum(self.area * heights.astype(self.dtype) + least, 0)
        free = prices == 0
        tiles = np.where(free, MAX_SIDE, max(slack - 1, 0) // np.where(free, 1, prices))
        return np.minimum(tiles, MAX_SIDE).astype(np.int64)

    def keep(self, groups: Integers, across: Integers, along: Integers) -> tuple[Integers, Integers]:
        """Return which rectangles to keep, as (row, whether rotated).

        Parameters
        ----------
        groups
            A number for the classes of h and w of each row: equal ones differ in channels at most.
        across, along
            Width and height at R0 (tiles).
        """
        width, height = np.concatenate([across, along]), np.concatenate([along, across])
        rows = np.flatnonzero((width <= self.width) & (height <= self.height))
        if not len(rows):
            return rows, rows > 0
        groups = groups[rows % len(across)]
        order = np.argsort(groups, kind="stable")
        rows, groups = rows[order], groups[order]
        chosen = rows[self._needed(groups, width[rows].astype(self.dtype), height[rows].astype(self.dtype))]
        return chosen % len(across), chosen >= len(across)

    def _needed(self, groups: Integers, width: Integers, height: Integers) -> Integers:
        """Return the rows, sorted by groups, that are not far too expensive in all boxes (a mask)."""
        new = changes(groups)
        starts, group = np.flatnonzero(new), np.cumsum(new) - 1
        areas = self.area * (width * height)
        needed = np.zeros(len(groups), bool)
        for box in self.boxes:
            middle = [(low + high) // 2 for low, high in zip(box.low, box.high, strict=True)]
            prices = areas + middle[0] * width + middle[1] * height
            least = np.minimum.reduceat(prices, starts)
            cheap = np.flatnonzero(prices == least[group])
            cheapest = cheap[changes(group[cheap])]
            best = cheapest[np.argmin(least)]
            near = np.flatnonzero(_excess(box, areas, width, height, slice(None), best) < self.slack)
            excess = _excess(box, areas, width, height, near, cheapest[group[near]])
            needed[near[(excess < self.channel_slack) | (excess <= 0)]] = True
        return needed


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
