"""The header of a .kgraph file: a ``(* ... *)`` comment with one ``key=value`` a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from wse_cp.errors import InputError
from wse_cp.files.rules import check_label
from wse_cp.files.text import parse_integer
from wse_cp.instance import SETTING_RANGES, Settings

LABEL = "test"
KEYS = (LABEL, *SETTING_RANGES)


def parse_header(
    comments: Iterable[tuple[int, str]], source: str, overrule: Mapping[str, int]
) -> tuple[Settings, str]:
    """Return the settings and the label in the comments (line, text) of an instance file.

    A comment is a header if its first line has a header's key, or if all of its several lines are
    ``key=value``. Settings of `overrule` go before what it says.

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
    return Settings(**{**{key: int(value) for key, value in values.items()}, **overrule}), label


def format_header(settings: Settings, label: str) -> str:
    """Return the header as a comment, without a line end."""
    if "*)" in label:
        raise InputError("a label without *)", label)
    check_label(label)
    numbers = [f"{key}={getattr(settings, key)}" for key in SETTING_RANGES]
    return "\n".join(["(*", f"{LABEL}={label}", *numbers, "*)"])


def _lines(first: int, comment: str) -> Iterator[tuple[int, str]]:
    return ((number, text) for number, text in enumerate(comment.split("\n"), first) if text.strip())


def _is_header(comment: str) -> bool:
    keys = [_split(text)[0] for _, text in _lines(0, comment)]
    if not keys:
        return False
    return keys[0] in KEYS or (len(keys) > 1 and all(keys))


def _split(text: str) -> tuple[str, str]:
    """Return key and value of ``key=value``; the key is empty if `text` has no such form."""
    key, _, value = text.partition("=")
    key = key.strip()
    return (key if "=" in text and key.isidentifier() else ""), value.strip()


def _parse_line(text: str, source: str, line: int) -> tuple[str, str | int]:
    key, value = _split(text)
    if key not in KEYS:
        raise InputError("key=value with a key of " + ", ".join(KEYS), text.strip(), source, line)
    try:
        if key == LABEL:
            return key, check_label(value)
        return key, parse_integer(value, key, *SETTING_RANGES[key])
    except InputError as error:
        raise error.at(source, line) from None
