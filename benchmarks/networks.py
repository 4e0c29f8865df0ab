"""Solve networks at default settings, those in instances/onnx or those of a table of problems.

The rows go to docs/onnx.csv and the table to docs/onnx.md; for a table of problems to the files of its name.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.measure import commit, machine, measure
from benchmarks.project import PROJECT, RunFailedError, reported_errors, write_csv
from wse_cp.errors import InputError
from wse_cp.files.by_suffix import read_instance_file, write_instance_file
from wse_cp.files.text import read_text
from wse_cp.files.writing import write_file
from wse_cp.networks.problems import read_problems
from wse_cp.options import DEFAULT_TIME_LIMIT

#: Lines of a page between which the table stands.
BEGIN, END = "<!-- results: made by benchmarks/networks.py -->", "<!-- end of results -->"


@dataclass(frozen=True)
class NetworkRun:
    """One run at default settings; numbers of the score and the bound are exact texts."""

    network: str
    kernels: int
    time_limit: float
    cost: str
    max_time: str
    wire_length: str
    adapters: str
    lower_bound: str
    gap_percent: str
    seconds: float
    commit: str
    date: str
    machine: str


def network_runs(project: Path, instances: Iterable[Path], time_limit: float) -> Iterator[NetworkRun]:
    """Solve instances one after the other, a fresh process each.

    Raises
    ------
    RunFailedError
        If a run ends without a placement.
    """
    for path in instances:
        with tempfile.TemporaryDirectory() as scratch:
            command = [sys.executable, "-m", "wse_cp", "solve", str(path), "--quiet", "--json"]
            report = Path(scratch) / "report.json"
            paint = Path(scratch) / "x.paint"
            measured = measure([*command, str(report), "-o", str(paint), "--time-limit", str(time_limit)])
            if measured.status:
                raise RunFailedError(f"{path}: status {measured.status}: {measured.stderr.strip()}")
            found = json.loads(report.read_text())
        gap = "" if found["gap"] is None else f"{100 * float(Fraction(str(found['gap']))):.2f}"
        yield NetworkRun(
            path.stem,
            len(read_instance_file(path).kernels),
            time_limit,
            str(found["cost"]),
            str(found["max_time"]),
            str(found["wire_length"]),
            str(found["adapters"]),
            str(found["lower_bound"]),
            gap,
            found["seconds"],
            commit(project),
            datetime.now(UTC).date().isoformat(),
            machine(),
        )


def written_problems(table: Path, folder: Path) -> list[Path]:
    """Write the problems of a table as instance files into a folder; return their paths.

    Raises
    ------
    InputError
        If the table cannot be read or understood.
    """
    paths = []
    for name, instance in read_problems(table).items():
        paths.append(folder / f"{name}.kgraph")
        write_instance_file(paths[-1], instance)
    return paths


def write_runs(path: Path, runs: Iterable[NetworkRun]) -> None:
    """Write runs as CSV."""
    write_csv(path, [field.name for field in fields(NetworkRun)], [asdict(run) for run in runs])


def write_into_page(page: Path, runs: Iterable[NetworkRun]) -> None:
    """Replace the table of a page, which stands between two marks.

    Raises
    ------
    InputError
        If the page has no such marks.
    """
    text = read_text(page)
    before, mark, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not mark or not end:
        raise InputError(f"the lines {BEGIN} and {END}", "not both", str(page))
    write_file(page, f"{before}{mark}\n\n{markdown(list(runs))}\n\n{end}{after}")


def markdown(runs: list[NetworkRun]) -> str:
    """Return the runs as a table, and a line with where and when."""
    lines = [
        "| network | kernels | cost | max time | wire length | lower bound | gap | seconds |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for run in runs:
        gap = f"{run.gap_percent} %" if run.gap_percent else ""
        gap = "optimal" if run.cost == run.lower_bound else gap
        cells = (run.network, run.kernels, run.cost, run.max_time, run.wire_length, run.lower_bound, gap)
        lines.append("| " + " | ".join([*map(str, cells), f"{run.seconds:.0f}"]) + " |")
    limits = ", ".join(sorted({f"{run.time_limit:g}" for run in runs}))
    return "\n".join([*lines, "", f"Time limit {limits} s, 2 workers, seed 0. {_where(runs)}."])


def _where(runs: list[NetworkRun]) -> str:
    """Return machine, date and commit of most runs, then those of others with the networks' names."""
    names = defaultdict(list)
    for run in runs:
        names[f"{run.machine}, {run.date}, commit {run.commit}"].append(run.network)
    usual, *others = sorted(names, key=lambda where: (-len(names[where]), where))
    return "; ".join([usual, *(f"{', '.join(names[where])}: {where}" for where in others)])


def main(
    time_limit: Annotated[float, typer.Option(help="Seconds a run.")] = DEFAULT_TIME_LIMIT,
    problems: Annotated[Path | None, typer.Option(help="Table of problems to solve instead.")] = None,
    csv: Annotated[Path | None, typer.Option(help="File of the runs. [default: docs/onnx.csv]")] = None,
    page: Annotated[Path | None, typer.Option(help="Page with the table. [default: docs/onnx.md]")] = None,
) -> None:
    """Run all, then write the table. For problems, the files are those of the table's name in docs/."""
    name = "onnx" if problems is None else problems.stem
    csv, page = csv or PROJECT / f"docs/{name}.csv", page or PROJECT / f"docs/{name}.md"
    with reported_errors(), tempfile.TemporaryDirectory() as scratch:
        instances = sorted((PROJECT / "instances/onnx").glob("*.kgraph"))
        if problems is not None:
            instances = written_problems(problems, Path(scratch))
        runs = []
        for run in network_runs(PROJECT, instances, time_limit):
            runs.append(run)
            found = f"cost {run.cost}, bound {run.lower_bound}, gap {run.gap_percent} %"
            print(f"{run.network}: {found}", flush=True)
        write_runs(csv, runs)
        write_into_page(page, runs)


if __name__ == "__main__":
    typer.run(main)
