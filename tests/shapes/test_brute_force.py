"""The yardstick of the other tests, measured itself."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.shapes.brute_force import CASES, executions, literal_executions, minimal
from wse_cp.instance import Settings
from wse_cp.kernels import CBlock, Conv, DBlock, Kernel


@pytest.mark.parametrize(
    ("kernel", "settings"),
    [
        (Conv(4, 5, 3, 2, 3, 7, 2), Settings(18, 14, memlimit=40)),
        (DBlock(3, 2, 8), Settings(12, 7, memlimit=60)),
        (CBlock(2, 2, 4), Settings(6, 15, memlimit=17)),
    ],
)
def test_the_composed_enumeration_equals_the_literal_one(kernel: Kernel, settings: Settings) -> None:
    found = executions(kernel, settings)
    assert found
    assert found == literal_executions(kernel, settings)


def shapes(kernel: Kernel, wafer: Settings) -> set[tuple[int, int]]:
    return {(e.width, e.height) for e in executions(kernel, wafer)}


def test_memory_changes_the_answer_in_many_cases() -> None:
    bound = [
        name
        for name, (kernel, wafer) in CASES.items()
        if isinstance(kernel, Conv)
        and wafer.memlimit < 10**6
        and shapes(kernel, wafer)
        and shapes(kernel, wafer) != shapes(kernel, Settings(wafer.width, wafer.height, memlimit=10**9))
    ]
    assert len(bound) >= 8


def test_most_cases_have_shapes_and_some_have_none() -> None:
    empty = [name for name, case in CASES.items() if not executions(*case)]
    assert 1 <= len(empty) <= len(CASES) // 3


def test_minimal_keeps_exactly_the_undominated() -> None:
    none, one, five = map(Fraction, (0, 1, 5))
    dominated = [(1, 3, one), (2, 3, one), (2, 3, none)]
    kept = [(2, 2, one), (1, 3, none), (3, 1, five)]
    assert minimal([kept[0], *dominated, *kept]) == set(kept)
