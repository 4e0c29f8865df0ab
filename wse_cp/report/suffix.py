"""The picture formats, apart from picture.py so that checking a name needs no matplotlib."""

from __future__ import annotations

from pathlib import Path

from wse_cp.errors import InputError

PICTURE_SUFFIXES = (".png", ".svg", ".pdf")


def check_picture_suffix(path: Path) -> str:
    """Return the format a picture's name asks for: png, svg or pdf.

    Raises
    ------
    InputError
        If it is none of these.
    """
    suffix = path.suffix.lower()
    if suffix not in PICTURE_SUFFIXES:
        raise InputError("a picture name ending in " + ", ".join(PICTURE_SUFFIXES), path.name, str(path))
    return suffix[1:]
