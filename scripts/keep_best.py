"""Take placements into instances/best where they are better than what is there: CASE=FILE.paint ..."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from wse_cp.errors import IllegalPlacementError, InputError
from wse_cp.files.kgraph import read_kgraph
from wse_cp.report.benchmark import instance_file
from wse_cp.report.best import keep_if_better

PROJECT = Path(__file__).resolve().parents[1]


def keep_best(
    placements: Annotated[list[str], typer.Argument(help="CASE=FILE.paint")],
    folder: Annotated[Path, typer.Option(help="Where the best ones are.")] = PROJECT / "instances/best",
) -> None:
    """Read, score and keep; says which were better."""
    try:
        for text in placements:
            case, _, path = text.partition("=")
            instance = read_kgraph(instance_file(PROJECT, case))
            if keep_if_better(folder, case, instance, Path(path)):
                print(f"{case}: {path}")
    except (InputError, IllegalPlacementError) as error:
        print(error, file=sys.stderr)
        raise typer.Exit(2) from None


if __name__ == "__main__":
    typer.run(keep_best)
