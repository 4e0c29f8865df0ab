"""The commands: parse, call, print."""

from __future__ import annotations

import json
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from wse_cp import __version__
from wse_cp.commands.contest_form import is_contest_form, parse_contest_form
from wse_cp.commands.solving import SolveRequest, run_solve
from wse_cp.decimals import exact_text
from wse_cp.errors import BoundError, InputError, NoPlacementError, shorten
from wse_cp.options import DEFAULT_SEED, DEFAULT_TIME_LIMIT, DEFAULT_WORKERS
from wse_cp.score import IllegalPlacementError

BAD_INPUT = 2
ILLEGAL = 1
REFUSED = 1
INTERRUPTED = 130

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Place the kernels of a neural network on a wafer-scale chip. "
    "The contest's form works too: wse-cp kgraph=F output=F wirepenalty=N timelimit=S width=N height=N.",
)

InstanceFile = Annotated[Path, typer.Argument(metavar="INSTANCE", help="Instance file (.kgraph or .json).")]
SolutionFile = Annotated[Path, typer.Argument(metavar="SOLUTION", help="Placement file (.paint or .json).")]


class Colour(StrEnum):
    """What the colours of a picture stand for."""

    TYPE = "type"
    TIME = "time"


class Table(StrEnum):
    """The tables that CSV can hold."""

    KERNELS = "kernels"
    WIRES = "wires"


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"wse-cp {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


@app.command()
def solve(
    instance: InstanceFile,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Placement to write [INSTANCE's name .paint].")
    ] = None,
    time_limit: Annotated[float, typer.Option(help="Seconds.")] = DEFAULT_TIME_LIMIT,
    workers: Annotated[int, typer.Option(help="Processor cores to use.")] = DEFAULT_WORKERS,
    seed: Annotated[int, typer.Option(help="Seed of the random choices.")] = DEFAULT_SEED,
    start: Annotated[Path | None, typer.Option(help="Legal placement to start from.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Picture to write: .png, .svg or .pdf.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Report to write.")] = None,
    certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Certificate of the lower bound to write.")
    ] = None,
    trace: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Cost over time to write, as CSV.")
    ] = None,
    result: Annotated[
        Path | None, typer.Option(metavar="FILE", help="All about the run to write, as JSON.")
    ] = None,
    deterministic: Annotated[
        bool, typer.Option("--deterministic", help="Go by work, not time: repeatable; --workers 1 only.")
    ] = False,
    without: Annotated[
        str, typer.Option(metavar="PARTS", help="Leave out: stacks, spans, trees, neighbourhoods.")
    ] = "",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Find a good placement; Ctrl-C ends the search early and keeps the best."""
    _solve(
        SolveRequest(
            instance,
            output,
            time_limit,
            workers,
            seed,
            start,
            plot,
            json_file,
            certificate,
            quiet,
            trace=trace,
            deterministic=deterministic,
            without=tuple(part.strip() for part in without.split(",") if part.strip()),
            document=result,
        )
    )


@app.command()
def check(
    instance: InstanceFile,
    solution: SolutionFile,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Score a placement or list what is wrong with it; status 0 legal, 1 illegal, 2 unreadable."""
    from wse_cp.commands.checking import check_solution
    from wse_cp.commands.printing import print_verdict

    verdict = check_solution(instance, solution)
    if as_json:
        print(json.dumps(verdict.to_json(str(instance)), indent=2))
    else:
        print_verdict(verdict.score, verdict.violations, verdict.instance.settings)
    raise typer.Exit(ILLEGAL if verdict.violations else 0)


