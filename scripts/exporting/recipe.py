"""How a network is made and exported."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

#: "dynamo" is `torch.onnx.export(dynamo=True)`, "torchscript" the older exporter.
Exporter = Literal["dynamo", "torchscript"]


@dataclass(frozen=True)
class Made:
    """A module with an example of its inputs."""

    module: Any
    args: Sequence[Any] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Recipe:
    """A network and how it is exported.

    Parameters
    ----------
    make
        Builds the module.
    exporter
        Which of PyTorch's exporters writes it.
    names
        Names of its inputs; the exporter's own without.
    axes
        Open axes by input: number of the axis and its name (older exporter only).
    options
        What `wse-cp import` needs to be told, as words.
    then
        A step of onnxruntime's after the export: "quantise" or "optimise".
    opset
        Of the file, None for the exporter's default.
    """

    make: Callable[[], Made]
    exporter: Exporter = "dynamo"
    names: tuple[str, ...] = ()
    axes: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    then: str = ""
    opset: int | None = None
