"""Tensors of merged copies: what like kernels read or write, each its own, is one tensor of the merged one.

Each expert of a mixture gets its own tokens from the router and sends its own hidden values on. The kernel of
all experts gets and sends one tensor of each kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from wse_cp.onnx.flow import Arrival, Flow

#: A reader (None for an output of the network), and what identifies the tensor that it reads.
Reading = tuple[int | None, tuple[int, str]]
#: Which copy reads, and which copy wrote what it reads, as far as they are copies.
_Copy = tuple[int | None, int | None]


def corresponding(flow: Flow, numbers: Mapping[int, int], copies: Collection[int]) -> dict[Reading, str]:
    """Return another name for each tensor that is the counterpart of a tensor read before.

    Parameters
    ----------
    flow
        The network before the merge.
    numbers
        The number of the merged unit by those of its members.
    copies
        The members of groups of copies.
    """
    formed = _formed(flow, numbers)
    ways: dict[tuple[int | None, int], dict[_Copy, dict[Reading, Arrival]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for reader, arrival in flow.readings():
        copy = (reader if reader in copies else None, arrival.source if arrival.source in copies else None)
        own = arrival.source in numbers and arrival.tensor == flow.units[arrival.source].result
        if copy == (None, None) or own or arrival.origin_key in formed:
            continue
        ends = (
            None if reader is None else numbers.get(reader, reader),
            numbers.get(arrival.source, arrival.source),
        )
        if ends[0] != ends[1]:
            ways[ends][copy].setdefault((reader, arrival.key), arrival)
    return dict(pair for found in ways.values() for pair in _counterparts(found))


def _formed(flow: Flow, numbers: Mapping[int, int]) -> set[tuple[int, str]]:
    """Return the sums that stay sums: with an operand from without the kernel that forms them."""
    return {
        (join.host, join.result)
        for join in flow.joins
        if any(numbers.get(a.source, a.source) != numbers.get(join.host, join.host) for a in join.others)
    }


def _counterparts(found: Mapping[_Copy, Mapping[Reading, Arrival]]) -> Iterator[tuple[Reading, str]]:
    """Yield the first copy's name for the tensors of the others, in order; what several read stays itself."""
    readers: dict[tuple[int, str], set[_Copy]] = defaultdict(set)
    for copy, read in found.items():
        for _, key in read:
            readers[key].add(copy)
    names: dict[int, str] = {}
    for read in found.values():
        own = [reading for reading in read if len(readers[reading[1]]) == 1]
        places = {key: place for place, key in enumerate(dict.fromkeys(key for _, key in own))}
        for reading in own:
            yield reading, names.setdefault(places[reading[1]], reading[1][1])
