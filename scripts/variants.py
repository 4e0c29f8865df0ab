"""Solve and bound variants of cases, to see whether the search does as well on what it was not made with.

Rows go to docs/variants.csv, from which `scripts/benchmark.py` makes a table; a (case, variant, time limit,
seed) that has a row is skipped.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer

from wse_cp.decimals import percent_text
from wse_cp.files.kgraph import read_kgraph, write_kgraph
from wse_cp.files.text import write_atomically
from wse_cp.instance import Instance
from wse_cp.networks.model import parse_model
from wse_cp.report.machine import commit, machine
from wse_cp.report.variants import VARIANTS

PROJECT = Path(__file__).resolve().parents[1]
SAME, DEEPER = "as it is", "two blocks deeper"
COLUMNS = "case,variant,seed,time_limit,bound_seconds,cost,bound,gap,commit,date,machine"


def main(
    cases: Annotated[str, typer.Option(help="Cases, separated by commas.")] = "A,D,H,J",
    seed: int = 0,
    time_limit: Annotated[float, typer.Option(help="Seconds for a placement.")] = 60.0,
    bound_seconds: Annotated[float, typer.Option(help="Seconds for a bound.")] = 30.0,
    table: Annotated[Path, typer.Option(help="File of the rows.")] = PROJECT / "docs/variants.csv",
) -> None:
    """Run what has no row yet."""
    for case in cases.split(","):
        for name in (SAME, *VARIANTS, DEEPER):
            instance = variant(case, name)
            key = [case, name, str(seed), f"{time_limit:g}"]
            if instance is None or key in [line.split(",")[:4] for line in lines(table)]:
                continue
            cost, bound = run(instance, seed, time_limit, bound_seconds)
            gap = percent_text((cost - bound) / bound)
            row = [*key, f"{bound_seconds:g}", str(float(cost)), str(float(bound)), gap]
            row += [commit(PROJECT), datetime.now(UTC).date().isoformat(), f'"{machine()}"']
            write_atomically(table, "\n".join([*(lines(table) or [COLUMNS]), ",".join(row)]) + "\n")
            print(f"{case}, {name}: cost {float(cost)}, bound {float(bound)}, gap {gap}", flush=True)


def lines(table: Path) -> list[str]:
    """Return the lines of the table, none if there is no such file."""
    return table.read_text().splitlines() if table.exists() else []


def variant(case: str, name: str) -> Instance | None:
    """Return a variant of a case; None where a network has no blocks to add."""
    instance = read_kgraph(PROJECT / f"instances/{case}.kgraph")
    if name == SAME:
        return instance
    if name != DEEPER:
        return VARIANTS[name](instance)
    table = PROJECT / "wse_cp/networks/problems.toml"
    path = table.parent / tomllib.loads(table.read_text())[case]["model"]
    text, found = re.subn(
        r"(?m)^(depths = \[\d+, \d+, )(\d+)", lambda m: m[1] + str(int(m[2]) + 2), path.read_text()
    )
    if not found:
        return None
    return parse_model(text, str(path)).instance(replace(instance.settings), instance.test)


def run(instance: Instance, seed: int, time_limit: float, bound_seconds: float) -> tuple[Fraction, Fraction]:
    """Return the cost found and the verified lower bound, each by a process of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        path, paint, report = (Path(scratch) / name for name in ("x.kgraph", "x.paint", "x.json"))
        write_kgraph(path, instance)
        limit = ["--time-limit", f"{time_limit:g}", "--seed", str(seed), "--quiet"]
        call("solve", str(path), *limit, "--output", str(paint), "--json", str(report))
        found = json.loads(report.read_text())
        known = found["lower_bound"]
        text = call("bound", str(path), "--time-limit", f"{bound_seconds:g}", "--quiet", "--json")
        bound = Fraction(str(json.loads(text)["lower_bound"]))
        if known is not None and Fraction(str(known)) == Fraction(str(found["cost"])):
            bound = max(bound, Fraction(str(known)))  # proven optimal
        return Fraction(str(found["cost"])), bound


def call(*arguments: str) -> str:
    """Return the standard output of a command of the package."""
    command = [sys.executable, "-m", "wse_cp", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    typer.run(main)
