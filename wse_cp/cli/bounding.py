"""The commands about lower bounds, and grades by them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from wse_cp.cli.app import ILLEGAL, REFUSED, InstanceFile, LogOption, app
from wse_cp.commands import completing
from wse_cp.commands.examples import examples
from wse_cp.decimals import exact_text
from wse_cp.errors import BoundError, InputError
from wse_cp.options import DEFAULT_TIME_LIMIT, DEFAULT_WORKERS


@app.command(
    epilog=examples(
        "wse-cp bound instances/A.kgraph --certificate A.bound.json",
        "wse-cp bound instances/A.kgraph --time-limit 300 --json",
    )
)
def bound(
    instance: InstanceFile,
    time_limit: Annotated[float, typer.Option(help="Seconds.")] = DEFAULT_TIME_LIMIT,
    workers: Annotated[int, typer.Option(help="Processor cores to use.")] = DEFAULT_WORKERS,
    certificate: Annotated[Path | None, typer.Option(help="Certificate to write.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    log_level: LogOption = None,
) -> None:
    """Find a cost that no placement can beat, with a certificate. Ctrl-C keeps the best so far."""
    from wse_cp.commands.bounding import BoundRequest, run_bound
    from wse_cp.commands.printing import print_bound

    found = run_bound(BoundRequest(instance, time_limit, workers, certificate, quiet))
    if as_json:
        name = None if certificate is None else str(certificate)
        print(json.dumps(found.to_json(str(instance), name), indent=2))
    else:
        print_bound(found, certificate)


@app.command(
    epilog=examples(
        "wse-cp verify instances/A.kgraph instances/bounds/A.json",
    )
)
def verify(
    instance: InstanceFile,
    certificate: Annotated[
        Path,
        typer.Argument(
            metavar="CERTIFICATE",
            help="Certificate of a bound.",
            autocompletion=completing.certificate_files,
        ),
    ],
) -> None:
    """Check a certificate with an independent program. Status 0 proven, 1 refused, 2 unreadable."""
    from wse_cp.commands.verifying import verify_file

    try:
        value = verify_file(instance, certificate)
    except BoundError as error:  # the answer, not a failure: it goes where the answers go
        print(error)
        raise typer.Exit(REFUSED) from None
    print(f"proven: no placement costs less than {exact_text(value)}")


@app.command(
    epilog=examples(
        "wse-cp grade A.kgraph mine.paint theirs.paint # finds a bound first",
        "wse-cp grade A.kgraph *.paint --certificate A.bound.json --csv",
    )
)
def grade(
    instance: InstanceFile,
    solutions: Annotated[
        list[Path],
        typer.Argument(
            metavar="SOLUTION",
            help="Placement files (.paint or .json).",
            autocompletion=completing.solution_files,
        ),
    ],
    certificate: Annotated[
        Path | None,
        typer.Option(
            help="Certificate of the bound to grade against.", autocompletion=completing.certificate_files
        ),
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(help=f"Else seconds to find a bound in [{DEFAULT_TIME_LIMIT:g}].", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    log_level: LogOption = None,
) -> None:
    """Rank placements and measure each against a certified bound. Status 0 if all of them are legal."""
    from wse_cp.commands.grading import GradeRequest, run_grade
    from wse_cp.commands.printing import print_grades

    if as_json and as_csv:
        raise InputError("--json or --csv", "both", "command line")
    grades = run_grade(GradeRequest(instance, tuple(solutions), certificate, time_limit, quiet))
    print_grades(grades, "json" if as_json else "csv" if as_csv else "table")
    raise typer.Exit(0 if grades.all_legal else ILLEGAL)
