"""Small constants of a network, worked out where shapes depend on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from wse_cp.networks.network import Shape

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto

#: Most elements of a constant that is evaluated.
MOST_EVALUATED = 1024

#: Operations on few numbers whose result can have many.
_GROWING = (
    "ConstantOfShape",
    "Expand",
    "OneHot",
    "Pad",
    "RandomNormal",
    "RandomUniform",
    "Resize",
    "Tile",
    "Upsample",
)

Array = np.ndarray[Any, Any]


def small_array(tensor: TensorProto) -> Iterator[Array]:
    """Yield the elements of a tensor if they are few and in the file."""
    from onnx import TensorProto as Proto
    from onnx.numpy_helper import to_array

    if prod(tensor.dims) <= MOST_EVALUATED and tensor.data_location != Proto.EXTERNAL:
        try:
            yield np.asarray(to_array(tensor))
        # a tensor without its elements, or of an unknown type: the shape is known
        except (ValueError, TypeError, RuntimeError, LookupError):
            return


def constant_value(node: NodeProto) -> Iterator[Array]:
    """Yield the value of a Constant that is small."""
    from onnx.helper import get_attribute_value

    kinds = {
        "value_int": np.int64,
        "value_ints": np.int64,
        "value_float": np.float32,
        "value_floats": np.float32,
    }
    for attribute in node.attribute:
        if attribute.name == "value":
            yield from small_array(attribute.t)
        elif attribute.name in kinds:
            yield np.array(get_attribute_value(attribute), dtype=kinds[attribute.name])


def shape_value(node: NodeProto, shape: Shape) -> Array:
    """Return what Shape (with start and end since opset 15), or Size, gives for a tensor of `shape`."""
    if node.op_type == "Size":
        return np.array(prod(shape), dtype=np.int64)
    bounds = {item.name: item.i for item in node.attribute}
    return np.array(shape[slice(bounds.get("start", 0), bounds.get("end"))], dtype=np.int64)


def range_value(bounds: Sequence[Array]) -> Iterator[Array]:
    """Yield the numbers of a Range from start, limit and step, if they are few."""
    start, limit, step = (bound.ravel()[0] for bound in bounds)
    if step and (limit - start) / step <= MOST_EVALUATED:
        yield np.arange(start, limit, step, dtype=bounds[0].dtype)


def is_small(node: NodeProto, outputs: list[Shape | None]) -> bool:
    """Whether the results of an operation on small constants are small, as far as their shapes tell."""
    bounded = node.op_type not in _GROWING
    return all(bounded if shape is None else prod(shape) <= MOST_EVALUATED for shape in outputs)


def evaluate(node: NodeProto, opsets: Mapping[str, int], feeds: Mapping[str, Array]) -> dict[str, Array]:
    """Return the outputs of one node by ONNX's reference implementation, {} where it has none."""
    from onnx import ValueInfoProto
    from onnx.helper import (
        make_graph,
        make_model,
        make_opsetid,
        make_tensor_value_info,
        np_dtype_to_tensor_dtype,
    )
    from onnx.reference import ReferenceEvaluator

    try:
        given = [
            make_tensor_value_info(name, np_dtype_to_tensor_dtype(value.dtype), value.shape)
            for name, value in feeds.items()
        ]
        outputs = [ValueInfoProto(name=name) for name in node.output]
        imports = [make_opsetid(domain, version) for domain, version in opsets.items()]
        single = make_model(make_graph([node], "one", given, outputs), opset_imports=imports)
        with np.errstate(all="ignore"):
            results = ReferenceEvaluator(single).run(None, dict(feeds))
    except Exception:  # of any kind: the value then stays unknown, and a shape that needs it is reported
        return {}
    arrays = {name: np.asarray(value) for name, value in zip(node.output, results, strict=True)}
    return arrays if all(value.size <= MOST_EVALUATED for value in arrays.values()) else {}
