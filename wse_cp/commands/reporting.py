"""The command ``report``: solution files as one HTML page, judged and measured by a bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from wse_cp.commands.bounding import certified_bound
from wse_cp.commands.outputs import check_outputs
from wse_cp.commands.solving import read_instance
from wse_cp.commands.verifying import proven_by
from wse_cp.decimals import exact_text
from wse_cp.errors import InputError
from wse_cp.files.by_suffix import read_solution_file
from wse_cp.files.trace import read_trace
from wse_cp.instance import Instance
from wse_cp.options import DEFAULT_SEED, DEFAULT_WORKERS, check_options
from wse_cp.report.grades import Grade, check_unbeaten
from wse_cp.report.page.model import Judged, KnownBound, Run, Solution, judged


@dataclass(frozen=True)
class ReportRequest:
    """What a command line asks of ``report``.

    The bound comes from `certificate`, or is searched for `time_limit` seconds; without either
    there is none. `traces` are those of the first solutions, in their order.
    """

    instance: Path
    solutions: tuple[Path, ...]
    output: Path
    certificate: Path | None = None
    time_limit: float | None = None
    traces: tuple[Path, ...] = ()
    command: str = ""


def run_report(request: ReportRequest) -> bool:
    """Write the page; return whether all solutions are legal (the others are shown with what is wrong).

    Raises
    ------
    InputError
        If an option, the instance, a trace or the certificate is wrong, or the page cannot be written.
    BoundError
        If the certificate is refused, or a legal solution costs less than it claims to be possible.
    """
    _check(request)
    instance = read_instance(request.instance, {})
    traces = [*request.traces, *[None] * (len(request.solutions) - len(request.traces))]
    shown = [
        _solution(instance, path, trace, label)
        for path, trace, label in zip(request.solutions, traces, labels(request.solutions), strict=True)
    ]
    bound = _bound(instance, request)
    verdicts = [judged(instance, solution) for solution in shown]
    if bound is not None:
        files = zip(map(str, request.solutions), verdicts, strict=True)
        check_unbeaten((Grade(file, found.score) for file, found in files), bound.value)
    # Late, because templates are needed for pages only.
    from wse_cp.report.page.render import write_report

    name = request.instance.name
    write_report(request.output, instance, shown, bound=bound, name=name, command=request.command)
    return all(found.score is not None for found in verdicts)


def _check(request: ReportRequest) -> None:
    if request.time_limit is not None:
        check_options(request.time_limit, DEFAULT_WORKERS, DEFAULT_SEED)
        if request.certificate is not None:
            raise InputError("--certificate or --time-limit", "both", "command line")
    if len(request.traces) > len(request.solutions):
        found = f"{len(request.traces)} traces of {len(request.solutions)} solutions"
        raise InputError("at most one --trace for each solution", found, "command line")
    given = [request.certificate] if request.certificate else []
    check_outputs([request.output], [request.instance, *request.solutions, *request.traces, *given])


def labels(paths: Sequence[Path]) -> list[str]:
    """Return what to call solution files: by their names alone if these differ."""
    names = [path.name for path in paths]
    return names if len(set(names)) == len(names) else [str(path) for path in paths]


def _solution(instance: Instance, path: Path, trace: Path | None, label: str) -> Solution:
    try:
        solution = Solution(label, read_solution_file(path, instance))
    except InputError as error:
        return Solution(label, error=str(error))
    return solution if trace is None else _with_trace(judged(instance, solution), trace)


def _with_trace(found: Judged, path: Path) -> Solution:
    """Return a solution with its cost over time, which must end at its cost."""
    history = read_trace(path)
    if found.score is None:
        return found.solution
    if history[-1][1] != found.score.cost:
        raise InputError(
            f"a trace that ends at {exact_text(found.score.cost)}, the cost of {found.solution.label}",
            exact_text(history[-1][1]),
            str(path),
        )
    return replace(found.solution, run=Run(history=history))


def _bound(instance: Instance, request: ReportRequest) -> KnownBound | None:
    if request.certificate is not None:
        return KnownBound(proven_by(instance, request.certificate), verified=True)
    if request.time_limit is not None:
        return KnownBound(certified_bound(instance, request.time_limit).value, verified=True)
    return None
