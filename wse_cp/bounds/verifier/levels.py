"""The smallest rectangles of a kernel for each (h, w, level), level being the largest of its c."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wse_cp.bounds.verifier.reading import Integers, changes, sorted_by
from wse_cp.bounds.verifier.splits import (
    Grid,
    by_height,
    class_numbers,
    grid,
    least_k,
    numbers_compared,
    smaller,
    spread,
)
from wse_cp.instance import Instance
from wse_cp.kernels import Conv, Kernel, convs


@dataclass(frozen=True)
class ComparedSplits:
    """Which splits of a kernel the edges of the tree compare."""

    image: bool  #: whether (h, w) are compared, by any edge
    inlet: int  #: the channels by which edges that enter it compare its c (or c1); 0 if none enters
    outlets: tuple[int, ...]  #: the same of the edges that leave it, and its k (or k3)
    parities: bool = False  #: whether the parities of width and height matter too (section 6)


@dataclass(frozen=True, eq=False)
class Levels:
    """Rows (int64): a rectangle has width base + 3 * k for any k >= need, and the height of its splits."""

    splits: Grid  #: (h, w, level); all convolutions but the first have c = level
    inlet: Integers  #: c of the first one; the level if that is the only one, or no edge compares splits
    base: Integers  #: width of all convolutions but the output's (tiles)
    need: Integers  #: least k of the output's convolution

    def __getitem__(self, rows: Integers) -> Levels:
        """Return the chosen rows (a mask or indices)."""
        return Levels(self.splits[rows], self.inlet[rows], self.base[rows], self.need[rows])

    @property
    def width(self) -> Integers:
        """Least width (tiles, before rotation)."""
        width: Integers = self.base + 3 * self.need
        return width


def least_levels(instance: Instance, kernel: Kernel, compared: ComparedSplits, limit: int | None) -> Levels:
    """Return a kernel's rows with c1 = level.

    They are only those of least width and height if nothing is compared, and all if parities matter: a
    smaller split may have another parity.
    """
    side = max(instance.settings.width, instance.settings.height)
    splits = grid(side)
    parts = convs(kernel)
    out = output_part(kernel)
    needs = [least_k(instance, part, splits, limit, side) for part in parts]
    base = 3 * sum((need for j, need in enumerate(needs) if j != out), np.zeros_like(splits.h))
    levels = Levels(splits, splits.level, base, needs[out])
    if compared.parities:
        return levels[levels.width <= side]
    if not compared.image:
        return levels[thinnest(levels.width, side)]
    classes = [*split_classes(instance, splits), np.zeros_like(splits.h)]
    if compared.inlet:
        classes[2] = class_numbers(compared.inlet, side)[splits.level]
    # with c1 below the level, h and w may gain something even where they do not at c1 = level
    axes = (2,) if compared.inlet and len(parts) > 1 else (0, 1, 2)
    return levels[(levels.width <= side) & _gains(needs, classes, side, axes)]


def thinnest(width: Integers, side: int) -> Integers:
    """Return the rows of the grid, by height, up to `side` wide, that no other undercuts in either extent."""
    rows, starts = by_height(side)
    width = width[rows]
    least = np.minimum.accumulate(np.minimum(np.minimum.reduceat(width, starts), side + 1))
    lower = np.append(least[:1] <= side, least[1:] < least[:-1])
    # of rows alike the first; a height that is not lower than all below it has none
    wanted = np.repeat(np.where(lower, least, -1), np.diff(starts, append=len(rows)))
    found = np.flatnonzero(width == wanted)
    chosen: Integers = rows[found[changes(wanted[found])]]
    return chosen


def _gains(
    needs: list[Integers], classes: list[Integers], side: int, axes: tuple[int, ...]
) -> npt.NDArray[np.bool_]:
    """Return the rows told by another class or a smaller k from those with one split less by 1.

    Others are not needed: the smaller split does the same on fewer tiles.
    """
    rows = np.arange(len(needs[0]))
    gains = np.ones(len(rows), bool)
    for axis in axes:
        less, numbers = smaller(side)[axis], classes[axis]
        gains &= (less == rows) | (numbers[less] != numbers) | np.any([k[less] != k for k in needs], axis=0)
    return gains


def undercut(instance: Instance, kernel: Kernel, compared: ComparedSplits, levels: Levels) -> Levels:
    """Return the rows, sorted by the classes of h and w, without those that others undercut."""
    keys = [*image_classes(instance, compared, levels.splits)]
    if compared.parities:
        keys.append(levels.splits.height % 2)
    if compared.inlet:
        side = max(instance.settings.width, instance.settings.height)
        keys.append(numbers_compared(compared.inlet, side, compared.parities)[levels.inlet])
    if isinstance(kernel, Conv):
        return levels[minimal(keys, levels.splits.height, levels.need)]
    return levels[minimal([*keys, levels.need], levels.splits.height, levels.base)]


def with_inlets(
    instance: Instance,
    kernel: Kernel,
    compared: ComparedSplits,
    levels: Levels,
    limit: int | None,
    wider: Integers,
) -> Levels:
    """Return rows of a block for each class that c1 <= level may have, with the largest c1 of the class.

    If parities matter, with the largest even one and the largest odd one. Those are left out that are by more
    than `wider` tiles wider than with c1 = level.
    """
    side = max(instance.settings.width, instance.settings.height)
    first = convs(kernel)[0]
    numbers = class_numbers(compared.inlet, side)
    last = np.flatnonzero(np.append(numbers[2:] != numbers[1:-1], True)) + 1
    rows, place = spread(numbers[levels.splits.level] + 1)
    inlet = np.minimum(last[place], levels.splits.level[rows])
    if compared.parities:
        both = np.flatnonzero((inlet > 1) & (numbers[np.maximum(inlet - 1, 1)] == numbers[inlet]))
        rows, inlet = np.append(rows, rows[both]), np.append(inlet, inlet[both] - 1)
    chosen = levels[rows]
    splits = chosen.splits
    before = least_k(instance, first, splits, limit, side)
    now = least_k(instance, first, Grid(splits.h, splits.w, inlet), limit, side)
    more = 3 * (now - before)
    return Levels(splits, inlet, chosen.base + more, chosen.need)[more <= wider[rows]]


def output_part(kernel: Kernel) -> int:
    """Return which convolution writes a kernel's output: k of a conv, k3 of both blocks."""
    return 0 if isinstance(kernel, Conv) else 2


