"""The command ``grade``: any number of solution files, ranked and measured against a certified bound."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from wse_cp.cli import completing
from wse_cp.cli.app import (
    ILLEGAL,
    UNBROKEN,
    CertificateOption,
    InstanceFile,
    JsonOption,
    LogOption,
    QuietOption,
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
        "wse-cp grade contest.zip # a collection",
    )
)
def grade(
    instance: InstanceFile,
    solutions: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[SOLUTION]",
            help="Placement files (.paint or .json).",
            autocompletion=completing.solution_files,
        ),
    ] = None,
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
    """Rank placements and measure each against a certified bound. Status 0 if all of them are legal.

    INSTANCE may be a collection (.zip) of problems with placements and certificates.
    """
    from wse_cp import api
    from wse_cp.cli.signals import stop_on_signals
    from wse_cp.report.terminal import grade_table

    if as_json and as_csv:
        raise InputError("--json or --csv", "both", "command line")
    if api.is_collection(instance):
        _grade_collection(instance, solutions, certificate or time_limit, as_json, as_csv, quiet)
        return
    if not solutions:
        raise InputError("at least one SOLUTION", "none", "command line")
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


def _grade_collection(
    archive: Path, solutions: list[Path] | None, measure: object, as_json: bool, as_csv: bool, quiet: bool
) -> None:
    """Grade an archive; status 0 if all of it holds."""
    from wse_cp import api
    from wse_cp.report.terminal import collection_table

    if solutions or measure or as_csv:
        raise InputError("no SOLUTION, bound or --csv beside a collection", str(archive), "command line")

    def tell(name: str) -> None:
        if not quiet:
            print(f"{name}: judging the placement, verifying the certificate", file=sys.stderr)

    found = api.grade_collection(archive, tell)
    if as_json:
        print_answer(found.to_json())
    else:
        print_rich(collection_table(found), UNBROKEN)
    raise typer.Exit(0 if found.holds else ILLEGAL)
