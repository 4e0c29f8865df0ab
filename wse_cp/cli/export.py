"""The command ``export``: an instance, or a placement, in the format another program reads."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from wse_cp.cli.app import InstanceFile, app, examples, print_written
from wse_cp.errors import InputError

#: The format of the results of a collection.
RESULTS = "results"


class Table(StrEnum):
    """The tables that CSV can hold."""

    KERNELS = "kernels"
    WIRES = "wires"


@app.command(
    epilog=examples(
        "wse-cp export A.kgraph -o A.json",
        "wse-cp export A.kgraph A.paint -o A.csv --table wires",
        "wse-cp export A.kgraph -o A.dzn --model placement.mzn",
        "wse-cp export contest.zip -o wse_cp.csv --format results",
    )
)
def export(
    instance: InstanceFile,
    output: Annotated[
        Path,
        typer.Option("-o", "--output", help="File: .json, .kgraph, .paint, .csv, .dot or .dzn."),
    ],
    solution: Annotated[
        Path | None, typer.Argument(metavar="[SOLUTION]", help="Placement file to export, or with it.")
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", help="If not by the name: json, kgraph, paint, csv, dot, dzn; results."),
    ] = None,
    table: Annotated[Table, typer.Option(help="What a .csv holds.")] = Table.KERNELS,
    model: Annotated[
        Path | None, typer.Option(metavar="FILE", help="MiniZinc model to write beside a .dzn.")
    ] = None,
    max_options: Annotated[
        int | None, typer.Option(metavar="N", help="Keep N shapes of each kernel in a .dzn, if it has more.")
    ] = None,
) -> None:
    """Write an instance or a placement for another program.

    Of a collection (.zip), "results" are written as the public collection of placement results takes them.
    """
    from wse_cp import api

    if form == RESULTS:
        _write_results(instance, output, solution)
        return

    wanted = api.Export(output, form, table.value, model, max_options)
    wanted.check(solution)
    api.check_outputs(wanted.files, [path for path in (instance, solution) if path])
    network = api.load(instance)
    wanted.write(network, None if solution is None else api.load_placement(solution, network))
    print_written(wanted.files)


def _write_results(archive: Path, output: Path, solution: Path | None) -> None:
    from wse_cp import api

    if not api.is_collection(archive) or solution is not None:
        raise InputError("a collection (.zip) and no SOLUTION", str(solution or archive), "--format results")
    api.check_outputs([output], [archive])
    api.write_results(output, archive, "wse_cp")
    print_written([output])
