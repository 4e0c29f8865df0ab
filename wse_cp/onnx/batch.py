"""The batch: how many inputs of the network a file computes at once, and what depends on it.

A kernel works on one input. So the multiplications of an operation are divided by the batch size if it reads
anything that depends on an input with a batch axis. Which axis that is, the file's names tell, the way the
input is used, or the user; where all that is silent, it is the first one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from wse_cp.errors import InputError
from wse_cp.networks.network import Shape

#: Said of an input that has no batch axis.
NO_BATCH = -1


@dataclass(frozen=True)
class Batch:
    """The batch of a network.

    Parameters
    ----------
    size
        Number of inputs of the network that are computed at once.
    tensors
        The tensors that depend on an input with a batch axis.
    text
        How it was found, for people.
    """

    size: int = 1
    tensors: frozenset[str] = field(default_factory=frozenset)
    text: str = "1"

    def share(self, reads: Iterable[str]) -> int:
        """Return the batch size for an operation that depends on it, 1 for others."""
        return self.size if self.size > 1 and not self.tensors.isdisjoint(reads) else 1


@dataclass(frozen=True)
class BatchChoice:
    """What the user says of the batch; None or a missing name leaves it to the file.

    Parameters
    ----------
    size
        Number of inputs at once.
    axis
        The batch axis of inputs that `axes` does not name.
    axes
        The batch axis of inputs by name; None for an input without one.
    """

    size: int | None = None
    axis: int | None = None
    axes: Mapping[str, int | None] = field(default_factory=dict)


def find_batch(
    shapes: Mapping[str, Shape],
    named: Mapping[str, int],
    choice: BatchChoice,
    usual_axis: Callable[[str], int | None],
) -> tuple[int, dict[str, int | None], str]:
    """Return the batch size, the batch axis of each input (None without one), and how they were found.

    Parameters
    ----------
    shapes
        Shape of each input.
    named
        The axis that the file names like a batch, by input.
    choice
        What the user says; it comes first.
    usual_axis
        The batch axis of an input that the way it is used tells, `NO_BATCH` for an input without one, None
        where that is silent.

    Raises
    ------
    InputError
        If the user's batch is not one that the inputs can have.
    """
    _check(shapes, choice)
    certain = {
        **named,
        **(dict.fromkeys(shapes, choice.axis) if choice.axis is not None else {}),
        **choice.axes,
    }
    likely = {name: _likely_axis(shape, usual_axis(name)) for name, shape in shapes.items()}
    axes = {name: certain.get(name, likely[name]) for name in shapes}
    if choice.size is not None:
        return _of_size(shapes, axes, choice.size)
    sizes = _sizes(shapes, {name: axes[name] for name in certain if name in shapes})
    found = sizes if len(sizes) == 1 else _sizes(shapes, axes)
    if len(found) > 1:
        where = ", ".join(f"{n} for {' and '.join(names[:2])}" for n, names in found.items())
        text = f"1 (the inputs differ: {where}; --batch N or --batch-axis NAME=AXIS says otherwise)"
        return 1, dict.fromkeys(shapes, None), text
    size = next(iter(found), 1)
    carriers = {name: axis if _extent(shapes[name], axis) == size else None for name, axis in axes.items()}
    for name, shape in shapes.items():
        doubtful = name not in certain and usual_axis(name) != NO_BATCH
        if size > 1 and doubtful and carriers[name] is None and shape and shape[0] == size:
            carriers[name] = 0
    return size, carriers, _text(size, carriers, certain)


def _check(shapes: Mapping[str, Shape], choice: BatchChoice) -> None:
    for name, axis in choice.axes.items():
        if name not in shapes:
            raise InputError(f"an input of the network ({', '.join(shapes)})", name, "--batch-axis")
        if axis is not None and axis >= len(shapes[name]):
            raise InputError(
                f"an axis of input {name} from 0 to {len(shapes[name]) - 1}", str(axis), "--batch-axis"
            )
    if choice.axis is not None and all(choice.axis >= len(shape) for shape in shapes.values()):
        raise InputError("an axis that some input has", str(choice.axis), "--batch-axis")


def _likely_axis(shape: Shape, used: int | None) -> int | None:
    """Return the batch axis of an input of which the file's names say nothing.

    A sequence with a second axis of 1 is taken for one input, time first.
    """
    if used is not None:
        return None if used == NO_BATCH else used
    if len(shape) < 2:
        return None
    return 1 if len(shape) == 3 and shape[1] == 1 else 0


def _extent(shape: Shape, axis: int | None) -> int | None:
    return shape[axis] if axis is not None and axis < len(shape) else None


def _sizes(shapes: Mapping[str, Shape], axes: Mapping[str, int | None]) -> dict[int, list[str]]:
    """Return the inputs by the extent of their batch axis, without those that have none."""
    found: dict[int, list[str]] = {}
    for name, axis in axes.items():
        extent = _extent(shapes[name], axis)
        if extent is not None:
            found.setdefault(extent, []).append(name)
    return found


def _of_size(
    shapes: Mapping[str, Shape], axes: Mapping[str, int | None], size: int
) -> tuple[int, dict[str, int | None], str]:
    """Return the batch of a size that the user gives: in the likely axis, or else any of that extent."""
    carriers: dict[str, int | None] = {}
    for name, shape in shapes.items():
        axis = axes[name]
        if _extent(shape, axis) != size:
            axis = shape.index(size) if size > 1 and size in shape else None
        carriers[name] = axis
    if size > 1 and not any(axis is not None for axis in carriers.values()):
        raise InputError("a batch size that is an extent of some input", str(size), "--batch")
    return size, carriers, f"{size} as asked{_where(carriers) if size > 1 else ''}"


def _text(size: int, carriers: Mapping[str, int | None], certain: Mapping[str, int | None]) -> str:
    doubtful = size > 1 and not any(name in certain for name, axis in carriers.items() if axis is not None)
    return f"{size}{_where(carriers, '; --batch 1 if that is no batch' if doubtful else '')}"


def _where(carriers: Mapping[str, int | None], advice: str = "") -> str:
    found = [f"axis {axis} of {name}" for name, axis in carriers.items() if axis is not None]
    shown = ", ".join(found[:3]) + (", ..." if len(found) > 3 else "")
    return f" ({shown}{advice})" if found else ""
