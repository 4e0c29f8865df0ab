"""What `import wse_cp` offers beside the values and `solve`: reading, judging, bounding, showing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from os import PathLike
from pathlib import Path
from threading import Event as StopEvent
from typing import TYPE_CHECKING

from wse_cp.bounds.result import Bound
from wse_cp.errors import BoundError, InputError
from wse_cp.files.by_suffix import (
    read_instance_file,
    read_placement_file,
    read_solution_file,
    write_instance_file,
    write_placement_file,
)
from wse_cp.instance import Instance
from wse_cp.options import DEFAULT_SEED, DEFAULT_TIME_LIMIT, DEFAULT_WORKERS, check_options
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.progress import Event, GuardedObserver, Observer, open_view
from wse_cp.score import Score, checked_score, violations

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from wse_cp.report.grades import Grade, Grades
    from wse_cp.result import Result

FilePath = str | PathLike[str]


def load(path: FilePath) -> Instance:
    """Read an instance from a `.kgraph` or `.json` file.

    Raises
    ------
    InputError
        If it cannot be read; says the line, what was expected and what was found.

    Examples
    --------
    >>> inst = wse.load("A.kgraph")
    """
    return read_instance_file(Path(path))


def load_placement(path: FilePath, instance: Instance) -> Placement:
    """Read a placement of an instance from a `.paint` or `.json` file; it may break rules (see `violations`).

    Raises
    ------
    InputError
        If it cannot be read, or it has not exactly the kernels of the instance.
    """
    return read_placement_file(Path(path), instance)


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


def score(instance: Instance, placement: Placement) -> Score:
    """Return the exact score of a placement.

    Raises
    ------
    IllegalPlacementError
        If it breaks a rule; says which. `wse_cp.score.score` scores illegal placements too.
    """
    return checked_score(instance, placement)


def lower_bound(
    instance: Instance,
    *,
    time_limit: float = DEFAULT_TIME_LIMIT,
    workers: int = DEFAULT_WORKERS,
    observer: Observer | None = None,
    progress: bool = False,
    stop: StopEvent | None = None,
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

    Raises
    ------
    InputError
        If an option is out of range, or the kernels cannot fit the wafer at any speed.
    BoundError
        If the verifier refuses the certificate, which would be a defect.
    """
    check_options(time_limit, workers, DEFAULT_SEED)
    with open_view(progress, time_limit) as view:
        told = GuardedObserver([view, *([observer] if observer else [])])
        found = _claimed(instance, time_limit, workers, told, stop or StopEvent())
        told(Event(found.seconds, "verifier", "checking the certificate"))
        if told.error is not None:
            raise told.error
        if verify(instance, found) < found.value:
            raise BoundError("the certificate proves less than the bound found")
    return found


def _claimed(
    instance: Instance, time_limit: float, workers: int, told: GuardedObserver, stop: StopEvent
) -> Bound:
    """Return the best bound found in time, or until Ctrl-C; no thread searches on afterwards."""
    from wse_cp.bounds.search.best_first import exercise_bounds
    from wse_cp.bounds.search.best_first import lower_bound as search  # the compiler takes seconds to import
    from wse_cp.compiled import warm_up

    warm_up(exercise_bounds, lambda text: told(Event(0.0, "compiler", text)))
    best: list[Bound] = []

    def tell(bound: Bound) -> None:
        best[:] = [bound]
        told(Event(bound.seconds, bound.method, bound=bound))
        if told.ended:
            stop.set()

    try:
        return search(instance, time_limit=time_limit, workers=workers, stop=stop, observer=tell)
    except BaseException as error:
        stop.set()
        if isinstance(error, KeyboardInterrupt) and best:
            return best[0]
        raise


def verify(instance: Instance, certificate: str | Bound, workers: int = DEFAULT_WORKERS) -> Fraction:
    """Return the lower bound that a certificate proves, by a program that shares no code with its maker.

    Parameters
    ----------
    certificate
        The JSON text (as `Result.certificate`), or a bound with its certificate.
    workers
        Processes.

    Raises
    ------
    BoundError
        If the certificate does not hold; says the first thing that is wrong.
    """
    from wse_cp.bounds.verifier import CertificateError
    from wse_cp.bounds.verifier import verify as check

    text = certificate.certificate if isinstance(certificate, Bound) else certificate
    try:
        return check(instance, text, workers)
    except CertificateError as error:
        raise BoundError(f"certificate refused: {error}") from None


def grade(
    instance: Instance,
    placements: Mapping[str, Placement] | Iterable[FilePath],
    bound: Bound | Fraction | int,
) -> Grades:
    """Rank placements by cost and measure each against a lower bound.

    Parameters
    ----------
    placements
        By a name of your choice; or files. Illegal placements and files that cannot be read are kept at
        the end, and say what is wrong.
    bound
        Of `lower_bound`, or a number that you trust.

    Raises
    ------
    BoundError
        If a legal placement costs less than the bound.
    """
    from wse_cp.report.grades import Grades, check_unbeaten, ranked

    if isinstance(placements, Mapping):
        grades = [_grade(instance, name, placement.values()) for name, placement in placements.items()]
    else:
        grades = [_grade_file(instance, path) for path in placements]
    value = bound.value if isinstance(bound, Bound) else Fraction(bound)
    check_unbeaten(grades, value)
    return Grades(instance.test, value, None, ranked(grades))


def _grade(instance: Instance, name: str, kernels: Iterable[PlacedKernel]) -> Grade:
    from wse_cp.report.grades import Grade

    placed = tuple(kernels)
    found = tuple(violations(instance, placed))
    return Grade(name, None if found else checked_score(instance, Placement(placed)), found)


def _grade_file(instance: Instance, path: FilePath) -> Grade:
    from wse_cp.report.grades import Grade

    try:
        return _grade(instance, str(path), read_solution_file(Path(path), instance))
    except InputError as error:
        return Grade(str(path), error=str(error))


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
