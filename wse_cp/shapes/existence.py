"""Whether a kernel has a legal shape at all, and if not, which limit excludes it (no compiled code)."""

from __future__ import annotations

from math import ceil

from wse_cp.errors import InputError
from wse_cp.instance import Settings
from wse_cp.kernels import Kernel, conv_memory, convs, formal_arguments


def require_legal_shape(kernel: Kernel, settings: Settings) -> None:
    """Raise `InputError` unless some execution arguments fit both the wafer and the memory limit."""
    short, long = sorted((settings.width, settings.height))
    smallest = (2, 3 * len(convs(kernel)))
    wafer = f"{settings.width} x {settings.height} wafer"
    if smallest[0] > short or smallest[1] > long:
        raise InputError(
            f"a {kernel.type_name} that fits the {wafer}",
            f"its smallest shape has {smallest[0]} x {smallest[1]} tiles (limits: width, height)",
        )
    if not (_fits(kernel, settings.memlimit, short, long) or _fits(kernel, settings.memlimit, long, short)):
        formal = " ".join(f"{key}={value}" for key, value in formal_arguments(kernel).items())
        raise InputError(
            f"a {kernel.type_name} with a shape within memlimit={settings.memlimit} on the {wafer}",
            f"none: {formal} needs more memory per tile in every shape that fits (limit: memlimit)",
        )


def _fits(kernel: Kernel, memlimit: int, width: int, height: int) -> bool:
    """Tell whether the kernel, not rotated, fits with every area h * w and the largest c it leaves.

    Memory depends on h and w only by their product and falls in every argument.
    """
    for area in range(1, height // 2 + 1):
        c = height // area - 1
        k = (ceil(conv_memory(conv, 1, area, c, 1) / memlimit) for conv in convs(kernel))
        if 3 * sum(k) <= width:
            return True
    return False
