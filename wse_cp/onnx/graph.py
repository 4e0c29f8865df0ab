"""An ONNX graph reduced to what an import needs, and the role of each type of operation.

`OnnxGraph` has operations, shapes and constants; `role` says what becomes of an operation (the tables of
docs/onnx.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, Literal

from wse_cp.networks.network import Shape


@dataclass(frozen=True)
class Operation:
    """A node of an ONNX graph; a missing optional input or output has the name ""."""

    name: str
    type: str
    domain: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]

    @property
    def result(self) -> str:
        """The first output that is not left out."""
        return next(name for name in self.outputs if name)

    @property
    def is_standard(self) -> bool:
        """Whether ONNX itself defines the operation."""
        return self.domain in ("", "ai.onnx")

    @property
    def title(self) -> str:
        """Name and type, for people."""
        return f"{self.name} ({self.type})"

    def integers(self, key: str) -> tuple[int, ...]:
        """Return an attribute that is a list of integers, () if it is missing."""
        return tuple(int(value) for value in self.attributes.get(key, ()))

    def integer(self, key: str, default: int) -> int:
        """Return an attribute that is an integer."""
        return int(self.attributes.get(key, default))


@dataclass(frozen=True)
class OnnxGraph:
    """A graph whose shapes are known.

    Parameters
    ----------
    operations
        Those that compute something from a network input and reach a network output, in file order
        (which is topological).
    shapes
        Shape of each tensor the operations read or write.
    constants
        Tensors that do not depend on a network input (weights and what is computed from them).
    numbers
        Values of small integer constants, flattened.
    inputs, outputs
        The network's own.
    constant_operations, unused_operations
        Numbers of the operations left out: those on constants only, and those that reach no output.
    notes
        Decisions made while reading, a line each.
    """

    operations: tuple[Operation, ...]
    shapes: Mapping[str, Shape]
    constants: frozenset[str]
    numbers: Mapping[str, tuple[int, ...]]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    constant_operations: int
    unused_operations: int
    notes: tuple[str, ...]

    def activations(self, operation: Operation) -> tuple[str, ...]:
        """Return the inputs of an operation that depend on a network input."""
        return tuple(name for name in operation.inputs if name and name not in self.constants)

    @property
    def batch(self) -> int:
        """Number of network inputs that are computed at once, 1 if the inputs do not agree on it."""
        sizes = {self.shapes[name][0] if self.shapes[name] else 1 for name in self.inputs}
        return sizes.pop() if len(sizes) == 1 else 1

    def positions(self, name: str) -> int:
        """Return the number of elements of a tensor (of the whole batch)."""
        return prod(self.shapes[name])


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

#: Element by element on one tensor: computed by the kernel that produces it.
_ELEMENT = (
    "Abs BatchNormalization BitwiseNot Cast CastLike Ceil Celu Clip Cos DequantizeLinear Dropout "
    "DynamicQuantizeLinear Elu Erf Exp Floor Gelu HardSigmoid HardSwish Identity IsInf IsNaN LeakyRelu Log "
    "Mish Neg Not QuantizeLinear Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Softplus Softsign Sqrt "
    "Swish Tan Tanh ThresholdedRelu"
)
#: Element by element on several tensors; if only one is no constant, treated as the above.
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
    """Return what becomes of an operation; types in `passed` are free.

    What ONNX defines and no table names (pooling, softmax, reductions, resizing, gathering, ...) has no
    weights to multiply with and passes its input through.
    """
    if operation.type in passed:
        return "pass"
    if not operation.is_standard:
        return "refuse"
    return _ROLES.get(operation.type, "pass")
