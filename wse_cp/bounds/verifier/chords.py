"""Chords: edges outside the tree whose channel splits count as well (docs/bounds.md, section 6).

A chord joins the two neighbours of a *centre*, a kernel with no other edges, both of which are in the tree.
"""

from __future__ import annotations

from dataclasses import dataclass

from wse_cp.bounds.verifier.network import Network, TreeEdge
from wse_cp.instance import Instance
from wse_cp.kernels import convs


@dataclass(frozen=True)
class Chord:
    """A chord around a centre.

    Attributes
    ----------
    below, above
        The centre's child and its parent in the tree.
    edge
        The chord itself: producer, consumer and multiplicity.
    loop
        The input channels by which it and both edges of the centre compare splits.
    """

    below: int
    above: int
    edge: TreeEdge
    loop: int


def find_chords(instance: Instance, network: Network) -> dict[int, Chord]:
    """Return the chords by their centres; none if adapters cost nothing."""
    if not instance.settings.wadapter:
        return {}
    number = {name: i for i, name in enumerate(network.names)}
    counts = {(number[u], number[v]): count for u, v, count in instance.kernel_edges}
    near: list[list[int]] = [[] for _ in network.names]
    for u, v in counts:
        near[u].append(v)
        near[v].append(u)
    found = {}
    for below, up in enumerate(network.up):
        centre = network.parent[below]
        if up is None or centre is None or len(near[centre]) != 2:
            continue
        above, onward = network.parent[centre], network.up[centre]
        if above is None or onward is None:
            continue
        source, sink = (below, above) if up.source == below else (above, below)
        into, out = (up, onward) if up.source == below else (onward, up)
        if (into.source, into.target, out.source, out.target) != (source, centre, centre, sink):
            continue
        loops = {convs(instance.kernels[network.names[v]])[0].C for v in (centre, sink)}
        if (source, sink) in counts and len(loops) == 1:
            edge = TreeEdge(source, sink, counts[source, sink])
            found[centre] = Chord(below, above, edge, loops.pop())
    return found
