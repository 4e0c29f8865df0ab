"""The least rectangles of kernels whose splits no edge compares, at one cycle limit after the other.

What a convolution needs, whatever the limit, is found once: for heights, the loop trips besides those over
K, and the least k that memory allows. Few of all splits are left then.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wse_cp.bounds.verifier.levels import ComparedSplits, least_levels, minimal
from wse_cp.bounds.verifier.reading import Ended, EndedError, Integers, ceil_div, changes, never
from wse_cp.bounds.verifier.splits import demand, grid, passes, smaller
from wse_cp.instance import Instance
from wse_cp.kernels import Conv, Kernel

#: Needs are told apart up to this k; larger ones are kept whether they are needed or not.
_NEEDS = 32

Extents = tuple[Integers, Integers]


@dataclass(frozen=True)
class _Demand:
    """Heights of a convolution and what it needs there, in the order of trips (int64)."""

    trips: Integers  #: ceil(H / h) * ceil(W / w) * ceil(C / c)
    need: Integers  #: least k that memory allows
    height: Integers  #: tiles, before rotation


class Demands:
    """What the convolutions of an instance need, whatever the cycle limit; each is found once."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._known: dict[Conv, _Demand] = {}

    def __call__(self, conv: Conv) -> _Demand:
        """Return what a convolution needs."""
        if conv not in self._known:
            self._known[conv] = self._demand(conv)
        return self._known[conv]

    def _demand(self, conv: Conv) -> _Demand:
        settings = self.instance.settings
        side = max(settings.width, settings.height)
        trips, need = demand(conv, settings.memlimit, side)
        need = np.maximum(need, 1)
        rows = np.arange(len(trips))
        gains = 3 * need <= side
        for less in smaller(side):
            gains &= (less == rows) | (trips[less] != trips) | (need[less] != need)
        found = np.flatnonzero(gains)
        height = grid(side).height
        found = found[np.lexsort((height[found], need[found], trips[found]))]
        found = found[changes(trips[found], need[found])]
        kept = _undercut(need[found], height[found])
        found = found[~kept]
        return _Demand(trips[found], need[found], height[found])


def _undercut(need: Integers, height: Integers) -> Integers:
    """Return which rows an earlier one undercuts in both columns (a mask)."""
    found = np.zeros(len(need), bool)
    for k in np.unique(need[need <= _NEEDS]):
        least = np.minimum.accumulate(np.where(need <= k, height, np.iinfo(np.int64).max))
        before = np.append(np.iinfo(np.int64).max, least[:-1])
        found |= (need == k) & (before <= height)
    return found


class Rectangles:
    """The least rectangles of kernels at one cycle limit (1 / time_scale cycles; None for no limit)."""

    def __init__(self, demands: Demands, limit: int | None) -> None:
        self._demands, self._limit = demands, limit
        self._known: dict[Kernel, Extents] = {}

    def __call__(self, kernel: Kernel) -> Extents:
        """Return widths and heights (int64), rotations applied; none if nothing fits the wafer."""
        if kernel not in self._known:
            settings = self._demands.instance.settings
            short, long = self._upright(kernel)
            width, height = np.concatenate([short, long]), np.concatenate([long, short])
            fits = (width <= settings.width) & (height <= settings.height)
            width, height = width[fits], height[fits]
            rows = minimal([], width, height)
            self._known[kernel] = width[rows], height[rows]
        return self._known[kernel]

    def _upright(self, kernel: Kernel) -> Extents:
        """Return widths and heights before rotation."""
        instance = self._demands.instance
        if not isinstance(kernel, Conv):
            levels = least_levels(instance, kernel, ComparedSplits(False, 0, ()), self._limit)
            return levels.width, levels.splits.height
        demand = self._demands(kernel)
        most = passes(kernel, instance.time_scale, self._limit) // demand.trips
        possible = most > 0
        k = np.maximum(ceil_div(kernel.K, most[possible]), demand.need[possible])
        return 3 * k, demand.height[possible]


def have_shapes(instance: Instance, rectangles: Rectangles, ended: Ended = never) -> bool:
    """Tell whether every kernel has a shape within the limit.

    Raises
    ------
    EndedError
        If it was to end early.
    """
    for kernel in set(instance.kernels.values()):
        if ended():
            raise EndedError
        if not len(rectangles(kernel)[0]):
            return False
    return True
