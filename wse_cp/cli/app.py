"""The command line as a whole: its options, and what several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wse_cp.commands import completing
from wse_cp.commands.examples import examples
from wse_cp.commands.logs import LogLevel, start_logging
from wse_cp.version import __version__

#: Exit statuses: an answer that is bad news, a bad input, a second Ctrl-C.
ILLEGAL = REFUSED = BROKEN = 1
BAD_INPUT = 2
INTERRUPTED = 130

app = typer.Typer(
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help texts: their tables would take longer to import than all the rest
    help="Place the kernels of a neural network on a wafer-scale chip. "
    "The contest's form works too: wse-cp kgraph=F output=F wirepenalty=N timelimit=S width=N height=N.",
    epilog=examples(
        "wse-cp solve instances/A.kgraph -o A.paint --plot A.png",
        "wse-cp check instances/A.kgraph A.paint",
        "wse-cp solve --help # options and examples of a command",
        "wse-cp --install-completion # for the shell in use",
    ),
)

InstanceFile = Annotated[
    Path,
    typer.Argument(
        metavar="INSTANCE", help="Instance file (.kgraph or .json).", autocompletion=completing.instance_files
    ),
]
SolutionFile = Annotated[
    Path,
    typer.Argument(
        metavar="SOLUTION", help="Placement file (.paint or .json).", autocompletion=completing.solution_files
    ),
]
LogOption = Annotated[
    LogLevel | None,
    typer.Option("--log-level", callback=start_logging, help="Log to standard error from this level on."),
]


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"wse-cp {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
    log_level: LogOption = None,
) -> None:
    """Take the options that stand before a command."""
