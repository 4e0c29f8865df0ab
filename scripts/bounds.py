"""Bound cases and verify their certificates: docs/bounds.csv, and instances/bounds/X.json for each case."""

from __future__ import annotations

import string
import sys
from pathlib import Path
from typing import Annotated

import typer

from wse_cp.errors import InputError
from wse_cp.options import DEFAULT_TIME_LIMIT
from wse_cp.report.benchmark import RunFailedError
from wse_cp.report.bound_runs import bound_runs, update_bounds

PROJECT = Path(__file__).resolve().parents[1]
ALL_CASES = ",".join(string.ascii_uppercase[:20])


def bounds(
    cases: Annotated[str, typer.Option(help="Cases, separated by commas.")] = ALL_CASES,
    time_limit: Annotated[float, typer.Option(help="Seconds a case.")] = DEFAULT_TIME_LIMIT,
    folder: Annotated[Path, typer.Option(help="Where certificates go.")] = PROJECT / "instances/bounds",
    csv: Annotated[Path, typer.Option(help="File of the rows.")] = PROJECT / "docs/bounds.csv",
) -> None:
    """Compute and verify; a case's row and certificate replace its earlier ones."""
    folder.mkdir(exist_ok=True)
    try:
        for row in bound_runs(PROJECT, [case for case in cases.split(",") if case], time_limit, folder):
            update_bounds(csv, row)
            print(
                f"{row.case}: {row.bound} in {row.seconds} s, verified in {row.verify_seconds} s", flush=True
            )
    except (InputError, RunFailedError) as error:
        print(error, file=sys.stderr)
        raise typer.Exit(2) from None


if __name__ == "__main__":
    typer.run(bounds)
