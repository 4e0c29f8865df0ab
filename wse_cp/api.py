"""The facade: reading, solving, bounding, verifying, judging, grading and writing are put together here.

`import wse_cp` offers the functions that its `__all__` names; the command line calls these and the others.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from os import PathLike, fsdecode
from pathlib import Path
from threading import Event as StopEvent
from typing import TYPE_CHECKING

from wse_cp.bounding import known_bound, lower_bound, verify
from wse_cp.bounds.result import Bound
from wse_cp.checkpoint.folder import checkpoint_files, read_checkpoint
from wse_cp.checkpoint.keeping import open_keeping
from wse_cp.collection import grade_collection, is_collection, write_results
from wse_cp.errors import InputError, located
from wse_cp.export.formats import Export
from wse_cp.files.by_suffix import (
    read_instance_file,
    read_placement_file,
    read_solution_file,
    write_instance_file,
    write_placement_file,
)
from wse_cp.files.text import parse_integer
from wse_cp.files.writing import descriptor_of, write_file
from wse_cp.grades import Grade, judge
from wse_cp.grading import check_certificate_choice, grade, report_page
from wse_cp.instance import SETTING_RANGES, Instance, Settings, check_settings, require_legal_shapes
from wse_cp.options import DEFAULT_SEED, DEFAULT_TIME_LIMIT, DEFAULT_WORKERS, RunOptions, size_of
from wse_cp.outputs import Outputs, Written, check_outputs, write_outputs
from wse_cp.placement import Placement
from wse_cp.progress import Monitor, Observer, open_view
from wse_cp.result import Result
from wse_cp.score import Score, checked_score, violations

if TYPE_CHECKING:
    from distributed import Client
    from matplotlib.figure import Figure

    from wse_cp.cluster.portfolio import Portfolio
    from wse_cp.doctor import Diagnosis
    from wse_cp.importing import Imported
    from wse_cp.onnx import ImportOptions
    from wse_cp.onnx.file import Model
    from wse_cp.report.picture.style import Page

__all__ = [
    "Export",
    "Outputs",
    "Written",
    "check_certificate_choice",
    "check_outputs",
    "checkpoint_files",
    "compile_all",
    "contest",
    "draw",
    "examine",
    "from_onnx",
    "grade",
    "grade_collection",
    "import_network",
    "is_collection",
    "is_printed",
    "judge_solution",
    "large",
    "load",
    "load_placement",
    "load_start",
    "lower_bound",
    "parse_integer",
    "plot",
    "report_page",
    "save",
    "save_certificate",
    "save_instance",
    "score",
    "solve",
    "verify",
    "write_outputs",
    "write_results",
]

FilePath = str | PathLike[str]

#: Before the letter of a contest case, or the name of a large one, where the name of a file could stand.
CONTEST, LARGE = "contest:", "large:"


def load(path: FilePath, settings: Mapping[str, int] | None = None) -> Instance:
    """Read an instance from a `.kgraph` or `.json` file; `contest:A` is the contest's case A.

    `large:transformer-384` is a large case, see `large`.

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
    _checked_settings(overrule)
    if fsdecode(path).startswith((CONTEST, LARGE)):
        kind, _, name = fsdecode(path).partition(":")
        instance = contest(name) if kind == "contest" else large(name)
        instance = replace(instance, settings=replace(instance.settings, **overrule))
        with located(fsdecode(path)):
            require_legal_shapes(instance)
        return instance
    return read_instance_file(Path(fsdecode(path)), overrule)


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


def large(name: str) -> Instance:
    """Return a large instance of the package, 300 to 10,000 kernels, by its name (instances/large/README.md).

    Raises
    ------
    InputError
        If there is no such instance.

    Examples
    --------
    >>> inst = wse.large("transformer-384")
    """
    from wse_cp.networks.large import large_instance

    return large_instance(name)


