"""Runs of cases with several seeds, a fresh process each; one CSV row per run; resumable."""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measure import Measured, commit, machine, measure
from benchmarks.project import RunFailedError, instance_file, write_csv
from wse_cp.errors import InputError
from wse_cp.files.writing import write_file
from wse_cp.options import COMPONENTS
from wse_cp.version import __version__


@dataclass(frozen=True)
class Job:
    """One run: a case (stem of an instance file), a seed, and the options that make runs comparable.

    `method`: FULL; "without PART" (see `options.COMPONENTS`); CONSTRUCTION: without what improves; JOINT:
    one constraint model of the whole problem, as `benchmarks.joint_model` solves it. EARLIER are rows of a
    version before; there is no running it.
    """

    case: str
    seed: int
    time_limit: float
    workers: int
    method: str = "full"


@dataclass(frozen=True)
class Row:
    """A finished run, as the CSV file holds it; numbers of the score are exact decimals."""

    case: str
    seed: int
    time_limit: float
    workers: int
    method: str
    cost: str
    max_time: str
    wire_length: str
    adapters: str
    legal: bool
    wall_seconds: float
    peak_memory_mb: float
    commit: str
    date: str
    machine: str
    version: str


FULL, CONSTRUCTION, JOINT, EARLIER = "full", "construction", "joint model", "earlier"
_WITHOUT = "without "

COLUMNS = tuple(field.name for field in fields(Row))

#: The report of a run that found no placement.
NOTHING: Mapping[str, object] = {
    **dict.fromkeys(("cost", "max_time", "wire_length", "adapters"), ""),
    "legal": False,
    "version": __version__,
}

Runner = Callable[[Job], Row]


def plan(
    cases: Iterable[str],
    seeds: Iterable[int],
    time_limit: float,
    workers: int,
    methods: Iterable[str] = (FULL,),
) -> list[Job]:
    """Return the runs to make: by method, every case with the first seed, then with the next."""
    chosen, given = list(cases), list(seeds)
    return [
        Job(case, seed, time_limit, workers, method)
        for method in methods
        for seed in given
        for case in chosen
    ]


def check_method(method: str) -> None:
    """Raise `InputError` if there is no such method to run."""
    part = method.removeprefix(_WITHOUT)
    if method not in (FULL, CONSTRUCTION, JOINT) and (part == method or part not in COMPONENTS):
        known = ", ".join([FULL, CONSTRUCTION, JOINT, *(_WITHOUT + part for part in COMPONENTS)])
        raise InputError(f"a method: {known}", method, "--methods")


def run_missing(jobs: Iterable[Job], table: Path, runner: Runner) -> Iterator[Row]:
    """Run the jobs that have no row in the CSV file yet, adding each row as soon as it is there."""
    done = {job_of(row) for row in read_rows(table)}
    for job in jobs:
        if job not in done:
            row = runner(job)
            append_row(table, row)
            done.add(job)
            yield row


def job_of(row: Mapping[str, str]) -> Job:
    """Return which run a row of the CSV file is."""
    return Job(row["case"], int(row["seed"]), float(row["time_limit"]), int(row["workers"]), row["method"])


def read_rows(table: Path) -> list[dict[str, str]]:
    """Return the rows of the CSV file; none if it does not exist.

    Raises
    ------
    InputError
        If its columns are others.
    """
    if not table.exists():
        return []
    with table.open(newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise InputError("columns " + ",".join(COLUMNS), ",".join(reader.fieldnames or ()), str(table), 1)
    return rows


def append_row(table: Path, row: Row) -> None:
    """Add a row; the file is complete at every moment."""
    lines = [*read_rows(table), {key: str(value) for key, value in asdict(row).items()}]
    write_csv(table, COLUMNS, lines)


def solve_runner(project: Path, keep: Path | None = None, curves: Path | None = None) -> Runner:
    """Return what runs a job as ``python -m wse_cp solve``, on the instances of a project directory.

    `keep` is a directory for the placements, made if there is none; without it they are thrown away. To
    `curves` the cost over time of full runs is added.
    """
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)

    def run(job: Job) -> Row:
        with tempfile.TemporaryDirectory() as scratch:
            report = Path(scratch) / "report.json"
            trace = Path(scratch) / "trace.csv"
            paint = (keep or Path(scratch)) / f"{job.case}-{job.seed}-{job.time_limit:g}.paint"
            measured = measure(_command(job, project, paint, report, trace))
            if job.method == JOINT and measured.status == 1:
                return _row(job, NOTHING, measured, project)
            if measured.status or not report.exists():
                raise RunFailedError(f"{job}: status {measured.status}: {measured.stderr.strip()}")
            if curves is not None and job.method == FULL:
                add_curve(curves, job, trace)
            return _row(job, json.loads(report.read_text()), measured, project)

    return run


def _command(job: Job, project: Path, paint: Path, report: Path, trace: Path) -> list[str]:
    options = {
        "--time-limit": job.time_limit,
        "--workers": job.workers,
        "--seed": job.seed,
        "--output": paint,
        "--json": report,
    }
    texts = [str(part) for option in options.items() for part in option]
    instance = instance_file(project, job.case)
    if job.method == JOINT:
        return [sys.executable, "-m", "benchmarks.joint_model", str(instance), *texts]
    if job.method == CONSTRUCTION:
        texts += ["--without", "trees,neighbourhoods"]
    elif job.method != FULL:
        texts += ["--without", job.method.removeprefix(_WITHOUT)]
    return [
        *(sys.executable, "-m", "wse_cp", "solve", str(instance), "--quiet"),
        *("--trace", str(trace)),
        *texts,
    ]


def add_curve(curves: Path, job: Job, trace: Path) -> None:
    """Add the cost over time of a run to a CSV file: case, seed, time_limit, seconds, cost."""
    _, *lines = trace.read_text().split()
    known = curves.read_text() if curves.exists() else "case,seed,time_limit,seconds,cost\n"
    start = f"{job.case},{job.seed},{job.time_limit:g},"
    write_file(curves, known + "".join(start + line + "\n" for line in lines))


def _row(job: Job, report: Mapping[str, object], measured: Measured, project: Path) -> Row:
    return Row(
        **asdict(job),
        cost=str(report["cost"]),
        max_time=str(report["max_time"]),
        wire_length=str(report["wire_length"]),
        adapters=str(report["adapters"]),
        legal=bool(report["legal"]),
        wall_seconds=round(measured.wall_seconds, 2),
        peak_memory_mb=round(measured.peak_memory_mb, 1),
        commit=commit(project),
        date=datetime.now(UTC).date().isoformat(),
        machine=machine(),
        version=str(report["version"]),
    )
