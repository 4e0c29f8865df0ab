"""What the verifier's other modules stand on: its one kind of error, exact integers in arrays, strict JSON.

Integers have 64 bits where that is provably enough, else they are Python's own. A certificate's text is read
without surprises: no repeated keys, no floats, nothing huge.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from math import prod
from typing import Any, NoReturn, TypeAlias

import numpy as np
import numpy.typing as npt

#: Longest piece of a certificate that is quoted in an error.
MAX_QUOTE = 60


#: Arrays of exact integers; dtype int64, or object (Python integers) where those would overflow.
Integers: TypeAlias = npt.NDArray[Any]
_LIMIT = 1 << 62
#: Longest text (characters) and longest number (digits) that are read.
MAX_TEXT = 20_000_000
MAX_DIGITS = 100


class CertificateError(Exception):
    """A certificate does not prove its claim; ``str()`` is one line, the first thing that does not hold."""


class EndedError(Exception):
    """The caller has ended the verification before there was a result."""


#: Asked every few milliseconds whether the verification is to end.
Ended = Callable[[], bool]


def never() -> bool:
    """Tell that a verification is not to end early."""
    return False


def quote(value: object) -> str:
    """Return what stands in a certificate as one short printable line."""
    if isinstance(value, list | dict):
        return f"a {'list' if isinstance(value, list) else 'object'} of {len(value)}"
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 64:
        return f"a number of {value.bit_length()} bits"
    text = ascii(value[: MAX_QUOTE + 1] if isinstance(value, str) else value)
    return text if len(text) <= MAX_QUOTE else text[: MAX_QUOTE - 3] + "..."


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


def read_object(text: str) -> dict[str, Any]:
    """Return the JSON object in `text`; its values are objects, lists, strings, ints, bools or None.

    Raises
    ------
    CertificateError
        If it is not one, too long, too deep, or has a key twice or a number that is no integer.
    """
    if not isinstance(text, str):
        raise CertificateError(f"the certificate is not text but {type(text).__name__}")
    if len(text) > MAX_TEXT:
        raise CertificateError(f"the certificate has more than {MAX_TEXT} characters")
    try:
        found = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_no_integer,
            parse_constant=_no_integer,
        )
    except RecursionError:
        raise CertificateError("the certificate is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise CertificateError(f"not JSON: {error}") from None
    if not isinstance(found, dict):
        raise CertificateError(f"the certificate is not a JSON object but {quote(found)}")
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise CertificateError(f"the key {quote(key)} occurs twice")
        found[key] = value
    return found


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise CertificateError(f"a number has {len(digits)} digits, more than {MAX_DIGITS}")
    return int(digits)


def _no_integer(digits: str) -> NoReturn:
    raise CertificateError(f"the number {quote(digits)} is not an integer")
