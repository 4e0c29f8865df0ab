from __future__ import annotations

import json
from fractions import Fraction

import pytest

from wse_cp.decimals import exact_number, exact_text
from wse_cp.result import report
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


def test_a_report_keeps_exact_parts() -> None:
    parts = report("x", Score(Fraction(5, 2), Fraction(1, 9), Fraction(3), 4), seconds=1.23456, seed=2)
    assert (parts["cost"], parts["max_time"], parts["wire_length"]) == (2.5, "1/9", 3)
    assert (parts["adapters"], parts["seconds"], parts["seed"]) == (4, 1.235, 2)
