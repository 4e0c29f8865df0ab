"""The command ``solve``: read, check the outputs, run, write what was asked for."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer

from wse_cp.cli import completing
from wse_cp.cli.app import (
    STANDARD,
    InstanceFile,
    LogOption,
    MemoryOption,
    QuietOption,
    app,
    default_output,
    examples,
    print_answer,
)
from wse_cp.options import (
    COMPONENTS,
    DEFAULT_SEED,
    DEFAULT_TIME_LIMIT,
    DEFAULT_WORKERS,
    RunOptions,
    parse_size,
)


@dataclass(frozen=True)
class Request:
    """What a command line asks for, in the contest's form too.

    `files` are those to write beside the placement, by their names in `api.Outputs`; `settings` overrule
    those of the instance file; `seed` is None where none is given. `command` is the command line, for the
    page.
    """

    instance: Path
    options: RunOptions = field(default_factory=RunOptions)
    output: Path | None = None
    files: Mapping[str, Path | None] = field(default_factory=dict)
    settings: Mapping[str, int] = field(default_factory=dict)
    start: Path | None = None
    seed: int | None = None
    checkpoint: Path | None = None
    resume: Path | None = None
    bound: Path | None = None
    cluster: str | None = None
    quiet: bool = False
    command: str = ""


OutputOption = Annotated[
    Path | None,
    typer.Option("-o", "--output", help="Placement to write [INSTANCE's name .paint]; - prints it."),
]
StartOption = Annotated[
    Path | None, typer.Option(help="Legal placement to start from.", autocompletion=completing.solution_files)
]
JsonFileOption = Annotated[
    Path | None,
    typer.Option("--json", metavar="FILE", help="Report to write; - prints it instead of the summary."),
]
BoundOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Certificate of a lower bound to begin with.",
        autocompletion=completing.certificate_files,
    ),
]
ClusterOption = Annotated[
    str | None,
    typer.Option(
        metavar="WHERE",
        help="Search on a Dask cluster: tcp://HOST:8786, a scheduler's file, or local:N (processes here).",
    ),
]
WithoutOption = Annotated[
    str,
    typer.Option(
        metavar="PARTS", help="Leave out: " + ", ".join(COMPONENTS) + ".", autocompletion=completing.parts
    ),
]


def _file(text: str) -> Any:
    """Return the declaration of an option that names a file to write."""
    return typer.Option(metavar="FILE", help=text)


def _folder(text: str) -> Any:
    """Return the declaration of an option that names a folder."""
    return typer.Option(metavar="DIR", help=text)


@app.command(
    epilog=examples(
        "wse-cp solve instances/A.kgraph # 60 seconds, writes A.paint",
        "wse-cp solve contest:A # the same, wherever you are",
        "wse-cp solve A.kgraph -o best.paint --time-limit 600 --seed 3",
        "wse-cp solve A.kgraph --start best.paint -o better.paint",
        "wse-cp solve A.kgraph --quiet --json - # the report, for programs",
        "wse-cp solve A.kgraph --certificate A.bound.json --trace A.csv",
        "wse-cp solve A.kgraph --time-limit 36000 --checkpoint A.run",
        "wse-cp solve A.kgraph --time-limit 36000 --resume A.run",
        "wse-cp solve A.kgraph --workers 8 --memory-limit 4GB",
        "wse-cp solve A.kgraph --time-limit 600 --cluster tcp://host:8786",
    )
)
def solve(
    context: typer.Context,
    instance: InstanceFile,
    output: OutputOption = None,
    time_limit: Annotated[float, typer.Option(help="Seconds.")] = DEFAULT_TIME_LIMIT,
    workers: Annotated[int, typer.Option(help="Processor cores to use.")] = DEFAULT_WORKERS,
    seed: Annotated[
        int | None, typer.Option(help="Seed of the random choices [0, or the checkpoint's].")
    ] = None,
    start: StartOption = None,
    plot: Annotated[Path | None, typer.Option(help="Picture to write: .png, .svg or .pdf.")] = None,
    json_file: JsonFileOption = None,
    certificate: Annotated[Path | None, _file("Certificate of the lower bound to write.")] = None,
    trace: Annotated[Path | None, _file("Cost over time to write, as CSV.")] = None,
    result: Annotated[Path | None, _file("All about the run to write, as JSON.")] = None,
    deterministic: Annotated[
        bool, typer.Option("--deterministic", help="Go by work, not time: repeatable; --workers 1 only.")
    ] = False,
    without: WithoutOption = "",
    quiet: QuietOption = False,
    report: Annotated[Path | None, _file("Page to write: floorplan, kernels, cost over time.")] = None,
    checkpoint: Annotated[Path | None, _folder("Keep the state of the run there, to go on from.")] = None,
    resume: Annotated[Path | None, _folder("Go on from the checkpoint there, and keep it.")] = None,
    bound: BoundOption = None,
    memory_limit: MemoryOption = None,
    cluster: ClusterOption = None,
    log_level: LogOption = None,
) -> None:
    """Find a good placement. Ctrl-C ends the search early and keeps the best."""
    parts = tuple(part.strip() for part in without.split(",") if part.strip())
    options = RunOptions(
        time_limit,
        workers,
        DEFAULT_SEED if seed is None else seed,
        deterministic,
        parts,
        None if memory_limit is None else parse_size(memory_limit, "--memory-limit"),
    )
    files = {"json": json_file, "certificate": certificate, "trace": trace}
    files |= {"document": result, "plot": plot, "report": report}
    run_and_print(
        Request(
            instance,
            options,
            output,
            files,
            start=start,
            seed=seed,
            checkpoint=checkpoint,
            resume=resume,
            bound=bound,
            cluster=cluster,
            quiet=quiet,
            command=context.obj,
        )
    )


def run_and_print(request: Request) -> None:
    """Solve as asked, write the files and print the result."""
    from wse_cp import api
    from wse_cp.cli.signals import stop_on_signals
    from wse_cp.report.terminal import result_lines

    outputs = api.Outputs(request.output or default_output(request.instance, ".paint"), **request.files)
    folders = [folder for folder in (request.checkpoint, request.resume) if folder is not None]
    outputs.check([request.instance, *chain.from_iterable(map(api.checkpoint_files, folders))])
    instance = api.load(request.instance, request.settings)
    start = None if request.start is None else api.load_start(request.start, instance)
    options = asdict(request.options) | {"seed": request.seed}
    with stop_on_signals() as stop:
        result = api.solve(
            instance,
            start=start,
            progress=not request.quiet,
            stop=stop,
            output=outputs.placement,
            checkpoint=request.checkpoint,
            resume=request.resume,
            bound=request.bound,
            client=request.cluster,
            **options,
        )
        written = outputs.write(result, request.instance, request.command)
    if not outputs.printed:
        print_answer(result_lines(result, written.paths))
    elif outputs.json != STANDARD and not request.quiet:
        print_answer(result_lines(result, written.paths), sys.stderr)
    written.require()
