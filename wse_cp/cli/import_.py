"""The command ``import``: a network from elsewhere as an instance file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from wse_cp.cli.app import app, default_output, examples, print_written

#: The words of an option that may be given more than once.
Words = list[str] | None


def _repeatable(metavar: str, text: str, *names: str) -> Any:
    """Return the declaration of an option that may be given more than once."""
    return typer.Option(*names, metavar=metavar, help=f"{text}; repeatable.")


@app.command(
    name="import",
    epilog=examples(
        "wse-cp import net.onnx -o net.kgraph",
        "wse-cp import net.onnx --granularity conv --set wlength=10",
        "wse-cp import llm.onnx --merge qkv --merge gate-up --names modules",
        "wse-cp import models/unet.toml # a model file",
        "wse-cp import contest:A # a case of the contest",
    ),
)
def import_network(
    network: Annotated[
        Path,
        typer.Argument(
            metavar="NET", help="Network: .onnx, a model .toml, contest:A to contest:T, large:NAME."
        ),
    ],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Instance to write [NET's name .kgraph].")
    ] = None,
    settings: Annotated[Words, _repeatable("KEY=VALUE", "Number of the header", "--set")] = None,
    granularity: Annotated[str, typer.Option(help="Of an ONNX network: auto, block, conv.")] = "auto",
    groups: Annotated[str, typer.Option(help="Grouped convolutions: merge, split.")] = "merge",
    adds: Annotated[str, typer.Option(help="Who forms a sum: producer, consumer.")] = "producer",
    split_large: Annotated[
        bool, typer.Option("--split-large/--no-split-large", help="Split kernels that fit nowhere.")
    ] = True,
    input_shape: Annotated[Words, _repeatable("NAME=1,3,224,224", "Shape of an input")] = None,
    dim: Annotated[Words, _repeatable("NAME=128", "Extent of a named axis")] = None,
    batch: Annotated[
        int | None, typer.Option(metavar="N", help="Inputs that the file computes at once.")
    ] = None,
    batch_axis: Annotated[Words, _repeatable("[NAME=]AXIS", "Batch axis of the inputs, or of one")] = None,
    inputs: Annotated[Words, _repeatable("TENSOR", "Leave out what is before it")] = None,
    outputs: Annotated[Words, _repeatable("TENSOR", "Leave out what is after it")] = None,
    names: Annotated[str, typer.Option(help="Of kernels: numbers (k1, k2, ...), modules.")] = "numbers",
    merge: Annotated[
        Words, _repeatable("WHAT", "One kernel of several: qkv, gate-up, experts, heads, or a pattern")
    ] = None,
    expert_tokens: Annotated[
        str | None,
        typer.Option(metavar="even|all|N", help="Tokens that each expert gets where only the run tells."),
    ] = None,
    pass_through: Annotated[Words, _repeatable("OPERATION", "Take it for free")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No report.")] = False,
) -> None:
    """Make an instance of an ONNX network, a model or a contest case."""
    from wse_cp import api

    target = output or default_output(network, ".kgraph")
    api.check_outputs([target], [network])
    found = api.import_network(
        network,
        settings or (),
        granularity=granularity,
        groups=groups,
        adds=adds,
        split_large=split_large,
        input_shapes=input_shape or (),
        pass_through=pass_through or (),
        dims=dim or (),
        batch=batch,
        batch_axes=batch_axis or (),
        inputs=inputs or (),
        outputs=outputs or (),
        names=names,
        merge=merge or (),
        expert_tokens=expert_tokens,
        progress=not quiet,
    )
    found.save(target)
    if not quiet:
        print("\n".join(found.report), file=sys.stderr)
    print_written([target])
