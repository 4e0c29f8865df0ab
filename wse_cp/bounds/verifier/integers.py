"""Exact integers in arrays: 64 bits where that is provably enough, Python's own where not."""

from __future__ import annotations

from math import prod
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

#: Arrays of exact integers; dtype int64, or object (Python integers) where those would overflow.
Integers: TypeAlias = npt.NDArray[Any]

_LIMIT = 1 << 62


def dtype_for(largest: int) -> np.dtype[Any]:
    """Return the dtype for calculations in which nothing exceeds `largest` in absolute value."""
    return np.dtype(np.int64 if largest < _LIMIT else object)


def ceil_div(a: Any, b: Any) -> Any:
    """Return the quotient rounded up, of integers or arrays of them."""
    return -(-a // b)


def changes(*columns: Integers) -> npt.NDArray[np.bool_]:
    """Return where a row differs from the one before it (the first one does)."""
    new = np.ones(len(columns[0]), bool)
    new[1:] = False
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return new


def numbered(codes: Integers) -> tuple[Integers, Integers]:
    """Return one row for each different code, in the codes' order, and the number of each row's code."""
    _, first, numbers = np.unique(codes, return_index=True, return_inverse=True)
    return first, numbers


def sorted_by(*columns: Integers) -> Integers:
    """Return the rows in the order of columns (integers >= 0), the first one counting most."""
    radixes = [int(column.max(initial=0)) + 1 for column in columns]
    if prod(radixes) >= _LIMIT or any(column.dtype != np.int64 for column in columns):
        return np.lexsort(columns[::-1])
    codes = columns[0]
    for column, radix in zip(columns[1:], radixes[1:], strict=True):
        codes = codes * radix + column
    return np.argsort(codes)
