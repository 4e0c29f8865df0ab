"""Exact numbers as text for people and as values for JSON: exact where possible, else marked as rounded."""

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


def short_text(value: Fraction | int) -> str:
    """Return exact decimal text where it exists, else two decimals after the sign ≈."""
    return exact_text(value) if not isinstance(exact_number(value), str) else f"≈ {float(value):.2f}"


def full_text(value: Fraction | int) -> str:
    """Return the exact text; a fraction p/q is followed by its rounded value."""
    short = short_text(value)
    return f"{exact_text(value)} ({short})" if short.startswith("≈") else short


def share(part: Fraction | int, whole: Fraction | int) -> Fraction | None:
    """Return part / whole, None where the whole is 0."""
    return Fraction(part) / Fraction(whole) if whole else None


def share_text(part: Fraction | int, whole: Fraction | int) -> str:
    """Return part / whole as a percentage with two decimals, "-" where the whole is 0."""
    return percent_text(share(part, whole))


def difference_text(cost: Fraction, best: Fraction) -> str:
    """Return by how much a cost is above the best one, absolute and relative."""
    if cost == best:
        return "best"
    relative = f" (+{share_text(cost - best, best)})" if best else ""
    return f"+{exact_text(cost - best)}{relative}"


def count_text(count: int, noun: str) -> str:
    """Return a number of things, such as "1 wire" or "3 wires"."""
    return f"{count} {noun}" + ("" if count == 1 else "s")
