"""The command ``bound``: search for a lower bound, have its certificate checked, write it."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Annotated

import typer

from wse_cp.cli.app import InstanceFile, LogOption, app, examples
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
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    log_level: LogOption = None,
) -> None:
    """Find a cost that no placement can beat, with a certificate. Ctrl-C keeps the best so far."""
    from wse_cp import api
    from wse_cp.cli.signals import stop_on_signals
    from wse_cp.report.terminal import bound_lines

    RunOptions(time_limit, workers)
    if certificate is not None:
        api.check_outputs([certificate], [instance])
    network, stop = api.load(instance), threading.Event()
    with stop_on_signals(stop, "bound"):
        found = api.lower_bound(
            network, time_limit=time_limit, workers=workers, progress=not quiet, stop=stop
        )
    if certificate is not None:
        api.save_certificate(certificate, found)
    if as_json:
        name = None if certificate is None else str(certificate)
        print(json.dumps(found.to_json(str(instance), name), indent=2))
    else:
        print("\n".join(bound_lines(found, certificate)))