def split_classes(instance: Instance, splits: Grid, parities: bool = False) -> tuple[Integers, Integers]:
    """Return the numbers of the classes of h and of w, told apart by parity too if that matters."""
    side = max(instance.settings.width, instance.settings.height)
    H = max(kernel.H for kernel in instance.kernels.values())
    W = max(kernel.W for kernel in instance.kernels.values())
    return (
        numbers_compared(H, side, parities)[splits.h],
        numbers_compared(W, side, parities)[splits.w],
    )


def image_classes(instance: Instance, compared: ComparedSplits, splits: Grid) -> tuple[Integers, Integers]:
    """Return the numbers of the classes of h and of w, 0 if no edge compares them."""
    if compared.image:
        return split_classes(instance, splits, compared.parities)
    none = np.zeros_like(splits.h)
    return none, none


def minimal(keys: list[Integers], a: Integers, b: Integers) -> Integers:
    """Return the rows, sorted by keys and a, that no other row with equal keys undercuts in a and b."""
    order = sorted_by(*keys, a, b)
    group = np.cumsum(changes(*(key[order] for key in keys))) if keys else np.zeros(len(order), np.int64)
    # least b so far within the group: later groups lie below all of earlier ones
    falling = b[order] - group * (int(b.max(initial=0)) + 1)
    least = np.minimum.accumulate(falling)
    kept: Integers = order[np.append(True, falling[1:] < least[:-1])[: len(order)]]
    return kept
