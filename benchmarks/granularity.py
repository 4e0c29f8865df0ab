"""What merging kernels does: networks like BERT-base and like a layer of Mixtral, solved with and without.

Prints the table of docs/onnx.md, "Granularity".
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from onnx import ModelProto

from benchmarks.networks import network_runs
from benchmarks.onnx_models import encoder, mixture
from benchmarks.project import PROJECT
from wse_cp.files.by_suffix import write_instance_file
from wse_cp.onnx import ImportOptions, read_model

#: Network, and the kernels to merge.
CASES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("BERT-base, 128 tokens", ()),
    ("BERT-base, 128 tokens", ("qkv",)),
    ("8 experts, 64 tokens x 2", ()),
    ("8 experts, 64 tokens x 2", ("gate-up",)),
    ("8 experts, 64 tokens x 2", ("gate-up", "experts")),
)


def model(network: str) -> ModelProto:
    """Return a network by its name."""
    return encoder(12, (128, 768, 12)) if network.startswith("BERT") else mixture(64, 8, 2, channels=256)


def rows(time_limit: float) -> Iterator[str]:
    """Yield the rows of the table."""
    for network, merge in CASES:
        options = ImportOptions(merge=merge, expert_tokens="even")
        instance = read_model(model(network), options=options).instance
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / "net.kgraph"
            write_instance_file(path, instance)
            (run,) = network_runs(PROJECT, [path], time_limit)
        edges = sum(count for _, _, count in instance.kernel_edges)
        cells = (
            network,
            " ".join(f"`--merge {word}`" for word in merge) or "-",
            str(len(instance.kernels)),
            str(edges),
            run.cost,
            run.max_time,
            run.wire_length,
            f"{run.gap_percent} %",
        )
        yield f"| {' | '.join(cells)} |"


def main(time_limit: Annotated[float, typer.Option(help="Seconds for each network.")] = 60) -> None:
    """Solve the networks and print the table."""
    print("| network | merged | kernels | edges | cost | max time | wire length | gap |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for row in rows(time_limit):
        print(row, flush=True)


if __name__ == "__main__":
    typer.run(main)
