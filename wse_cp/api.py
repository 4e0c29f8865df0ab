"""The facade: reading, solving, bounding, verifying, judging, grading and writing are put together here.

`import wse_cp` offers the functions that its `__all__` names; the command line calls these and the others.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from os import PathLike, fsdecode
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from wse_cp.bounding import lower_bound, verify
from wse_cp.bounds.result import Bound
from wse_cp.checkpoint.folder import checkpoint_files
from wse_cp.collection import grade_collection, is_collection, write_results
from wse_cp.export.formats import Export
from wse_cp.files.by_suffix import read_solution_file, write_instance_file, write_placement_file
from wse_cp.files.text import parse_integer
from wse_cp.files.writing import descriptor_of, write_file
from wse_cp.grades import Grade, judge
from wse_cp.grading import check_certificate_choice, grade, report_page
from wse_cp.instance import Instance, Settings
from wse_cp.loading import CONTEST, LARGE, contest, from_onnx, large, load, load_placement, load_start
from wse_cp.outputs import Outputs, Written, check_outputs, write_outputs
from wse_cp.placement import Placement
from wse_cp.score import Score, checked_score
from wse_cp.solving import solve

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wse_cp.doctor import Diagnosis
    from wse_cp.importing import Imported, ImportWords
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


def import_network(
    network: FilePath,
    settings: Sequence[str] = (),
    *,
    progress: bool = False,
    **words: Unpack[ImportWords],
) -> Imported:
    """Return the instance that a network becomes: an ONNX file, a model file (.toml) or a named case.

    Parameters
    ----------
    network
        A file, `contest:` and the letter of a case, or `large:` and the name of one.
    settings
        Numbers of the instance's header as ``KEY=VALUE``.
    progress
        Whether an import of more than a second shows on standard error how far it is.
    words
        How an ONNX file is read: see `wse_cp.onnx.ImportOptions` and docs/onnx.md. Words have the form that
        the command's options have.

    Raises
    ------
    InputError
        If the network or an option is wrong.
    """
    from wse_cp.importing import import_file, parse_options, parse_settings, without_report
    from wse_cp.progress.steps import Steps

    options = parse_options(words)
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
