"""The commands that show instances and placements, and the installation."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from wse_cp.cli.app import BROKEN, ILLEGAL, InstanceFile, SolutionFile, app
from wse_cp.commands.examples import examples
from wse_cp.report.picture.layout import DEFAULT_WIDTH


@app.command(epilog=examples("wse-cp info instances/A.kgraph"))
def info(instance: InstanceFile) -> None:
    """Describe an instance: its network, weights and kernels."""
    from wse_cp.commands.printing import print_rich
    from wse_cp.files.by_suffix import read_instance_file
    from wse_cp.report.display import describe

    print_rich(describe(read_instance_file(instance)))


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
    from wse_cp.commands.drawing import draw_solution
    from wse_cp.report.picture.layout import Page

    draw_solution(instance, solution, output, colour.value, Page(width, title, legend))
    print(f"written {output}")


@app.command(
    epilog=examples(
        "wse-cp report instances/A.kgraph instances/best/A.paint -o A.html",
        "wse-cp report A.kgraph mine.paint theirs.paint -o A.html --time-limit 60",
    )
)
def report(
    context: typer.Context,
    instance: InstanceFile,
    solutions: Annotated[list[Path], typer.Argument(metavar="SOLUTION", help="Placement files (.paint).")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Page to write (.html).")],
    certificate: Annotated[Path | None, typer.Option(help="Certificate of the bound to show.")] = None,
    time_limit: Annotated[
        float | None, typer.Option(help="Or seconds to find a bound in [no bound].", show_default=False)
    ] = None,
    trace: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Cost over time as solve --trace writes it; once per solution."),
    ] = None,
) -> None:
    """Write a page that shows placements side by side. Status 0 if all of them are legal."""
    from wse_cp.commands.reporting import ReportRequest, run_report

    all_legal = run_report(
        ReportRequest(
            instance,
            tuple(solutions),
            output,
            certificate,
            time_limit,
            tuple(trace or ()),
            command=context.obj,
        )
    )
    print(f"written {output}")
    raise typer.Exit(0 if all_legal else ILLEGAL)


@app.command(
    epilog=examples(
        "wse-cp doctor # paste what it prints into a bug report",
        "wse-cp doctor --json",
    )
)
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Describe this installation and test its parts. Status 0 all work, 1 something is broken."""
    from wse_cp.commands.doctor import examine, print_diagnosis

    diagnosis = examine()
    if as_json:
        print(json.dumps(diagnosis.to_json(), indent=2))
    else:
        print_diagnosis(diagnosis)
    raise typer.Exit(0 if diagnosis.sound else BROKEN)
