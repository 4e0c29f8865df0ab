"""The command ``report``: solution files as one HTML page, judged and measured by a bound."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from wse_cp.cli.app import (
    ILLEGAL,
    CertificateOption,
    InstanceFile,
    SolutionFiles,
    app,
    examples,
    print_written,
)


@app.command(
    epilog=examples(
        "wse-cp report instances/A.kgraph instances/best/A.paint -o A.html",
        "wse-cp report A.kgraph mine.paint theirs.paint -o A.html --time-limit 60",
    )
)
def report(
    context: typer.Context,
    instance: InstanceFile,
    solutions: SolutionFiles,
    output: Annotated[Path, typer.Option("-o", "--output", help="Page to write (.html).")],
    certificate: CertificateOption = None,
    time_limit: Annotated[
        float | None, typer.Option(help="Or seconds to find a bound in [no bound].", show_default=False)
    ] = None,
    trace: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Cost over time as solve --trace writes it; once per solution."),
    ] = None,
) -> None:
    """Write a page that shows placements side by side. Status 0 if all of them are legal."""
    from wse_cp import api
    from wse_cp.cli.signals import stop_on_signals

    traces = trace or []
    api.check_certificate_choice(certificate, time_limit)
    api.check_outputs([output], [instance, *solutions, *traces, *([certificate] if certificate else [])])
    network = api.load(instance)
    # Where nothing is searched for, Ctrl-C ends the command at once.
    with stop_on_signals("bound") if time_limit else nullcontext(None) as stop:
        all_legal = api.report_page(
            output,
            network,
            solutions,
            certificate=certificate,
            time_limit=time_limit,
            traces=traces,
            name=instance.name,
            command=context.obj,
            progress=True,
            stop=stop,
        )
    print_written([output])
    raise typer.Exit(0 if all_legal else ILLEGAL)
