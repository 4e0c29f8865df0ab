"""The command ``bound``: search for a lower bound, have its certificate checked, write it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from wse_cp.cli.app import (
    InstanceFile,
    JsonOption,
    LogOption,
    MemoryOption,
    QuietOption,
    app,
    examples,
    print_answer,
)
from wse_cp.options import DEFAULT_TIME_LIMIT, DEFAULT_WORKERS, RunOptions, parse_size


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
    memory_limit: MemoryOption = None,
    log_level: LogOption = None,
) -> None:
    """Find a cost that no placement can beat, with a certificate. Ctrl-C keeps the best so far."""
    from wse_cp import api
    from wse_cp.cli.signals import stop_on_signals
    from wse_cp.report.terminal import bound_lines

    memory = None if memory_limit is None else parse_size(memory_limit, "--memory-limit")
    RunOptions(time_limit, workers, memory_limit=memory)
    if certificate is not None:
        api.check_outputs([certificate], [instance])
    network = api.load(instance)
    with stop_on_signals("bound") as stop:
        found = api.lower_bound(
            network,
            time_limit=time_limit,
            workers=workers,
            progress=not quiet,
            stop=stop,
            memory_limit=memory,
        )
        wanted = [] if certificate is None else [(certificate, lambda: found.certificate)]
        written = api.write_outputs(wanted)
    file = next(iter(written.paths), None)
    if as_json:
        answer: Mapping[str, object] | Iterable[str] = found.to_json(
            str(instance), None if file is None else str(file)
        )
    else:
        answer = bound_lines(found, file)
    print_answer(answer, sys.stderr if file is not None and api.is_printed(file) else None)
    written.require()
