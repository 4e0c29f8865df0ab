"""What becomes of each ONNX operation (the tables of docs/onnx.md)."""

from __future__ import annotations

from typing import Literal

from wse_cp.onnx.graph import Operation

Role = Literal[
    "kernel", "element", "join", "concat", "reshape", "transpose", "split", "slice", "pass", "refuse"
]

#: Operations with weights, and where data and weights stand among their inputs.
KERNELS: dict[str, tuple[int, int]] = {
    "Conv": (0, 1),
    "ConvTranspose": (0, 1),
    "ConvInteger": (0, 1),
    "QLinearConv": (0, 3),
    "Gemm": (0, 1),
    "MatMul": (0, 1),
    "MatMulInteger": (0, 1),
    "QLinearMatMul": (0, 3),
}

#: Element by element on one tensor: done where the tensor is.
_ELEMENT = (
    "Abs BatchNormalization BitwiseNot Cast CastLike Ceil Celu Clip Cos DequantizeLinear Dropout "
    "DynamicQuantizeLinear Elu Erf Exp Floor Gelu HardSigmoid HardSwish Identity IsInf IsNaN LeakyRelu Log "
    "Mish Neg Not QuantizeLinear Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Softplus Softsign Sqrt "
    "Swish Tan Tanh ThresholdedRelu"
)
#: Element by element on several tensors; with one that is not a constant, the same as the above.
_JOIN = (
    "Add And BitShift BitwiseAnd BitwiseOr BitwiseXor Div Equal Greater GreaterOrEqual Less LessOrEqual Max "
    "Mean Min Mod Mul Or PRelu Pow Sub Sum Where Xor"
)
_RESHAPE = "Flatten Reshape Squeeze Unsqueeze"
#: Sequential or with products of their own that no kernel stands for.
_REFUSE = (
    "Attention Col2Im DFT DeformConv Det Einsum GRU If LSTM LinearAttention Loop Optional OptionalGetElement "
    "RNN RotaryEmbedding STFT Scan SequenceAt SequenceConstruct SequenceMap TensorScatter"
)

_ROLES: dict[str, Role] = {
    **dict.fromkeys(KERNELS, "kernel"),
    **dict.fromkeys(_ELEMENT.split(), "element"),
    **dict.fromkeys(_JOIN.split(), "join"),
    **dict.fromkeys(_RESHAPE.split(), "reshape"),
    **dict.fromkeys(_REFUSE.split(), "refuse"),
    "Concat": "concat",
    "Transpose": "transpose",
    "Split": "split",
    "Slice": "slice",
}


def role(operation: Operation, passed: frozenset[str] = frozenset()) -> Role:
    """Return what becomes of an operation; types in `passed` are taken for free.

    What ONNX defines and no table names (pooling, softmax, reductions, resizing, gathering, ...) has no
    weights to multiply with and passes its input through.
    """
    if operation.type in passed:
        return "pass"
    if not operation.is_standard:
        return "refuse"
    return _ROLES.get(operation.type, "pass")
