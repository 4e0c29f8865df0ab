"""The command ``bound``: search for a lower bound, have its certificate checked, write it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wse_cp.cli.app import InstanceFile, JsonOption, LogOption, QuietOption, app, examples, print_answer
from wse_cp.options import DEFAULT_TIME_LIMIT, DEFAULT_WORKERS, RunOptions


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
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    log_level: LogOption = None,
) -> None:
    """Find a cost that no placement can beat, with a certificate. Ctrl-C keeps the best so far."""
    from wse_cp import api
    from wse_cp.cli.signals import stop_on_signals
    from wse_cp.report.terminal import bound_lines

    RunOptions(time_limit, workers)
    if certificate is not None:
        api.check_outputs([certificate], [instance])
    network = api.load(instance)
    with stop_on_signals("bound") as stop:
        found = api.lower_bound(
            network, time_limit=time_limit, workers=workers, progress=not quiet, stop=stop
        )
    if certificate is not None:
        api.save_certificate(certificate, found)
    if as_json:
        name = None if certificate is None else str(certificate)
        print_answer(found.to_json(str(instance), name))
    else:
        print_answer(bound_lines(found, certificate))
