"""All shapes of a kernel worth a look under given prices, sorted by the classes of their splits."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from wse_cp.bounds.verifier.levels import (
    ComparedSplits,
    Levels,
    minimal,
    split_classes,
    undercut,
    with_inlets,
)
from wse_cp.bounds.verifier.reading import Integers, changes, numbered
from wse_cp.bounds.verifier.sieve import Sieve
from wse_cp.bounds.verifier.splits import RADIX, class_numbers, segments, spread
from wse_cp.instance import Instance
from wse_cp.kernels import Conv, Kernel, convs


@dataclass(frozen=True, eq=False)
class Shapes:
    """The shapes of a kernel by *choice*: a combination of classes that edges of the tree can tell apart."""

    width: Integers  #: of each row (tiles, rotation applied), in the dtype of prices
    height: Integers  #: the same
    starts: Integers  #: the first row of each choice; rows of a choice are contiguous
    h: Integers  #: number of the class of each choice (int64); 0 if no edge compares it
    w: Integers  #: the same
    inlet: Integers  #: the same
    outlets: dict[int, Integers]  #: numbers of the class of k by each consumer's input channels
    _views: dict[int | None, tuple[Integers, Integers]] = field(default_factory=dict)

    @cached_property
    def areas(self) -> Integers:
        """Tiles of each row."""
        return self.width * self.height

    def views(self, outlet: int | None) -> tuple[Integers, Integers]:
        """Return what an edge sees at the inlet (None) or at an outlet.

        That is the (h, w, channels) classes that occur (views x 3, sorted), and the view of each choice.
        """
        if outlet not in self._views:
            channels = self.inlet if outlet is None else self.outlets[outlet]
            first, numbers = numbered((self.h * RADIX + self.w) * RADIX + channels)
            self._views[outlet] = np.stack([self.h, self.w, channels], axis=1)[first], numbers
        return self._views[outlet]


def least_shapes(levels: Levels, sieve: Sieve) -> Shapes | None:
    """Return the shapes of a kernel whose splits no edge compares: one choice. None if nothing fits."""
    short, long = levels.width, levels.splits.height
    width, height = np.concatenate([short, long]), np.concatenate([long, short])
    fits = (width <= sieve.width) & (height <= sieve.height)
    width, height = width[fits], height[fits]
    if not len(width):
        return None
    rows = minimal([], width, height)
    zero = np.zeros(1, np.int64)
    return Shapes(
        width[rows].astype(sieve.dtype), height[rows].astype(sieve.dtype), zero, zero, zero, zero, {}
    )


def shapes_by_class(
    instance: Instance,
    kernel: Kernel,
    compared: ComparedSplits,
    levels: Levels,
    limit: int | None,
    sieve: Sieve,
) -> Shapes | None:
    """Return the shapes of a kernel by all classes that edges can see; None if nothing fits the wafer."""
    side = max(instance.settings.width, instance.settings.height)
    levels = levels[_kept(instance, levels, sieve)]
    if compared.inlet and not isinstance(kernel, Conv):
        wider = sieve.widest(levels.splits.height, sieve.inlet_slack)
        levels = with_inlets(instance, kernel, levels, limit, wider)
    levels = undercut(instance, kernel, compared, levels)
    levels = levels[_kept(instance, levels, sieve)]
    starts = segments(compared.outlets, side)
    starts = starts[starts <= side // 3]
    first = np.searchsorted(starts, levels.need, side="right") - 1
    # a k beyond the least one must be worth its tiles
    widest = levels.need + sieve.widest(levels.splits.height, sieve.outlet_slack) // 3
    rows, segment = spread(np.searchsorted(starts, widest, side="right") - first)
    segment = segment + first[rows]
    width = levels.base[rows] + 3 * np.maximum(levels.need[rows], starts[segment])
    height = levels.splits.height[rows]
    h, w = (column[rows] for column in split_classes(instance, levels.splits))
    inlet = class_numbers(convs(kernel)[0].C, side)[levels.inlet[rows]] * int(compared.inlet)
    ends = (inlet, sieve.outlet_slack), (segment, sieve.inlet_slack)
    alike = [(numbered((h * RADIX + w) * RADIX + end)[1], slack) for end, slack in ends if slack]
    kept, rotated = sieve.keep(h * RADIX + w, width, height, alike)
    if not len(kept):
        return None
    keys = [column[kept] for column in (h, w, inlet, segment)]
    at = np.where(rotated, height[kept], width[kept]), np.where(rotated, width[kept], height[kept])
    return _sorted(keys, *at, {loop: class_numbers(loop, side)[starts] for loop in compared.outlets}, sieve)


def _kept(instance: Instance, levels: Levels, sieve: Sieve) -> Integers:
    h, w = split_classes(instance, levels.splits)
    return np.unique(sieve.keep(h * RADIX + w, levels.width, levels.splits.height)[0])


def _sorted(
    keys: list[Integers],
    width: Integers,
    height: Integers,
    outlets: dict[int, Integers],
    sieve: Sieve,
) -> Shapes:
    rows = minimal(keys, width, height)
    h, w, inlet, segment = (key[rows] for key in keys)
    starts = np.flatnonzero(changes(h, w, inlet, segment))
    return Shapes(
        width[rows].astype(sieve.dtype),
        height[rows].astype(sieve.dtype),
        starts,
        h[starts],
        w[starts],
        inlet[starts],
        {loop: numbers[segment[starts]] for loop, numbers in outlets.items()},
    )
