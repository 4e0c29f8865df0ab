"""An ONNX file as a model; what a file is that is none."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from wse_cp.errors import InputError

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto

#: Weights of more elements are not kept: only their shapes matter.
MOST_KEPT_ELEMENTS = 4096
#: Fields of a tensor that hold its elements.
_DATA_FIELDS = (
    "raw_data",
    "float_data",
    "double_data",
    "int32_data",
    "int64_data",
    "uint64_data",
    "string_data",
)
#: How a Git LFS pointer begins, which stands where a file was not downloaded.
_LFS_POINTER = b"version https://git-lfs"


def read_bytes(path: str | Path) -> bytes:
    """Return the bytes of a file; raises `InputError` if it cannot be read."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InputError("a readable file", error.strerror or str(error), str(path)) from None


def parse_model(data: bytes) -> ModelProto:
    """Return the model in the bytes of an ONNX file, its functions inlined and without large weights.

    Raises `InputError` if the package onnx is missing or the bytes are no network.
    """
    require_onnx()
    import onnx
    from google.protobuf.message import DecodeError

    if data.startswith(_LFS_POINTER):
        raise InputError("an ONNX network", "a Git LFS pointer (git lfs pull brings the file itself)")
    model = onnx.ModelProto()
    try:
        model.ParseFromString(data)
    except (DecodeError, RuntimeError):
        raise InputError("an ONNX network", _what_else(data)) from None
    if not model.graph.node:
        raise InputError("an ONNX network", "a file without operations")
    if model.functions:
        from onnx.inliner import inline_local_functions

        model = inline_local_functions(model)
    _drop_weights(model.graph)
    return model


def require_onnx() -> None:
    """Raise `InputError` if the package onnx is not installed."""
    try:
        import onnx  # noqa: F401
    except ImportError:
        raise InputError("the package onnx (pip install 'wse-cp[onnx]')", "none") from None


def _what_else(data: bytes) -> str:
    """Return what bytes are that do not parse: a model begins with its IR version, a small number."""
    whole_start = len(data) > 2 and data[0] == 0x08 and 0 < data[1] < 0x40
    return (
        f"the first {len(data)} bytes of one (the file is cut off)" if whole_start else "bytes that are none"
    )


def _drop_weights(graph: GraphProto) -> None:
    for tensor in graph.initializer:
        if prod(tensor.dims) > MOST_KEPT_ELEMENTS:
            for name in _DATA_FIELDS:
                tensor.ClearField(name)
