"""Import the networks of a folder, count their multiplications in onnxruntime, solve them; write a table.

The folder is one that `python -m scripts.export_networks FOLDER` has filled: NAME.onnx and NAME.json. The
rows go to docs/exported.csv, the table to docs/exporters.md. It needs the package onnxruntime.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.measure import commit, machine, measure
from benchmarks.project import PROJECT, reported_errors, write_csv
from wse_cp.errors import InputError
from wse_cp.files.text import read_text
from wse_cp.files.writing import write_file

#: Lines of the page between which the table stands.
BEGIN, END = "<!-- table: made by benchmarks/exported.py -->", "<!-- end of table -->"


@dataclass(frozen=True)
class ExportedRow:
    """A network, its import, the count in a run, and how it was solved; "" where there is nothing to say."""

    network: str
    exporter: str
    options: str
    operations: str = ""
    kernels: str = ""
    edges: str = ""
    multiplications: str = ""  #: of the file, as the import says
    counted: str = ""  #: in a run of the network
    batch: str = ""
    weights: str = ""
    seconds: str = ""  #: of processor
    memory_mb: str = ""  #: that the import added to the process
    area: str = ""  #: least area of the kernels, in wafers
    refused: str = ""  #: what the import said instead
    cost: str = ""
    lower_bound: str = ""  #: verified
    gap_percent: str = ""
    outcome: str = ""  #: why there is no placement
    time_limit: str = ""
    commit: str = ""
    date: str = ""
    machine: str = ""


def imported_row(path: Path, instance: Path, counted: str) -> ExportedRow:
    """Import and count a network (if not counted yet); its instance is written to a file if it can be."""
    about = json.loads(path.with_suffix(".json").read_text())
    options = list(about["options"])
    exporter = " + ".join(filter(None, (about["exporter"], about["then"])))
    start = {"network": path.stem, "exporter": exporter, "options": " ".join(options)}
    done = measure([sys.executable, "-m", "benchmarks.imported", str(path), str(instance), *options])
    stamp = {"commit": commit(PROJECT), "date": datetime.now(UTC).date().isoformat(), "machine": machine()}
    counted = counted or _counted(path, options)
    if done.status:
        lines = done.stderr.strip().splitlines()
        refused = lines[-1].replace(str(path), path.name) if lines else "no reason"
        return ExportedRow(**start, counted=counted, refused=refused, **stamp)
    found = json.loads(done.stdout)
    kept = {field.name: str(found[field.name]) for field in fields(ExportedRow) if field.name in found}
    return ExportedRow(**start, counted=counted, **kept, **stamp)


def _counted(path: Path, options: Sequence[str]) -> str:
    """Return the multiplications of a run, or why there was none."""
    pairs = zip(options[::2], options[1::2], strict=True)
    dims = [value for option, value in pairs if option == "--dim"]
    done = measure([sys.executable, "-m", "benchmarks.profiled", str(path), *dims])
    if done.status:
        return f"no run: {done.stderr.strip().splitlines()[-1][:200]}"
    found = json.loads(done.stdout.splitlines()[-1])
    unruled = f" without {', '.join(found['unruled'])}" if found["unruled"] else ""
    return f"{found['multiplications']}{unruled}"


def solved(instance: Path, time_limit: float) -> dict[str, str]:
    """Solve an instance and verify the certificate of its bound; return the columns of the row."""
    limit = {"time_limit": f"{time_limit:g}"} | dict.fromkeys(("cost", "lower_bound", "gap_percent"), "")
    with tempfile.TemporaryDirectory() as scratch:
        report, certificate = Path(scratch) / "report.json", Path(scratch) / "x.bound.json"
        outputs = ["--json", str(report), "--certificate", str(certificate), "-o", f"{scratch}/x.paint"]
        command = [sys.executable, "-m", "wse_cp", "solve", str(instance), "--quiet", *outputs]
        done = measure([*command, "--time-limit", f"{time_limit:g}"])
        if done.status or not report.exists():
            return {**limit, "outcome": f"status {done.status}: {_last_line(done.stderr)}"}
        found = json.loads(report.read_text())
        if found["lower_bound"] is None:
            return {**limit, "cost": str(found["cost"]), "outcome": "no bound in time"}
        checked = measure([sys.executable, "-m", "wse_cp", "verify", str(instance), str(certificate)])
    if checked.status:
        return {**limit, "outcome": f"bound not verified: {_last_line(checked.stderr)}"}
    gap = "" if found["gap"] is None else f"{100 * float(Fraction(str(found['gap']))):.2f}"
    return {
        **limit,
        "cost": str(found["cost"]),
        "lower_bound": str(found["lower_bound"]),
        "gap_percent": gap,
        "outcome": "",
    }


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["nothing said"])[-1][:200]


def read_rows(path: Path) -> dict[str, dict[str, str]]:
    """Return the rows of an earlier run by network, {} if there was none."""
    if not path.exists():
        return {}
    with path.open(newline="") as file:
        return {row["network"]: row for row in csv.DictReader(file)}


def markdown(rows: Iterable[Mapping[str, str]]) -> str:
    """Return the rows as a table, and a line on where and when."""
    rows = list(rows)
    lines = [
        "| network | exporter | multiplications | in a run | kernels | edges | s | MB | cost | gap |",
        "| --- | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += ["| " + " | ".join(_cells(row)) + " |" for row in rows]
    where = "; ".join(sorted({f"{row['machine']}, {row['date']}" for row in rows}))
    limits = ", ".join(sorted({row["time_limit"] for row in rows if row["time_limit"]}))
    return "\n".join([*lines, "", f"Time limit {limits} s, 2 workers, seed 0. {where}."])


def _cells(row: Mapping[str, str]) -> list[str]:
    name = row["network"] + (f" (`{row['options']}`)" if row["options"] else "")
    if row["refused"]:
        return [name, row["exporter"], "refused", _thousands(row["counted"]), "", "", "", "", "", ""]
    same = "equal" if row["counted"] == row["multiplications"] else _thousands(row["counted"])
    gap = f"{row['gap_percent']} %" if row["gap_percent"] else row["outcome"]
    if float(row["area"] or 0) > 1:
        gap = f"no room: {row['area']} wafers"
    numbers = [row["kernels"], row["edges"], row["seconds"], row["memory_mb"], row["cost"], gap]
    return [name, row["exporter"], _thousands(row["multiplications"]), same, *numbers]


def _thousands(text: str) -> str:
    return f"{int(text):,}" if text.isdecimal() else text


def write_into_page(page: Path, table: str) -> None:
    """Replace the table of a page, which stands between two marks; raises `InputError` if it has none."""
    text = read_text(page)
    before, mark, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not mark or not end:
        raise InputError(f"the lines {BEGIN} and {END}", "not both", str(page))
    write_file(page, f"{before}{mark}\n\n{table}\n\n{end}{after}")


def main(
    folder: Annotated[Path, typer.Argument(help="Folder of the networks.")],
    names: Annotated[list[str] | None, typer.Argument(help="Networks. [default: all]")] = None,
    solve: Annotated[float, typer.Option(help="Seconds to solve each; 0 keeps what is known.")] = 0,
    count: Annotated[bool, typer.Option(help="Run them; otherwise an earlier count is kept.")] = True,
    csv: Annotated[Path, typer.Option(help="File of the rows.")] = PROJECT / "docs/exported.csv",
    page: Annotated[Path, typer.Option(help="Page with the table.")] = PROJECT / "docs/exporters.md",
) -> None:
    """Work through the networks; a network's row replaces its earlier one."""
    known: dict[str, dict[str, Any]] = dict(read_rows(csv))
    columns = [field.name for field in fields(ExportedRow)]
    with reported_errors():
        for name in names or sorted(path.stem for path in folder.glob("*.onnx")):
            instance = folder / f"{name}.kgraph"
            if not solve:
                counted = "" if count else known.get(name, {}).get("counted", "")
                row = asdict(imported_row(folder / f"{name}.onnx", instance, counted))
                solving = ("cost", "lower_bound", "gap_percent", "outcome", "time_limit")
                row |= {key: known.get(name, {}).get(key, "") for key in solving}
                known[name] = row
            elif not known[name]["refused"] and float(known[name]["area"]) <= 1:
                known[name] |= solved(instance, solve)
            print(_cells(known[name]), known[name]["refused"], flush=True)
            write_csv(csv, columns, [known[key] for key in sorted(known)])
        write_into_page(page, markdown(known[key] for key in sorted(known)))


if __name__ == "__main__":
    typer.run(main)
