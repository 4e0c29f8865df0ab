"""The command line as a whole: its options, and what several commands share."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from wse_cp.cli import completing

if TYPE_CHECKING:
    from rich.console import RenderableType

#: Exit statuses: an answer that is bad news, a bad input, an output elsewhere, a second Ctrl-C.
ILLEGAL = REFUSED = BROKEN = 1
BAD_INPUT = 2
UNWRITTEN = 3
INTERRUPTED = 130

#: The name of a file that stands for standard input or output.
STANDARD = Path("-")

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


def default_output(path: Path, suffix: str) -> Path:
    """Return where to write what is made of a file or a contest case; standard output for standard input."""
    return STANDARD if path == STANDARD else Path(f"{_stem(path)}{suffix}")


def _stem(path: Path) -> str:
    return path.stem.rpartition(":")[2] if path.stem.startswith(("contest:", "large:")) else path.stem


def print_rich(items: Iterable[RenderableType], pipe_width: int = PIPE_WIDTH) -> None:
    """Print tables and text: styled on a terminal, aligned plain text in a pipe."""
    from rich.console import Console

    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    if console.is_terminal:
        console.print(*items, sep="\n")
        return
    plain = Console(
        file=StringIO(), width=pipe_width, color_system=None, highlight=False, markup=False, emoji=False
    )
    with plain.capture() as capture:
        plain.print(*items, sep="\n")
    for line in capture.get().rstrip("\n").split("\n"):
        print(line.rstrip())


def print_answer(answer: Mapping[str, object] | Iterable[str], stream: TextIO | None = None) -> None:
    """Print what a command found out: JSON values, or lines; to standard output unless that is taken."""
    text = json.dumps(answer, indent=2) if isinstance(answer, Mapping) else "\n".join(answer)
    print(text, file=stream or sys.stdout)


def print_written(paths: Sequence[Path]) -> None:
    """Print the names of the files that have been written, unless one is standard output."""
    from wse_cp.api import is_printed

    taken = any(map(is_printed, paths))
    print(f"written {', '.join(map(str, paths))}", file=sys.stderr if taken else sys.stdout)


InstanceFile = Annotated[
    Path,
    typer.Argument(
        metavar="INSTANCE",
        help="Instance file (.kgraph or .json; - is standard input), contest:A to contest:T, or large:NAME.",
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
MemoryOption = Annotated[
    str | None,
    typer.Option(
        metavar="SIZE",
        help="Memory of all processes together, such as 1.5GB [what the machine or container leaves].",
    ),
]
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
