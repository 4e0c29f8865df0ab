"""Grading: solution files judged and measured by a certified bound, as a ranking or as a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import zip_longest
from numbers import Rational
from os import PathLike, fspath
from pathlib import Path
from threading import Event as StopEvent
from typing import TYPE_CHECKING

from wse_cp.bounding import lower_bound, verify
from wse_cp.bounds.result import Bound
from wse_cp.errors import InputError
from wse_cp.grades import Grades, check_unbeaten, judge, judge_file, ranked
from wse_cp.instance import Instance
from wse_cp.options import RunOptions
from wse_cp.outputs import write_outputs
from wse_cp.placement import Placement

if TYPE_CHECKING:
    from wse_cp.report.page.model import Solution

FilePath = str | PathLike[str]


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
    if isinstance(bound, int | Rational):  # numpy's integers too, which overflow as parts of a fraction
        return Fraction(int(bound.numerator), int(bound.denominator)), None
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
        If an option, a trace or the certificate is wrong.
    UnwrittenError
        If the page had to be written elsewhere; says where.
    BoundError
        If the certificate is refused, or a legal solution costs less than it claims to be possible.
    """
    # Late, because templates are needed for pages only.
    from wse_cp.report.page.model import KnownBound, judged
    from wse_cp.report.page.render import page_text

    shown = _shown(instance, solutions, traces)
    bound = None
    if certificate is not None:
        bound = KnownBound(verify(instance, Path(certificate)), verified=True)
    elif time_limit is not None:
        value = lower_bound(instance, time_limit=time_limit, progress=progress, stop=stop).value
        bound = KnownBound(value, verified=True)
    grades = [
        replace(judged(instance, solution), file=str(file))
        for solution, file in zip(shown, solutions, strict=True)
    ]
    if bound is not None:
        check_unbeaten(grades, bound.value)
    page = page_text(instance, shown, bound=bound, name=name, command=command)
    write_outputs([(Path(path), lambda: page)]).require()
    return all(grade.score is not None for grade in grades)


def _shown(instance: Instance, solutions: Sequence[FilePath], traces: Sequence[FilePath]) -> list[Solution]:
    """Return the solutions in files, the first ones with their traces."""
    from wse_cp.report.page.model import labels, solution_in_file

    if len(traces) > len(solutions):
        found = f"{len(traces)} traces of {len(solutions)} solutions"
        raise InputError("at most one trace for each solution", found)
    files = [Path(file) for file in solutions]
    return [
        solution_in_file(instance, file, label, trace)
        for file, label, trace in zip_longest(files, labels(files), map(Path, traces))
    ]


def check_certificate_choice(certificate: Path | None, time_limit: float | None) -> None:
    """Raise `InputError` if a bound is both given and to be searched for, or the seconds are out of range."""
    if time_limit is not None:
        RunOptions(time_limit)
        if certificate is not None:
            raise InputError("--certificate or --time-limit", "both", "command line")
