"""An ONNX graph reduced to what an import needs, and the role of each type of operation.

`OnnxGraph` has operations, shapes and constants; `role` says what becomes of an operation (the tables of
docs/onnx.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from wse_cp.errors import InputError
from wse_cp.networks.network import Shape
from wse_cp.onnx.batch import Batch

#: The names of the domain of ONNX's own operations.
STANDARD_DOMAINS = ("", "ai.onnx")


@dataclass(frozen=True)
class Operation:
    """A node of an ONNX graph; a missing optional input or output has the name "".

    `captured` are tensors of the graph around it that the graphs within it read (If, Loop, Scan). `is_last`
    says that no operation with weights depends on it. `scope` is the module that the exporter made it of.
    """

    name: str
    type: str
    domain: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]
    captured: tuple[str, ...] = ()
    is_last: bool = False
    scope: str = ""

    @property
    def reads(self) -> tuple[str, ...]:
        """All tensors that it reads."""
        return tuple(name for name in (*self.inputs, *self.captured) if name)

    @property
    def result(self) -> str:
        """The first output that is not left out."""
        return next(name for name in self.outputs if name)

    @property
    def multiplies(self) -> bool:
        """Whether it may multiply with weights or another activation, itself or in a graph within it."""
        within = (value for value in self.attributes.values() if hasattr(value, "node"))
        return _multiplies(self.domain, self.type) or any(map(_graph_multiplies, within))

    @property
    def is_standard(self) -> bool:
        """Whether ONNX itself defines the operation."""
        return self.domain in STANDARD_DOMAINS

    @property
    def title(self) -> str:
        """Name and type, for people."""
        return f"{self.name} ({self.type})"

    def integers(self, key: str) -> tuple[int, ...]:
        """Return an attribute that is a list of integers, () if it is missing."""
        found = self.attributes.get(key, ())
        if not isinstance(found, Sequence) or not all(isinstance(value, int) for value in found):
            raise InputError(f"{key} of {self.title} as integers", type(found).__name__)
        return tuple(found)

    def integer(self, key: str, default: int) -> int:
        """Return an attribute that is an integer."""
        found = self.attributes.get(key, default)
        if not isinstance(found, int):
            raise InputError(f"{key} of {self.title} as an integer", type(found).__name__)
        return found


@dataclass(frozen=True)
class OnnxGraph:
    """A graph whose shapes are known, as far as they matter.

    Parameters
    ----------
    operations
        Those that compute something from a network input and reach a network output, in file order
        (which is topological).
    shapes
        Shape of each tensor, where it is known: at least those that an operation with weights depends on.
    constants
        Tensors that do not depend on a network input (weights and what is computed from them).
    numbers
        Values of small integer constants, flattened.
    inputs, outputs
        The network's own.
    constant_operations, unused_operations
        The operations left out: those on constants only, and those that reach no output.
    batch
        The inputs that the file computes at once.
    notes
        Decisions made while reading, a line each.
    """

    operations: tuple[Operation, ...]
    shapes: Mapping[str, Shape]
    constants: frozenset[str]
    numbers: Mapping[str, tuple[int, ...]]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    constant_operations: tuple[Operation, ...]
    unused_operations: tuple[Operation, ...]
    batch: Batch
    notes: tuple[str, ...]

    def maker(self, name: str) -> Operation | None:
        """Return the operation that computes a tensor from activations, None if none does."""
        return self._makers.get(name)

    @cached_property
    def _makers(self) -> dict[str, Operation]:
        return {name: operation for operation in self.operations for name in operation.outputs}

    def activations(self, operation: Operation) -> tuple[str, ...]:
        """Return the tensors that an operation reads and that depend on a network input."""
        return tuple(name for name in operation.reads if name not in self.constants)

    def share(self, operation: Operation) -> int:
        """Return how many inputs of the network an operation works on at once: the batch size or 1."""
        return self.batch.share(operation.reads)


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
    "LSTM": (0, 1),
    "GRU": (0, 1),
    "RNN": (0, 1),
    "Einsum": (0, 1),
}

#: Other operations that multiply activations with each other or with numbers of their own.
_MULTIPLYING = ("Attention", "DFT", "DeformConv", "Det", "LinearAttention", "STFT")


def _multiplies(domain: str, kind: str) -> bool:
    return domain not in STANDARD_DOMAINS or kind in KERNELS or kind in _MULTIPLYING


def _graph_multiplies(graph: Any) -> bool:
    inner = (attribute.g for node in graph.node for attribute in node.attribute if attribute.HasField("g"))
    return any(_multiplies(n.domain, n.op_type) for n in graph.node) or any(map(_graph_multiplies, inner))


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
    "Attention Col2Im DFT DeformConv Det If LinearAttention Loop Optional OptionalGetElement "
    "RotaryEmbedding STFT Scan SequenceAt SequenceConstruct SequenceMap TensorScatter"
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
    weights to multiply with and passes its input through. So does an If that multiplies nothing, and other
    control flow where no operation with weights comes after it.
    """
    if operation.type in passed:
        return "pass"
    if not operation.is_standard:
        return "refuse"
    if operation.type == "Einsum" and len(operation.inputs) != len(KERNELS["Einsum"]):
        return "pass" if len(operation.inputs) == 1 else "refuse"
    found = _ROLES.get(operation.type, "pass")
    free = (operation.is_last or operation.type == "If") and not operation.multiplies
    return "pass" if found == "refuse" and free else found
