"""Tensors of merged copies: what like kernels read or write, each its own, is one tensor of the merged one.

Each expert of a mixture gets its own tokens from the router and sends its own hidden values on. The kernel of
all experts gets and sends one tensor of each kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from wse_cp.onnx.flow import Flow

#: A reader (None for an output of the network), and what identifies the tensor that it reads.
Reading = tuple[int | None, tuple[int, str]]
#: Which copy reads, and which copy wrote what it reads, as far as they are copies.
_Copy = tuple[int | None, int | None]


def corresponding(flow: Flow, numbers: Mapping[int, int], spread: bool) -> dict[Reading, str]:
    """Return another name for each tensor that is the counterpart of a tensor read before.

    Parameters
    ----------
    flow
        The network before the merge.
    numbers
        The number of the merged unit by those of its members, which are all copies.
    spread
        Whether each reader of a sum forms it for itself; then sums keep their names.
    """
    formed = _formed(flow, numbers) if spread else set()
    ways: dict[tuple[int | None, int], list[tuple[_Copy, Reading]]] = defaultdict(list)
    for reader, arrival in flow.readings():
        copy = (reader if reader in numbers else None, arrival.source if arrival.source in numbers else None)
        own = arrival.source in numbers and arrival.tensor == flow.units[arrival.source].result
        if copy == (None, None) or own or arrival.origin_key in formed:
            continue
        ends = (
            None if reader is None else numbers.get(reader, reader),
            numbers.get(arrival.source, arrival.source),
        )
        if ends[0] != ends[1]:
            ways[ends].append((copy, (reader, arrival.key)))
    return dict(pair for found in ways.values() for pair in _counterparts(found))


def _formed(flow: Flow, numbers: Mapping[int, int]) -> set[tuple[int, str]]:
    """Return the sums that stay sums: with an operand from without the kernel that forms them."""
    return {
        (join.host, join.result)
        for join in flow.joins
        if any(numbers.get(a.source, a.source) != numbers.get(join.host, join.host) for a in join.others)
    }


def _counterparts(found: Sequence[tuple[_Copy, Reading]]) -> Iterator[tuple[Reading, str]]:
    """Yield names for readings: the copies' own tensors, in order, have those of the first copy.

    A tensor is the own one of the copy that reads it first, unless all of them do.
    """
    readers: dict[tuple[int, str], list[_Copy]] = defaultdict(list)
    for copy, (_, key) in found:
        readers[key].append(copy)
    count = len({copy for copy, _ in found})
    places: dict[_Copy, int] = defaultdict(int)
    names: dict[int, str] = {}
    renamed: dict[tuple[int, str], str] = {}
    for key, copies in readers.items():
        if len(set(copies)) < count:
            renamed[key] = names.setdefault(places[copies[0]], key[1])
            places[copies[0]] += 1
    yield from ((reading, renamed[reading[1]]) for _, reading in found if reading[1] in renamed)
