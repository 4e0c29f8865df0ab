"""Refuse output files that could not be written, before any work is done."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from wse_cp.errors import InputError


def check_outputs(outputs: Iterable[Path], inputs: Iterable[Path] = ()) -> None:
    """Raise `InputError` unless every output can be written, once, and over no input."""
    taken = {path.resolve(): "an input of this command" for path in inputs}
    for path in outputs:
        check_output(path)
        target = path.resolve()
        if target in taken:
            raise InputError("an output file of its own", taken[target], str(path))
        taken[target] = "the name of another output"


def check_output(path: Path) -> None:
    """Raise `InputError` unless `path` can be written; pipes and devices are taken on trust."""
    if path.is_dir():
        raise InputError("the name of a file to write", "a directory", str(path))
    if path.exists() and not path.is_file():
        return
    folder = path.resolve().parent  # files are renamed into place, so the directory must be writable
    if not folder.is_dir():
        raise InputError("an existing directory for the output", str(folder), str(path))
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InputError("a writable directory", error.strerror or str(error), str(path)) from error
