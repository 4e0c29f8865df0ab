"""Which kernel computes a sum, or another operation element by element on several tensors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from wse_cp.networks.network import Shape
from wse_cp.onnx.dependence import Dependence
from wse_cp.onnx.flow import Arrival, Join, arrivals
from wse_cp.onnx.graph import Operation
from wse_cp.onnx.values import Segment, Value, element_wise, overlapping, together

#: Why no kernel forms a sum.
NO_RESULT = "no operand is the result of one kernel"
CIRCLE = "another operand depends on each kernel that produces one"


@dataclass
class Joiner:
    """Assigns each sum to the deepest kernel whose result is an operand, if there is one.

    The result may be moved or cut, and changed element by element, but not pooled or the like.

    The deepest kernel is the one with the longest path from the network's inputs; of several, the last in
    the file. No other operand may depend on that kernel, so that the edges that bring it the other operands
    close no cycle. Where there is no such kernel, each reader gets all operands; but if an operand has
    several sources already, the deepest of all sources forms the sum, so that sources do not pile up.

    Parameters
    ----------
    first_unit
        Number of the first kernel; smaller numbers are the network's inputs.
    joins
        The sums that a kernel computes.
    unformed
        The sums that no kernel computes, by the reason why.
    """

    first_unit: int
    joins: list[Join] = field(default_factory=list)
    unformed: dict[str, list[str]] = field(default_factory=dict)
    _dependence: Dependence = field(default_factory=Dependence)

    def feed(self, number: int, sources: Iterable[int]) -> None:
        """Record that a kernel reads what `sources` supply (an input of the network has none)."""
        self._dependence.feed(number, sources)

    def join(self, operation: Operation, values: Sequence[Value], shape: Shape) -> Value:
        """Return the value of an operation element by element on several tensors."""
        whole = [value for value in values if value.shape == shape]
        sources = {segment.source for value in values for segment in value.segments}
        covering = [v for v in whole if len(sources) == 1 or (v.axis is None and _covers([v], values))]
        if covering:
            return element_wise(covering[0], shape)
        axis = next((value.axis for value in whole if value.axis is not None), None)
        aligned = [value for value in whole if value.axis == axis and axis is not None]
        others = [value for value in values if not any(value is one for one in aligned)]
        others = [value for value in others if not _covers(aligned, [value])]
        return self._join_channels(operation, aligned, others, shape, axis)

    def gather(self, operation: Operation, values: Sequence[Value], shape: Shape) -> Value:
        """Return the value of another operation on several tensors, that no kernel does as a rule."""
        value = together(values, shape)
        if not self._piles_up(value.segments, len(values)):
            return value
        host = self._deepest(value.segments)
        if host is None:
            return value
        received: dict[tuple[int, str, bool], list[Arrival]] = {}
        found = self._formed(operation, host, values, (0, value.channels), received)
        self._record(operation, received)
        return replace(value, segments=(found,))

    def _join_channels(
        self,
        operation: Operation,
        aligned: Sequence[Value],
        others: Sequence[Value],
        shape: Shape,
        axis: int | None,
    ) -> Value:
        """Choose a kernel for each range of channels over which no operand changes its source.

        `aligned` operands have the channels of the result; of the `others` each range needs all.
        """
        inner = {end for value in aligned for s in value.segments for end in (s.low, s.high)}
        ends = inner | {0, 1 if axis is None else shape[axis]}
        found: list[Segment] = []
        received: dict[tuple[int, str, bool], list[Arrival]] = {}
        reasons: set[str] = set()
        for low, high in pairwise(sorted(ends)):
            parts = [Value(v.shape, v.axis, overlapping(v, low, high)) for v in aligned]
            operands = [*parts, *others]
            host, reason = self._host(operands, shape)
            if host is None:
                reasons.add(reason)
                found += _unformed(operands, shape, low, high)
                continue
            found.append(self._formed(operation, host, operands, (low, high), received))
        self._record(operation, received)
        for reason in reasons - {""}:
            self.unformed.setdefault(reason, []).append(operation.name)
        return Value(shape, axis, _glued(found))

    def _formed(
        self,
        operation: Operation,
        host: Segment,
        operands: Sequence[Value],
        channels: tuple[int, int],
        received: dict[tuple[int, str, bool], list[Arrival]],
    ) -> Segment:
        """Let a kernel receive the operands of other sources; return the channels that it then computes."""
        brought = [a for part in operands for a in arrivals(part) if a.source != host.source]
        received.setdefault((host.source, host.origin, host.direct), []).extend(brought)
        self.feed(host.source, (arrival.source for arrival in brought))
        result = operation.result
        return Segment(host.source, result, result, *channels, host.direct)

    def _record(self, operation: Operation, received: dict[tuple[int, str, bool], list[Arrival]]) -> None:
        for (source, raw, direct), others in received.items():
            join = Join(source, raw, operation.result, operation.type, _merged(others), direct)
            self.joins.append(join)

    def _host(self, operands: Sequence[Value], shape: Shape) -> tuple[Segment | None, str]:
        """Return the operand whose kernel computes the sum, or None and why no kernel does.

        There is nothing to compute, and no reason, where all operands have one source.
        """
        segments = [segment for value in operands for segment in value.segments]
        sources = {segment.source for segment in segments}
        if len(sources) < 2:
            return None, ""
        single = [value for value in operands if value.shape == shape and len(value.segments) == 1]
        complete = [value.segments[0] for value in single if value.segments[0].complete]
        candidates = {s.source: s for s in complete if s.source >= self.first_unit}
        for number in self._dependence.deepest_first(candidates):
            if not self._dependence.any_needs(sources - {number}, number):
                return candidates[number], ""
        if self._piles_up(segments, len(operands)):
            return self._deepest(segments), NO_RESULT
        any_kernel = any(source >= self.first_unit for source in sources)
        return None, (CIRCLE if candidates else NO_RESULT) if any_kernel else ""

    def _piles_up(self, segments: Iterable[Segment], operands: int) -> bool:
        return len({segment.source for segment in segments}) > max(2, operands)

    def _deepest(self, segments: Iterable[Segment]) -> Segment | None:
        """Return a segment of the deepest kernel, on which no other source can depend."""
        found = {s.source: replace(s, direct=False) for s in segments if s.source >= self.first_unit}
        return found[self._dependence.deepest_first(found)[0]] if found else None


def _covers(values: Iterable[Value], others: Iterable[Value]) -> bool:
    """Whether `others` are made of the same results as `values`, so that who has these can compute them."""
    there = {(segment.source, segment.origin) for value in values for segment in value.segments}
    return all((s.source, s.origin) in there for other in others for s in other.segments)


def _unformed(operands: Sequence[Value], shape: Shape, low: int, high: int) -> list[Segment]:
    """Return the channels between `low` and `high` of what no kernel forms: all operands.

    Operands of one source are one tensor if one of them is whole.
    """
    whole = [value for value in operands if value.shape == shape and value.segments]
    segments = [segment for value in operands for segment in value.segments]
    if whole and len({segment.source for segment in segments}) == 1:
        return [replace(segment, low=low, high=high) for segment in whole[0].segments]
    derived = (replace(s, low=low, high=high, direct=False, complete=False) for s in segments)
    return list(dict.fromkeys(derived))


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
        if last is not None and segment == replace(last, low=last.high, high=segment.high):
            glued[-1] = replace(last, high=segment.high)
            continue
        glued.append(segment)
    return tuple(glued)
