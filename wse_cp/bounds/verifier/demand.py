"""How many output channels must be split off so that time and memory suffice."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from wse_cp.bounds.verifier.integers import Integers, ceil_div, dtype_for
from wse_cp.bounds.verifier.splits import Grid, grid
from wse_cp.instance import Instance
from wse_cp.kernels import Conv

#: How many convolutions' demands on a whole grid are remembered: about 200 KiB each.
_REMEMBERED = 256


def least_k(instance: Instance, conv: Conv, splits: Grid, limit: int | None, side: int) -> Integers:
    """Return the least k of `conv` for each (h, w, c = level), or side + 1 where it exceeds `side`.

    Parameters
    ----------
    limit
        Largest allowed time in 1 / time_scale cycles; None if there is none.
    """
    memlimit = instance.settings.memlimit
    if splits is grid(side):
        trips, memory = _demand_on_grid(conv, memlimit, side)
    else:
        trips, memory = _trips(conv, splits), _least_k_for_memory(conv, memlimit, splits)
    time = _least_k_for_time(conv, trips, instance.time_scale, limit)
    return np.minimum(np.maximum(np.maximum(time, memory), 1), side + 1).astype(np.int64)


@lru_cache(_REMEMBERED)
def _demand_on_grid(conv: Conv, memlimit: int, side: int) -> tuple[Integers, Integers]:
    """Return what does not depend on a time limit: trips besides those over K, and k for memory."""
    splits = grid(side)
    return _trips(conv, splits), _least_k_for_memory(conv, memlimit, splits)


def _trips(conv: Conv, splits: Grid) -> Integers:
    """Return ceil(H / h) * ceil(W / w) * ceil(C / c)."""
    dtype = dtype_for(conv.H * conv.W * conv.C * conv.K)
    h, w, c = (column.astype(dtype) for column in (splits.h, splits.w, splits.level))
    trips: Integers = ceil_div(conv.H, h) * ceil_div(conv.W, w) * ceil_div(conv.C, c)
    return trips


def _least_k_for_time(conv: Conv, others: Integers, time_scale: int, limit: int | None) -> Integers:
    """trips(h, w, c) * ceil(K / k) * R * S / T^2 <= limit, `others` being the trips."""
    per_trip = conv.R * conv.S * time_scale // conv.T**2
    most = conv.H * conv.W * conv.C * conv.K
    passes = (most if limit is None else min(limit // per_trip, most)) // others
    impossible = 1 << 13
    return np.where(passes > 0, ceil_div(conv.K, np.maximum(passes, 1)), impossible)


def _least_k_for_memory(conv: Conv, memlimit: int, splits: Grid) -> Integers:
    """C/c * K/k * R*S + (W+S-1)/w * (H+R-1)/h * K/k <= memlimit, times c * k * h * w."""
    image = (conv.W + conv.S - 1) * (conv.H + conv.R - 1)
    weights = conv.C * conv.R * conv.S
    tiles, level = int((splits.h * splits.w).max(initial=1)), int(splits.level.max(initial=1))
    dtype = dtype_for(max(conv.K * (weights * tiles + image * level), memlimit * tiles * level))
    h, w, c = (column.astype(dtype) for column in (splits.h, splits.w, splits.level))
    need: Integers = ceil_div(conv.K * (weights * h * w + image * c), memlimit * c * h * w)
    return need
