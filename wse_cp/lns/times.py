"""Time limits that a sub-model offers shapes for."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from math import exp

import numpy as np

from wse_cp.instance import Instance
from wse_cp.placement import Placement

#: A random time limit lies beside the present largest time by a share between these powers of e.
NEAREST, FARTHEST = -6.0, -1.5
#: How often a larger time than the present one is offered.
SLOWER = 0.25


def time_limits(
    instance: Instance, placement: Placement, reshaped: Collection[str], generator: np.random.Generator
) -> list[int]:
    """Return ascending time limits (1 / time_scale cycles), the present largest time among them.

    Smaller ones only if all of the slowest kernels are reshaped: else the largest time cannot fall.
    """
    slowest = max(kernel.time for kernel in placement.values())
    now = int(slowest * instance.time_scale)
    below = now - int(now * exp(generator.uniform(NEAREST, FARTHEST)))
    above = now + int(now * exp(generator.uniform(NEAREST, FARTHEST)))
    limits = [now]
    if _all_in(placement, slowest, reshaped):
        limits += [now - 1, below]
    if generator.random() < SLOWER:
        limits.append(above)
    return sorted({limit for limit in limits if limit > 0})


def _all_in(placement: Placement, slowest: Fraction, reshaped: Collection[str]) -> bool:
    return all(name in reshaped for name, kernel in placement.items() if kernel.time == slowest)