@app.command()
def bound(
    instance: InstanceFile,
    time_limit: Annotated[float, typer.Option(help="Seconds.")] = DEFAULT_TIME_LIMIT,
    workers: Annotated[int, typer.Option(help="Processor cores to use.")] = DEFAULT_WORKERS,
    certificate: Annotated[Path | None, typer.Option(help="Certificate to write.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Find a cost that no placement can beat, and check its certificate; Ctrl-C keeps the best so far."""
    from wse_cp.commands.bounding import BoundRequest, run_bound
    from wse_cp.commands.printing import print_bound

    found = run_bound(BoundRequest(instance, time_limit, workers, certificate, quiet))
    if as_json:
        name = None if certificate is None else str(certificate)
        print(json.dumps(found.to_json(str(instance), name), indent=2))
    else:
        print_bound(found, certificate)


@app.command()
def verify(
    instance: InstanceFile,
    certificate: Annotated[Path, typer.Argument(metavar="CERTIFICATE", help="Certificate of a bound.")],
) -> None:
    """Check a certificate with an independent program; status 0 proven, 1 refused, 2 unreadable."""
    from wse_cp.commands.verifying import verify_file

    try:
        value = verify_file(instance, certificate)
    except BoundError as error:  # the answer, not a failure: it goes where the answers go
        print(error)
        raise typer.Exit(REFUSED) from None
    print(f"proven: no placement costs less than {exact_text(value)}")


@app.command()
def grade(
    instance: InstanceFile,
    solutions: Annotated[
        list[Path], typer.Argument(metavar="SOLUTION", help="Placement files (.paint or .json).")
    ],
    certificate: Annotated[
        Path | None, typer.Option(help="Certificate of the bound to grade against.")
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(help=f"Else seconds to find a bound in [{DEFAULT_TIME_LIMIT:g}].", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """Rank placements and measure each against a certified bound; status 0 if all of them are legal."""
    from wse_cp.commands.grading import GradeRequest, run_grade
    from wse_cp.commands.printing import print_grades

    if as_json and as_csv:
        raise InputError("--json or --csv", "both", "command line")
    grades = run_grade(GradeRequest(instance, tuple(solutions), certificate, time_limit))
    print_grades(grades, "json" if as_json else "csv" if as_csv else "table")
    raise typer.Exit(0 if grades.all_legal else ILLEGAL)


@app.command()
def info(instance: InstanceFile) -> None:
    """Describe an instance: network, weights, and each kernel's work and least area."""
    from wse_cp.commands.printing import print_rich
    from wse_cp.files.instances import read_instance_file
    from wse_cp.report.info import describe

    print_rich(describe(read_instance_file(instance)))


@app.command()
def plot(
    instance: InstanceFile,
    solution: SolutionFile,
    output: Annotated[Path, typer.Option("-o", "--output", help="Picture to write: .png, .svg or .pdf.")],
    colour: Annotated[Colour, typer.Option(help="What the colours stand for.")] = Colour.TYPE,
    width: Annotated[float, typer.Option(metavar="MM", help="Width, as of a column of text.")] = 254.0,
    title: Annotated[bool, typer.Option(help="Show the score.")] = True,
    legend: Annotated[bool, typer.Option(help="Explain the colours.")] = True,
) -> None:
    """Draw a placement."""
    from wse_cp.commands.drawing import draw_solution
    from wse_cp.report.layout import Page

    draw_solution(instance, solution, output, colour.value, Page(width, title, legend))
    print(f"written {output}")


@app.command()
def export(
    instance: InstanceFile,
    output: Annotated[
        Path,
        typer.Option("-o", "--output", help="File: .json, .kgraph, .paint, .csv, .dot or .dzn."),
    ],
    solution: Annotated[
        Path | None, typer.Argument(metavar="[SOLUTION]", help="Placement file to export, or with it.")
    ] = None,
    form: Annotated[
        str | None, typer.Option("--format", help="If not by the name: json, kgraph, paint, csv, dot, dzn.")
    ] = None,
    table: Annotated[Table, typer.Option(help="What a .csv holds.")] = Table.KERNELS,
    model: Annotated[
        Path | None, typer.Option(metavar="FILE", help="MiniZinc model to write beside a .dzn.")
    ] = None,
    max_options: Annotated[
        int | None, typer.Option(metavar="N", help="Keep N shapes of each kernel in a .dzn, if it has more.")
    ] = None,
) -> None:
    """Write an instance or a placement for another program; .dzn is MiniZinc's."""
    from wse_cp.commands.exporting import ExportRequest, run_export

    request = ExportRequest(instance, output, solution, form, table.value, model, max_options)
    print(f"written {', '.join(str(path) for path in run_export(request))}")


def _solve(request: SolveRequest) -> None:
    from wse_cp.commands.printing import print_result

    result, written = run_solve(request)
    print_result(result, written)


def run(arguments: list[str]) -> int:
    """Run a command line and return its exit status; bad input ends in one line on standard error."""
    try:
        return _dispatch(arguments)
    except InputError as error:
        return _fail(str(error), BAD_INPUT)
    except IllegalPlacementError as error:
        return _fail(f"the search returned an illegal placement: {error}", ILLEGAL)
    except BoundError as error:
        return _fail(str(error), REFUSED)
    except NoPlacementError as error:
        return _fail(str(error), ILLEGAL)
    except BrokenPipeError:
        # The reader went away (as head does): nothing more can be said, and nothing at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ILLEGAL
    except OSError as error:
        return _fail(f"{error.filename or 'file'}: {error.strerror or error}", BAD_INPUT)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except Exception as error:
        # Typer raises usage errors of its own or of click, by version; both can format a message.
        if not hasattr(error, "format_message"):
            raise
        return _fail(error.format_message(), BAD_INPUT)


def _dispatch(arguments: list[str]) -> int:
    if is_contest_form(arguments):
        _solve(parse_contest_form(arguments))
        status: object = 0
    else:
        status = app(arguments or ["--help"], prog_name="wse-cp", standalone_mode=False)
    sys.stdout.flush()
    return status if isinstance(status, int) else 0


def _fail(message: str, status: int) -> int:
    print(f"wse-cp: {shorten(' '.join(message.split()), 400)}", file=sys.stderr)
    return status


def main() -> None:
    """Entry point of the command ``wse-cp``."""
    sys.exit(run(sys.argv[1:]))