def from_onnx(
    model: Model,
    settings: Mapping[str, int] | None = None,
    options: ImportOptions | None = None,
    test: str = "",
    merge: str | Sequence[str] = (),
) -> Instance:
    """Return the instance that an ONNX model in memory becomes, or the bytes of an ONNX file.

    Parameters
    ----------
    model
        The model, which is not changed, or the bytes of a file. Weights are not needed, only their shapes.
    settings
        Numbers of the header (`width`, `height`, `wdeltat`, `wlength`, `wadapter`, `memlimit`).
    options
        How to read the graph, `wse_cp.onnx.ImportOptions`; `wse_cp.onnx.read_model` gives the report too.
    test
        Label of the instance.
    merge
        Which kernels become one, such as ``["qkv"]``, besides those that `options` name.

    Raises
    ------
    InputError
        If it is no sound network, or something in it cannot be imported; one line that says what.

    Examples
    --------
    >>> inst = wse.from_onnx(onnx.load("net.onnx"), {"wlength": 10}, merge=["qkv"])
    """
    from wse_cp.onnx import ImportOptions, read_model

    options = options or ImportOptions()
    merge = [merge] if isinstance(merge, str) else merge
    options = replace(options, merge=(*options.merge, *merge))
    return read_model(model, _checked_settings(settings or {}), options, test).instance


def _checked_settings(overrule: Mapping[str, int]) -> Settings:
    """Return the default settings with some overruled; raises `InputError` if one is wrong."""
    for key in overrule.keys() - SETTING_RANGES:
        raise InputError("settings among " + ", ".join(SETTING_RANGES), key)
    chosen = replace(Settings(), **overrule)
    check_settings(chosen)
    return chosen


def load_placement(path: FilePath, instance: Instance) -> Placement:
    """Read a placement of an instance from a `.paint` or `.json` file; it may break rules (see `violations`).

    Raises
    ------
    InputError
        If it cannot be read, or it has not exactly the kernels of the instance.
    """
    return read_placement_file(Path(fsdecode(path)), instance)


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
    write_placement_file(Path(fsdecode(path)), instance, placement)


def save_instance(path: FilePath, instance: Instance) -> None:
    """Write an instance to a `.kgraph` or `.json` file; an existing file is replaced as a whole.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    write_instance_file(Path(fsdecode(path)), instance)


def save_certificate(path: FilePath, bound: Bound) -> None:
    """Write the certificate of a bound; raises `InputError` if that is not possible."""
    write_file(Path(fsdecode(path)), bound.certificate)


def is_printed(path: FilePath) -> bool:
    """Tell whether a file to write is standard output."""
    return descriptor_of(fsdecode(path)) == 1


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

    Raises `InputError` if it cannot be read.
    """
    return judge(instance, str(path), read_solution_file(Path(fsdecode(path)), instance))


def solve(
    instance: Instance,
    *,
    time_limit: float = DEFAULT_TIME_LIMIT,
    workers: int = DEFAULT_WORKERS,
    seed: int | None = None,
    start: Placement | None = None,
    observer: Observer | None = None,
    monitor: Monitor | None = None,
    progress: bool = False,
    stop: StopEvent | None = None,
    deterministic: bool = False,
    without: Collection[str] = (),
    output: FilePath | None = None,
    checkpoint: FilePath | None = None,
    resume: FilePath | None = None,
    bound: str | Bound | PathLike[str] | None = None,
    memory_limit: int | str | None = None,
    client: Client | str | None = None,
) -> Result:
    """Place the kernels of an instance as cheaply as the time allows.

    Parameters
    ----------
    time_limit, workers, seed, deterministic, without
        See `wse_cp.options.RunOptions`. Without a seed it is 0, or that of the checkpoint.
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
    output
        A file in which the best placement so far stands while the run goes on, and at its end.
    checkpoint
        A folder to keep the state of the run in; one that is there already must hold no checkpoint, unless
        it is that of `resume`. See docs/checkpoints.md.
    resume
        A folder with a checkpoint to go on from, and to keep the state in if `checkpoint` names no other.
    bound
        A certificate of a lower bound to begin with, as for `verify`, which checks it first.
    memory_limit
        Bytes, or a size as text such as "1.5GB", that this process and those of the run may take together.
        The less there is, the fewer processes work at the same time, and the smaller are caches and models.
        By default it is what the machine, or the container, leaves. See docs/memory.md.
    client
        Search on a cluster of Dask: a `distributed.Client`, which stays open, or where the cluster is, as for
        `--cluster`. `workers` is then the number of processes that verify bounds here. See docs/cluster.md.

    Raises
    ------
    InputError
        If an option is out of range, the kernels cannot fit the wafer at any speed, this process alone needs
        more memory than the limit, the checkpoint is of another instance or version, damaged, or in use, or
        the cluster has no worker.
    BoundError
        If the certificate of `bound` does not hold.
    IllegalPlacementError
        If `start` is not legal, or what was found is not, which would be a defect.
    NoPlacementError
        If nothing legal was found in time.
    """
    resumed = None if resume is None else read_checkpoint(Path(resume), instance)
    if seed is None:
        seed = resumed.kept.seed if resumed else DEFAULT_SEED
    options = RunOptions(time_limit, workers, seed, deterministic, without, size_of(memory_limit))
    if client is not None and options.deterministic:
        raise InputError("a run on this machine alone", "a cluster", "deterministic")
    known = None if bound is None else known_bound(instance, bound, options.workers, stop)
    # Late, because the solver and the compiler take seconds to import.
    from wse_cp.solve import solve as search

    with (
        open_keeping(output, checkpoint, resume, resumed, known) as keeping,
        _opened(client, stop) as elsewhere,
        open_view(progress, time_limit) as view,
    ):
        result = search(
            instance,
            options,
            start=start,
            observers=[view, *filter(None, [observer])],
            monitors=[view.watch, *filter(None, [monitor])],
            stop=stop,
            keeping=keeping,
            **({} if elsewhere is None else {"elsewhere": elsewhere}),
        )
    checked_score(result.instance, result.placement)
    return result


