"""The header of an instance file: a comment with one ``key=value`` a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from wse_cp.errors import InputError
from wse_cp.files.text import parse_integer
from wse_cp.instance import SETTING_RANGES, Settings

LABEL = "test"
KEYS = (LABEL, *SETTING_RANGES)

_ASSIGNMENT = re.compile(r"\s*([A-Za-z_]\w*)\s*=\s*(.*?)\s*")


def parse_header(
    comments: Iterable[tuple[int, str]], defaults: Settings, source: str
) -> tuple[Settings, str]:
    """Return the settings and the label in the comments (line, text) of an instance file.

    A comment is a header if its first line assigns to a header key, or if it has several lines
    that are all assignments. Where it leaves something out, `defaults` holds.

    Raises
    ------
    InputError
        On an unknown or repeated key, a value out of range, or a line without ``key=value``.
    """
    values: dict[str, str | int] = {}
    for line, comment in comments:
        if not _is_header(comment):
            continue
        for key_line, text in _lines(line, comment):
            key, value = _parse_line(text, source, key_line)
            if key in values:
                raise InputError(f"{key} once in the header", "it again", source, key_line)
            values[key] = value
    label = str(values.pop(LABEL, ""))
    return replace(defaults, **{key: int(value) for key, value in values.items()}), label


def format_header(settings: Settings, label: str) -> str:
    """Return the header as a comment, without a line end."""
    if "\n" in label or "\r" in label or "*)" in label:
        raise InputError("a label on one line without *)", label)
    numbers = [f"{key}={getattr(settings, key)}" for key in SETTING_RANGES]
    return "\n".join(["(*", f"{LABEL}={label}", *numbers, "*)"])


def _lines(first: int, comment: str) -> Iterator[tuple[int, str]]:
    return ((number, text) for number, text in enumerate(comment.split("\n"), first) if text.strip())


def _is_header(comment: str) -> bool:
    matches = [_ASSIGNMENT.fullmatch(text) for _, text in _lines(0, comment)]
    if not matches:
        return False
    if matches[0] and matches[0].group(1) in KEYS:
        return True
    return len(matches) > 1 and all(matches)


def _parse_line(text: str, source: str, line: int) -> tuple[str, str | int]:
    match = _ASSIGNMENT.fullmatch(text)
    if match is None or match.group(1) not in KEYS:
        raise InputError("key=value with a key of " + ", ".join(KEYS), text.strip(), source, line)
    key, value = match.groups()
    if key == LABEL:
        return key, value
    try:
        return key, parse_integer(value, key, *SETTING_RANGES[key])
    except InputError as error:
        raise error.at(source, line) from None
