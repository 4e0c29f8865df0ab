"""The command ``grade``: any number of solution files, ranked and measured against a certified bound."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wse_cp.commands.bounding import certified_bound
from wse_cp.commands.checking import judge
from wse_cp.commands.solving import read_instance
from wse_cp.commands.verifying import proven_by
from wse_cp.errors import InputError
from wse_cp.instance import Instance
from wse_cp.options import DEFAULT_SEED, DEFAULT_TIME_LIMIT, DEFAULT_WORKERS, check_options
from wse_cp.report.grades import Grade, Grades, check_unbeaten, ranked


@dataclass(frozen=True)
class GradeRequest:
    """What a command line asks of ``grade``: with a certificate, or with seconds to find a bound in."""

    instance: Path
    solutions: tuple[Path, ...]
    certificate: Path | None = None
    time_limit: float | None = None
    quiet: bool = False


def run_grade(request: GradeRequest) -> Grades:
    """Grade the solutions; those that are illegal or cannot be read are kept, and say so.

    Raises
    ------
    InputError
        If the options contradict each other, or the instance or the certificate cannot be read.
    BoundError
        If the certificate is refused, or a legal solution costs less than it claims to be possible.
    """
    limit = DEFAULT_TIME_LIMIT if request.time_limit is None else request.time_limit
    check_options(limit, DEFAULT_WORKERS, DEFAULT_SEED)
    if request.certificate is not None and request.time_limit is not None:
        raise InputError("--certificate or --time-limit", "both", "command line")
    instance = read_instance(request.instance, {})
    grades = [_grade(instance, path) for path in request.solutions]
    if request.certificate is None:
        bound, certificate = certified_bound(instance, limit, quiet=request.quiet).value, None
    else:
        bound, certificate = proven_by(instance, request.certificate), str(request.certificate)
    check_unbeaten(grades, bound)
    return Grades(str(request.instance), bound, certificate, ranked(grades))


def _grade(instance: Instance, path: Path) -> Grade:
    try:
        verdict = judge(instance, path)
    except InputError as error:
        return Grade(str(path), error=str(error))
    return Grade(str(path), verdict.score, verdict.violations)
