"""Solve and bound variants of cases, to see whether the search does as well on what it was not made with.

Variants have other weights, another wafer, a kernel less, or a deeper network. Rows go to docs/variants.csv,
from which `python -m benchmarks.cases` makes a table; a (case, variant, time limit, seed) that has a row is
skipped.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.measure import commit, machine
from benchmarks.project import PROJECT, words
from wse_cp.decimals import percent_text
from wse_cp.files.by_suffix import read_instance_file, write_instance_file
from wse_cp.files.writing import write_file
from wse_cp.instance import Edge, Instance
from wse_cp.networks.model import parse_model

#: An oblong wafer of about the contest's area (tiles).
OBLONG = (500, 800)
SAME, DEEPER = "as it is", "two blocks deeper"
COLUMNS = "case,variant,seed,time_limit,bound_seconds,cost,bound,gap,commit,date,machine"


def halved(instance: Instance) -> Instance:
    """Return the instance with wire and adapters at half their weight against time (weights are integers)."""
    settings = instance.settings
    return replace(instance, settings=replace(settings, wdeltat=2 * settings.wdeltat))


def doubled(instance: Instance) -> Instance:
    """Return the instance with wire and adapters at twice their weight."""
    settings = instance.settings
    heavier = replace(settings, wlength=2 * settings.wlength, wadapter=2 * settings.wadapter)
    return replace(instance, settings=heavier)


def oblong(instance: Instance) -> Instance:
    """Return the instance on an oblong wafer."""
    width, height = OBLONG
    return replace(instance, settings=replace(instance.settings, width=width, height=height))


def one_less(instance: Instance) -> Instance:
    """Return the instance without its middle kernel; what fed it now feeds what it fed."""
    names = list(instance.kernels)
    gone = names[len(names) // 2]
    before = [edge.source for edge in instance.edges if edge.target == gone]
    after = [edge.target for edge in instance.edges if edge.source == gone]
    kept = [edge for edge in instance.edges if gone not in (edge.source, edge.target)]
    known = {(edge.source, edge.target) for edge in kept}
    bridges = [Edge(u, v) for u, v in product(before, after) if (u, v) not in known]
    nodes = tuple(node for node in instance.nodes if node.name != gone)
    return replace(instance, nodes=nodes, edges=(*kept, *bridges))


VARIANTS: Mapping[str, Callable[[Instance], Instance]] = {
    "weights halved": halved,
    "weights doubled": doubled,
    "wafer 500 x 800": oblong,
    "one kernel less": one_less,
}


def lines(table: Path) -> list[str]:
    """Return the lines of the table, none if there is no such file."""
    return table.read_text().splitlines() if table.exists() else []


def variant(case: str, name: str) -> Instance | None:
    """Return a variant of a case; None where a network has no blocks to add."""
    instance = read_instance_file(PROJECT / f"instances/{case}.kgraph")
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
        write_instance_file(path, instance)
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


def main(
    cases: Annotated[str, typer.Option(help="Cases, separated by commas.")] = "A,D,H,J",
    seed: int = 0,
    time_limit: Annotated[float, typer.Option(help="Seconds for a placement.")] = 60.0,
    bound_seconds: Annotated[float, typer.Option(help="Seconds for a bound.")] = 30.0,
    table: Annotated[Path, typer.Option(help="File of the rows.")] = PROJECT / "docs/variants.csv",
) -> None:
    """Run what has no row yet."""
    for case in words(cases):
        for name in (SAME, *VARIANTS, DEEPER):
            instance = variant(case, name)
            key = [case, name, str(seed), f"{time_limit:g}"]
            if instance is None or key in [line.split(",")[:4] for line in lines(table)]:
                continue
            cost, bound = run(instance, seed, time_limit, bound_seconds)
            gap = percent_text((cost - bound) / bound)
            row = [*key, f"{bound_seconds:g}", str(float(cost)), str(float(bound)), gap]
            row += [commit(PROJECT), datetime.now(UTC).date().isoformat(), f'"{machine()}"']
            write_file(table, "\n".join([*(lines(table) or [COLUMNS]), ",".join(row)]) + "\n")
            print(f"{case}, {name}: cost {float(cost)}, bound {float(bound)}, gap {gap}", flush=True)


if __name__ == "__main__":
    typer.run(main)
