"""The command ``grade``: any number of solution files, ranked and measured against a certified bound."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from wse_cp.cli.app import (
    ILLEGAL,
    UNBROKEN,
    CertificateOption,
    InstanceFile,
    JsonOption,
    LogOption,
    QuietOption,
    SolutionFiles,
    app,
    examples,
    print_answer,
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
    certificate: CertificateOption = None,
    time_limit: Annotated[
        float | None,
        typer.Option(help=f"Else seconds to find a bound in [{DEFAULT_TIME_LIMIT:g}].", show_default=False),
    ] = None,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    quiet: QuietOption = False,
    log_level: LogOption = None,
) -> None:
    """Rank placements and measure each against a certified bound. Status 0 if all of them are legal."""
    from wse_cp import api
    from wse_cp.cli.signals import stop_on_signals
    from wse_cp.report.terminal import grade_table

    if as_json and as_csv:
        raise InputError("--json or --csv", "both", "command line")
    api.check_certificate_choice(certificate, time_limit)
    network = api.load(instance)
    with stop_on_signals("bound") as stop:
        measure = certificate or api.lower_bound(
            network, time_limit=time_limit or DEFAULT_TIME_LIMIT, progress=not quiet, stop=stop
        )
    grades = api.grade(network, solutions, measure, str(instance))
    if as_json:
        print_answer(grades.to_json())
    elif as_csv:
        grades.write_csv(sys.stdout)
    else:
        print_rich(grade_table(grades), UNBROKEN)
    raise typer.Exit(0 if grades.all_legal else ILLEGAL)
