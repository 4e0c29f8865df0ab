"""Numbers: whatever type they enter with, a value of this package holds them as `int`, or `float`.

numpy's integers overflow, and they equal Python's, so that a cache would give the result of one to the other.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal
from numbers import Real
from typing import SupportsIndex, SupportsInt, cast

from wse_cp.errors import InputError

#: Most digits a number may have: all legal numbers have fewer, and what is written can be read.
MAX_DIGITS = 18
LIMIT = 10**MAX_DIGITS

#: Names of bool and of numpy's, which need not be imported for it.
_BOOLEANS = ("bool", "bool_")


def integer(value: object, name: str) -> int:
    """Return a whole number of any type as `int`: numpy's, 3.0 or Fraction(3), but no boolean, no text.

    Raises `InputError` if it is none, or has more than `MAX_DIGITS` digits; `name` says of what.
    """
    found = value if type(value) is int else _whole(value)
    if found is None:
        raise InputError(f"a whole number as {name}", _text(value))
    if not -LIMIT < found < LIMIT:
        raise InputError(f"a whole number of at most {MAX_DIGITS} digits as {name}", "one with more")
    return found


def _whole(value: object) -> int | None:
    if type(value).__name__ not in _BOOLEANS:
        with suppress(TypeError, ValueError, OverflowError):
            if isinstance(value, SupportsIndex):
                return operator.index(value)
            if isinstance(value, Real | Decimal) and value == (whole := int(cast(SupportsInt, value))):
                return whole
    return None


def integers(values: Iterable[object], name: str) -> tuple[int, ...]:
    """Return whole numbers as a tuple of `int`; raises `InputError` as `integer` does."""
    if type(values) is tuple:
        for value in values:
            if not (type(value) is int and -LIMIT < value < LIMIT):
                break
        else:
            return values  # as almost always
    if not isinstance(values, Iterable):
        raise InputError(f"whole numbers as {name}", _text(values))
    return tuple(integer(value, name) for value in values)


def real(value: object, name: str) -> float:
    """Return a number of any type as `float`; raises `InputError` if it is a boolean, a text or too large."""
    if type(value).__name__ not in _BOOLEANS and isinstance(value, Real | Decimal):
        with suppress(OverflowError):
            return float(value)
    raise InputError(f"a number as {name}", _text(value))


def boolean(value: object, name: str) -> bool:
    """Return a boolean, numpy's too, as `bool`; raises `InputError` if it is none."""
    if type(value).__name__ not in _BOOLEANS:
        raise InputError(f"True or False as {name}", _text(value))
    return bool(value)


def hold_integers(value: object, names: Iterable[str], owner: str = "") -> None:
    """Make the named fields of a frozen dataclass `int`; for its `__post_init__`.

    Raises `InputError` if one is no whole number; says which, and of which `owner`.
    """
    for name in names:
        found = getattr(value, name)
        if not (type(found) is int and -LIMIT < found < LIMIT):
            object.__setattr__(value, name, integer(found, f"{name} of {owner}" if owner else name))


def _text(value: object) -> str:
    try:
        return str(value) if isinstance(value, Real | Decimal) else repr(value)
    except ValueError:  # Python writes no integers of thousands of digits
        return "one of thousands of digits"
