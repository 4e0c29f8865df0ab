"""Cycle limits worth planning for.

A cycle limit T is the most cycles that a kernel may take; it is no limit on the seconds of a run. For a fixed
T every kernel has a known set of shapes, so searches plan for one T after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from wse_cp.instance import Instance
from wse_cp.shapes.arrays import IntArray, scaled

#: Ascending limits relative to the least one by area; further ones grow by a ratio.
_GRID = (1.01, 1.02, 1.03, 1.045, 1.06, 1.08, 1.1, 1.13, 1.17, 1.22, 1.3, 1.4, 1.52, 1.66, 1.8, 2.0)
_GROWTH = 1.12
_END = 256
#: Steps of a grid over the first 8 % above the least limit, and over the whole range.
_NEAR_STEPS, _FAR_STEPS = 32, 48


def ascending_limits(instance: Instance, least: Fraction) -> Iterator[Fraction]:
    """Yield ascending cycle limits from `least`, the least one by area, to many times as much."""
    for factor in _GRID:
        yield rounded_up(instance, least * Fraction(factor))
    factor = _GRID[-1]
    while factor < _END:
        factor *= _GROWTH
        yield rounded_up(instance, least * Fraction(factor))


def rounded_up(instance: Instance, limit: Fraction) -> Fraction:
    """Return a cycle limit rounded up to a possible kernel time."""
    scale = instance.time_scale
    return Fraction(-((-limit * scale) // 1), scale)


def limit_grid(instance: Instance, least: Fraction, given: Sequence[Fraction]) -> IntArray:
    """Return ascending limits (1 / time_scale cycles): fine above `least`, coarse to beyond all of `given`.

    The given ones are among them.
    """
    scale = instance.time_scale
    high = max([least * Fraction(11, 10), *(limit * Fraction(13, 10) for limit in given)])
    near = _geometric(least, min(high, least * Fraction(27, 25)), _NEAR_STEPS, scale)
    far = _geometric(least, high, _FAR_STEPS, scale)
    exact = np.array([scaled(instance, limit) for limit in given], np.int64)
    return np.unique(np.concatenate([near, far, exact]))


def _geometric(low: Fraction, high: Fraction, steps: int, scale: int) -> IntArray:
    return np.ceil(np.geomspace(float(low), float(high), steps) * scale).astype(np.int64)
