"""Count a network's multiplications by running it in onnxruntime: no code of the import is used.

onnxruntime's profile says, for each operation that ran, in branches and bodies within too, which shapes it
read and wrote. Weights that the file leaves out are zero. `python -m benchmarks.profiled FILE [NAME=EXTENT
...]` prints the count, and the operations of other makers that it has no rule for, as JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Any

Shape = tuple[int, ...]
#: Attributes by name, shapes of the inputs that are there, shape of the first result.
Rule = Callable[[Mapping[str, Any], Sequence[Shape], Shape], int]


def counted(path: Path, dims: Mapping[str, int]) -> tuple[int, list[str]]:
    """Return the multiplications of a file, and the types of operations of other makers without a rule."""
    import onnx
    import onnxruntime

    model = onnx.load(path)
    for graph in _graphs(model.graph):
        _fill(graph)
    nodes = _named(model)
    with tempfile.TemporaryDirectory() as scratch:
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.enable_profiling = True
        options.profile_file_prefix = str(Path(scratch) / "run")
        options.intra_op_num_threads = 2
        options.log_severity_level = 3
        options.add_session_config_entry("session.disable_prepacking", "1")  # packed weights have no shape
        session = onnxruntime.InferenceSession(model.SerializeToString(), options)
        session.run(None, {value.name: _example(value, dims) for value in session.get_inputs()})
        events = json.loads(Path(session.end_profiling()).read_text())
    return multiplications(events, nodes)


def multiplications(events: Iterable[Any], nodes: Mapping[str, Any]) -> tuple[int, list[str]]:
    """Return the multiplications in a profile's events, and the types of operations without a rule."""
    total = 0
    unruled: set[str] = set()
    for event in events:
        if event["cat"] != "Node" or not event["name"].endswith("_kernel_time"):
            continue
        node = nodes.get(event["name"].removesuffix("_kernel_time"))
        if node is None:  # a copy or a cast that the runtime put in
            continue
        inputs, outputs = (_shapes(event["args"][key]) for key in ("input_type_shape", "output_type_shape"))
        rule = _RULES.get(node.op_type)
        if rule is not None:
            total += rule(_attributes(node), inputs, outputs[0])
        elif node.domain not in ("", "ai.onnx") and node.op_type not in _NO_PRODUCTS:
            unruled.add(node.op_type)
    return total, sorted(unruled)


def _shapes(described: Iterable[Mapping[str, Sequence[int]]]) -> list[Shape]:
    """Return shapes from onnxruntime's form, a dictionary of one type and its shape for each tensor."""
    return [tuple(shape) for tensor in described for shape in tensor.values()]


def _graphs(graph: Any) -> Iterator[Any]:
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _graphs(attribute.g)


def _named(model: Any) -> dict[str, Any]:
    """Give each node a name of its own; return the nodes by name."""
    functions = [node for function in model.functions for node in function.node]
    nodes = [*(node for graph in _graphs(model.graph) for node in graph.node), *functions]
    if functions:
        raise ValueError("a file with functions: inline them first")
    for number, node in enumerate(nodes):
        node.name = f"node{number}"
    return {node.name: node for node in nodes}


def _fill(graph: Any) -> None:
    """Give zeros to tensors without elements."""
    tensors = [*graph.initializer, *(a.t for n in graph.node for a in n.attribute if a.HasField("t"))]
    for tensor in tensors:
        _fill_tensor(tensor)


def _fill_tensor(tensor: Any) -> None:
    from onnx.helper import tensor_dtype_to_np_dtype

    fields = (
        "raw_data",
        "float_data",
        "int32_data",
        "int64_data",
        "double_data",
        "uint64_data",
        "string_data",
    )
    if prod(tensor.dims) and not any(len(getattr(tensor, name)) for name in fields):
        tensor.raw_data = bytes(prod(tensor.dims) * tensor_dtype_to_np_dtype(tensor.data_type).itemsize)


