"""The commands that read and write what other programs know."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from wse_cp.cli.app import InstanceFile, app
from wse_cp.commands.examples import examples


@app.command(
    name="import",
    epilog=examples(
        "wse-cp import net.onnx -o net.kgraph",
        "wse-cp import net.onnx --granularity conv --set wlength=10",
        "wse-cp import models/unet.toml # a model file",
    ),
)
def import_network(
    network: Annotated[Path, typer.Argument(metavar="NET", help="Network: .onnx, or a model .toml.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Instance to write [NET's name .kgraph].")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Number of the header; repeatable.")
    ] = None,
    granularity: Annotated[str, typer.Option(help="Of an ONNX network: auto, block, conv.")] = "auto",
    groups: Annotated[str, typer.Option(help="Grouped convolutions: merge, split.")] = "merge",
    adds: Annotated[str, typer.Option(help="Who forms a sum: producer, consumer.")] = "producer",
    split_large: Annotated[
        bool, typer.Option("--split-large/--no-split-large", help="Split kernels that fit nowhere.")
    ] = True,
    input_shape: Annotated[
        list[str] | None, typer.Option(metavar="NAME=1,3,224,224", help="Shape of an input; repeatable.")
    ] = None,
    pass_through: Annotated[
        list[str] | None, typer.Option(metavar="OPERATION", help="Take it for free; repeatable.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No report.")] = False,
) -> None:
    """Make an instance of an ONNX network or a model file. Says what became of each operation."""
    from wse_cp.commands.importing import ImportRequest, parse_options, parse_settings, run_import

    options = parse_options(
        granularity, groups, adds, split_large, tuple(input_shape or ()), tuple(pass_through or ())
    )
    request = ImportRequest(network, output, parse_settings(settings or []), options)
    report = run_import(request)
    if not quiet:
        print("\n".join(report), file=sys.stderr)
    print(f"written {request.kgraph}")


class Table(StrEnum):
    """The tables that CSV can hold."""

    KERNELS = "kernels"
    WIRES = "wires"


@app.command(
    epilog=examples(
        "wse-cp export A.kgraph -o A.json",
        "wse-cp export A.kgraph A.paint -o A.csv --table wires",
        "wse-cp export A.kgraph -o A.dzn --model placement.mzn",
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
        str | None, typer.Option("--format", help="If not by the name: json, kgraph, paint, csv, dot, dzn.")
    ] = None,
    table: Annotated[Table, typer.Option(help="What a .csv holds.")] = Table.KERNELS,
    model: Annotated[
        Path | None, typer.Option(metavar="FILE", help="MiniZinc model to write beside a .dzn.")
    ] = None,
    max_options: Annotated[
        int | None, typer.Option(metavar="N", help="Keep N shapes of each kernel in a .dzn, if it has more.")
    ] = None,
) -> None:
    """Write an instance or a placement for another program."""
    from wse_cp.commands.exporting import ExportRequest, run_export

    request = ExportRequest(instance, output, solution, form, table.value, model, max_options)
    print(f"written {', '.join(str(path) for path in run_export(request))}")
