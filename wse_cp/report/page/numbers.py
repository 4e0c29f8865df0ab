"""Numbers as a page shows them: exact where a short decimal is, else marked as rounded."""

from __future__ import annotations

from fractions import Fraction

from wse_cp.decimals import exact_number, exact_text, percent_text


def short_text(value: Fraction | int) -> str:
    """Return exact decimal text if there is any, else two decimals and the sign for about."""
    return exact_text(value) if not isinstance(exact_number(value), str) else f"≈ {float(value):.2f}"


def full_text(value: Fraction | int) -> str:
    """Return the exact text; beside a fraction p/q stands what it is about."""
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
