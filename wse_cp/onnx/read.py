"""Reading an ONNX file into an `OnnxGraph`: constants told from activations, all shapes inferred."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from wse_cp.errors import InputError, located
from wse_cp.networks.network import Shape
from wse_cp.onnx.graph import OnnxGraph, Operation
from wse_cp.onnx.inference import infer_shapes, small_integers

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto, ValueInfoProto

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


def load_graph(path: str | Path, input_shapes: Mapping[str, Shape] | None = None) -> OnnxGraph:
    """Return the graph in an ONNX file; weights stored in files beside it are not read.

    Raises `InputError` if the package onnx is missing, the file cannot be read or is no sound ONNX network,
    or a shape is not known.
    """
    data = _read(path)
    with located(str(path)):
        return build_graph(parse_model(data), input_shapes or {})


def parse_model(data: bytes) -> ModelProto:
    """Return the model in the bytes of an ONNX file."""
    require_onnx()
    import onnx
    from google.protobuf.message import DecodeError

    model = onnx.ModelProto()
    try:
        model.ParseFromString(data)
    except (DecodeError, RuntimeError):
        raise InputError("an ONNX network", "bytes that are none") from None
    return model


def require_onnx() -> None:
    """Raise `InputError` if the package onnx is not installed."""
    try:
        import onnx  # noqa: F401
    except ImportError:
        raise InputError("the package onnx (pip install 'wse-cp[onnx]')", "none") from None


def build_graph(model: ModelProto, input_shapes: Mapping[str, Shape]) -> OnnxGraph:
    """Return the graph of a model (which is changed)."""
    if not model.graph.node:
        raise InputError("an ONNX network", "a file without operations")
    if model.functions:
        from onnx.inliner import inline_local_functions

        model = inline_local_functions(model)
    _drop_weights(model.graph)
    inputs = _inputs(model.graph)
    notes = _fix_inputs(inputs, input_shapes)
    shapes = infer_shapes(model)
    operations = [_operation(node) for node in model.graph.node]
    _check_order(operations, {*(tensor.name for tensor in model.graph.initializer), *_names(inputs)})
    constants = _constants(operations, {tensor.name for tensor in model.graph.initializer}, _names(inputs))
    outputs = tuple(value.name for value in model.graph.output)
    live = _live(operations, outputs)
    computed = [op for op in live if not constants.issuperset(name for name in op.outputs if name)]
    _check_shapes(computed, shapes)
    return OnnxGraph(
        operations=tuple(computed),
        shapes=shapes,
        constants=frozenset(constants),
        numbers=small_integers(model.graph),
        inputs=tuple(_names(inputs)),
        outputs=tuple(name for name in outputs if name not in constants),
        constant_operations=len(live) - len(computed),
        unused_operations=len(operations) - len(live),
        notes=tuple(notes),
    )


def _read(path: str | Path) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InputError("a readable file", error.strerror or str(error), str(path)) from None


def _drop_weights(graph: GraphProto) -> None:
    for tensor in graph.initializer:
        if prod(tensor.dims) > MOST_KEPT_ELEMENTS:
            for name in _DATA_FIELDS:
                tensor.ClearField(name)


def _inputs(graph: GraphProto) -> list[ValueInfoProto]:
    """Return the network's inputs without the weights, which old files list among them."""
    known = {tensor.name for tensor in graph.initializer}
    return [value for value in graph.input if value.name not in known]


def _names(values: list[ValueInfoProto]) -> list[str]:
    return [value.name for value in values]


def _fix_inputs(inputs: list[ValueInfoProto], given: Mapping[str, Shape]) -> list[str]:
    """Set the shapes of the inputs that `given` names; an open batch size becomes 1. Return notes on both."""
    for name in given:
        if name not in _names(inputs):
            raise InputError("an input of the network (" + ", ".join(_names(inputs)) + ")", name)
    return [note for value in inputs for note in _fix_input(value, given.get(value.name))]


def _fix_input(value: ValueInfoProto, given: Shape | None) -> Iterator[str]:
    stated = value.type.tensor_type.HasField("shape")
    shape = value.type.tensor_type.shape
    extents: list[int | str] = [dim.dim_value or dim.dim_param or "?" for dim in shape.dim]
    if given is not None:
        del shape.dim[:]
        for extent in given:
            shape.dim.add().dim_value = extent
        yield f"input {value.name} has the shape {_text(given)} asked for"
    elif len(extents) > 1 and isinstance(extents[0], str) and _all_known(extents[1:]):
        shape.dim[0].dim_value = 1
        yield f"the open batch size {extents[0]} of input {value.name} is 1"
    elif not (stated and _all_known(extents)):
        wanted = f"a shape for input {value.name} (--input-shape {value.name}=1,3,224,224)"
        raise InputError(wanted, _text(extents) or "none")


def _all_known(extents: list[int | str]) -> bool:
    return all(isinstance(extent, int) and extent > 0 for extent in extents)


def _text(extents: Shape | list[int | str]) -> str:
    return " x ".join(map(str, extents))


def _operation(node: NodeProto) -> Operation:
    from onnx.helper import get_attribute_value

    name = node.name or next((output for output in node.output if output), "unnamed")
    # A default that belongs to a function's formal argument has no value of its own.
    attributes = {item.name: get_attribute_value(item) for item in node.attribute if item.type}
    return Operation(name, node.op_type, node.domain, tuple(node.input), tuple(node.output), attributes)


def _check_order(operations: list[Operation], known: set[str]) -> None:
    for operation in operations:
        for name in operation.inputs:
            if name and name not in known:
                raise InputError(f"a tensor computed before {operation.title}", f"unknown {name}")
        known.update(operation.outputs)


def _constants(operations: list[Operation], constants: set[str], inputs: list[str]) -> set[str]:
    """Return all tensors that do not depend on a network input; the shape of a tensor never does."""
    constants = constants - set(inputs)
    for operation in operations:
        if operation.type in ("Shape", "Size") or constants.issuperset(filter(None, operation.inputs)):
            constants.update(filter(None, operation.outputs))
    return constants


def _live(operations: list[Operation], outputs: tuple[str, ...]) -> list[Operation]:
    wanted = set(outputs)
    live = []
    for operation in reversed(operations):
        if wanted.intersection(operation.outputs):
            live.append(operation)
            wanted.update(operation.inputs)
    return live[::-1]


def _check_shapes(operations: list[Operation], shapes: Mapping[str, Shape]) -> None:
    for operation in operations:
        outputs = operation.outputs if operation.type == "Split" else (operation.result,)
        for name in (*operation.inputs, *outputs):
            if name and name not in shapes:
                raise InputError(
                    f"shapes that can be inferred (the shape of {name} at {operation.title})",
                    "unknown; give the shapes of the inputs (--input-shape NAME=1,3,224,224)",
                )
