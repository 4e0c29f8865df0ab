"""Which kernels a tensor comes from, channel by channel, and how operations without weights change that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import prod

from wse_cp.networks.network import Shape


@dataclass(frozen=True)
class Segment:
    """Channels of a tensor that one source supplies.

    Parameters
    ----------
    source
        Number of a network input or a kernel.
    tensor
        Name of the tensor on the wire; one that arrives by several ways counts once.
    origin
        Name of the source's result that it was made from, by pooling for example.
    low, high
        First channel, one past the last.
    direct
        Whether it is the source's result, changed by operations element by element at most.
    complete
        Whether its elements are some of the source's result, moved at most.
    """

    source: int
    tensor: str
    origin: str
    low: int
    high: int
    direct: bool
    complete: bool = True


@dataclass(frozen=True)
class Value:
    """A tensor: shape, axis of the channels (None if they are spread), the segments along it."""

    shape: Shape
    axis: int | None
    segments: tuple[Segment, ...]

    @property
    def channels(self) -> int:
        """Number of channels, 1 if they are spread."""
        return 1 if self.axis is None else self.shape[self.axis]


def spread(value: Value, shape: Shape, complete: bool = False) -> Value:
    """Return a tensor of `shape` each element of which may come from any of the sources.

    `complete` says that its elements are some of the value's, moved at most.
    """
    segments = (
        replace(s, low=0, high=1, direct=False, complete=complete and s.complete) for s in value.segments
    )
    return Value(shape, None, tuple(dict.fromkeys(segments)))


def element_wise(value: Value, shape: Shape) -> Value:
    """Return the result of an operation element by element, which may be broadcast."""
    if shape == value.shape:
        return value
    return replace(value, shape=shape) if _keeps_channels(value, shape) else spread(value, shape)


def passed(value: Value, shape: Shape, tensor: str) -> Value:
    """Return the result `tensor` of an operation over the image, such as pooling: a tensor of its own."""
    kept = element_wise(value, shape)
    changed = (replace(segment, tensor=tensor, direct=False, complete=False) for segment in kept.segments)
    return replace(kept, segments=tuple(dict.fromkeys(changed)))


def _keeps_channels(value: Value, shape: Shape) -> bool:
    axis = value.axis
    return axis is not None and len(shape) == len(value.shape) and shape[axis] == value.shape[axis]


def reshaped(value: Value, shape: Shape) -> Value:
    """Return the value with its elements, in order, in another shape."""
    if shape == value.shape:
        return value
    axis = value.axis
    if axis is None or not value.channels:
        return spread(value, shape, complete=True)
    before = prod(value.shape[:axis])
    targets = [t for t in range(len(shape)) if prod(shape[:t]) == before]
    for target in targets:
        if shape[target] == value.channels:
            return Value(shape, target, _rearranged(value.segments))
    for target in targets:
        if shape[target] > 1:
            return _cut_anew(value, shape, target)
    return spread(value, shape, complete=True)


def _cut_anew(value: Value, shape: Shape, axis: int) -> Value:
    """Return the value with its elements as channels of another size, their axis begun where it did."""
    old, new = value.channels, shape[axis]
    segments = []
    for segment in _rearranged(value.segments):
        low, high = segment.low * new, segment.high * new
        exact = not low % old and not high % old
        complete = segment.complete and exact
        segments.append(replace(segment, low=low // old, high=-(-high // old), complete=complete))
    return Value(shape, axis, tuple(segments))


def transposed(value: Value, order: Sequence[int], shape: Shape) -> Value:
    """Return the value with its axes in another order (as ONNX's perm)."""
    if value.axis is None:
        return spread(value, shape, complete=True)
    return Value(shape, list(order).index(value.axis), _rearranged(value.segments))


def _rearranged(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    return tuple(replace(segment, direct=False) for segment in segments)


def _derived(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    return tuple(replace(segment, direct=False, complete=False) for segment in segments)


def concatenated(values: Sequence[Value], axis: int, shape: Shape) -> Value:
    """Return the values put together along an axis; those without segments are constants."""
    axes = {value.axis for value in values if value.segments}
    if axes != {axis} and None not in axes and len(axes) == 1:
        supplied = [value for value in values if value.segments]
        if len(supplied) == len(values) and len({value.segments for value in values}) == 1:
            return Value(
                shape, supplied[0].axis, supplied[0].segments
            )  # parts of one tensor, put together again
        return together(supplied, shape)
    segments: list[Segment] = []
    offset = 0
    for value in values:
        extent = value.shape[axis]
        aligned = value.segments if value.axis == axis else _along(value, extent)
        segments += _moved(aligned, offset)
        offset += extent
    return Value(shape, axis, tuple(dict.fromkeys(segments)))


def _along(value: Value, extent: int) -> tuple[Segment, ...]:
    """Return the sources of a value along an axis that is not its channels': each for all of the axis."""
    whole = len(value.segments) == 1
    return tuple(
        replace(s, low=0, high=extent, direct=False, complete=whole and s.complete) for s in value.segments
    )


def together(values: Sequence[Value], shape: Shape) -> Value:
    """Return a tensor that needs all of `values` at once: each channel, if all have the same channels."""
    axes = {value.axis for value in values}
    found = tuple(dict.fromkeys(segment for value in values for segment in value.segments))
    union = Value(shape, None, found)
    axis = axes.pop() if len(axes) == 1 else None
    if axis is None or any(not _keeps_channels(value, shape) for value in values):
        return spread(union, shape)
    return replace(union, axis=axis, segments=_derived(found))


def cut(value: Value, axis: int, low: int, high: int, shape: Shape) -> Value:
    """Return the part of a value between two positions of an axis."""
    if value.axis != axis:
        if _keeps_channels(value, shape):
            return Value(shape, value.axis, _rearranged(value.segments))
        return spread(value, shape, complete=True)
    return Value(shape, axis, _moved(overlapping(value, low, high), -low))


def overlapping(value: Value, low: int, high: int) -> tuple[Segment, ...]:
    """Return the segments between two channels, cut there; all of them where channels are spread."""
    if value.axis is None:
        return value.segments
    cuts = (
        replace(segment, low=max(segment.low, low), high=min(segment.high, high))
        for segment in value.segments
    )
    return tuple(segment for segment in cuts if segment.low < segment.high)


def _moved(segments: Iterable[Segment], offset: int) -> tuple[Segment, ...]:
    return tuple(replace(s, low=s.low + offset, high=s.high + offset) for s in segments)


def image_shape(shape: Shape, axis: int | None, channels: int) -> Shape:
    """Return rows (of all inputs of the batch), columns and channels of a tensor, for an edge."""
    place = len(shape) - 1 if axis is None else axis
    image = [extent for number, extent in enumerate(shape) if number != place]
    rows, columns = (prod(image[:-1]), image[-1]) if len(image) > 2 else (prod(image), 1)
    return max(1, rows), max(1, columns), max(1, channels)


def for_one_input(image: Shape, share: int) -> Shape:
    """Return rows, columns and channels for one input of a batch of `share`, where that divides them."""
    rows, columns, channels = image
    if rows % share == 0:
        return rows // share, columns, channels
    return (rows, columns // share, channels) if columns % share == 0 else image
