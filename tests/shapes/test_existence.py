"""Whether a kernel has a legal shape at all."""

from __future__ import annotations

import pytest

from tests.marks import with_slow
from tests.shapes.brute_force import CASES, executions
from wse_cp.errors import InputError
from wse_cp.instance import Settings, require_legal_shape
from wse_cp.kernels import CBlock, Conv, DBlock, Kernel


def has_legal_shape(kernel: Kernel, settings: Settings) -> bool:
    try:
        require_legal_shape(kernel, settings)
    except InputError:
        return False
    return True


@pytest.mark.parametrize(
    "name",
    with_slow(
        CASES,
        "conv, fully connected",
        "conv, more tiles than rows",
        "conv, stride 2",
        "conv, stride 3, tall wafer",
        "dblock F=8",
        *(f"random conv {i}" for i in range(6, 10)),
    ),
)
def test_a_kernel_is_refused_exactly_if_nothing_is_legal(name: str) -> None:
    kernel, settings = CASES[name]
    others = range(2, 90, 11) if isinstance(kernel, Conv) else (settings.memlimit // 2,)
    for memlimit in (settings.memlimit, *others):
        wafer = Settings(settings.width, settings.height, memlimit=memlimit)
        assert has_legal_shape(kernel, wafer) == bool(executions(kernel, wafer))


@pytest.mark.parametrize(
    ("kernel", "width"),
    [(Conv(1, 1, 1, 1, 1, 1, 1), 3), (DBlock(1, 1, 4), 9), (CBlock(2, 2, 4), 12)],
)
def test_the_smallest_wafer_is_two_tiles_high(kernel: Kernel, width: int) -> None:
    for short, long, legal in [(2, width, True), (1, 100, False), (2, width - 1, False)]:
        assert has_legal_shape(kernel, Settings(long, short)) == legal
        assert has_legal_shape(kernel, Settings(short, long)) == legal


def test_a_too_small_wafer_is_named() -> None:
    with pytest.raises(
        InputError, match=r"fits the 8 x 5 wafer, found .* 2 x 9 tiles \(limits: width, height\)"
    ):
        require_legal_shape(DBlock(1, 1, 4), Settings(8, 5))


def test_a_too_small_memory_is_named_with_the_kernel() -> None:
    with pytest.raises(InputError, match=r"memlimit=7 on the 30 x 30 wafer, found none: H=56 W=56 F=64"):
        require_legal_shape(DBlock(56, 56, 64), Settings(30, 30, memlimit=7))
