"""Runs of cases on a cluster of Dask: each run is a task for one worker, which has the project too."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.project import PROJECT
from benchmarks.runs import Job, Row, append_row, job_of, read_rows, solve_runner
from wse_cp.cluster.connection import connected
from wse_cp.files.writing import write_file

if TYPE_CHECKING:
    from distributed import Client

#: A run whose worker has died is made again at most so many times.
_RETRIES = 2
_CURVES = "case,seed,time_limit,seconds,cost\n"


@dataclass(frozen=True)
class Finished:
    """A run that is over: its row, its placement, and its cost over time as lines of a CSV file."""

    row: Row
    placements: dict[str, str]
    curve: str


def run_job(job: Job) -> Finished:
    """Make a run on this machine, with the project that this module is of."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        row = solve_runner(PROJECT, folder, folder / "curves.csv")(job)
        curves = folder / "curves.csv"
        curve = curves.read_text().removeprefix(_CURVES) if curves.exists() else ""
        return Finished(row, {path.name: path.read_text() for path in folder.glob("*.paint")}, curve)


def run_missing_on(
    cluster: str | Client,
    jobs: Iterable[Job],
    table: Path,
    keep: Path | None = None,
    curves: Path | None = None,
) -> Iterator[Row]:
    """Run the jobs that have no row in the CSV file yet, as many at a time as the cluster has threads.

    Rows are added as they come; `keep` and `curves` are as for `solve_runner`. Times are only comparable if
    each worker has as many cores as a run has workers, and nothing else to do.
    """
    done = {job_of(row) for row in read_rows(table)}
    missing = [job for job in dict.fromkeys(jobs) if job not in done]
    if not missing:
        return
    with connected(cluster) as client:
        from distributed import as_completed

        make: Any = client.submit
        futures = [make(run_job, job, pure=False, retries=_RETRIES) for job in missing]
        completed: Any = as_completed
        for future in completed(futures, loop=client.loop):
            finished: Finished = future.result()
            for name, text in finished.placements.items() if keep is not None else ():
                write_file(Path(keep or "") / name, text)
            if curves is not None and finished.curve:
                known = curves.read_text() if curves.exists() else _CURVES
                write_file(curves, known + finished.curve)
            append_row(table, finished.row)
            yield finished.row