@contextmanager
def _opened(client: Client | str | None, stop: StopEvent | None) -> Iterator[Portfolio | None]:
    """Give the search on a cluster, None if there is none."""
    if client is None:
        yield None
        return
    from wse_cp.cluster.portfolio import opened  # late, because few runs need it

    with opened(client, stop) as portfolio:
        yield portfolio


def import_network(
    network: FilePath,
    settings: Sequence[str] = (),
    granularity: str = "auto",
    groups: str = "merge",
    adds: str = "producer",
    split_large: bool = True,
    input_shapes: Sequence[str] = (),
    pass_through: Sequence[str] = (),
    dims: Sequence[str] = (),
    batch: int | None = None,
    batch_axes: Sequence[str] = (),
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    names: str = "numbers",
    merge: Sequence[str] = (),
    expert_tokens: str | None = None,
    progress: bool = False,
) -> Imported:
    """Return the instance that a network becomes: an ONNX file, a model file (.toml) or a named case.

    Parameters
    ----------
    network
        A file, `contest:` and the letter of a case, or `large:` and the name of one.
    settings
        Numbers of the instance's header as ``KEY=VALUE``.
    granularity, groups, adds, split_large, input_shapes, pass_through
        How an ONNX file is read: see `wse_cp.onnx.ImportOptions` and docs/onnx.md.
    dims, batch, batch_axes, inputs, outputs, names, merge, expert_tokens
        The same. Words have the form that the command's options have.
    progress
        Whether an import of more than a second shows on standard error how far it is.

    Raises
    ------
    InputError
        If the network or an option is wrong.
    """
    from wse_cp.importing import import_file, parse_options, parse_settings, without_report
    from wse_cp.progress.steps import Steps

    options = parse_options(
        granularity,
        groups,
        adds,
        split_large,
        input_shapes,
        pass_through,
        dims,
        batch,
        batch_axes,
        inputs,
        outputs,
        names,
        merge,
        expert_tokens,
    )
    overrule = parse_settings(settings)
    if fsdecode(network).startswith((CONTEST, LARGE)):
        return without_report(load(network, overrule))
    with Steps(sys.stderr if progress else None) as steps:
        options = replace(options, progress=steps)
        return import_file(Path(fsdecode(network)), Settings(**overrule), options)


def draw(
    path: FilePath, instance: Instance, placement: Placement, colour: str = "type", page: Page | None = None
) -> None:
    """Write a picture of a placement: .png, .svg or .pdf, coloured by "type" or "time".

    Raises
    ------
    InputError
        If it cannot be written, or its name ends otherwise.
    """
    from wse_cp.report.picture.figure import save_picture
    from wse_cp.report.picture.style import Page

    save_picture(Path(fsdecode(path)), instance, placement, colour, page or Page())


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
    from wse_cp.report.picture.figure import placement_figure

    return placement_figure(instance, placement, colour)


def compile_all(tell: Callable[[str], object] = lambda text: None) -> None:
    """Compile what the first run on a machine would compile; `tell` hears of each part that is done."""
    from wse_cp.doctor import compile_all as compile_now

    compile_now(tell)


def examine() -> Diagnosis:
    """Return what this installation consists of, and whether its parts work; takes a few seconds."""
    from wse_cp.doctor import examine as look

    return look()
