"""Completion of a command line's words: files by their suffix, and lists of parts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from wse_cp.options import COMPONENTS


def instance_files(incomplete: str) -> list[str]:
    """Return instance files, and directories on the way to some."""
    return _files(incomplete, (".kgraph", ".json"))


def solution_files(incomplete: str) -> list[str]:
    """Return placement files, and directories on the way to some."""
    return _files(incomplete, (".paint", ".json"))


def certificate_files(incomplete: str) -> list[str]:
    """Return certificates, and directories on the way to some."""
    return _files(incomplete, (".json",))


def parts(incomplete: str) -> list[str]:
    """Return lists of parts of the search that begin as the incomplete one does."""
    *given, last = incomplete.split(",")
    left = [part for part in COMPONENTS if part not in given and part.startswith(last)]
    return [",".join([*given, part]) for part in left]


def _files(incomplete: str, suffixes: tuple[str, ...]) -> list[str]:
    """Return the paths that begin as `incomplete` does; a lone directory is replaced by what is in it.

    Shells put a blank after the only answer, which must not happen after a directory.
    """
    found = sorted(_beginning(incomplete, suffixes))
    while len(found) == 1 and found[0].endswith(os.sep):
        inside = sorted(_beginning(found[0], suffixes))
        if not inside:
            break
        found = inside
    return found


def _beginning(incomplete: str, suffixes: tuple[str, ...]) -> Iterator[str]:
    folder, start = os.path.split(incomplete)
    try:
        entries = list(os.scandir(Path(folder).expanduser() if folder else "."))
    except OSError:
        return
    for entry in entries:
        if not entry.name.startswith(start) or (entry.name.startswith(".") and not start):
            continue
        path = os.path.join(folder, entry.name)
        if entry.is_dir():
            yield path + os.sep
        elif entry.name.endswith(suffixes):
            yield path
