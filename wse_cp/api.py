"""The facade: reading, solving, bounding, verifying, judging, grading and writing are put together here.

`import wse_cp` offers the functions that its `__all__` names; the command line calls these and the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from os import PathLike, fspath
from pathlib import Path
from threading import Event as StopEvent
from typing import TYPE_CHECKING

from wse_cp.bounds.result import Bound
from wse_cp.decimals import exact_text
from wse_cp.errors import BoundError, InputError, shorten
from wse_cp.export.formats import Export
from wse_cp.files.by_suffix import (
    read_instance_file,
    read_placement_file,
    read_solution_file,
    write_instance_file,
    write_placement_file,
)
from wse_cp.files.text import parse_integer, read_text, write_atomically
from wse_cp.grades import Grade, Grades, check_unbeaten, judge, judge_file, ranked
from wse_cp.instance import Instance, Settings, check_settings
from wse_cp.options import DEFAULT_SEED, DEFAULT_TIME_LIMIT, DEFAULT_WORKERS, RunOptions
from wse_cp.outputs import Outputs, check_outputs
from wse_cp.placement import Placement
from wse_cp.progress import Event, GuardedObserver, Monitor, Observer, open_view
from wse_cp.result import Result
from wse_cp.score import Score, checked_score, violations

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from wse_cp.doctor import Diagnosis
    from wse_cp.importing import Imported
    from wse_cp.report.page.model import Solution
    from wse_cp.report.picture.layout import Page

__all__ = [
    "Export",
    "Outputs",
    "check_certificate_choice",
    "check_outputs",
    "contest",
    "draw",
    "examine",
    "grade",
    "import_network",
    "judge_solution",
    "kernel_frame",
    "load",
    "load_placement",
    "load_start",
    "lower_bound",
    "parse_integer",
    "plot",
    "report_page",
    "run_frame",
    "save",
    "save_certificate",
    "save_instance",
    "score",
    "solve",
    "verify",
    "wire_frame",
]

FilePath = str | PathLike[str]

#: Before the letter of a contest case, where the name of a file could stand.
CONTEST = "contest:"


def load(path: FilePath, settings: Mapping[str, int] | None = None) -> Instance:
    """Read an instance from a `.kgraph` or `.json` file; `contest:A` is the contest's case A.

    Parameters
    ----------
    settings
        Numbers of the header (`width`, `height`, `wdeltat`, `wlength`, `wadapter`, `memlimit`) that overrule
        those of the file.

    Raises
    ------
    InputError
        If it cannot be read, or a kernel fits the wafer in no shape; says the line, what was expected and
        what was found.

    Examples
    --------
    >>> inst = wse.load("A.kgraph")
    """
    overrule = dict(settings or {})
    check_settings(replace(Settings(), **overrule))
    if fspath(path).startswith(CONTEST):
        instance = contest(fspath(path).removeprefix(CONTEST))
        return replace(instance, settings=replace(instance.settings, **overrule))
    return read_instance_file(Path(path), overrule)


def contest(case: str) -> Instance:
    """Return an instance of the ISPD 2020 contest by its letter, A to T.

    Raises
    ------
    InputError
        If there is no such case.

    Examples
    --------
    >>> inst = wse.contest("A")
    """
    from wse_cp.networks.contest import contest_instance

    return contest_instance(case)


def load_placement(path: FilePath, instance: Instance) -> Placement:
    """Read a placement of an instance from a `.paint` or `.json` file; it may break rules (see `violations`).

    Raises
    ------
    InputError
        If it cannot be read, or it has not exactly the kernels of the instance.
    """
    return read_placement_file(Path(path), instance)


def load_start(path: FilePath, instance: Instance) -> Placement:
    """Read a placement to start from; raises `InputError` if it is not legal."""
    placement = load_placement(path, instance)
    for violation in violations(instance, placement.values()):
        raise InputError("a legal placement to start from", violation.message, str(path))
    return placement


def save(path: FilePath, instance: Instance, placement: Placement) -> None:
    """Write a placement to a `.paint` or `.json` file; an existing file is replaced as a whole.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    write_placement_file(Path(path), instance, placement)


def save_instance(path: FilePath, instance: Instance) -> None:
    """Write an instance to a `.kgraph` or `.json` file; an existing file is replaced as a whole.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    write_instance_file(Path(path), instance)


def save_certificate(path: FilePath, bound: Bound) -> None:
    """Write the certificate of a bound; raises `InputError` if that is not possible."""
    write_atomically(Path(path), bound.certificate)


def score(instance: Instance, placement: Placement) -> Score:
    """Return the exact score of a placement.

    Raises
    ------
    IllegalPlacementError
        If it breaks a rule; says which. `wse_cp.score.score` scores illegal placements too.
    """
    return checked_score(instance, placement)


def judge_solution(instance: Instance, path: FilePath) -> Grade:
    """Return the verdict on a solution file: its score, or what is wrong with it.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    return judge(instance, str(path), read_solution_file(Path(path), instance))


