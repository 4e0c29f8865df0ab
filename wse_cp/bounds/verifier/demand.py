"""How many output channels must be split off so that time and memory suffice."""

from __future__ import annotations

import numpy as np

from wse_cp.bounds.verifier.integers import Integers, ceil_div, dtype_for
from wse_cp.bounds.verifier.splits import Grid
from wse_cp.instance import Instance
from wse_cp.kernels import Conv


def least_k(instance: Instance, conv: Conv, splits: Grid, limit: int | None, side: int) -> Integers:
    """Return the least k of `conv` for each (h, w, c = level), or side + 1 where it exceeds `side`.

    Parameters
    ----------
    limit
        Largest allowed time in 1 / time_scale cycles; None if there is none.
    """
    time = _least_k_for_time(instance, conv, splits, limit)
    memory = _least_k_for_memory(instance, conv, splits)
    return np.minimum(np.maximum(np.maximum(time, memory), 1), side + 1).astype(np.int64)


def _least_k_for_time(instance: Instance, conv: Conv, splits: Grid, limit: int | None) -> Integers:
    """trips(h, w, c) * ceil(K / k) * R * S / T^2 <= limit."""
    per_trip = conv.R * conv.S * instance.time_scale // conv.T**2
    most = conv.H * conv.W * conv.C * conv.K
    trips = most if limit is None else min(limit // per_trip, most)
    dtype = dtype_for(most)
    h, w, c = (column.astype(dtype) for column in (splits.h, splits.w, splits.level))
    others = ceil_div(conv.H, h) * ceil_div(conv.W, w) * ceil_div(conv.C, c)
    passes = trips // others
    impossible = 1 << 13
    return np.where(passes > 0, ceil_div(conv.K, np.maximum(passes, 1)), impossible)


def _least_k_for_memory(instance: Instance, conv: Conv, splits: Grid) -> Integers:
    """C/c * K/k * R*S + (W+S-1)/w * (H+R-1)/h * K/k <= memlimit, times c * k * h * w."""
    image = (conv.W + conv.S - 1) * (conv.H + conv.R - 1)
    weights = conv.C * conv.R * conv.S
    limit = instance.settings.memlimit
    tiles, level = int((splits.h * splits.w).max(initial=1)), int(splits.level.max(initial=1))
    dtype = dtype_for(max(conv.K * (weights * tiles + image * level), limit * tiles * level))
    h, w, c = (column.astype(dtype) for column in (splits.h, splits.w, splits.level))
    need: Integers = ceil_div(conv.K * (weights * h * w + image * c), limit * c * h * w)
    return need
