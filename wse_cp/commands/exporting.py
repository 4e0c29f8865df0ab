"""The command ``export``: an instance, or a placement, in the format another program reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from wse_cp.commands.outputs import check_outputs
from wse_cp.errors import InputError
from wse_cp.files.by_suffix import read_instance_file, read_placement_file
from wse_cp.files.text import write_atomically
from wse_cp.instance import Instance
from wse_cp.placement import Placement


@dataclass(frozen=True)
class ExportRequest:
    """What a command line asks of ``export``; `format` is None where the output's name tells."""

    instance: Path
    output: Path
    solution: Path | None = None
    format: str | None = None
    table: str = "kernels"
    model: Path | None = None
    max_options: int | None = None


def run_export(request: ExportRequest) -> list[Path]:
    """Export as asked; return the files written.

    Raises
    ------
    InputError
        If an option, an input or an output is wrong; nothing is written then.
    """
    name = request.format or request.output.suffix.lower().removeprefix(".")
    _check(request, name)
    inputs = [path for path in (request.instance, request.solution) if path]
    check_outputs([path for path in (request.output, request.model) if path], inputs)
    instance = read_instance_file(request.instance)
    placement = None if request.solution is None else read_placement_file(request.solution, instance)
    text = FORMATS[name](request, instance, placement)
    write_atomically(request.output, text)
    if request.model is None:
        return [request.output]
    from wse_cp.export.minizinc import model_text

    write_atomically(request.model, model_text())
    return [request.output, request.model]


def _check(request: ExportRequest, name: str) -> None:
    if name not in FORMATS:
        known = ", ".join(f".{known}" for known in FORMATS)
        source = str(request.output) if request.format is None else "--format"
        raise InputError(f"an output name ending in {known}, or --format", name or "none", source)
    if name == "paint" and request.solution is None:
        raise InputError("a SOLUTION to write as .paint", "none", str(request.output))
    if name == "kgraph" and request.solution is not None:
        raise InputError("no SOLUTION for a .kgraph", str(request.solution), str(request.output))
    for option, given in (("--model", request.model), ("--max-options", request.max_options)):
        if given is not None and name != "dzn":
            raise InputError(f"{option} with .dzn only", f".{name}", option)
    if request.max_options is not None and request.max_options < 1:
        raise InputError("at least 1 option a kernel", str(request.max_options), "--max-options")


def _json(request: ExportRequest, instance: Instance, placement: Placement | None) -> str:
    from wse_cp.files.json_documents import format_instance, format_placement

    return format_instance(instance) if placement is None else format_placement(instance, placement)


def _kgraph(request: ExportRequest, instance: Instance, placement: Placement | None) -> str:
    from wse_cp.files.kgraph import format_kgraph

    return format_kgraph(instance)


def _paint(request: ExportRequest, instance: Instance, placement: Placement | None) -> str:
    from wse_cp.files.paint import format_paint

    assert placement is not None
    return format_paint(instance, placement)


def _csv(request: ExportRequest, instance: Instance, placement: Placement | None) -> str:
    from wse_cp.report.frames import format_table

    return format_table(request.table, instance, placement)


def _dot(request: ExportRequest, instance: Instance, placement: Placement | None) -> str:
    from wse_cp.export.dot import format_dot

    return format_dot(instance, placement)


def _dzn(request: ExportRequest, instance: Instance, placement: Placement | None) -> str:
    from wse_cp.export.minizinc import format_data

    return format_data(instance, placement, request.max_options)


#: What writes each format, by the ending of its files.
FORMATS: dict[str, Callable[[ExportRequest, Instance, Placement | None], str]] = {
    "json": _json,
    "kgraph": _kgraph,
    "paint": _paint,
    "csv": _csv,
    "dot": _dot,
    "dzn": _dzn,
}
