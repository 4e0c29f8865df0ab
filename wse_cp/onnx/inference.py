"""Shape inference by ONNX, with small constants evaluated where a shape is computed in the network."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from wse_cp.errors import InputError
from wse_cp.networks.network import Shape

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto

#: Most elements of a constant that is evaluated.
MOST_EVALUATED = 1024

Array = np.ndarray[Any, Any]


def infer_shapes(model: ModelProto) -> dict[str, Shape]:
    """Return the shapes of all tensors whose shape can be known.

    Shapes computed within the network (of a Reshape, say) become constants of the model.

    Raises `InputError` if the network contradicts itself.
    """
    _forget_shapes(model.graph)
    while True:
        shapes = _infer(model)
        if shapes.keys() >= _read_tensors(model.graph) or not _evaluate_small(model, shapes):
            return shapes


def small_integers(graph: GraphProto) -> dict[str, tuple[int, ...]]:
    """Return the small integer constants of a graph by name, flattened."""
    values = ((name, value) for name, value in _small_constants(graph).items() if value.dtype.kind in "iu")
    return {name: tuple(map(int, value.ravel())) for name, value in values}


def _read_tensors(graph: GraphProto) -> set[str]:
    """Return the tensors whose shapes matter: those that an operation reads or the network puts out."""
    read = {name for node in graph.node for name in node.input if name}
    return read | {value.name for value in graph.output}


def _forget_shapes(graph: GraphProto) -> None:
    """Remove the shapes that the file states: they may belong to another input size."""
    del graph.value_info[:]
    for value in graph.output:
        value.type.tensor_type.ClearField("shape")


def _infer(model: ModelProto) -> dict[str, Shape]:
    from onnx.shape_inference import InferenceError
    from onnx.shape_inference import infer_shapes as infer

    try:
        graph = infer(model, strict_mode=True, data_prop=True).graph
    except (InferenceError, ValueError, RuntimeError) as error:
        raise InputError("a sound ONNX network", _first_line(error)) from None
    shapes = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    values = [*graph.input, *graph.value_info, *graph.output]
    shapes.update((value.name, shape) for value in values if (shape := _shape(value)) is not None)
    return shapes


def _first_line(error: Exception) -> str:
    lines = (line.strip() for line in str(error).splitlines())
    return next((line for line in lines if line), type(error).__name__)


def _shape(value: ValueInfoProto) -> Shape | None:
    kind = value.type.tensor_type
    if not kind.HasField("shape") or not all(dim.HasField("dim_value") for dim in kind.shape.dim):
        return None
    return tuple(dim.dim_value for dim in kind.shape.dim)


def _small_constants(graph: GraphProto) -> dict[str, Array]:
    found = {tensor.name: array for tensor in graph.initializer for array in _small_array(tensor)}
    for node in graph.node:
        if node.op_type == "Constant":
            found.update((node.output[0], array) for array in _constant(node))
    return found


def _constant(node: NodeProto) -> Iterator[Array]:
    from onnx.helper import get_attribute_value

    for attribute in node.attribute:
        if attribute.name == "value":
            yield from _small_array(attribute.t)
        elif attribute.name in ("value_int", "value_ints"):
            yield np.array(get_attribute_value(attribute), dtype=np.int64)


def _small_array(tensor: TensorProto) -> Iterator[Array]:
    from onnx import TensorProto as Proto
    from onnx.numpy_helper import to_array

    if prod(tensor.dims) <= MOST_EVALUATED and tensor.data_location != Proto.EXTERNAL:
        try:
            yield np.asarray(to_array(tensor))
        except (ValueError, TypeError, RuntimeError):  # a tensor without its elements: the shape is known
            return


def _evaluate_small(model: ModelProto, shapes: dict[str, Shape]) -> bool:
    """Replace nodes that depend only on shapes and small constants by constants; tell whether any was."""
    from onnx.numpy_helper import from_array

    values = _small_constants(model.graph)
    kept: list[NodeProto] = []
    for node in model.graph.node:
        results = _results(model, node, values, shapes)
        values.update(results)
        if not results:
            kept.append(node)
        model.graph.initializer.extend(from_array(value, name) for name, value in results.items())
    found = len(kept) < len(model.graph.node)
    if found:
        del model.graph.node[:]
        model.graph.node.extend(kept)
    return found


def _results(
    model: ModelProto, node: NodeProto, values: dict[str, Array], shapes: dict[str, Shape]
) -> dict[str, Array]:
    if node.op_type == "Shape" and not node.attribute and node.input[0] in shapes:
        return {node.output[0]: np.array(shapes[node.input[0]], dtype=np.int64)}
    inputs = [name for name in node.input if name]
    small = all(prod(shapes.get(name, (MOST_EVALUATED + 1,))) <= MOST_EVALUATED for name in node.output)
    if not inputs or not values.keys() >= set(inputs) or (node.op_type == "ConstantOfShape" and not small):
        return {}
    return _evaluate(model, node, {name: values[name] for name in inputs})


def _evaluate(model: ModelProto, node: NodeProto, feeds: dict[str, Array]) -> dict[str, Array]:
    """Return the outputs of one node by ONNX's reference implementation, {} where it has none."""
    from onnx import ValueInfoProto
    from onnx.helper import make_graph, make_model, make_tensor_value_info, np_dtype_to_tensor_dtype
    from onnx.reference import ReferenceEvaluator

    given = [
        make_tensor_value_info(name, np_dtype_to_tensor_dtype(value.dtype), value.shape)
        for name, value in feeds.items()
    ]
    outputs = [ValueInfoProto(name=name) for name in node.output]
    single = make_model(make_graph([node], "one", given, outputs), opset_imports=list(model.opset_import))
    try:
        results = ReferenceEvaluator(single).run(None, feeds)
    except Exception:  # of any kind: the shape then stays unknown, and that is reported
        return {}
    arrays = {name: np.asarray(value) for name, value in zip(node.output, results, strict=True)}
    return arrays if all(value.size <= MOST_EVALUATED for value in arrays.values()) else {}
