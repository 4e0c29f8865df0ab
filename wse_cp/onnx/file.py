"""An ONNX file as a model; what a file is that is none."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wse_cp.errors import InputError

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto

    #: A model in memory, or the bytes of an ONNX file.
    Model = ModelProto | bytes

#: Weights of more elements are not kept: only their shapes matter.
MOST_KEPT_ELEMENTS = 4096
#: Largest file that is read (bytes): Protocol Buffers allow no more.
MOST_BYTES = 2**31 - 1
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
    """Return the bytes of a file; raises `InputError` if it cannot be read or is larger than networks are."""
    try:
        with open(path, "rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        raise InputError(
            "a readable file", getattr(error, "strerror", None) or str(error), str(path)
        ) from None
    if len(data) > MOST_BYTES:
        raise InputError(f"a file of at most {MOST_BYTES} bytes", "a larger one", str(path))
    return data


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
    _check_texts(model)
    return prepared(model)


def _check_texts(message: Any) -> None:
    """Raise `InputError` if a text in a message is not UTF-8: protobuf hands it out as bytes."""
    for field, value in message.ListFields():
        values = value if hasattr(value, "append") or hasattr(value, "add") else (value,)
        if field.message_type is not None:
            for inside in values:
                _check_texts(inside)
        elif field.type == field.TYPE_STRING and any(isinstance(text, bytes) for text in values):
            raise InputError(f"UTF-8 as {field.name} in an ONNX network", "other bytes")


def prepared(model: ModelProto) -> ModelProto:
    """Return a model with its functions inlined and its large weights dropped; it may be changed.

    Raises `InputError` if it has no operations.
    """
    if not model.graph.node:
        raise InputError("an ONNX network", "a file without operations")
    if model.functions:
        from onnx.inliner import inline_local_functions

        model = inline_local_functions(model)
    _drop_weights(model.graph)
    return model


def without_weights(model: ModelProto) -> ModelProto:
    """Return a copy of a model in memory, its large weights left where they are."""
    from onnx import TensorProto

    copied = type(model)()
    for field, value in model.ListFields():
        if field.name != "graph":
            _copy_field(copied, field.name, value)
    for field, value in model.graph.ListFields():
        if field.name != "initializer":
            _copy_field(copied.graph, field.name, value)
    for tensor in model.graph.initializer:
        small = prod(tensor.dims) <= MOST_KEPT_ELEMENTS
        named = TensorProto(name=tensor.name, data_type=tensor.data_type, dims=tensor.dims)
        copied.graph.initializer.append(tensor if small else named)
    return copied


def _copy_field(target: Any, name: str, value: Any) -> None:
    """Copy a field of a message: a list, a message or a number."""
    if hasattr(value, "extend") or hasattr(value, "add"):
        getattr(target, name).extend(value)
    elif hasattr(value, "CopyFrom"):
        getattr(target, name).CopyFrom(value)
    else:
        setattr(target, name, value)


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