def _example(value: Any, dims: Mapping[str, int]) -> Any:
    """Return an input of zeros; batches are 1."""
    import numpy as np

    kinds = {
        "float": np.float32,
        "int64": np.int64,
        "int32": np.int32,
        "bool": np.bool_,
        "double": np.float64,
    }
    kind = value.type.removeprefix("tensor(").removesuffix(")")
    shape = [extent if isinstance(extent, int) else dims.get(extent, 1) for extent in value.shape]
    return np.zeros(shape, kinds[kind])


def _attributes(node: Any) -> dict[str, Any]:
    from onnx.helper import get_attribute_value

    return {item.name: get_attribute_value(item) for item in node.attribute if item.type}


def _conv(attributes: Mapping[str, Any], inputs: Sequence[Shape], result: Shape) -> int:
    weights = next(shape for shape in inputs[1:] if len(shape) == len(inputs[0]))
    return prod(result) * prod(weights[1:])


def _transposed(attributes: Mapping[str, Any], inputs: Sequence[Shape], result: Shape) -> int:
    return prod(inputs[0]) * prod(inputs[1][1:])


def _matmul(attributes: Mapping[str, Any], inputs: Sequence[Shape], result: Shape) -> int:
    turned = attributes.get("transA", 0)
    return prod(result) * inputs[0][-2 if turned else -1]


def _einsum(attributes: Mapping[str, Any], inputs: Sequence[Shape], result: Shape) -> int:
    """Count one product for each combination of all letters (no ellipsis)."""
    if len(inputs) < 2:
        return 0
    terms = attributes["equation"].decode().replace(" ", "").split("->")[0].split(",")
    extents: dict[str, int] = {}
    for term, shape in zip(terms, inputs, strict=True):
        for letter, extent in zip(term, shape, strict=True):
            extents[letter] = max(extent, extents.get(letter, 1))
    return prod(extents.values())


def _recurrence(attributes: Mapping[str, Any], inputs: Sequence[Shape], result: Shape) -> int:
    data, weights, recurrent = inputs[:3]
    return data[0] * data[1] * (prod(weights) + prod(recurrent))


def _attention(attributes: Mapping[str, Any], inputs: Sequence[Shape], result: Shape) -> int:
    """Count com.microsoft.Attention without a past: three products with weights, two of activations."""
    batch, length, width = inputs[0]
    return batch * length * width * inputs[1][1] + 2 * batch * length * length * result[-1]


def _multi_head(attributes: Mapping[str, Any], inputs: Sequence[Shape], result: Shape) -> int:
    query, keys = inputs[:2]
    length = keys[2] if len(keys) == 4 else keys[1]
    return prod(query[:2]) * length * (query[2] + result[2])


_RULES: dict[str, Rule] = {
    "Conv": _conv,
    "ConvInteger": _conv,
    "FusedConv": _conv,
    "ConvTranspose": _transposed,
    "MatMul": _matmul,
    "MatMulInteger": _matmul,
    "FusedMatMul": _matmul,
    "MatMulIntegerToFloat": _matmul,
    "DynamicQuantizeMatMul": _matmul,
    "Gemm": _matmul,
    "GemmFastGelu": _matmul,
    "FusedGemm": _matmul,
    "Einsum": _einsum,
    "LSTM": _recurrence,
    "GRU": _recurrence,
    "RNN": _recurrence,
    "DynamicQuantizeLSTM": _recurrence,
    "Attention": _attention,
    "MultiHeadAttention": _multi_head,
}
#: Operations of onnxruntime's own that multiply no matrices.
_NO_PRODUCTS = (
    "BiasGelu",
    "BiasSoftmax",
    "EmbedLayerNormalization",
    "FastGelu",
    "Gelu",
    "QuickGelu",
    "RotaryEmbedding",
    "SimplifiedLayerNormalization",
    "SkipLayerNormalization",
    "SkipSimplifiedLayerNormalization",
)


def main(words: Sequence[str]) -> None:
    """Print the count of a file."""
    dims = {name: int(extent) for name, _, extent in (word.partition("=") for word in words[1:])}
    count, unruled = counted(Path(words[0]), dims)
    print(json.dumps({"multiplications": count, "unruled": unruled}))


if __name__ == "__main__":
    main(sys.argv[1:])
