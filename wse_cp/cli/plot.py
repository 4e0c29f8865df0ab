"""The command ``plot``: a picture of a placement file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from wse_cp.cli.app import InstanceFile, SolutionFile, app, examples, print_written
from wse_cp.report.picture.style import DEFAULT_WIDTH, Page, check_page, check_picture_suffix


class Colour(StrEnum):
    """What the colours of a picture stand for."""

    TYPE = "type"
    TIME = "time"


@app.command(
    epilog=examples(
        "wse-cp plot instances/A.kgraph instances/best/A.paint -o A.png",
        "wse-cp plot A.kgraph A.paint -o A.svg --colour time",
    )
)
def plot(
    instance: InstanceFile,
    solution: SolutionFile,
    output: Annotated[Path, typer.Option("-o", "--output", help="Picture to write: .png, .svg or .pdf.")],
    colour: Annotated[Colour, typer.Option(help="What the colours stand for.")] = Colour.TYPE,
    width: Annotated[
        float, typer.Option(metavar="MM", help="Width, as of a column of text.")
    ] = DEFAULT_WIDTH,
    title: Annotated[bool, typer.Option(help="Show the score.")] = True,
    legend: Annotated[bool, typer.Option(help="Explain the colours.")] = True,
) -> None:
    """Draw a placement."""
    from wse_cp import api

    page = Page(width, title, legend)
    check_page(page)
    check_picture_suffix(output)
    api.check_outputs([output], [instance, solution])
    network = api.load(instance)
    api.draw(output, network, api.load_placement(solution, network), colour.value, page)
    print_written([output])
