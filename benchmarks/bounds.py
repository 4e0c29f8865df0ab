"""Bound cases and verify their certificates: docs/bounds.csv, and instances/bounds/X.json for each case.

Both are done by fresh processes.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.measure import Measured, commit, machine, measure
from benchmarks.project import (
    ALL_CASES,
    PROJECT,
    RunFailedError,
    instance_file,
    reported_errors,
    words,
    write_csv,
)
from wse_cp.files.writing import write_file
from wse_cp.options import DEFAULT_TIME_LIMIT


@dataclass(frozen=True)
class BoundRow:
    """One case: the bound with its parts (exact decimals), and what it took."""

    case: str
    bound: str
    time: str
    wire: str
    adapters: str
    time_limit: float
    seconds: float  #: of the search
    verify_seconds: float  #: from start to exit of the command that verifies
    peak_memory_mb: float
    commit: str
    date: str
    machine: str


def bound_runs(project: Path, cases: Iterable[str], time_limit: float, folder: Path) -> Iterator[BoundRow]:
    """Bound cases one after the other; certificates go to `folder`, named for the case.

    Raises
    ------
    RunFailedError
        If a command fails or a certificate is refused.
    """
    for case in cases:
        instance, target = instance_file(project, case), folder / f"{case}.json"
        with tempfile.TemporaryDirectory() as scratch:
            certificate = Path(scratch) / target.name
            options = ["--time-limit", str(time_limit), "--certificate", str(certificate), "--json"]
            found = _run("bound", str(instance), *options, "--quiet")
            verified = _run("verify", str(instance), str(certificate))
            write_file(target, certificate.read_text())
        report = json.loads(found.stdout)
        yield BoundRow(
            case=case,
            bound=str(report["lower_bound"]),
            **{part: str(value) for part, value in report["parts"].items()},
            time_limit=time_limit,
            seconds=report["seconds"],
            verify_seconds=round(verified.wall_seconds, 1),
            peak_memory_mb=round(max(found.peak_memory_mb, verified.peak_memory_mb), 1),
            commit=commit(project),
            date=datetime.now(UTC).date().isoformat(),
            machine=machine(),
        )


def _run(*arguments: str) -> Measured:
    measured = measure([sys.executable, "-m", "wse_cp", *arguments])
    if measured.status:
        raise RunFailedError(f"{' '.join(arguments)}: status {measured.status}: {measured.stderr.strip()}")
    return measured


def update_bounds(table: Path, row: BoundRow) -> None:
    """Put a row into the CSV file, in the place of the case's row if it has one; cases in order."""
    rows = {}
    if table.exists():
        with table.open(newline="") as file:
            rows = {known["case"]: known for known in csv.DictReader(file)}
    rows[row.case] = {key: str(value) for key, value in asdict(row).items()}
    columns = [field.name for field in fields(BoundRow)]
    write_csv(table, columns, [rows[case] for case in sorted(rows)])


def main(
    cases: Annotated[str, typer.Option(help="Cases, separated by commas.")] = ALL_CASES,
    time_limit: Annotated[float, typer.Option(help="Seconds a case.")] = DEFAULT_TIME_LIMIT,
    folder: Annotated[Path, typer.Option(help="Where certificates go.")] = PROJECT / "instances/bounds",
    csv: Annotated[Path, typer.Option(help="File of the rows.")] = PROJECT / "docs/bounds.csv",
) -> None:
    """Compute and verify; a case's row and certificate replace its earlier ones."""
    folder.mkdir(exist_ok=True)
    with reported_errors():
        for row in bound_runs(PROJECT, words(cases), time_limit, folder):
            update_bounds(csv, row)
            found = f"{row.bound} in {row.seconds} s, verified in {row.verify_seconds} s"
            print(f"{row.case}: {found}", flush=True)


if __name__ == "__main__":
    typer.run(main)
