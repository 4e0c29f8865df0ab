"""The command ``grade``: any number of solution files, ranked and measured against a certified bound."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer

from wse_cp.cli import completing
from wse_cp.cli.app import (
    ILLEGAL,
    UNBROKEN,
    InstanceFile,
    LogOption,
    SolutionFiles,
    app,
    examples,
    print_rich,
)
from wse_cp.errors import InputError
from wse_cp.options import DEFAULT_TIME_LIMIT


@app.command(
    epilog=examples(
        "wse-cp grade A.kgraph mine.paint theirs.paint # finds a bound first",
        "wse-cp grade A.kgraph *.paint --certificate A.bound.json --csv",
    )
)
def grade(
    instance: InstanceFile,
    solutions: SolutionFiles,
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
    from wse_cp import api
    from wse_cp.cli.signals import stop_on_signals
    from wse_cp.report.terminal import grade_table

    if as_json and as_csv:
        raise InputError("--json or --csv", "both", "command line")
    api.check_certificate_choice(certificate, time_limit)
    network, stop = api.load(instance), threading.Event()
    with stop_on_signals(stop, "bound"):
        measure = certificate or api.lower_bound(
            network, time_limit=time_limit or DEFAULT_TIME_LIMIT, progress=not quiet, stop=stop
        )
    grades = api.grade(network, solutions, measure, str(instance))
    if as_json:
        print(json.dumps(grades.to_json(), indent=2))
    elif as_csv:
        grades.write_csv(sys.stdout)
    else:
        print_rich(grade_table(grades), UNBROKEN)
    raise typer.Exit(0 if grades.all_legal else ILLEGAL)
