"""A traced network: units (kernels to be), the tensors they read, and the sums that they compute.

`Joiner` chooses the unit that computes a sum, or another operation element by element on several tensors.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import networkx as nx

from wse_cp.kernels import Conv
from wse_cp.networks.network import Shape
from wse_cp.onnx.graph import Operation
from wse_cp.onnx.values import Segment, Value, element_wise, image_shape, overlapping, together


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
    """A kernel to be: title and result of its layer, the convolution, and the tensors it reads."""

    layer: str
    result: str
    kernel: Conv
    arrivals: tuple[Arrival, ...]


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
    """

    host: int
    raw: str
    result: str
    operation: str
    others: tuple[Arrival, ...]


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
    """

    inputs: tuple[tuple[str, Shape], ...]
    units: dict[int, Unit]
    joins: tuple[Join, ...]
    outputs: tuple[tuple[str, Shape, tuple[Arrival, ...]], ...]

    def readings(self) -> Iterator[tuple[int | None, Arrival]]:
        """Yield everything that arrives: at a unit (its number), at a sum's host, at an output (None)."""
        for number, unit in self.units.items():
            yield from ((number, arrival) for arrival in unit.arrivals)
        for join in self.joins:
            yield from ((join.host, arrival) for arrival in join.others)
        for _, _, arrivals in self.outputs:
            yield from ((None, arrival) for arrival in arrivals)


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


@dataclass
class Joiner:
    """Assigns each sum to the deepest kernel whose unchanged result is an operand, if there is one.

    The deepest kernel is the one with the longest path from the network's inputs; of several, the last in
    the file. No other operand may depend on that kernel, so that the edges that bring it the other operands
    close no cycle.

    Parameters
    ----------
    first_unit
        Number of the first kernel; smaller numbers are the network's inputs.
    joins
        The sums that a kernel computes.
    """

    first_unit: int
    joins: list[Join] = field(default_factory=list)
    _feeds: nx.DiGraph[int] = field(default_factory=nx.DiGraph)
    _depth: dict[int, int] = field(default_factory=dict)

    def feed(self, number: int, sources: Iterable[int]) -> None:
        """Record that a kernel reads what `sources` supply (an input of the network has none)."""
        self._feeds.add_node(number)
        self._feeds.add_edges_from((source, number) for source in sources)
        deepest = max((self._depth[source] + 1 for source in self._feeds.predecessors(number)), default=0)
        self._depth[number] = max(deepest, self._depth.get(number, 0))

    def join(self, operation: Operation, values: Sequence[Value], shape: Shape) -> Value:
        """Return the value of an operation element by element on several tensors."""
        sources = {segment.source for value in values for segment in value.segments}
        whole = [value for value in values if value.shape == shape]
        if len(sources) == 1 and whole:
            return element_wise(whole[0], shape)
        axes = {value.axis for value in values}
        if len(whole) < len(values) or len(axes) > 1 or None in axes:
            return together(values, shape)
        return self._join_channels(operation, values)

    def _join_channels(self, operation: Operation, values: Sequence[Value]) -> Value:
        """Choose a kernel for each range of channels over which no operand changes its source."""
        ends = {end for value in values for s in value.segments for end in (s.low, s.high)}
        found: list[Segment] = []
        received: dict[tuple[int, str], list[Arrival]] = {}
        result = operation.outputs[0]
        for low, high in pairwise(sorted(ends)):
            parts = [Value(v.shape, v.axis, overlapping(v, low, high)) for v in values]
            segments = [segment for part in parts for segment in part.segments]
            host = self._host(segments)
            if host is None:
                found += segments
                continue
            found.append(Segment(host.source, result, result, low, high, True))
            others = [a for part in parts for a in arrivals(part) if a.source != host.source]
            received.setdefault((host.source, host.origin), []).extend(others)
            self.feed(host.source, (arrival.source for arrival in others))
        for (source, raw), others in received.items():
            self.joins.append(Join(source, raw, result, operation.type, _merged(others)))
        return Value(values[0].shape, values[0].axis, _glued(found))

    def _host(self, segments: Sequence[Segment]) -> Segment | None:
        """Return the operand whose kernel computes the sum of `segments`, None if no kernel can."""
        sources = {segment.source for segment in segments}
        if len(sources) == 1:
            return None
        candidates = [s for s in segments if s.direct and s.source >= self.first_unit]
        deepest_first = sorted(candidates, key=lambda s: (self._depth[s.source], s.source), reverse=True)
        for candidate in deepest_first:
            others = sources - {candidate.source}
            if not any(nx.has_path(self._feeds, candidate.source, other) for other in others):
                return candidate
        return None


def _merged(received: Sequence[Arrival]) -> tuple[Arrival, ...]:
    """Return one arrival for each tensor of each source, its channels added up."""
    merged: dict[tuple[int, str], Arrival] = {}
    for arrival in received:
        known = merged.get(arrival.key)
        if known is not None:
            *image, channels = known.shape
            shape = (*image, channels + arrival.shape[-1])
            arrival = replace(arrival, shape=shape, direct=known.direct and arrival.direct)
        merged[arrival.key] = arrival
    return tuple(merged.values())


def _glued(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Return the segments with neighbours that continue each other put together."""
    glued: list[Segment] = []
    for segment in segments:
        last = glued[-1] if glued else None
        same = last and (last.source, last.tensor, last.direct, last.high) == (
            segment.source,
            segment.tensor,
            segment.direct,
            segment.low,
        )
        if last and same:
            glued[-1] = replace(last, high=segment.high)
        else:
            glued.append(segment)
    return tuple(glued)
