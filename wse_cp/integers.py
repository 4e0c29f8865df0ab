"""Whole numbers: whatever type they enter with, a value of this package holds them as `int`.

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

#: Names of bool and of numpy's, which need not be imported for it.
_BOOLEANS = ("bool", "bool_")


def integer(value: object, name: str) -> int:
    """Return a whole number of any type as `int`: numpy's, 3.0 or Fraction(3), but no boolean, no text.

    Raises `InputError` if it is none; `name` says of what.
    """
    if type(value) is int:
        return value
    if type(value).__name__ not in _BOOLEANS:
        with suppress(TypeError, ValueError, OverflowError):
            if isinstance(value, SupportsIndex):
                return operator.index(value)
            if isinstance(value, Real | Decimal) and value == (whole := int(cast(SupportsInt, value))):
                return whole
    raise InputError(f"a whole number as {name}", _text(value))


def integers(values: Iterable[object], name: str) -> tuple[int, ...]:
    """Return whole numbers as a tuple of `int`; raises `InputError` as `integer` does."""
    if type(values) is tuple:
        for value in values:
            if type(value) is not int:
                break
        else:
            return values  # as almost always
    if not isinstance(values, Iterable):
        raise InputError(f"whole numbers as {name}", _text(values))
    return tuple(integer(value, name) for value in values)


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
        if type(found) is not int:
            object.__setattr__(value, name, integer(found, f"{name} of {owner}" if owner else name))


def _text(value: object) -> str:
    return str(value) if isinstance(value, Real | Decimal) else repr(value)
