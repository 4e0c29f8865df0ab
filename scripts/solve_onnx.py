"""Solve the networks in instances/onnx at default settings: docs/onnx.csv and the table in docs/onnx.md."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from wse_cp.errors import InputError
from wse_cp.options import DEFAULT_TIME_LIMIT
from wse_cp.report.benchmark import RunFailedError
from wse_cp.report.network_runs import network_runs, write_csv, write_into_page

PROJECT = Path(__file__).resolve().parents[1]


def solve_onnx(
    time_limit: Annotated[float, typer.Option(help="Seconds a run.")] = DEFAULT_TIME_LIMIT,
    csv: Annotated[Path, typer.Option(help="File of the runs.")] = PROJECT / "docs/onnx.csv",
    page: Annotated[Path, typer.Option(help="Page with the table.")] = PROJECT / "docs/onnx.md",
) -> None:
    """Run all, then write the table."""
    try:
        runs = []
        for run in network_runs(PROJECT, sorted((PROJECT / "instances/onnx").glob("*.kgraph")), time_limit):
            runs.append(run)
            print(
                f"{run.network}: cost {run.cost}, bound {run.lower_bound}, gap {run.gap_percent} %",
                flush=True,
            )
        write_csv(csv, runs)
        write_into_page(page, runs)
    except (InputError, RunFailedError) as error:
        print(error, file=sys.stderr)
        raise typer.Exit(2) from None


if __name__ == "__main__":
    typer.run(solve_onnx)
