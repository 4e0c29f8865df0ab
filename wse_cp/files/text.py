"""Text files as a whole, and integers in text, with errors fit for the user; `writing` writes files."""

from __future__ import annotations

import re
from pathlib import Path

from wse_cp.errors import InputError
from wse_cp.files.writing import STANDARD, reason
from wse_cp.integers import MAX_DIGITS
from wse_cp.streams import read_standard_input

#: Largest file that is read (bytes): the contest's largest instance has 12 thousand.
MAX_FILE_SIZE = 20_000_000

_INTEGER = re.compile(rf"[+-]?[0-9]{{1,{MAX_DIGITS}}}")


def read_text(path: str | Path) -> str:
    """Return the text of a UTF-8 file, its line ends as newlines; ``-`` is standard input.

    Raises `InputError` if it is missing, a directory, unreadable, empty, binary or larger than
    `MAX_FILE_SIZE`.
    """
    data = _read_bytes(path)
    if len(data) > MAX_FILE_SIZE:
        raise InputError(f"a file of at most {MAX_FILE_SIZE} bytes", "a larger one", str(path))
    if b"\0" in data:
        raise InputError("a text file", "binary data", str(path), _line_at(data, data.index(b"\0")))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"byte {data[error.start]:#04x} that is not UTF-8"
        raise InputError("a text file", found, str(path), _line_at(data, error.start)) from None
    if not text.strip():
        raise InputError("a file with text in it", "an empty file", str(path))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _line_at(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1


def _read_bytes(path: str | Path) -> bytes:
    try:
        if str(path) == STANDARD:
            return read_standard_input(MAX_FILE_SIZE + 1)
        with open(path, "rb") as file:
            return file.read(MAX_FILE_SIZE + 1)
    except FileNotFoundError:
        found = "no such file"
    except IsADirectoryError:
        found = "a directory"
    except PermissionError:
        found = "a file without permission to read"
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        found = reason(error)
    raise InputError("a readable file", found, str(path))


def parse_integer(text: str, what: str, low: int | None = None, high: int | None = None) -> int:
    """Return the decimal integer `text`; `what` names it in errors.

    Raises `InputError` if it is not an integer, has more than `MAX_DIGITS` digits, or is not within `low` and
    `high`.
    """
    expected = what + (" as an integer" if low is None else f" as an integer of at least {low}")
    if high is not None:
        expected = f"{what} as an integer from {low} to {high}"
    if not _INTEGER.fullmatch(text):
        raise InputError(expected, text or "nothing")
    value = int(text)
    if (low is not None and value < low) or (high is not None and value > high):
        raise InputError(expected, text)
    return value
