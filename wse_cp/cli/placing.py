"""The commands that find and check placements."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from wse_cp.cli.app import ILLEGAL, InstanceFile, LogOption, SolutionFile, app
from wse_cp.commands import completing
from wse_cp.commands.examples import examples
from wse_cp.commands.requests import SolveRequest
from wse_cp.options import COMPONENTS, DEFAULT_SEED, DEFAULT_TIME_LIMIT, DEFAULT_WORKERS


@app.command(
    epilog=examples(
        "wse-cp solve instances/A.kgraph # 60 seconds, writes A.paint",
        "wse-cp solve A.kgraph -o best.paint --time-limit 600 --seed 3",
        "wse-cp solve A.kgraph --start best.paint -o better.paint",
        "wse-cp solve A.kgraph --quiet --json - # the report, for programs",
        "wse-cp solve A.kgraph --certificate A.bound.json --trace A.csv",
    )
)
def solve(
    context: typer.Context,
    instance: InstanceFile,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Placement to write [INSTANCE's name .paint].")
    ] = None,
    time_limit: Annotated[float, typer.Option(help="Seconds.")] = DEFAULT_TIME_LIMIT,
    workers: Annotated[int, typer.Option(help="Processor cores to use.")] = DEFAULT_WORKERS,
    seed: Annotated[int, typer.Option(help="Seed of the random choices.")] = DEFAULT_SEED,
    start: Annotated[
        Path | None,
        typer.Option(help="Legal placement to start from.", autocompletion=completing.solution_files),
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="Picture to write: .png, .svg or .pdf.")] = None,
    json_file: Annotated[
        Path | None,
        typer.Option("--json", metavar="FILE", help="Report to write; - prints it instead of the summary."),
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Certificate of the lower bound to write.")
    ] = None,
    trace: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Cost over time to write, as CSV.")
    ] = None,
    result: Annotated[
        Path | None, typer.Option(metavar="FILE", help="All about the run to write, as JSON.")
    ] = None,
    deterministic: Annotated[
        bool, typer.Option("--deterministic", help="Go by work, not time: repeatable; --workers 1 only.")
    ] = False,
    without: Annotated[
        str,
        typer.Option(
            metavar="PARTS",
            help="Leave out: " + ", ".join(COMPONENTS) + ".",
            autocompletion=completing.parts,
        ),
    ] = "",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Page to write: floorplan, kernels, cost over time.")
    ] = None,
    log_level: LogOption = None,
) -> None:
    """Find a good placement. Ctrl-C ends the search early and keeps the best."""
    run_and_print(
        SolveRequest(
            instance,
            output,
            time_limit,
            workers,
            seed,
            start,
            plot,
            json_file,
            certificate,
            quiet,
            trace=trace,
            deterministic=deterministic,
            without=tuple(part.strip() for part in without.split(",") if part.strip()),
            report=report,
            document=result,
            command=context.obj,
        )
    )


def run_and_print(request: SolveRequest) -> None:
    """Solve as asked and print the result."""
    from wse_cp.commands.printing import print_result
    from wse_cp.commands.solving import run_solve

    result, written = run_solve(request)
    if request.prints_json:
        print(json.dumps(result.to_json(str(request.instance)), indent=2))
    else:
        print_result(result, written)


@app.command(
    epilog=examples(
        "wse-cp check instances/A.kgraph instances/best/A.paint",
        "wse-cp check A.kgraph A.paint --json | jq .cost",
    )
)
def check(
    instance: InstanceFile,
    solution: SolutionFile,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Score a placement or list what is wrong with it. Status 0 legal, 1 illegal, 2 unreadable."""
    from wse_cp.commands.checking import check_solution
    from wse_cp.commands.printing import print_verdict

    verdict = check_solution(instance, solution)
    if as_json:
        print(json.dumps(verdict.to_json(str(instance)), indent=2))
    else:
        print_verdict(verdict.score, verdict.violations, verdict.instance.settings)
    raise typer.Exit(ILLEGAL if verdict.violations else 0)
