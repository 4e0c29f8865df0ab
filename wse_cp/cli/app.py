"""The command line as a whole: its options, and what several commands share."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable, Mapping
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wse_cp.cli import completing

if TYPE_CHECKING:
    from rich.console import RenderableType

#: Exit statuses: an answer that is bad news, a bad input, a second Ctrl-C.
ILLEGAL = REFUSED = BROKEN = 1
BAD_INPUT = 2
INTERRUPTED = 130

#: Columns of a line when no terminal says how many it has.
PIPE_WIDTH = 200
#: So many that no row of a table is ever broken into lines.
UNBROKEN = 100_000
#: Before a paragraph of a help text whose lines are to stay as they are.
_AS_IT_STANDS = "\b\n"


def examples(*lines: str) -> str:
    """Return what stands under a help text: example command lines, each with what follows ``#`` in line."""
    width = max((len(line.partition(" # ")[0]) for line in lines if " # " in line), default=0)
    shown = (_aligned(line, width) for line in lines)
    return _AS_IT_STANDS + "\n".join(["Examples:", *(f"  {line}" for line in shown)])


def _aligned(line: str, width: int) -> str:
    command, mark, remark = line.partition(" # ")
    return f"{command:<{width}}  # {remark}" if mark else command


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


class LogLevel(StrEnum):
    """From which level on messages are shown."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class _StandardError(logging.Handler):
    """Writes to what is standard error at that moment: a live view puts something of its own there."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            print(self.format(record), file=sys.stderr, flush=True)
        except Exception:
            self.handleError(record)


_HANDLER = _StandardError()
_HANDLER.setFormatter(
    logging.Formatter(
        "%(asctime)s.%(msecs)03d %(levelname)s %(name)s [%(threadName)s] %(message)s", "%H:%M:%S"
    )
)


def start_logging(level: LogLevel | None) -> None:
    """Show the package's log from that level on; None changes nothing."""
    if level is None:
        return
    logger = logging.getLogger("wse_cp")
    logger.setLevel(level.value.upper())
    logger.propagate = False
    if _HANDLER not in logger.handlers:
        logger.addHandler(_HANDLER)


def stem(path: Path) -> str:
    """Return what files made of a file, or of a contest case, are called."""
    return path.stem.rpartition(":")[2] if path.stem.startswith(("contest:", "large:")) else path.stem


def print_rich(items: Iterable[RenderableType], pipe_width: int = PIPE_WIDTH) -> None:
    """Print tables and text: styled on a terminal, aligned plain text in a pipe."""
    from rich.console import Console

    console = Console(file=sys.stdout, highlight=False)
    if console.is_terminal:
        console.print(*items, sep="\n")
        return
    plain = Console(file=StringIO(), highlight=False, width=pipe_width, color_system=None)
    with plain.capture() as capture:
        plain.print(*items, sep="\n")
    for line in capture.get().rstrip("\n").split("\n"):
        print(line.rstrip())


def print_answer(answer: Mapping[str, object] | Iterable[str]) -> None:
    """Print what a command found out: JSON values, or lines."""
    print(json.dumps(answer, indent=2) if isinstance(answer, Mapping) else "\n".join(answer))


InstanceFile = Annotated[
    Path,
    typer.Argument(
        metavar="INSTANCE",
        help="Instance file (.kgraph or .json), contest:A to contest:T, or large:NAME.",
        autocompletion=completing.instance_files,
    ),
]
SolutionFile = Annotated[
    Path,
    typer.Argument(
        metavar="SOLUTION", help="Placement file (.paint or .json).", autocompletion=completing.solution_files
    ),
]
SolutionFiles = Annotated[
    list[Path],
    typer.Argument(
        metavar="SOLUTION",
        help="Placement files (.paint or .json).",
        autocompletion=completing.solution_files,
    ),
]
CertificateOption = Annotated[
    Path | None,
    typer.Option(help="Certificate of the bound to measure by.", autocompletion=completing.certificate_files),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")]
LogOption = Annotated[
    LogLevel | None,
    typer.Option("--log-level", callback=start_logging, help="Log to standard error from this level on."),
]


def _show_version(wanted: bool) -> None:
    if wanted:
        import wse_cp

        print(f"wse-cp {wse_cp.__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
    log_level: LogOption = None,
) -> None:
    """Take the options that stand before a command."""
