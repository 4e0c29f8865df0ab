"""The commands: parse, call, print."""

from __future__ import annotations

import io
import json
import os
import shlex
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from wse_cp import __version__
from wse_cp.commands import completing
from wse_cp.commands.contest_form import is_contest_form, parse_contest_form
from wse_cp.commands.examples import examples
from wse_cp.commands.logs import LogLevel, start_logging
from wse_cp.commands.requests import SolveRequest
from wse_cp.decimals import exact_text
from wse_cp.errors import BoundError, IllegalPlacementError, InputError, NoPlacementError, shorten
from wse_cp.options import DEFAULT_SEED, DEFAULT_TIME_LIMIT, DEFAULT_WORKERS

BAD_INPUT = 2
ILLEGAL = 1
REFUSED = 1
BROKEN = 1
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
    log_level: LogOption = None,
) -> None:
    """Take the options that stand before a command."""


@app.command(
    epilog=examples(
        "wse-cp solve instances/A.kgraph # 60 seconds, writes A.paint",
        "wse-cp solve A.kgraph -o best.paint --time-limit 600 --seed 3",
        "wse-cp solve A.kgraph --start best.paint -o better.paint",
        "wse-cp solve A.kgraph --quiet --json - # the report, for programs",
        "wse-cp solve A.kgraph --certificate A.bound.json --trace A.csv",
    )
)
def solve(
    context: typer.Context,
    instance: InstanceFile,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Placement to write [INSTANCE's name .paint].")
    ] = None,
    time_limit: Annotated[float, typer.Option(help="Seconds.")] = DEFAULT_TIME_LIMIT,
    workers: Annotated[int, typer.Option(help="Processor cores to use.")] = DEFAULT_WORKERS,
    seed: Annotated[int, typer.Option(help="Seed of the random choices.")] = DEFAULT_SEED,
    start: Annotated[
        Path | None,
        typer.Option(help="Legal placement to start from.", autocompletion=completing.solution_files),
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="Picture to write: .png, .svg or .pdf.")] = None,
    json_file: Annotated[
        Path | None,
        typer.Option("--json", metavar="FILE", help="Report to write; - prints it instead of the summary."),
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Certificate of the lower bound to write.")
    ] = None,
    trace: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Cost over time to write, as CSV.")
    ] = None,
    deterministic: Annotated[
        bool, typer.Option("--deterministic", help="Go by work, not time: repeatable; --workers 1 only.")
    ] = False,
    without: Annotated[
        str,
        typer.Option(
            metavar="PARTS",
            help="Leave out: stacks, spans, trees, neighbourhoods.",
            autocompletion=completing.parts,
        ),
    ] = "",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Page to write: floorplan, kernels, cost over time.")
    ] = None,
    log_level: LogOption = None,
) -> None:
    """Find a good placement. Ctrl-C ends the search early and keeps the best."""
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
            report=report,
            command=context.obj,
        )
    )


