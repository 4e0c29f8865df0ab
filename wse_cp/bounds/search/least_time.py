"""A time worth cutting at first: about the least one that area allows."""

from __future__ import annotations

from collections import Counter

from wse_cp.bounds.programme.ending import look
from wse_cp.instance import Instance
from wse_cp.kernels import Kernel, convs
from wse_cp.shapes.arrays import UNLIMITED
from wse_cp.shapes.curves import curve_area, kernel_curve, least_time_by_area

#: So many kernels are many: then the time is found up to a share of it, from so many different kernels.
_MANY, _EXACT, _LOOKED_AT = 400, 0.02, 32
#: A tile of a kernel's core has at least so many tiles of area: a convolution of k is 3 * k wide.
_TILES = 3


def many_kernels(instance: Instance) -> bool:
    """Tell whether there are so many kernels that something quick is to come first."""
    return len(instance.kernels) >= _MANY


def promising_time(instance: Instance) -> int:
    """Return about the least time (1 / time_scale cycles) at which the kernels' least areas fit the wafer.

    It is exact unless there are many kernels; then it is what some of them say.

    Raises
    ------
    InputError
        If they do not fit at any time, as far as can be seen.
    """
    if not many_kernels(instance):
        return int(least_time_by_area(instance) * instance.time_scale)
    counts = Counter(instance.kernels.values())
    kernels = list(counts)[:: -(-len(counts) // _LOOKED_AT)]
    work = {kernel: count * _work(instance, kernel) for kernel, count in counts.items()}
    share = sum(work[kernel] for kernel in kernels) / sum(work.values())
    low = _TILES * sum(work.values()) // (instance.settings.width * instance.settings.height)
    high = low + 1
    while high < UNLIMITED // 4 and not _fits(instance, kernels, counts, high, share):
        low, high = high, 2 * high
    if high >= UNLIMITED // 4:
        least_time_by_area(instance)  # has the words for it
    while high - low > 1 + _EXACT * low:
        middle = (low + high) // 2
        if _fits(instance, kernels, counts, middle, share):
            high = middle
        else:
            low = middle
    return high


def _work(instance: Instance, kernel: Kernel) -> int:
    """Return for how long (1 / time_scale cycles) one tile would work for a kernel alone."""
    return sum(
        conv.H * conv.W * conv.C * conv.K * conv.R * conv.S * instance.time_scale // conv.T**2
        for conv in convs(kernel)
    )


def _fits(
    instance: Instance, kernels: list[Kernel], counts: Counter[Kernel], time: int, share: float
) -> bool:
    """Tell whether the least areas of some kernels fit their share of the wafer."""
    settings = instance.settings
    room = share * settings.width * settings.height
    for kernel in kernels:
        look()
        curve = kernel_curve(kernel, settings, instance.time_scale, time)
        room -= counts[kernel] * curve_area(curve, settings)
        if room < 0:
            return False
    return True