def solve(
    instance: Instance,
    *,
    time_limit: float = DEFAULT_TIME_LIMIT,
    workers: int = DEFAULT_WORKERS,
    seed: int = DEFAULT_SEED,
    start: Placement | None = None,
    observer: Observer | None = None,
    monitor: Monitor | None = None,
    progress: bool = False,
    stop: StopEvent | None = None,
    deterministic: bool = False,
    without: Collection[str] = (),
) -> Result:
    """Place the kernels of an instance as cheaply as the time allows.

    Parameters
    ----------
    time_limit
        Wall time in seconds. Compiling, which happens once on a machine, does not count.
    workers
        Threads that search at the same time, each with a solver process of its own at times. The lower bound
        is sought beside them by one more process, at first on a whole core, then on a fifth of one. It stays
        for the next call and ends with the program.
    seed
        Of all random choices; with more than one worker runs still differ by timing.
    start
        A legal placement to improve on.
    observer
        Told of every improvement, better bound and message (an `Event`), from any thread but never from two
        at once. If it raises `StopIteration` the run ends early, and the best placement so far is returned;
        any other exception ends the run too and is raised here. What it returns does not matter.
    monitor
        Told about four times a second who searches and what that has brought (an `Activity`), in the
        thread that called. What it raises ends the run as with `observer`.
    progress
        Show incumbent, bound, gap and activity: in the cell of a notebook, on a terminal, or as lines on
        standard error.
    stop
        Set it, from any thread, to end the run early; the best placement so far is returned. So it is after
        Ctrl-C (`KeyboardInterrupt`) once there is one; a second Ctrl-C is raised.
    deterministic
        Go by an estimate of the work done instead of wall time: then equal seeds lead to equal placements on
        equal machines and versions. One worker only; `time_limit` is then met only roughly.
    without
        Parts of the search to leave out, of `options.COMPONENTS`: to see what each contributes.

    Raises
    ------
    InputError
        If an option is out of range, or the kernels cannot fit the wafer at any speed.
    IllegalPlacementError
        If `start` is not legal, or what was found is not, which would be a defect.
    NoPlacementError
        If nothing legal was found in time.
    """
    options = RunOptions(time_limit, workers, seed, deterministic, tuple(without))
    # Late, because the solver and the compiler take seconds to import.
    from wse_cp.solve import solve as search

    with open_view(progress, time_limit) as view:
        result = search(
            instance,
            options,
            start=start,
            observers=[view, *([observer] if observer else [])],
            monitors=[view.watch, *([monitor] if monitor else [])],
            stop=stop,
        )
    checked_score(result.instance, result.placement)
    return result


def lower_bound(
    instance: Instance,
    *,
    time_limit: float = DEFAULT_TIME_LIMIT,
    workers: int = DEFAULT_WORKERS,
    observer: Observer | None = None,
    progress: bool = False,
    stop: StopEvent | None = None,
    verified: bool = True,
) -> Bound:
    """Return a cost that no legal placement can beat, with a certificate that has been verified.

    Parameters
    ----------
    time_limit
        Wall time of the search in seconds; verifying comes on top.
    workers
        Threads.
    observer
        Told of better bounds, as claimed, from one thread at a time; what it raises ends the search as with
        `solve`.
    progress
        Show the bound in the cell of a notebook, on a terminal, or as lines on standard error.
    stop
        Set it to end the search early; the best bound so far is returned. So it is after Ctrl-C, once there
        is one. It is set too when Ctrl-C or an observer ends the search.
    verified
        Have the verifier agree to the certificate. Without, the bound is no more than a claim.

    Raises
    ------
    InputError
        If an option is out of range, or the kernels cannot fit the wafer at any speed.
    BoundError
        If the verifier refuses the certificate, which would be a defect.
    """
    options = RunOptions(time_limit, workers)
    with open_view(progress, time_limit) as view:
        told = GuardedObserver([view, *([observer] if observer else [])])
        found = _claimed(instance, options, told, stop or StopEvent())
        if verified:
            told(Event(found.seconds, "verifier", "checking the certificate"))
        if told.error is not None:
            raise told.error
        if verified:
            _require(instance, found)
    return found


