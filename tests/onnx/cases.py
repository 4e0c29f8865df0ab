"""Small ONNX networks for the tests, from ONNX's own text form."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from wse_cp.instance import Settings
from wse_cp.kernels import Conv, Kernel
from wse_cp.onnx import ImportedNetwork, ImportOptions, read_onnx

pytest.importorskip("onnx", reason="the extra onnx is not installed")


def write_onnx(
    path: Path, inputs: str, weights: Iterable[str], body: str, output: str = "float y", opset: int = 17
) -> Path:
    """Write a network: `inputs`, then weights such as "float[8,3,3,3] w", then operations."""
    import onnx
    from onnx import TensorProto, parser

    weights = list(weights)
    header = f'<ir_version: 8, opset_import: ["" : {opset}, "other" : 1]>'
    text = f"{header} net ({', '.join([inputs, *weights])}) => ({output}) {{ {body} }}"
    model = parser.parse_model(text)
    known = {value.name: value for value in model.graph.input}
    for weight in weights:
        value = known[weight.split()[-1]]
        extents = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
        # Without elements: an import wants the shape only.
        kind = value.type.tensor_type.elem_type
        tensor = TensorProto(name=value.name, data_type=kind, dims=extents)
        model.graph.initializer.append(tensor)
    onnx.save(model, path)
    return path


def imported(
    tmp_path: Path,
    inputs: str,
    weights: Iterable[str],
    body: str,
    options: ImportOptions | None = None,
    settings: Settings | None = None,
    output: str = "float y",
) -> ImportedNetwork:
    """Return such a network as it is imported."""
    return read_onnx(write_onnx(tmp_path / "net.onnx", inputs, weights, body, output), settings, options)


def kernels(network: ImportedNetwork) -> list[Kernel]:
    """Return the kernels in order."""
    return list(network.instance.kernels.values())


def the_conv(network: ImportedNetwork) -> Conv:
    """Return the only kernel, which is a convolution."""
    (kernel,) = kernels(network)
    assert isinstance(kernel, Conv)
    return kernel


def counted(network: ImportedNetwork) -> list[tuple[str, str]]:
    """Return the edges between kernels, sorted, each as often as it counts."""
    return sorted((u, v) for u, v, count in network.instance.kernel_edges for _ in range(count))
