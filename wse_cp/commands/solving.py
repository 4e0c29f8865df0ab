"""The command ``solve``: read, check the outputs, run, write what was asked for."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from wse_cp.commands.outputs import check_outputs
from wse_cp.commands.requests import SolveRequest
from wse_cp.commands.signals import stop_on_signals
from wse_cp.errors import InputError
from wse_cp.files.by_suffix import read_instance_file, read_placement_file, write_placement_file
from wse_cp.files.text import write_atomically
from wse_cp.files.trace import format_trace
from wse_cp.instance import Instance, Settings, require_legal_shape
from wse_cp.options import check_options
from wse_cp.placement import Placement
from wse_cp.progress import open_observer
from wse_cp.report.picture.layout import check_picture_suffix
from wse_cp.result import Result
from wse_cp.score import checked_score, violations


def run_solve(request: SolveRequest) -> tuple[Result, list[Path]]:
    """Solve as asked; return the result and the files written.

    Raises
    ------
    InputError
        If an option, an input or an output is wrong: always before the search starts.
    IllegalPlacementError
        If the search returned an illegal placement; nothing is written then.
    """
    check_options(request.time_limit, request.workers, request.seed, request.deterministic, request.without)
    check_request_outputs(request)
    instance = read_instance(request.instance, request.settings)
    result = _search(request, instance)
    checked_score(result.instance, result.placement)
    return result, _write(request, result)


def check_request_outputs(request: SolveRequest) -> None:
    """Raise `InputError` if a file to be written could not be."""
    if request.plot is not None:
        check_picture_suffix(request.plot)
    json_file = None if request.prints_json else request.json
    given = (
        request.paint,
        request.plot,
        json_file,
        request.certificate,
        request.trace,
        request.report,
        request.document,
    )
    outputs = [path for path in given if path]
    check_outputs(outputs, [request.instance])


def read_instance(path: Path, overrule: Mapping[str, int]) -> Instance:
    """Read an instance whose file's settings, or the defaults, are overruled; each kernel fits somehow."""
    instance = read_instance_file(path, replace(Settings(), **overrule))
    try:
        instance = replace(instance, settings=replace(instance.settings, **overrule))
        for kernel in set(instance.kernels.values()):
            require_legal_shape(kernel, instance.settings)
    except InputError as error:
        raise error.at(str(path)) from None
    return instance


def read_start(path: Path, instance: Instance) -> Placement:
    """Read a placement to start from; raises `InputError` if it is not legal."""
    placement = read_placement_file(path, instance)
    for violation in violations(instance, placement.values()):
        raise InputError("a legal placement to start from", violation.message, str(path))
    return placement


def _search(request: SolveRequest, instance: Instance) -> Result:
    start = read_start(request.start, instance) if request.start is not None else None
    stop = threading.Event()
    with stop_on_signals(stop), open_observer(sys.stderr, request.quiet, request.time_limit) as observer:
        # Late, because the solver and the compiler take seconds to import.
        from wse_cp.solve import solve

        return solve(
            instance,
            time_limit=request.time_limit,
            workers=request.workers,
            seed=request.seed,
            start=start,
            observer=observer,
            monitor=observer.watch,
            stop=stop,
            deterministic=request.deterministic,
            without=request.without,
        )


def _write(request: SolveRequest, result: Result) -> list[Path]:
    written = [request.paint]
    write_placement_file(request.paint, result.instance, result.placement)
    if request.json is not None and not request.prints_json:
        text = json.dumps(result.to_json(str(request.instance)), indent=2)
        write_atomically(request.json, text + "\n")
        written.append(request.json)
    if request.certificate is not None and result.certificate is not None:
        write_atomically(request.certificate, result.certificate)
        written.append(request.certificate)
    if request.trace is not None:
        write_atomically(request.trace, format_trace(result.history))
        written.append(request.trace)
    if request.document is not None:
        from wse_cp.export.result_document import format_result

        write_atomically(request.document, format_result(result))
        written.append(request.document)
    if request.plot is not None:
        from wse_cp.report.picture.figure import save_picture

        save_picture(request.plot, result.instance, result.placement)
        written.append(request.plot)
    if request.report is not None:
        _write_report(request, request.report, result)
        written.append(request.report)
    return written


def _write_report(request: SolveRequest, path: Path, result: Result) -> None:
    # Late, because templates are needed for pages only.
    from wse_cp.report.page.model import bound_of, solution_of
    from wse_cp.report.page.render import write_report

    solution = solution_of(result, request.paint.name)
    name = request.instance.name
    write_report(
        path, result.instance, [solution], bound=bound_of(result), name=name, command=request.command
    )