def _claimed(instance: Instance, options: RunOptions, told: GuardedObserver, stop: StopEvent) -> Bound:
    """Return the best bound found in time, or until Ctrl-C; no thread searches on afterwards."""
    # Late, because the compiler takes seconds to import.
    from wse_cp.bounds.search import best_first
    from wse_cp.compiled import warm_up

    warm_up(best_first.exercise_bounds, lambda text: told(Event(0.0, "compiler", text)))
    best: list[Bound] = []

    def tell(bound: Bound) -> None:
        best[:] = [bound]
        told(Event(bound.seconds, bound.method, bound=bound))
        if told.ended:
            stop.set()

    try:
        return best_first.lower_bound(
            instance, time_limit=options.time_limit, workers=options.workers, stop=stop, observer=tell
        )
    except BaseException as error:
        stop.set()
        if isinstance(error, KeyboardInterrupt) and best:
            return best[0]
        raise


def _require(instance: Instance, bound: Bound) -> None:
    """Raise `BoundError` unless the verifier derives the bound's value from its certificate."""
    value = verify(instance, bound)
    if value < bound.value:
        claim = exact_text(bound.value)
        raise BoundError(f"the bound {claim} found: its certificate proves {exact_text(value)} only")


def verify(
    instance: Instance, certificate: str | Bound | PathLike[str], workers: int = DEFAULT_WORKERS
) -> Fraction:
    """Return the lower bound that a certificate proves, by a program that shares no code with its maker.

    Parameters
    ----------
    certificate
        The JSON text (as `Result.certificate`), a bound with its certificate, or the path of a file.
    workers
        Processes.

    Raises
    ------
    InputError
        If the file cannot be read.
    BoundError
        If the certificate does not hold; says the first thing that is wrong.
    """
    from wse_cp.bounds.verifier import CertificateError
    from wse_cp.bounds.verifier import verify as check

    source, text = _named(certificate)
    try:
        return check(instance, text, workers)
    except CertificateError as error:
        reason = shorten(" ".join(str(error).split()), 300)
        raise BoundError(f"{source}certificate refused: {reason}") from None


def _named(certificate: str | Bound | PathLike[str]) -> tuple[str, str]:
    """Return what to begin an error with, and the text of the certificate."""
    if isinstance(certificate, Bound):
        return f"the bound {exact_text(certificate.value)} found: ", certificate.certificate
    if isinstance(certificate, str):
        return "", certificate
    return f"{fspath(certificate)}: ", read_text(fspath(certificate))


def grade(
    instance: Instance,
    placements: Mapping[str, Placement] | Iterable[FilePath],
    bound: Bound | Fraction | int | PathLike[str],
    name: str | None = None,
) -> Grades:
    """Rank placements by cost and measure each against a lower bound.

    Parameters
    ----------
    placements
        By a name of your choice; or files. Illegal placements and files that cannot be read are kept at
        the end, and say what is wrong.
    bound
        Of `lower_bound`, a number that you trust, or the path of a certificate, which is verified.
    name
        Of the instance, in the grades (default: its label).

    Raises
    ------
    InputError
        If the certificate's file cannot be read.
    BoundError
        If the certificate is refused, or a legal placement costs less than the bound.
    """
    if isinstance(placements, Mapping):
        grades = [judge(instance, title, placement.values()) for title, placement in placements.items()]
    else:
        grades = [judge_file(instance, Path(path)) for path in placements]
    value, certificate = _value(instance, bound)
    check_unbeaten(grades, value)
    return Grades(instance.test if name is None else name, value, certificate, ranked(grades))


def _value(instance: Instance, bound: Bound | Fraction | int | PathLike[str]) -> tuple[Fraction, str | None]:
    """Return the value of a bound, and the file of its certificate if it is read from one."""
    if isinstance(bound, Bound):
        return bound.value, None
    if isinstance(bound, Fraction | int):
        return Fraction(bound), None
    return verify(instance, bound), fspath(bound)


def report_page(
    path: FilePath,
    instance: Instance,
    solutions: Sequence[FilePath],
    *,
    certificate: FilePath | None = None,
    time_limit: float | None = None,
    traces: Sequence[FilePath] = (),
    name: str = "",
    command: str = "",
    progress: bool = False,
    stop: StopEvent | None = None,
) -> bool:
    """Write an HTML page that shows solution files side by side; return whether all of them are legal.

    Parameters
    ----------
    certificate, time_limit
        The bound to measure by comes from a certificate, or is searched for so many seconds; without either
        there is none.
    traces
        Cost over time of the first solutions, in their order, as ``solve --trace`` writes it.
    name
        Of the instance (default: its label).
    command
        The command line to show, if any.
    progress, stop
        Of the search for a bound: see `lower_bound`.

    Raises
    ------
    InputError
        If an option, a trace or the certificate is wrong, or the page cannot be written.
    BoundError
        If the certificate is refused, or a legal solution costs less than it claims to be possible.
    """
    # Late, because templates are needed for pages only.
    from wse_cp.report.page.model import KnownBound, judged
    from wse_cp.report.page.render import write_report

    shown = _shown(instance, [Path(file) for file in solutions], [Path(file) for file in traces])
    bound = None
    if certificate is not None:
        bound = KnownBound(verify(instance, Path(certificate)), verified=True)
    elif time_limit is not None:
        found = lower_bound(instance, time_limit=time_limit, progress=progress, stop=stop)
        bound = KnownBound(found.value, verified=True)
    grades = [judged(instance, solution) for solution in shown]
    if bound is not None:
        check_unbeaten(
            (replace(found, file=str(file)) for found, file in zip(grades, solutions, strict=True)),
            bound.value,
        )
    write_report(Path(path), instance, shown, bound=bound, name=name, command=command)
    return all(found.score is not None for found in grades)


