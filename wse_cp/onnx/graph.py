"""An ONNX graph reduced to what an import needs: operations, shapes, and which tensors are constants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

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
        How many others there are: on constants only; without a way to an output.
    notes
        What was decided on the way.
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
