"""The command ``import``: a network from elsewhere as an instance file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wse_cp.commands.outputs import check_outputs
from wse_cp.errors import InputError
from wse_cp.files.kgraph import format_kgraph
from wse_cp.files.text import parse_integer, write_atomically
from wse_cp.instance import SETTING_RANGES, Instance, Settings, require_legal_shape
from wse_cp.networks.model import read_model
from wse_cp.onnx import ImportOptions, read_onnx
from wse_cp.onnx.options import ADDS, GRANULARITIES, GROUPS, parse_choice, parse_input_shape


@dataclass(frozen=True)
class ImportRequest:
    """What a command line asks of ``import``; `options` are for ONNX files only."""

    network: Path
    output: Path | None = None
    settings: Settings = field(default_factory=Settings)
    options: ImportOptions = field(default_factory=ImportOptions)

    @property
    def kgraph(self) -> Path:
        """The instance file to write: as asked for, else named for the network, in this directory."""
        return self.output or Path(f"{self.network.stem}.kgraph")


def run_import(request: ImportRequest) -> list[str]:
    """Write the instance file; return the report, line by line.

    Raises
    ------
    InputError
        If the network, an option or the output is wrong.
    """
    check_outputs([request.kgraph], [request.network])
    if request.network.suffix == ".toml":
        return _import_model(request)
    if request.network.suffix == ".onnx":
        imported = read_onnx(request.network, request.settings, request.options)
        write_atomically(request.kgraph, imported.to_kgraph())
        return [*imported.report.lines(), _edges(imported.instance)]
    raise InputError(
        "a network in a file .onnx or .toml", request.network.suffix or "no suffix", str(request.network)
    )


def parse_settings(assignments: Sequence[str]) -> Settings:
    """Return the settings of ``KEY=VALUE`` words; raises `InputError` if a key or a value is wrong."""
    values: dict[str, int] = {}
    for assignment in assignments:
        key, _, value = assignment.partition("=")
        if key not in SETTING_RANGES or "=" not in assignment:
            keys = ", ".join(SETTING_RANGES)
            raise InputError(f"KEY=VALUE with a key of {keys}", assignment, "--set")
        if key in values:
            raise InputError(f"{key}= once", f"a second {assignment}", "--set")
        try:
            values[key] = parse_integer(value, key, *SETTING_RANGES[key])
        except InputError as error:
            raise error.at("--set") from None
    return Settings(**values)


def parse_options(
    granularity: str,
    groups: str,
    adds: str,
    split_large: bool,
    input_shapes: Sequence[str],
    pass_through: Sequence[str],
) -> ImportOptions:
    """Return the options of an import; raises `InputError` if one is wrong."""
    return ImportOptions(
        granularity=parse_choice("--granularity", granularity, GRANULARITIES),
        groups=parse_choice("--groups", groups, GROUPS),
        adds=parse_choice("--adds", adds, ADDS),
        split_large=split_large,
        input_shapes=dict(map(parse_input_shape, input_shapes)),
        pass_through=frozenset(pass_through),
    )


def _import_model(request: ImportRequest) -> list[str]:
    if request.options != ImportOptions():
        raise InputError("no options for ONNX networks with a model (.toml)", "some", str(request.network))
    try:
        instance = read_model(request.network).instance(request.settings, request.network.stem)
        for kernel in set(instance.kernels.values()):
            require_legal_shape(kernel, instance.settings)
    except InputError as error:
        raise error.at(str(request.network)) from None
    write_atomically(request.kgraph, format_kgraph(instance))
    return [f"{'kernels':<12}{len(instance.kernels)}", _edges(instance)]


def _edges(instance: Instance) -> str:
    return f"{'edges':<12}{sum(count for _, _, count in instance.kernel_edges)} counted"
