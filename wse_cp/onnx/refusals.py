"""Operations that no kernel can stand for: refused by name, with what passing them through loses."""

from __future__ import annotations

from wse_cp.errors import InputError
from wse_cp.onnx.graph import OnnxGraph, Operation, role
from wse_cp.onnx.options import ImportOptions
from wse_cp.onnx.totals import multiplications


def refuse(graph: OnnxGraph, options: ImportOptions) -> None:
    """Raise `InputError` if an operation is refused, or one to pass through is not in the network."""
    unknown = options.pass_through - {operation.type for operation in graph.operations}
    if unknown:
        raise InputError("types of operations in the network to pass through", ", ".join(sorted(unknown)))
    refused = [op for op in graph.operations if role(op, options.pass_through) == "refuse"]
    if refused:
        types = sorted({op.type for op in refused})
        names = sorted({op.type if op.is_standard else f"{op.domain}.{op.type}" for op in refused})
        found = f"{', '.join(names)} ({len(refused)} in all, the first at {refused[0].name})"
        hint = " ".join(f"--pass-through {name}" for name in types)
        raise InputError(
            f"operations that kernels can stand for ({hint} takes them for free{_loss(refused, graph)})",
            found,
        )


def _loss(operations: list[Operation], graph: OnnxGraph) -> str:
    """Return what passing the operations through would leave out, as far as it is known."""
    counts = [multiplications(operation, graph) for operation in operations]
    known = sum(count for count in counts if count is not None)
    if None in counts:
        return (
            f" and leaves out more than {known:,} multiplications"
            if known
            else ", their multiplications unknown"
        )
    return f" and leaves out {known:,} multiplications"
