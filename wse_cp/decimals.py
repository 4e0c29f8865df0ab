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


def exact_text(value: Fraction | int) -> str:
    """Return `value` as exact text, such as 35419, 61891.5 or 5/9."""
    return str(exact_number(value))
