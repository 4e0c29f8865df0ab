"""Solve the large instances beside the yardstick, and write how that grows with the number of kernels.

Each run is a fresh process. docs/large.csv has a row for each; docs/large.md shows them.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from csv import DictReader
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Annotated

import numpy as np
import typer

from benchmarks.measure import commit, machine, measure
from benchmarks.project import PROJECT, RunFailedError, reported_errors, words, write_csv
from wse_cp.api import load
from wse_cp.errors import InputError
from wse_cp.files.text import read_text
from wse_cp.files.writing import write_file
from wse_cp.networks.large import large_names

#: Kernels and seconds by which the search shall not be above the yardstick: at most so many, at most so late.
_EARLY = ((1002, 5.0), (10_000, 20.0))
_ALL = ",".join(large_names())
#: Between these lines of a page stands its table.
BEGIN, END = "<!-- large: begin -->", "<!-- large: end -->"


@dataclass(frozen=True)
class Run:
    """A run of one instance; costs are relative to the yardstick's, seconds those of the run's clock."""

    instance: str
    kernels: int
    seed: int
    time_limit: float
    first_seconds: float
    first: float  #: cost of the first placement after that on shelves, which stands before the clock starts
    early_seconds: float
    early: float  #: cost at that time
    last: float  #: cost at the end
    cost: float
    max_time: float
    wire_length: float
    adapters: int
    bound: float  #: as its certificate claims
    gap_percent: float
    wall_seconds: float  #: of the process
    peak_memory_mb: float
    commit: str
    date: str
    machine: str


def run_once(instance: str, seed: int, time_limit: float, yardstick: float) -> Run:
    """Solve an instance in a process of its own."""
    kernels = len(load(f"large:{instance}").kernels)
    early = next(seconds for most, seconds in _EARLY if kernels <= most)
    with tempfile.TemporaryDirectory() as scratch:
        report, trace = Path(scratch) / "report.json", Path(scratch) / "trace.csv"
        options = ["--time-limit", str(time_limit), "--seed", str(seed), "--json", str(report)]
        command = [sys.executable, "-m", "wse_cp", "solve", f"large:{instance}", "--quiet", *options]
        measured = measure([*command, "--trace", str(trace), "-o", str(Path(scratch) / "out.paint")])
        if measured.status:
            raise RunFailedError(f"{instance}: status {measured.status}: {measured.stderr.strip()}")
        found = json.loads(report.read_text())
        curve = [(float(row["seconds"]), float(row["cost"])) for row in DictReader(trace.open())]
    by_then = [cost for seconds, cost in curve if seconds <= early]
    first = next(((seconds, cost) for seconds, cost in curve if seconds > 0), curve[0])
    return Run(
        instance=instance,
        kernels=kernels,
        seed=seed,
        time_limit=time_limit,
        first_seconds=first[0],
        first=_round(first[1] / yardstick),
        early_seconds=early,
        early=_round(min(by_then) / yardstick) if by_then else float("inf"),
        last=_round(float(Fraction(found["cost"])) / yardstick),
        cost=float(Fraction(found["cost"])),
        max_time=float(Fraction(found["max_time"])),
        wire_length=float(Fraction(found["wire_length"])),
        adapters=int(found["adapters"]),
        bound=float(Fraction(found["lower_bound"] or 0)),
        gap_percent=float("inf") if found["gap"] is None else round(float(100 * Fraction(found["gap"])), 1),
        wall_seconds=round(measured.wall_seconds, 2),
        peak_memory_mb=round(measured.peak_memory_mb),
        commit=commit(PROJECT),
        date=datetime.now(UTC).date().isoformat(),
        machine=machine(),
    )


def _round(ratio: float) -> float:
    return round(ratio, 4)


def exponent(kernels: Iterable[float], values: Iterable[float]) -> float:
    """Return p of the best fit values = a * kernels ** p, by least squares of the logarithms."""
    return float(np.polyfit(np.log(list(kernels)), np.log(list(values)), 1)[0])


def read_yardstick(path: Path) -> Mapping[str, float]:
    """Return the cost that the yardstick reaches on each instance."""
    with path.open() as file:
        return {row["instance"]: float(row["cost"]) for row in DictReader(file)}


def runs(instances: Iterable[str], seeds: Iterable[int], time_limit: float) -> Iterator[Run]:
    """Yield the runs of all instances, seed by seed; further seeds only for instances up to 1,002 kernels."""
    yardstick = read_yardstick(PROJECT / "docs/large_yardstick.csv")
    small = _EARLY[0][0]
    for seed in seeds:
        for instance in instances:
            if not seed or len(load(f"large:{instance}").kernels) <= small:
                yield run_once(instance, seed, time_limit, yardstick[instance])


def markdown(found: Sequence[Run]) -> str:
    """Return the runs as a table, medians over the seeds, and a line with where and when."""
    lines = [
        "| instance | kernels | first of the search, s | at 5 or 20 s | at the end | over seeds"
        " | bound | gap | peak memory, MB |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name in dict.fromkeys(run.instance for run in found):
        runs = [run for run in found if run.instance == name]
        lasts = [run.last for run in runs]
        spread = f"{min(lasts):.3f} to {max(lasts):.3f}" if len(runs) > 1 else ""
        middle = sorted(runs, key=lambda run: run.last)[len(runs) // 2]
        cells = (
            *(f"`{name}`", f"{middle.kernels:,}", f"{median(run.first_seconds for run in runs):.2f}"),
            *(f"{max(run.early for run in runs):.3f}", f"{middle.last:.3f}", spread),
            *(f"{middle.bound:,.10g}", f"{middle.gap_percent:.0f} %"),
            f"{max(run.peak_memory_mb for run in runs):.0f}",
        )
        lines.append("| " + " | ".join(cells) + " |")
    where = "; ".join(sorted({f"{run.machine}, {run.date}, commit {run.commit}" for run in found}))
    limits = ", ".join(sorted({f"{run.time_limit:g}" for run in found}))
    return "\n".join([*lines, "", f"Time limit {limits} s, 2 workers. {where}."])


def write_into_page(page: Path, found: Sequence[Run]) -> None:
    """Replace the table of a page, which stands between two marks; raises `InputError` without these."""
    text = read_text(page)
    before, mark, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not mark or not end:
        raise InputError(f"the lines {BEGIN} and {END}", "not both", str(page))
    write_file(page, f"{before}{mark}\n\n{markdown(found)}\n\n{end}{after}")


def read_runs(path: Path) -> list[Run]:
    """Return the rows of a CSV file of runs."""
    kinds = {"int": int, "float": float, "str": str}
    with path.open() as file:
        return [
            Run(**{field.name: kinds[str(field.type)](row[field.name]) for field in fields(Run)})
            for row in DictReader(file)
        ]


def main(
    instances: Annotated[str, typer.Option(help="Large instances, separated by commas.")] = _ALL,
    seeds: Annotated[str, typer.Option(help="Seeds, separated by commas.")] = "0,1,2",
    time_limit: Annotated[float, typer.Option(help="Seconds a run.")] = 60.0,
    csv: Annotated[Path, typer.Option(help="File of the rows, read and added to.")] = PROJECT
    / "docs/large.csv",
    page: Annotated[Path, typer.Option(help="Page to write the table into.")] = PROJECT / "docs/large.md",
) -> None:
    """Run, print and write."""
    found = read_runs(csv) if csv.exists() else []
    with reported_errors():
        for run in runs(words(instances), map(int, words(seeds)), time_limit):
            found.append(run)
            print(
                f"{run.instance} seed {run.seed}: first after {run.first_seconds} s,"
                f" at {run.early_seconds:g} s {run.early}, at the end {run.last},"
                f" gap {run.gap_percent} %, {run.wall_seconds} s, {run.peak_memory_mb} MB",
                flush=True,
            )
            write_csv(csv, [field.name for field in fields(Run)], map(asdict, found))
        write_into_page(page, found)
    kernels = [run.kernels for run in found]
    if len(set(kernels)) > 1:
        for name in ("first_seconds", "peak_memory_mb"):
            print(f"exponent of {name}: {exponent(kernels, [getattr(run, name) for run in found]):.2f}")
    print(f"mean of the last costs: {np.mean([run.last for run in found]):.3f} of the yardstick's")


if __name__ == "__main__":
    typer.run(main)
