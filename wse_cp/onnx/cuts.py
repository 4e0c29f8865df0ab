"""Where a Slice begins, from its inputs or, in old files, its attributes."""

from __future__ import annotations

from collections.abc import Sequence

from wse_cp.networks.network import Shape
from wse_cp.onnx.graph import OnnxGraph, Operation

_PLACES = {"starts": 1, "axes": 3, "steps": 4}


def slice_start(operation: Operation, graph: OnnxGraph, extents: Shape, axis: int) -> int | None:
    """Return the first position of a Slice in steps of 1, None if not known or `axis` is not cut."""
    starts, axes, steps = (_numbers(operation, graph, key) for key in _PLACES)
    axes = axes or tuple(range(len(starts)))
    for number, start, step in zip(axes, starts, steps or (1,) * len(starts), strict=False):
        if number % len(extents) == axis and step == 1:
            extent = extents[axis]
            return min(max(start + extent if start < 0 else start, 0), extent)
    return None


def _numbers(operation: Operation, graph: OnnxGraph, key: str) -> Sequence[int]:
    place = _PLACES[key]
    if len(operation.inputs) > place and operation.inputs[place]:
        return graph.numbers.get(operation.inputs[place], ())
    return operation.integers(key)
