"""Least times by area of the contest's cases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from wse_cp.instance import Instance
from wse_cp.shapes.curves import least_time_by_area
from wse_cp.shapes.options import pareto_shapes


@pytest.mark.parametrize(
    ("letter", "time"),
    [
        ("A", 33152),
        ("B", 62181),
        ("C", 60270),
        ("D", 32256),
        ("I", 46592),
        ("J", 45752),
        ("M", 2156544),
        ("N", 1020),
    ],
)
def test_least_time_by_area_of_the_contest_cases(
    contest_case: Callable[[str], Instance], letter: str, time: int
) -> None:
    assert least_time_by_area(contest_case(letter)) == time


def test_a_contest_kernel_has_some_dozens_of_shapes(contest_case: Callable[[str], Instance]) -> None:
    case = contest_case("A")
    for kernel in set(case.kernels.values()):
        assert 20 <= len(pareto_shapes(kernel, case.settings, case.time_scale, 33152 * case.time_scale)) <= 90