@app.command(
    epilog=examples(
        "wse-cp check instances/A.kgraph instances/best/A.paint",
        "wse-cp check A.kgraph A.paint --json | jq .cost",
    )
)
def check(
    instance: InstanceFile,
    solution: SolutionFile,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Score a placement or list what is wrong with it. Status 0 legal, 1 illegal, 2 unreadable."""
    from wse_cp.commands.checking import check_solution
    from wse_cp.commands.printing import print_verdict

    verdict = check_solution(instance, solution)
    if as_json:
        print(json.dumps(verdict.to_json(str(instance)), indent=2))
    else:
        print_verdict(verdict.score, verdict.violations, verdict.instance.settings)
    raise typer.Exit(ILLEGAL if verdict.violations else 0)


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
    from wse_cp.commands.bounding import BoundRequest, run_bound
    from wse_cp.commands.printing import print_bound

    found = run_bound(BoundRequest(instance, time_limit, workers, certificate, quiet))
    if as_json:
        name = None if certificate is None else str(certificate)
        print(json.dumps(found.to_json(str(instance), name), indent=2))
    else:
        print_bound(found, certificate)


@app.command(
    epilog=examples(
        "wse-cp verify instances/A.kgraph instances/bounds/A.json",
    )
)
def verify(
    instance: InstanceFile,
    certificate: Annotated[
        Path,
        typer.Argument(
            metavar="CERTIFICATE",
            help="Certificate of a bound.",
            autocompletion=completing.certificate_files,
        ),
    ],
) -> None:
    """Check a certificate with an independent program. Status 0 proven, 1 refused, 2 unreadable."""
    from wse_cp.commands.verifying import verify_file

    try:
        value = verify_file(instance, certificate)
    except BoundError as error:  # the answer, not a failure: it goes where the answers go
        print(error)
        raise typer.Exit(REFUSED) from None
    print(f"proven: no placement costs less than {exact_text(value)}")


@app.command(
    epilog=examples(
        "wse-cp grade A.kgraph mine.paint theirs.paint # finds a bound first",
        "wse-cp grade A.kgraph *.paint --certificate A.bound.json --csv",
    )
)
def grade(
    instance: InstanceFile,
    solutions: Annotated[
        list[Path],
        typer.Argument(
            metavar="SOLUTION",
            help="Placement files (.paint or .json).",
            autocompletion=completing.solution_files,
        ),
    ],
    certificate: Annotated[
        Path | None,
        typer.Option(
            help="Certificate of the bound to grade against.", autocompletion=completing.certificate_files
        ),
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(help=f"Else seconds to find a bound in [{DEFAULT_TIME_LIMIT:g}].", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    log_level: LogOption = None,
) -> None:
    """Rank placements and measure each against a certified bound. Status 0 if all of them are legal."""
    from wse_cp.commands.grading import GradeRequest, run_grade
    from wse_cp.commands.printing import print_grades

    if as_json and as_csv:
        raise InputError("--json or --csv", "both", "command line")
    grades = run_grade(GradeRequest(instance, tuple(solutions), certificate, time_limit, quiet))
    print_grades(grades, "json" if as_json else "csv" if as_csv else "table")
    raise typer.Exit(0 if grades.all_legal else ILLEGAL)


@app.command(epilog=examples("wse-cp info instances/A.kgraph"))
def info(instance: InstanceFile) -> None:
    """Describe an instance: its network, weights and kernels."""
    from wse_cp.commands.printing import print_rich
    from wse_cp.files.instances import read_instance_file
    from wse_cp.report.info import describe

    print_rich(describe(read_instance_file(instance)))


@app.command(
    name="import",
    epilog=examples(
        "wse-cp import net.onnx -o net.kgraph",
        "wse-cp import net.onnx --granularity conv --set wlength=10",
        "wse-cp import models/unet.toml # a model file",
    ),
)
def import_network(
    network: Annotated[Path, typer.Argument(metavar="NET", help="Network: .onnx, or a model .toml.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Instance to write [NET's name .kgraph].")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Number of the header; repeatable.")
    ] = None,
    granularity: Annotated[str, typer.Option(help="Of an ONNX network: auto, block, conv.")] = "auto",
    groups: Annotated[str, typer.Option(help="Grouped convolutions: merge, split.")] = "merge",
    adds: Annotated[str, typer.Option(help="Who forms a sum: producer, consumer.")] = "producer",
    split_large: Annotated[
        bool, typer.Option("--split-large/--no-split-large", help="Split kernels that fit nowhere.")
    ] = True,
    input_shape: Annotated[
        list[str] | None, typer.Option(metavar="NAME=1,3,224,224", help="Shape of an input; repeatable.")
    ] = None,
    pass_through: Annotated[
        list[str] | None, typer.Option(metavar="OPERATION", help="Take it for free; repeatable.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No report.")] = False,
) -> None:
    """Make an instance of an ONNX network or a model file. Says what became of each operation."""
    from wse_cp.commands.importing import ImportRequest, parse_options, parse_settings, run_import

    options = parse_options(
        granularity, groups, adds, split_large, tuple(input_shape or ()), tuple(pass_through or ())
    )
    request = ImportRequest(network, output, parse_settings(settings or []), options)
    report = run_import(request)
    if not quiet:
        print("\n".join(report), file=sys.stderr)
    print(f"written {request.kgraph}")


@app.command(
    epilog=examples(
        "wse-cp plot instances/A.kgraph instances/best/A.paint -o A.png",
        "wse-cp plot A.kgraph A.paint -o A.svg --colour time",
    )
)
def plot(
    instance: InstanceFile,
    solution: SolutionFile,
    output: Annotated[Path, typer.Option("-o", "--output", help="Picture to write: .png, .svg or .pdf.")],
    colour: Annotated[Colour, typer.Option(help="What the colours stand for.")] = Colour.TYPE,
) -> None:
    """Draw a placement."""
    from wse_cp.commands.drawing import draw_solution

    draw_solution(instance, solution, output, colour.value)
    print(f"written {output}")


@app.command(
    epilog=examples(
        "wse-cp report instances/A.kgraph instances/best/A.paint -o A.html",
        "wse-cp report A.kgraph mine.paint theirs.paint -o A.html --time-limit 60",
    )
)
def report(
    context: typer.Context,
    instance: InstanceFile,
    solutions: Annotated[list[Path], typer.Argument(metavar="SOLUTION", help="Placement files (.paint).")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Page to write (.html).")],
    certificate: Annotated[Path | None, typer.Option(help="Certificate of the bound to show.")] = None,
    time_limit: Annotated[
        float | None, typer.Option(help="Or seconds to find a bound in [no bound].", show_default=False)
    ] = None,
    trace: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Cost over time as solve --trace writes it; once per solution."),
    ] = None,
) -> None:
    """Write a page that shows placements side by side. Status 0 if all of them are legal."""
    from wse_cp.commands.reporting import ReportRequest, run_report

    all_legal = run_report(
        ReportRequest(
            instance,
            tuple(solutions),
            output,
            certificate,
            time_limit,
            tuple(trace or ()),
            command=context.obj,
        )
    )
    print(f"written {output}")
    raise typer.Exit(0 if all_legal else ILLEGAL)


@app.command(
    epilog=examples(
        "wse-cp export A.kgraph -o A.json",
        "wse-cp export A.kgraph A.paint -o A.csv --table wires",
        "wse-cp export A.kgraph -o A.dzn --model placement.mzn",
    )
)
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
    """Write an instance or a placement for another program."""
    from wse_cp.commands.exporting import ExportRequest, run_export

    request = ExportRequest(instance, output, solution, form, table.value, model, max_options)
    print(f"written {', '.join(str(path) for path in run_export(request))}")


@app.command(
    epilog=examples(
        "wse-cp doctor # paste what it prints into a bug report",
        "wse-cp doctor --json",
    )
)
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Describe this installation and test its parts. Status 0 all work, 1 something is broken."""
    from wse_cp.commands.doctor import examine, print_diagnosis

    diagnosis = examine()
    if as_json:
        print(json.dumps(diagnosis.to_json(), indent=2))
    else:
        print_diagnosis(diagnosis)
    raise typer.Exit(0 if diagnosis.sound else BROKEN)


def _solve(request: SolveRequest) -> None:
    from wse_cp.commands.printing import print_result
    from wse_cp.commands.solving import run_solve

    result, written = run_solve(request)
    if request.prints_json:
        print(json.dumps(result.to_json(str(request.instance)), indent=2))
    else:
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
        command = shlex.join(["wse-cp", *arguments])  # for reports, as the context's object
        status = app(arguments or ["--help"], prog_name="wse-cp", standalone_mode=False, obj=command)
    sys.stdout.flush()
    return status if isinstance(status, int) else 0


def _fail(message: str, status: int) -> int:
    print(f"wse-cp: {shorten(' '.join(message.split()), 400)}", file=sys.stderr)
    return status


def main() -> None:
    """Entry point of the command ``wse-cp``."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # names that its encoding lacks must not end in a traceback
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))
