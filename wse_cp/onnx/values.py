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
    """

    source: int
    tensor: str
    origin: str
    low: int
    high: int
    direct: bool


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


def spread(value: Value, shape: Shape) -> Value:
    """Return a tensor of `shape` each element of which may come from any of the sources."""
    segments = (replace(segment, low=0, high=1, direct=False) for segment in value.segments)
    return Value(shape, None, tuple(dict.fromkeys(segments)))


def element_wise(value: Value, shape: Shape) -> Value:
    """Return the result of an operation element by element."""
    return replace(value, shape=shape) if _keeps_channels(value, shape) else spread(value, shape)


def passed(value: Value, shape: Shape, tensor: str) -> Value:
    """Return the result `tensor` of an operation over the image, such as pooling: a tensor of its own."""
    kept = element_wise(value, shape)
    changed = (replace(segment, tensor=tensor, direct=False) for segment in kept.segments)
    return replace(kept, segments=tuple(dict.fromkeys(changed)))


def _keeps_channels(value: Value, shape: Shape) -> bool:
    axis = value.axis
    return axis is not None and len(shape) == len(value.shape) and shape[axis] == value.shape[axis]


def reshaped(value: Value, shape: Shape) -> Value:
    """Return the value with its elements, in order, in another shape."""
    if shape == value.shape:
        return value
    axis = value.axis
    if axis is None:
        return spread(value, shape)
    before, channels = prod(value.shape[:axis]), value.shape[axis]
    for target in range(len(shape)):
        if prod(shape[:target]) == before and shape[target] == channels:
            return Value(shape, target, _indirect(value.segments))
    if before == 1 and len(shape) > 1 and shape[0] == 1:
        return _cut_anew(value, shape)
    return spread(value, shape)


def _cut_anew(value: Value, shape: Shape) -> Value:
    """Return the value with its elements as channels of another size; the channel axis is 1."""
    total = prod(shape)
    old, new = total // value.channels, total // shape[1]
    segments = (
        replace(segment, low=segment.low * old // new, high=-(-segment.high * old // new))
        for segment in _indirect(value.segments)
    )
    return Value(shape, 1, tuple(segments))


def transposed(value: Value, order: Sequence[int], shape: Shape) -> Value:
    """Return the value with its axes in another order (as ONNX's perm)."""
    if value.axis is None:
        return spread(value, shape)
    return Value(shape, list(order).index(value.axis), _indirect(value.segments))


def _indirect(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    return tuple(replace(segment, direct=False) for segment in segments)


def concatenated(values: Sequence[Value], axis: int, shape: Shape) -> Value:
    """Return the values put together along an axis."""
    segments: list[Segment] = []
    if all(value.axis == axis for value in values):
        offset = 0
        for value in values:
            segments += _moved(value.segments, offset)
            offset += value.channels
        return Value(shape, axis, tuple(segments))
    return together(values, shape)


def together(values: Sequence[Value], shape: Shape) -> Value:
    """Return a tensor that needs all of `values` at once: each channel, if all have the same channels."""
    axes = {value.axis for value in values}
    found = tuple(dict.fromkeys(segment for value in values for segment in value.segments))
    union = Value(shape, None, found)
    axis = axes.pop() if len(axes) == 1 else None
    if axis is None or any(not _keeps_channels(value, shape) for value in values):
        return spread(union, shape)
    return replace(union, axis=axis, segments=_indirect(found))


def cut(value: Value, axis: int, low: int, high: int, shape: Shape) -> Value:
    """Return the part of a value between two positions of an axis."""
    if value.axis != axis:
        kept = element_wise(value, shape)
        return replace(kept, segments=_indirect(kept.segments))
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
    """Return rows, columns and channels of a tensor without its batch, for an edge."""
    place = len(shape) - 1 if axis is None else axis
    image = [extent for number, extent in enumerate(shape) if number not in (0, place)]
    rows, columns = (prod(image[:-1]), image[-1]) if len(image) > 1 else (prod(image), 1)
    return max(1, rows), max(1, columns), max(1, channels)
