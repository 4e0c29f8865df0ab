"""A traced network: units (kernels to be), the tensors they read, and the sums that they compute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from wse_cp.kernels import Conv
from wse_cp.networks.network import Shape
from wse_cp.onnx.layer import Layer
from wse_cp.onnx.values import Segment, Value, image_shape


@dataclass(frozen=True)
class Arrival:
    """A tensor that a unit reads: see `Segment`; `shape` is rows x columns x channels."""

    source: int
    tensor: str
    origin: str
    shape: Shape
    direct: bool

    @property
    def key(self) -> tuple[int, str]:
        """What identifies the tensor, by whichever way it arrives."""
        return self.source, self.tensor

    @property
    def origin_key(self) -> tuple[int, str]:
        """The source and the result of it that the tensor was made from."""
        return self.source, self.origin


@dataclass(frozen=True)
class Unit:
    """A kernel to be.

    Parameters
    ----------
    layer, result
        Title and result of its operation.
    kernel
        The convolution.
    arrivals
        The tensors it reads.
    of
        The layer that it computes, or some output channels of.
    module
        Path of the module that the layer belongs to, "" if the file does not tell.
    merged
        The units that were merged to be this one.
    """

    layer: str
    result: str
    kernel: Conv
    arrivals: tuple[Arrival, ...]
    of: Layer
    module: str = ""
    merged: tuple[Unit, ...] = ()

    @property
    def members(self) -> tuple[Unit, ...]:
        """The units that were merged, one by one; itself if none were."""
        return tuple(one for unit in self.merged for one in unit.members) or (self,)


@dataclass(frozen=True)
class Join:
    """A sum (or another operation element by element on several tensors) that a unit computes.

    Parameters
    ----------
    host
        Number of the unit.
    raw
        The unit's own result, which is one operand.
    result
        Name of the sum.
    operation
        Its ONNX type.
    others
        The other operands.
    in_place
        Whether the unit's result is an operand as it is, or in another order.
    """

    host: int
    raw: str
    result: str
    operation: str
    others: tuple[Arrival, ...]
    in_place: bool = True


@dataclass(frozen=True)
class Flow:
    """A traced network. Sources are numbered: first the network's inputs, then the units.

    Parameters
    ----------
    inputs
        Names of the network's inputs with their rows x columns x channels.
    units
        In file order, which is topological.
    joins
        In file order.
    outputs
        Name, rows x columns x channels, and arrivals of each network output.
    unformed
        The sums that no kernel forms, by the reason why.
    shares
        For each source whose result depends on the batch, the batch size.
    """

    inputs: tuple[tuple[str, Shape], ...]
    units: dict[int, Unit]
    joins: tuple[Join, ...]
    outputs: tuple[tuple[str, Shape, tuple[Arrival, ...]], ...]
    unformed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    shares: Mapping[int, int] = field(default_factory=dict)

    def readings(self) -> Iterator[tuple[int | None, Arrival]]:
        """Yield everything that arrives: at a unit (its number), at a sum's host, at an output (None)."""
        for number, unit in self.units.items():
            yield from ((number, arrival) for arrival in unit.arrivals)
        for join in self.joins:
            yield from ((join.host, arrival) for arrival in join.others)
        for _, _, arrivals in self.outputs:
            yield from ((None, arrival) for arrival in arrivals)


def of_layer_before(layer: Layer, before: Sequence[Segment]) -> list[Arrival]:
    """Return what arrives from the kernels of the layer before, of the same operation."""
    image = (layer.conv.H * layer.share, 1)
    return [Arrival(s.source, s.tensor, s.origin, (*image, s.high - s.low), True) for s in before]


def arrivals(value: Value, segments: Iterable[Segment] | None = None) -> tuple[Arrival, ...]:
    """Return what travels for `segments` of a value (all): one arrival for each tensor of each source."""
    chosen = tuple(value.segments if segments is None else segments)
    channels: dict[tuple[int, str, str], int] = {}
    direct: dict[tuple[int, str, str], bool] = {}
    for segment in chosen:
        key = (segment.source, segment.tensor, segment.origin)
        size = segment.high - segment.low if value.axis is not None else value.shape[-1] if value.shape else 1
        channels[key] = channels.get(key, 0) + size
        direct[key] = segment.direct and direct.get(key, True)
    total = value.shape[value.axis] if value.axis is not None else max(channels.values(), default=1)
    return tuple(
        Arrival(*key, image_shape(value.shape, value.axis, min(size, total)), direct[key])
        for key, size in channels.items()
    )
