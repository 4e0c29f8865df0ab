"""From text to a JSON object without surprises: no repeated keys, no floats, nothing huge."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from wse_cp.bounds.verifier.errors import CertificateError, quote

#: Longest text (characters) and longest number (digits) that are read.
MAX_TEXT = 20_000_000
MAX_DIGITS = 100


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
