"""Which parts of a graph matter: what reaches an output, what operations with weights depend on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from wse_cp.onnx.graph import Operation, role
from wse_cp.onnx.subgraphs import captured

if TYPE_CHECKING:
    from onnx import NodeProto


def reaching(nodes: Sequence[NodeProto], outputs: Iterable[str], given: Collection[str]) -> set[str]:
    """Return the tensors that `outputs` depend on; what lies before the `given` tensors does not count."""
    wanted = set(outputs)
    for node in reversed(nodes):
        if wanted.intersection(node.output).difference(given):
            wanted.update(filter(None, (*node.input, *captured(node))))
    return wanted


def live_operations(
    operations: Sequence[Operation], outputs: Iterable[str], inputs: Collection[str]
) -> list[Operation]:
    """Return the operations between `inputs` and `outputs`, in order."""
    wanted = set(outputs).difference(inputs)
    live = []
    for operation in reversed(operations):
        if wanted.intersection(operation.outputs):
            live.append(operation)
            wanted.update(name for name in operation.reads if name not in inputs)
    return live[::-1]


def with_last_marked(operations: Sequence[Operation]) -> list[Operation]:
    """Return the operations, those marked on which no operation with weights depends."""
    wanted: set[str] = set()
    found = []
    for operation in reversed(operations):
        if operation.multiplies or wanted.intersection(operation.outputs):
            wanted.update(operation.reads)
            found.append(operation)
        else:
            found.append(replace(operation, is_last=True))
    return found[::-1]


def needed_shapes(operations: Sequence[Operation], passed: frozenset[str]) -> list[tuple[Operation, str]]:
    """Return the tensors whose shapes matter, each with its operation: what kernels-to-be read and write."""
    return [
        (operation, name)
        for operation in operations
        if role(operation, passed) == "kernel"
        for name in dict.fromkeys((*operation.reads, operation.result))
        if name not in operation.captured
    ]
