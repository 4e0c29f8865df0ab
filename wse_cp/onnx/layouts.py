"""Which axis of an input counts the batch, told from the first operation with weights that reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wse_cp.networks.network import Shape
from wse_cp.onnx.batch import NO_BATCH
from wse_cp.onnx.graph import Operation, role

_CONVOLUTIONS = ("Conv", "ConvTranspose", "ConvInteger", "QLinearConv")
_PRODUCTS = ("Gemm", "MatMul")
_RECURRENT = ("LSTM", "GRU", "RNN")
#: Operations that keep each axis in its place.
_IN_PLACE = ("Concat", "Pad", "Resize")

#: For each axis of a tensor, the axis of the input that it is, None for one that was put in.
Axes = tuple[int | None, ...]


def usual_batch_axis(
    name: str,
    shapes: Mapping[str, Shape],
    operations: Iterable[Operation],
    numbers: Mapping[str, Sequence[int]],
) -> int | None:
    """Return the batch axis of an input that an operation with weights reads, None if that does not tell it.

    `NO_BATCH` says that the axis of that operation's batch is none of the input's: it was put in. Before, the
    input may be changed element by element, padded and resized, and its axes may be moved, put in and taken
    out. `numbers` are the values of small constants.
    """
    axes: dict[str, Axes] = {name: tuple(range(len(shapes[name])))}
    for operation in operations:
        read = next((tensor for tensor in operation.inputs if tensor in axes), None)
        if read is None:
            continue
        found = _told(operation, read, axes, len(shapes[name]))
        if found is not None:
            return found
        moved = _moved(operation, axes[read], numbers)
        ranks = [len(shapes.get(result, ())) for result in operation.outputs]
        if moved is not None and set(ranks) == {len(moved)}:
            axes.update((result, moved) for result in operation.outputs)
    return None


def _told(operation: Operation, read: str, axes: Mapping[str, Axes], rank: int) -> int | None:
    """Return the batch axis that an operation with weights tells, None if it is none or tells nothing.

    A product of matrices tells it of a matrix only: of an input of higher `rank` the batch may be gone.
    """
    if operation.type in _PRODUCTS:
        there = axes[read]
        return _original(there, _other_than_summed(operation, read)) if len(there) == rank == 2 else None
    if operation.inputs[0] != read:
        return None
    if operation.type in _CONVOLUTIONS:
        return _original(axes[read], 0)
    if operation.type in _RECURRENT:
        return _original(axes[read], 0 if operation.integer("layout", 0) else 1)
    return None


def _original(axes: Axes, axis: int) -> int | None:
    if axis >= len(axes):
        return None
    found = axes[axis]
    return NO_BATCH if found is None else found


def _moved(operation: Operation, axes: Axes, numbers: Mapping[str, Sequence[int]]) -> Axes | None:
    """Return the axes of what an operation makes of a tensor, None if they cannot be told."""
    if role(operation) in ("element", "join") or operation.type in _IN_PLACE:
        return axes
    if operation.type == "Transpose":
        order = operation.integers("perm") or range(len(axes))[::-1]
        return tuple(axes[axis] for axis in order)
    if operation.type not in ("Unsqueeze", "Squeeze", "Gather"):
        return None
    places = _places(operation, numbers)
    if operation.type == "Unsqueeze":
        rank = len(axes) + len(places)
        new = {place % rank for place in places}
        rest = iter(axes)
        return tuple(None if place in new else next(rest) for place in range(rank))
    gone = {place % len(axes) for place in places}
    return tuple(axis for place, axis in enumerate(axes) if place not in gone) if gone else None


def _places(operation: Operation, numbers: Mapping[str, Sequence[int]]) -> Sequence[int]:
    """Return the axes that an operation puts in or takes out; a Gather of one index takes out its axis."""
    if operation.type == "Gather":
        single = len(numbers.get(operation.inputs[1], ())) == 1
        return (operation.integer("axis", 0),) if single else ()
    if len(operation.inputs) > 1 and operation.inputs[1]:
        return numbers.get(operation.inputs[1], ())
    return operation.integers("axes")


def _other_than_summed(operation: Operation, name: str) -> int:
    """Return the axis of a matrix that its product with another does not sum over."""
    is_left = operation.inputs[0] == name
    turned = operation.integer("transA" if is_left else "transB", 0) != 0
    return 0 if is_left != turned else 1
