"""Operations with weights as layers: which builder does which type, and what is wrong with misshapen ones."""

from __future__ import annotations

from collections.abc import Callable

from wse_cp.errors import InputError
from wse_cp.onnx.convolutions import convolution, transposed_convolution
from wse_cp.onnx.graph import OnnxGraph, Operation
from wse_cp.onnx.layer import Layer, shapes_text
from wse_cp.onnx.products import einsum, gemm, matmul
from wse_cp.onnx.recurrences import recurrence

_BUILDERS: dict[str, Callable[[Operation, OnnxGraph], tuple[Layer, ...]]] = {
    "Conv": convolution,
    "ConvInteger": convolution,
    "QLinearConv": convolution,
    "ConvTranspose": transposed_convolution,
    "Gemm": gemm,
    "MatMul": matmul,
    "MatMulInteger": matmul,
    "QLinearMatMul": matmul,
    "Einsum": einsum,
    "LSTM": recurrence,
    "GRU": recurrence,
    "RNN": recurrence,
}


def layers_of(operation: Operation, graph: OnnxGraph) -> tuple[Layer, ...]:
    """Return an operation with weights as layers, along the data flow.

    Raises `InputError` if its tensors do not have the shapes that the operation requires.
    """
    try:
        layers = _BUILDERS[operation.type](operation, graph)
    except (ValueError, LookupError, TypeError, ZeroDivisionError):  # tensors that ONNX does not allow here
        raise _misshapen(operation, graph) from None
    if not all(_is_sound(layer, graph) for layer in layers):
        raise _misshapen(operation, graph)
    return layers


def _is_sound(layer: Layer, graph: OnnxGraph) -> bool:
    if min(vars(layer.conv).values()) < 1 or layer.groups < 1 or layer.conv.K % layer.groups:
        return False
    axis = layer.input_axis
    return axis is None or graph.shapes[layer.data][axis] == layer.conv.C * layer.groups


def _misshapen(operation: Operation, graph: OnnxGraph) -> InputError:
    shapes = [graph.shapes[name] for name in operation.inputs if name in graph.shapes]
    return InputError(f"tensors of fitting shapes at {operation.title}", shapes_text(shapes))
