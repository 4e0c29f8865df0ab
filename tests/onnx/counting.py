"""How often a network multiplies with weights, counted by running it: no code of the import is used.

A run of the network in ONNX's reference implementation, with its intermediate results, gives the shape of
everything. Then each operation with weights is run alone, all its numbers 1: a sum of products is then the
number of products.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
from onnx import ModelProto, NodeProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

Array = np.ndarray[Any, Any]


def with_zeros(model: ModelProto) -> ModelProto:
    """Return a model whose weights have elements, all zero where they were missing."""
    for tensor in model.graph.initializer:
        try:
            numpy_helper.to_array(tensor)
        except ValueError:
            kind = helper.tensor_dtype_to_np_dtype(tensor.data_type)
            tensor.CopyFrom(numpy_helper.from_array(np.zeros(tuple(tensor.dims), kind), tensor.name))
    return model


def products(model: ModelProto, shapes: dict[str, tuple[int, ...]]) -> int:
    """Return the products that a network computes for inputs of `shapes`."""
    model = with_zeros(model)
    known: dict[str, Array] = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    feeds = {}
    for value in model.graph.input:
        if value.name not in known:
            kind = helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type)
            feeds[value.name] = np.zeros(shapes[value.name], kind)
    computed = [name for node in model.graph.node for name in node.output if name]
    del model.graph.output[:]
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in computed)
    results: Any = ReferenceEvaluator(model).run(None, feeds)
    known |= feeds | dict(zip(computed, results, strict=True))
    return sum(_products(node, known, model) for node in model.graph.node)


def _products(node: NodeProto, known: dict[str, Array], model: ModelProto) -> int:
    inputs = [known[name] if name else None for name in node.input]
    rule = _RULES.get(node.op_type)
    return rule(node, inputs, model) if rule else 0


def _alone(node: NodeProto, factors: dict[str, Array], model: ModelProto, **changed: Any) -> int:
    """Return the sum of the first result of a node on ones."""
    alone = NodeProto()
    alone.CopyFrom(node)
    kept = [a for a in alone.attribute if a.name not in changed]
    del alone.attribute[:]
    alone.attribute.extend(kept)
    alone.attribute.extend(
        helper.make_attribute(key, value) for key, value in changed.items() if value is not None
    )
    alone.input[:] = list(factors)
    given = [
        helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(a.dtype), a.shape)
        for n, a in factors.items()
    ]
    outputs = [onnx.ValueInfoProto(name=node.output[0])]
    graph = helper.make_graph([alone], "alone", given, outputs)
    single = helper.make_model(graph, opset_imports=list(model.opset_import))
    ones = {name: np.ones_like(array) for name, array in factors.items()}
    results: Any = ReferenceEvaluator(single).run(None, ones)
    return int(np.asarray(results[0], dtype=np.float64).sum())


def _convolution(node: NodeProto, inputs: list[Any], model: ModelProto) -> int:
    """Count a convolution, zeros at the border included: they are multiplied too."""
    pads = next((list(a.ints) for a in node.attribute if a.name == "pads"), [])
    half = len(pads) // 2
    border = [(0, 0), (0, 0), *zip(pads[:half], pads[half:], strict=True)]
    image = np.pad(inputs[0], border) if pads else inputs[0]
    return _alone(node, {"x": image, "w": inputs[1]}, model, pads=None)


def _transposed(node: NodeProto, inputs: list[Any], model: ModelProto) -> int:
    return _alone(node, {"x": inputs[0], "w": inputs[1]}, model, pads=None, output_padding=None)


def _product(node: NodeProto, inputs: list[Any], model: ModelProto) -> int:
    return _alone(node, {"a": inputs[0], "b": inputs[1]}, model)


def _gemm(node: NodeProto, inputs: list[Any], model: ModelProto) -> int:
    return _alone(node, {"a": inputs[0], "b": inputs[1]}, model, alpha=None, beta=None)


def _recurrence(node: NodeProto, inputs: list[Any], model: ModelProto) -> int:
    """Count step by step: the step's input times W, the state before times R."""
    data, weights, recurrent = inputs[:3]
    batch_first = any(a.name == "layout" and a.i for a in node.attribute)
    steps = data.transpose(1, 0, 2) if batch_first else data
    total = 0.0
    for direction in range(weights.shape[0]):
        for step in steps:
            state = np.ones((step.shape[0], recurrent.shape[2]))
            total += (np.ones(step.shape) @ np.ones(weights[direction].T.shape)).sum()
            total += (state @ np.ones(recurrent[direction].T.shape)).sum()
    return int(total)


_RULES: dict[str, Callable[[NodeProto, list[Any], ModelProto], int]] = {
    "Conv": _convolution,
    "ConvInteger": _convolution,
    "ConvTranspose": _transposed,
    "MatMul": _product,
    "MatMulInteger": _product,
    "Einsum": _product,
    "Gemm": _gemm,
    "LSTM": _recurrence,
    "GRU": _recurrence,
    "RNN": _recurrence,
}
