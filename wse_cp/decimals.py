"""Exact numbers as people and JSON write them."""

from __future__ import annotations

from fractions import Fraction


def exact_number(value: Fraction | int) -> int | float | str:
    """Return `value` so that its decimal text is exact: an int, a float, or the string "p/q".

    A float is returned only if the text Python and JSON write for it equals `value` (all
    multiples of 1/4 below 10**13 do).
    """
    value = Fraction(value)
    if value.denominator == 1:
        return value.numerator
    if Fraction(repr(float(value))) == value:
        return float(value)
    return f"{value.numerator}/{value.denominator}"


def exact_or_none(value: Fraction | None) -> int | float | str | None:
    """Return `exact_number`, or None (JSON's null) where there is no number."""
    return None if value is None else exact_number(value)


def exact_text(value: Fraction | int) -> str:
    """Return `value` as exact text, such as 35419, 61891.5 or 5/9."""
    return str(exact_number(value))


def percent_text(value: Fraction | None) -> str:
    """Return a ratio as a percentage with two decimals, "-" if there is none.

    Only zero reads 0.00: it says that a placement is optimal.
    """
    if value is None:
        return "-"
    rounded = round(100 * value, 2)
    return "<0.01 %" if value > 0 == rounded else f"{float(rounded):.2f} %"
