"""What the measurements share: the project's files, tables as CSV, and how errors end a command."""

from __future__ import annotations

import csv
import io
import string
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer

from wse_cp.errors import InputError
from wse_cp.files.writing import write_file

PROJECT = Path(__file__).resolve().parents[1]
#: The contest's cases A to T, as an option's text.
ALL_CASES = ",".join(string.ascii_uppercase[:20])


class RunFailedError(Exception):
    """A run that ended without a result."""


def instance_file(project: Path, case: str) -> Path:
    """Return the instance file of a case; raises `InputError` if there is none."""
    path = project / "instances" / f"{case}.kgraph"
    if not path.is_file():
        raise InputError("a case with an instance file", "none", str(path))
    return path


def words(text: str) -> list[str]:
    """Return the values of an option that are separated by commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write a CSV file anew and rename it, so that it is complete at every moment."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_file(path, text.getvalue())


@contextmanager
def reported_errors() -> Iterator[None]:
    """End the command with status 2 and a line on standard error where a run or its input is at fault."""
    try:
        yield
    except (InputError, RunFailedError) as error:
        print(error, file=sys.stderr)
        raise typer.Exit(2) from None
