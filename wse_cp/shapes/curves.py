"""Shape curves: the least extent of a kernel along one axis for each limit on the other."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from math import ceil, lcm

import numpy as np

from wse_cp.errors import InputError
from wse_cp.instance import Instance, Settings, require_legal_shape
from wse_cp.kernels import Kernel, convs, work
from wse_cp.shapes.arrays import UNLIMITED, IntArray, conv_rows, scaled, scaled_limit
from wse_cp.shapes.loops import NONE, allowed_trips, fill_curve


def kernel_curve(
    kernel: Kernel,
    settings: Settings,
    scale: int,
    time: int = UNLIMITED,
    split: tuple[int, int] | None = None,
    channels: tuple[int, int] = (0, 0),
) -> IntArray:
    """Return the curve of one kernel, int32 of shape (side + 1,) in tiles, side = max(width, height).

    Parameters
    ----------
    scale, time
        `time` is the limit in 1 / scale cycles.
    split
        Forced (h, w), or None.
    channels
        Forced channel splits of the input (c or c1) and output protocol (k or k3), 0 for free.
    """
    side = max(settings.width, settings.height)
    curve = np.empty(side + 1, np.int32)
    rows = conv_rows(kernel)
    h, w = split or (0, 0)
    fill_curve(curve, rows, allowed_trips(rows, scale, time), settings.memlimit, h, w, *channels)
    return curve


def shape_curves(instance: Instance, time: Fraction | int) -> IntArray:
    """Return the curves of all kernels at a cycle limit, int32 of shape (kernels, side + 1).

    ``curves[i, limit]`` is the least height of kernel i at width <= limit, and by rotation also the least
    width at height <= limit; `NONE` where there is no such shape.
    """
    limit = scaled(instance, time)
    known = {
        kernel: kernel_curve(kernel, instance.settings, instance.time_scale, limit)
        for kernel in set(instance.kernels.values())
    }
    return np.stack([known[kernel] for kernel in instance.kernels.values()])


def curve_area(curve: IntArray, settings: Settings) -> int:
    """Return the least area (tiles) on a curve among shapes that fit the wafer, or NONE."""
    short, long = sorted((settings.width, settings.height))
    extents = np.arange(len(curve), dtype=np.int64)[1 : short + 1]
    other = curve[1 : short + 1].astype(np.int64)
    areas = np.where(other <= long, extents * other, NONE)
    return int(areas.min(initial=NONE))


def least_area(kernel: Kernel, settings: Settings, limit: Fraction | int | None = None) -> int:
    """Return the least area (tiles) of a kernel within a cycle limit (None: any time), or NONE."""
    scale = lcm(*(conv.T**2 for conv in convs(kernel)))
    time = UNLIMITED if limit is None else scaled_limit(limit, scale)
    return curve_area(kernel_curve(kernel, settings, scale, time), settings)


def total_least_area(instance: Instance, time: Fraction | int | None = None) -> int:
    """Return the sum of the kernels' least areas at a cycle limit (tiles), NONE or more if impossible.

    `time` is in cycles, None for any time; NONE is more than any wafer has.
    """
    areas: Mapping[Kernel, int] = {
        k: least_area(k, instance.settings, time) for k in set(instance.kernels.values())
    }
    return sum(areas[kernel] for kernel in instance.kernels.values())


def least_time_by_work(instance: Instance) -> Fraction:
    """Return a time (cycles) that no placement is faster than, by the work of the kernels.

    It is at most `least_time_by_area`, and takes no memory.
    """
    return Fraction(_least_by_work(instance), instance.time_scale)


def _least_by_work(instance: Instance) -> int:
    # Of its 3k x h w (c + 1) tiles a convolution uses a third at most: h w c k.
    total = sum(map(work, instance.kernels.values()), Fraction(0)) * instance.time_scale
    return ceil(3 * total / (instance.settings.width * instance.settings.height))


@lru_cache(maxsize=4)
def least_time_by_area(instance: Instance) -> Fraction:
    """Return the least time (cycles) at which the kernels' least areas together fit the wafer.

    A starting point for searches: no placement is faster.

    Raises
    ------
    InputError
        If they do not fit at any time: then the instance has no legal placement.
    """
    _require_room(instance)
    high = _least_by_work(instance)
    low = high - 1
    while not _has_room(instance, high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if _has_room(instance, middle):
            high = middle
        else:
            low = middle
    return Fraction(high, instance.time_scale)


def _has_room(instance: Instance, time: int) -> bool:
    """Tell whether the least areas fit the wafer at a cycle limit (1 / time_scale cycles)."""
    wafer = instance.settings.width * instance.settings.height
    return total_least_area(instance, Fraction(time, instance.time_scale)) <= wafer


def _require_room(instance: Instance) -> None:
    """Raise `InputError` unless the least areas fit the wafer if time does not matter."""
    for kernel in set(instance.kernels.values()):
        require_legal_shape(kernel, instance.settings)
    area, wafer = total_least_area(instance), instance.settings
    if area > wafer.width * wafer.height:
        raise InputError(
            f"kernels that fit the {wafer.width} x {wafer.height} wafer together",
            f"a network that needs {area} tiles at any speed (limits: width, height, memlimit)",
        )
