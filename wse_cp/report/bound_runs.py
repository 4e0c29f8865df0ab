"""Bounds of many cases, computed and verified in fresh processes: a CSV row and a certificate for each."""

from __future__ import annotations

import csv
import io
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from wse_cp.files.text import write_atomically
from wse_cp.report.benchmark import RunFailedError, instance_file
from wse_cp.report.machine import commit, machine
from wse_cp.report.measure import Measured, measure


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
            write_atomically(target, certificate.read_text())
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
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, [field.name for field in fields(BoundRow)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows[case] for case in sorted(rows))
    write_atomically(table, buffer.getvalue())
