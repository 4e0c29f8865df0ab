"""Texts that users give: names of kernels and labels of instances, checked where they enter."""

from __future__ import annotations

import re

from wse_cp.errors import InputError

#: What a kernel's name looks like: it can be told from its surroundings in every format.
NAME = r"[^\s'\"()\[\]=:,]{1,200}"

_NAME = re.compile(NAME)


def text(value: object, what: str) -> str:
    """Return a text, numpy's too, as `str`; raises `InputError`, which says of `what`, if it is none."""
    if type(value) is str:
        return value
    if not isinstance(value, str):
        raise InputError(f"a text as {what}", repr(value))
    return str.__str__(value)


def check_name(name: object) -> str:
    """Return `name`; raise `InputError` if it cannot stand in a file as a kernel's name."""
    found = text(name, "a name")
    if not _NAME.fullmatch(found) or not found.isprintable():
        raise InputError("a name without blanks, quotes, brackets, = : and ,", found or "an empty one")
    return found


def check_label(label: object) -> str:
    """Return a label; raises `InputError` if it is not fit for one line of text."""
    found = text(label, "a label")
    if not found.isprintable():
        raise InputError("a printable label on one line", found)
    return found