def _shown(instance: Instance, files: Sequence[Path], traces: Sequence[Path]) -> list[Solution]:
    """Return the solutions in files, the first ones with their traces."""
    from wse_cp.report.page.model import labels, solution_in_file

    known = [*traces, *[None] * (len(files) - len(traces))]
    return [
        solution_in_file(instance, file, label, trace)
        for file, label, trace in zip(files, labels(files), known, strict=True)
    ]


def check_certificate_choice(certificate: Path | None, time_limit: float | None) -> None:
    """Raise `InputError` if a bound is both given and to be searched for, or the seconds are out of range."""
    if time_limit is not None:
        RunOptions(time_limit)
        if certificate is not None:
            raise InputError("--certificate or --time-limit", "both", "command line")


def import_network(
    network: FilePath,
    settings: Sequence[str] = (),
    granularity: str = "auto",
    groups: str = "merge",
    adds: str = "producer",
    split_large: bool = True,
    input_shapes: Sequence[str] = (),
    pass_through: Sequence[str] = (),
) -> Imported:
    """Return the instance that a network becomes: an ONNX file, a model file (.toml) or a contest case.

    Parameters
    ----------
    network
        A file, or `contest:` and the letter of a case.
    settings
        Numbers of the instance's header as ``KEY=VALUE``.
    granularity, groups, adds, split_large, input_shapes, pass_through
        How an ONNX file is read: see `wse_cp.onnx.ImportOptions` and docs/onnx.md.

    Raises
    ------
    InputError
        If the network or an option is wrong.
    """
    from wse_cp.importing import import_file, parse_options, parse_settings, without_report

    options = parse_options(granularity, groups, adds, split_large, input_shapes, pass_through)
    overrule = parse_settings(settings)
    if fspath(network).startswith(CONTEST):
        return without_report(load(network, overrule))
    return import_file(Path(network), Settings(**overrule), options)


def draw(
    path: FilePath, instance: Instance, placement: Placement, colour: str = "type", page: Page | None = None
) -> None:
    """Write a picture of a placement: .png, .svg or .pdf, coloured by "type" or "time".

    Raises
    ------
    InputError
        If it cannot be written, or its name ends otherwise.
    """
    from wse_cp.report.picture.draw import save_picture
    from wse_cp.report.picture.layout import Page

    save_picture(Path(path), instance, placement, colour, page or Page())


def plot(instance: Instance, placement: Placement, colour: str = "type") -> Figure:
    """Return a picture of a placement, which notebooks show; not known to `matplotlib.pyplot`.

    Parameters
    ----------
    colour
        What the colours stand for: "type" or "time" of the kernels.

    Raises
    ------
    InputError
        If `colour` is anything else.
    """
    from wse_cp.report.picture.draw import placement_figure

    return placement_figure(instance, placement, colour)


def kernel_frame(instance: Instance, placement: Placement | None = None) -> pd.DataFrame:
    """Return a row for each kernel: formal arguments and, if placed, splits, position, size, time, memory."""
    from wse_cp.report.frames import kernel_frame as frame

    return frame(instance, placement)


def wire_frame(instance: Instance, placement: Placement | None = None) -> pd.DataFrame:
    """Return a row for each wire between kernels: ends and, if placed, length, adapters, cost."""
    from wse_cp.report.frames import wire_frame as frame

    return frame(instance, placement)


def run_frame(results: Iterable[Result]) -> pd.DataFrame:
    """Return a row for each run: instance, seed, seconds, cost and its parts, bound, gap, why it ended."""
    from wse_cp.report.frames import run_frame as frame

    return frame(results)


def examine() -> Diagnosis:
    """Return what this installation consists of, and whether its parts work; takes a few seconds."""
    from wse_cp.doctor import examine as look

    return look()
