"""Chords: edges outside the tree whose channel splits are counted too.

A chord closes a triangle whose other two edges are in the tree and meet in a kernel that has no other edge,
its *centre*. docs/bounds.md, section 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wse_cp.instance import Instance
from wse_cp.kernels import convs


@dataclass(frozen=True)
class Chord:
    """The edge between both neighbours of a centre: the one below it in the tree and the one above.

    Both and the centre compare channel splits by the same `reference`, a number of channels.
    """

    below: str
    above: str
    multiplicity: int
    reference: int


def chords_of(instance: Instance, parents: Mapping[str, str | None]) -> dict[str, Chord]:
    """Return the chords that count, by their centres; `parents` is the rooted tree."""
    if not instance.settings.wadapter:
        return {}
    counts = {(u, v): count for u, v, count in instance.kernel_edges}
    graph = instance.kernel_graph
    found = {}
    for centre, above in parents.items():
        if above is None or graph.in_degree(centre) != 1 or graph.out_degree(centre) != 1:
            continue
        (source,), (sink,) = graph.predecessors(centre), graph.successors(centre)
        below = source if sink == above else sink
        channels = {convs(instance.kernels[name])[0].C for name in (centre, sink)}
        if parents[below] == centre and (source, sink) in counts and len(channels) == 1:
            found[centre] = Chord(below, above, counts[source, sink], channels.pop())
    return found
