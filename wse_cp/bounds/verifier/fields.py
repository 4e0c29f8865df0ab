"""Entries of a certificate's JSON object, each checked for its type and range."""

from __future__ import annotations

from typing import Any

from wse_cp.bounds.verifier.reading import CertificateError, quote


def listed(found: object, what: str, count: int | None = None) -> list[Any]:
    """Return a list; with `count`, one of so many entries."""
    if not isinstance(found, list):
        raise CertificateError(f"{what} is not a list but {quote(found)}")
    if count is not None and len(found) != count:
        raise CertificateError(f"{what} has {len(found)} entries, not {count}")
    return found


def string(found: object, what: str) -> str:
    """Return a string."""
    if not isinstance(found, str):
        raise CertificateError(f"{what} is not a string but {quote(found)}")
    return found


def truth(found: object, what: str) -> bool:
    """Return a truth value."""
    if not isinstance(found, bool):
        raise CertificateError(f"{what} is neither true nor false but {quote(found)}")
    return found


def integer(found: object, what: str, least: int | None = None, most: int | None = None) -> int:
    """Return an integer in a range."""
    if type(found) is not int:
        raise CertificateError(f"{what} is not an integer but {quote(found)}")
    if least is not None and found < least:
        raise CertificateError(f"{what} is {quote(found)}, less than {least}")
    if most is not None and found > most:
        raise CertificateError(f"{what} is {quote(found)}, more than {most}")
    return found
