"""Text files as a whole: reading, atomic writing, and integers in text, with errors fit for the user."""

from __future__ import annotations

import os
import re
import secrets
import stat
from pathlib import Path

from wse_cp.errors import InputError
from wse_cp.integers import MAX_DIGITS

#: Largest file that is read (bytes): the contest's largest instance has 12 thousand.
MAX_FILE_SIZE = 20_000_000

_INTEGER = re.compile(rf"[+-]?[0-9]{{1,{MAX_DIGITS}}}")


def read_text(path: str | Path) -> str:
    """Return the text of a UTF-8 file, its line ends as newlines.

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
        with open(path, "rb") as file:
            return file.read(MAX_FILE_SIZE + 1)
    except FileNotFoundError:
        found = "no such file"
    except IsADirectoryError:
        found = "a directory"
    except PermissionError:
        found = "a file without permission to read"
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        found = getattr(error, "strerror", None) or str(error)
    raise InputError("a readable file", found, str(path))


def write_atomically(path: str | Path, content: str | bytes) -> None:
    """Write `content` to a temporary file beside `path`, then rename it to `path`.

    Raises `InputError` if that is not possible; an existing file is then unchanged.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        target = os.path.realpath(path)  # through a symbolic link, not over it
        if os.path.exists(target) and not stat.S_ISREG(os.stat(target).st_mode):
            _write_to(target, os.O_WRONLY, data)  # a pipe or a device must not be replaced
        else:
            _write_and_rename(target, data)
    except (OSError, ValueError) as error:
        found = getattr(error, "strerror", None) or str(error)
        raise InputError("a path that can be written", found, str(path)) from None


def _write_and_rename(target: str, data: bytes) -> None:
    directory, name = os.path.split(target)
    temporary = os.path.join(directory, f".{name[:100]}.{secrets.token_hex(6)}.tmp")
    try:
        _write_to(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, data)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _write_to(path: str, flags: int, data: bytes) -> None:
    with os.fdopen(os.open(path, flags, 0o666), "wb") as file:
        file.write(data)


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
