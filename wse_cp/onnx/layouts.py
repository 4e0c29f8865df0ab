"""Which axis of an input counts the batch, told from the first operation with weights that reads it."""

from __future__ import annotations

from collections.abc import Iterable

from wse_cp.networks.network import Shape
from wse_cp.onnx.graph import Operation, role

_CONVOLUTIONS = ("Conv", "ConvTranspose", "ConvInteger", "QLinearConv")
_PRODUCTS = ("Gemm", "MatMul")
_RECURRENT = ("LSTM", "GRU", "RNN")


def usual_batch_axis(name: str, shape: Shape, operations: Iterable[Operation]) -> int | None:
    """Return the batch axis of an input that an operation with weights reads, None if that does not tell it.

    The input may be changed element by element before.
    """
    same = {name}
    for operation in operations:
        if same.isdisjoint(operation.inputs):
            continue
        if role(operation) in ("element", "join"):
            same.update(operation.outputs)
        elif operation.type in _CONVOLUTIONS and operation.inputs[0] in same:
            return 0
        elif operation.type in _RECURRENT and operation.inputs[0] in same:
            return 0 if operation.integer("layout", 0) else 1
        elif operation.type in _PRODUCTS and len(shape) == 2:
            return _other_than_summed(operation, same)
    return None


def _other_than_summed(operation: Operation, names: set[str]) -> int:
    """Return the axis of a matrix that its product with another does not sum over."""
    is_left = operation.inputs[0] in names
    turned = operation.integer("transA" if is_left else "transB", 0) != 0
    return 0 if is_left != turned else 1
