"""Solve cases with several seeds and write the results: a CSV file and docs/benchmarks.md.

An interrupted benchmark goes on where it stopped: runs that have a row in the CSV file are skipped.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.on_cluster import run_missing_on
from benchmarks.project import ALL_CASES, PROJECT, instance_file, reported_errors, words
from benchmarks.runs import check_method, plan, run_missing, solve_runner
from benchmarks.table import page, read_bounds, read_curves, read_results, read_variants
from wse_cp.errors import InputError
from wse_cp.files.writing import write_file
from wse_cp.options import DEFAULT_TIME_LIMIT, DEFAULT_WORKERS, RunOptions


def main(
    cases: Annotated[str, typer.Option(help="Cases, separated by commas.")] = ALL_CASES,
    seeds: Annotated[str, typer.Option(help="Seeds, separated by commas.")] = "0",
    time_limit: Annotated[float, typer.Option(help="Seconds a run.")] = DEFAULT_TIME_LIMIT,
    workers: int = DEFAULT_WORKERS,
    methods: Annotated[
        str, typer.Option(help="full, construction, joint model, without PART; separated by commas.")
    ] = "full",
    csv: Annotated[Path, typer.Option(help="File of the rows, read and added to.")] = PROJECT
    / "docs/benchmarks.csv",
    table: Annotated[Path, typer.Option(help="Page to write.")] = PROJECT / "docs/benchmarks.md",
    curves: Annotated[Path, typer.Option(help="File of the cost over time, added to.")] = PROJECT
    / "docs/curves.csv",
    keep: Annotated[Path | None, typer.Option(help="Directory to keep the placements in.")] = None,
    cluster: Annotated[
        str | None, typer.Option(help="Spread the runs over a Dask cluster, as for solve --cluster.")
    ] = None,
    slow_tests: Annotated[bool, typer.Option("--slow-tests", help="Run pytest -m slow first.")] = False,
) -> None:
    """Run what has no row yet, then write the table of all rows."""
    if slow_tests and (
        status := subprocess.call([sys.executable, "-m", "pytest", "-m", "slow"], cwd=PROJECT)
    ):
        raise typer.Exit(status)
    with reported_errors():
        RunOptions(time_limit, workers)
        for method in words(methods):
            check_method(method)
        numbers = [_seed(text) for text in words(seeds)]
        jobs = plan(words(cases), numbers, time_limit, workers, words(methods))
        for job in jobs:
            instance_file(PROJECT, job.case)
        if cluster is None:
            rows = run_missing(jobs, csv, solve_runner(PROJECT, keep, curves))
        else:
            rows = run_missing_on(cluster, jobs, csv, keep, curves)
        for row in rows:
            cost, seconds = row.cost or "none found", row.wall_seconds
            print(f"{row.case} seed {row.seed}, {row.method}: cost {cost} in {seconds} s", flush=True)
        bounds = read_bounds(PROJECT / "docs/bounds.csv")
        variants = read_variants(PROJECT / "docs/variants.csv")
        write_file(table, page(read_results(csv), bounds, variants, read_curves(curves)))


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise InputError("seeds as numbers", text, "--seeds")
    return int(text)


if __name__ == "__main__":
    typer.run(main)
