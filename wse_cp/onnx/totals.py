"""The totals of an import: multiplications and weights of the file, of the kernels, and of what has none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from wse_cp.errors import InputError
from wse_cp.kernels import work
from wse_cp.onnx.flow import Flow
from wse_cp.onnx.graph import KERNELS, OnnxGraph, Operation, role
from wse_cp.onnx.layers import layers_of


@dataclass(frozen=True)
class Totals:
    """Multiplications and weights; multiplications are for all the inputs that the file computes at once.

    Parameters
    ----------
    kernels
        Multiplications that the kernels do.
    passed
        Those of operations with weights that the user takes for free.
    constant, unused
        Those of operations on constants only, and of those that reach no output.
    unknown
        Numbers of operations passed or left out whose multiplications are not known.
    weights
        Weights of the file that kernels hold, each counted once.
    repeated
        Weights that kernels hold in addition, because several use the same.
    """

    kernels: int = 0
    passed: int = 0
    constant: int = 0
    unused: int = 0
    unknown: int = 0
    weights: int = 0
    repeated: int = 0

    @property
    def file(self) -> int:
        """All multiplications of the file, as far as they are known."""
        return self.kernels + self.passed + self.constant + self.unused

    def lines(self) -> Iterator[tuple[str, str]]:
        """Yield headings and texts."""
        left = (("passed", self.passed), ("on constants only", self.constant), ("unused", self.unused))
        parts = [f"{self.kernels:,} in kernels", *(f"{count:,} {what}" for what, count in left if count)]
        doubt = f"; {self.unknown} operations not counted" if self.unknown else ""
        yield "multiplied", f"{self.file:,} in the file: {', '.join(parts)}{doubt}"
        again = f", {self.repeated:,} of them held again by further kernels" if self.repeated else ""
        yield "weights", f"{self.weights:,} in kernels{again}"


def multiplications(operation: Operation, graph: OnnxGraph) -> int | None:
    """Return how often an operation multiplies with weights or another activation, None if unknown.

    Operations that ONNX defines and that neither have weights nor are refused multiply nothing.
    """
    if operation.is_standard and operation.type in KERNELS and len(operation.inputs) > 1:
        try:
            return sum(layer.multiplications for layer in layers_of(operation, graph))
        except (InputError, LookupError):
            return None
    if operation.is_standard and operation.type == "DeformConv":
        result, weights = (graph.shapes.get(name) for name in (operation.result, operation.inputs[1]))
        return prod(result) * prod(weights[1:]) if result and weights else None
    return None if role(operation) == "refuse" and operation.multiplies else 0


def totals_of(graph: OnnxGraph, flow: Flow, passed: frozenset[str]) -> Totals:
    """Return the totals of a graph and the kernels it became."""
    leaves = [member for unit in flow.units.values() for member in unit.members]
    layers = {id(unit.of): unit.of for unit in leaves}.values()
    held = [layer for layer in layers if layer.weights]
    once = {layer.weights: layer.weight_count for layer in held}
    taken_free = [op for op in graph.operations if op.type in passed]
    groups = (taken_free, graph.constant_operations, graph.unused_operations)
    counts = [[multiplications(operation, graph) for operation in group] for group in groups]
    free, constant, unused = (sum(count or 0 for count in group) for group in counts)
    return Totals(
        kernels=sum(int(work(unit.kernel)) * unit.of.share for unit in flow.units.values()),
        passed=free,
        constant=constant,
        unused=unused,
        unknown=sum(group.count(None) for group in counts),
        weights=sum(once.values()),
        repeated=sum(layer.weight_count for layer in held) - sum(once.values()),
    )
