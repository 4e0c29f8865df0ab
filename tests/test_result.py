from __future__ import annotations

import json
from fractions import Fraction

import pytest

from wse_cp.decimals import exact_number, exact_text, percent_text
from wse_cp.result import relative_gap, report
from wse_cp.score import Score


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(7), "7"),
        (Fraction(61891) + Fraction(1, 2), "61891.5"),
        (Fraction(1, 4), "0.25"),
        (Fraction(1, 25), "0.04"),
        (Fraction(5, 9), "5/9"),
        (Fraction(10**30), str(10**30)),
        (10**30 + Fraction(1, 2), f"{2 * 10**30 + 1}/2"),
    ],
)
def test_numbers_are_written_exactly(value: Fraction, text: str) -> None:
    assert exact_text(value) == text
    assert Fraction(text) == value


def test_quarters_stay_numbers_in_json() -> None:
    value = 10**13 - Fraction(1, 4)
    assert Fraction(json.dumps(exact_number(value))) == value


def test_a_report_without_a_score_has_nulls() -> None:
    assert report("x", None)["cost"] is None


def test_the_gap_is_relative_to_the_bound_and_exact() -> None:
    assert relative_gap(Fraction(10), Fraction(9)) == Fraction(1, 9)


@pytest.mark.parametrize(("cost", "bound", "gap"), [(7, None, None), (7, 0, None), (0, 0, 0), (7, 7, 0)])
def test_there_is_no_gap_without_a_bound_to_divide_by(cost: int, bound: int | None, gap: int | None) -> None:
    assert relative_gap(Fraction(cost), None if bound is None else Fraction(bound)) == gap


@pytest.mark.parametrize(
    ("gap", "text"),
    [
        (None, "-"),
        (Fraction(0), "0.00 %"),
        (Fraction(1, 10**6), "<0.01 %"),
        (Fraction(1, 9), "11.11 %"),
        (Fraction(2), "200.00 %"),
    ],
)
def test_only_a_gap_of_zero_reads_zero(gap: Fraction | None, text: str) -> None:
    assert percent_text(gap) == text


def test_a_report_has_the_bound_and_the_gap() -> None:
    parts = report("x", Score(Fraction(5), Fraction(5), Fraction(0), 0), lower_bound=Fraction(4))
    assert (parts["lower_bound"], parts["gap"]) == (4, 0.25)


def test_a_report_without_a_score_has_no_gap() -> None:
    parts = report("x", None, lower_bound=Fraction(4))
    assert (parts["lower_bound"], parts["gap"]) == (4, None)


def test_a_report_keeps_exact_parts() -> None:
    parts = report("x", Score(Fraction(5, 2), Fraction(1, 9), Fraction(3), 4), seconds=1.23456, seed=2)
    assert (parts["cost"], parts["max_time"], parts["wire_length"]) == (2.5, "1/9", 3)
    assert (parts["adapters"], parts["seconds"], parts["seed"]) == (4, 1.235, 2)
