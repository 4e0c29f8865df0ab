"""Loop splits: all that fit a wafer, and the classes by which adapters compare them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from wse_cp.bounds.verifier.integers import Integers, ceil_div, changes

#: More than there are classes of any split.
RADIX = 1 << 13


@dataclass(frozen=True, eq=False)
class Grid:
    """All (h, w, level) whose height h * w * (level + 1) is at most `side`, as columns (int64)."""

    h: Integers
    w: Integers
    level: Integers

    def __getitem__(self, rows: Integers) -> Grid:
        """Return the chosen rows (a mask or indices)."""
        return Grid(self.h[rows], self.w[rows], self.level[rows])

    @property
    def height(self) -> Integers:
        """Tiles, before rotation."""
        height: Integers = self.h * self.w * (self.level + 1)
        return height


@cache
def grid(side: int) -> Grid:
    """Return the grid of a wafer whose longer side has `side` tiles."""
    pairs = [(h, w) for h in range(1, side // 2 + 1) for w in range(1, side // (2 * h) + 1)]
    h, w = np.array(pairs, np.int64).reshape(-1, 2).T
    rows, place = spread(side // (h * w) - 1)
    return Grid(h[rows], w[rows], place + 1)


@cache
def by_height(side: int) -> tuple[Integers, Integers]:
    """Return the rows of the grid sorted by height, and where each height begins."""
    height = grid(side).height
    rows = np.argsort(height, kind="stable")
    return rows, np.flatnonzero(changes(height[rows]))


@cache
def smaller(side: int) -> tuple[Integers, Integers, Integers]:
    """Return for each row of the grid that with h, w and level less by one; its own number if that is 0."""
    splits = grid(side)
    number = np.zeros((side // 2 + 2, side // 2 + 2), np.int64)
    first = np.flatnonzero(splits.level == 1)
    number[splits.h[first], splits.w[first]] = first
    own = np.arange(len(splits.h))
    less_h = number[splits.h - 1, splits.w] + splits.level - 1
    less_w = number[splits.h, splits.w - 1] + splits.level - 1
    return (
        np.where(splits.h > 1, less_h, own),
        np.where(splits.w > 1, less_w, own),
        np.where(splits.level > 1, own - 1, own),
    )


def spread(counts: Integers) -> tuple[Integers, Integers]:
    """Return each row number as often as it counts, and 0, 1, ... among those of the same row."""
    rows = np.repeat(np.arange(len(counts)), counts)
    return rows, np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)


@cache
def class_numbers(loop: int, side: int) -> Integers:
    """Return the number of the class of each split 0 ... `side` of a loop: equal ceil(loop / split).

    Numbers count up from 0 with the split; entry 0 is unused. Both ends of an edge compare the same
    loop, so equal classes have equal numbers.
    """
    trips = ceil_div(loop, np.arange(1, side + 1))
    return np.concatenate([[0, 0], np.cumsum(trips[1:] != trips[:-1])]).astype(np.int64)


@cache
def segments(loops: tuple[int, ...], side: int) -> Integers:
    """Return the first split of each stretch of splits that agree in their classes for all `loops`."""
    changes = np.zeros(side + 1, bool)
    changes[1] = True
    for loop in loops:
        numbers = class_numbers(loop, side)
        changes[2:] |= numbers[2:] != numbers[1:-1]
    return np.flatnonzero(changes)
