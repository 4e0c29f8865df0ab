"""Which kernel computes a sum, or another operation element by element on several tensors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import networkx as nx

from wse_cp.networks.network import Shape
from wse_cp.onnx.flow import Arrival, Join, arrivals
from wse_cp.onnx.graph import Operation
from wse_cp.onnx.values import Segment, Value, element_wise, overlapping, together


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
