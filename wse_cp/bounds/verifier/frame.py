"""What all intervals and cases of a certificate have in common: cells, chords, the splits that are compared.

Also the payments that a kernel may face, and how large sums of them can be. docs/bounds.md, sections 5 and 6.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from wse_cp.bounds.verifier.cells import Cell
from wse_cp.bounds.verifier.levels import ComparedSplits
from wse_cp.bounds.verifier.network import Network, TreeEdge
from wse_cp.bounds.verifier.patterns import Money, Pair
from wse_cp.bounds.verifier.sieve import MAX_BOXES, Box, add_boxes
from wse_cp.bounds.verifier.spine import Spine
from wse_cp.instance import Instance
from wse_cp.kernels import convs


@dataclass(frozen=True)
class Chord:
    """An edge outside the tree whose channel splits count as well.

    It joins the two neighbours of a *centre*, a kernel whose only edges are those to them, both in the tree.
    """

    below: int  #: the centre's child in the tree
    above: int  #: the centre's parent
    edge: TreeEdge  #: the chord itself: producer, consumer and multiplicity
    loop: int  #: the channels by which it and both edges of the centre compare splits


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
        read = {convs(instance.kernels[network.names[v]])[0].C for v in (centre, sink)}
        if (source, sink) in counts and len(read) == 1:
            edge = TreeEdge(source, sink, counts[source, sink])
            found[centre] = Chord(below, above, edge, network.channels[sink])
    return found


@dataclass(frozen=True)
class Comparison:
    """What of a kernel the edges compare, and how often."""

    compared: ComparedSplits
    arriving: int  #: multiplicity of all tree edges and chords at the input
    leaving: int  #: the same at the output
    joined: int  #: multiplicity of all tree edges whose ends' parities are compared


def comparisons(
    instance: Instance, network: Network, chords: Iterable[Chord], parities: bool
) -> list[Comparison]:
    """Return what is compared at each kernel: no splits if adapters cost nothing.

    A chord compares nothing that no tree edge does.
    """
    edges = [edge for edge in network.up if edge is not None]
    joined = [0] * len(network.names)
    for edge in edges if parities else []:
        joined[edge.source] += edge.count
        joined[edge.target] += edge.count
    if not instance.settings.wadapter:
        edges = []
    outlets: list[set[int]] = [set() for _ in network.names]
    arriving, leaving = ([0] * len(network.names) for _ in range(2))
    for edge in edges:
        outlets[edge.source].add(network.channels[edge.target])
        leaving[edge.source] += edge.count
        arriving[edge.target] += edge.count
    for chord in chords:
        leaving[chord.edge.source] += chord.edge.count
        arriving[chord.edge.target] += chord.edge.count
    inlets = [own if entering else 0 for own, entering in zip(network.channels, arriving, strict=True)]
    return [
        Comparison(
            ComparedSplits(entering + going > 0, inlet, tuple(sorted(loops)), parities),
            entering,
            going,
            around,
        )
        for inlet, entering, going, loops, around in zip(
            inlets, arriving, leaving, outlets, joined, strict=True
        )
    ]


def outlet_at(network: Network, edge: TreeEdge, kernel: int) -> int | None:
    """Return the outlet at which an edge leaves `kernel`; None if it enters there."""
    return network.channels[edge.target] if edge.source == kernel else None


@dataclass(frozen=True, eq=False)
class Frame:
    """An instance with a certificate's spine and tree.

    Lists are by kernel; cells by their top, chords by their centre.
    """

    instance: Instance
    network: Network
    cells: list[list[Cell]]
    chords: dict[int, Chord]
    comparisons: list[Comparison]
    parities: bool  #: whether the parities of extents are compared

    @cached_property
    def spine_cells(self) -> dict[int, Cell]:
        """The cell of the spine's edge from a kernel to the next, by that kernel."""
        return {
            cell.kernels[v]: cell
            for cells in self.cells
            for cell in cells
            for v, _, _ in cell.kind.variants[0].edges
        }


def payments(frame: Frame, money: Money, spine: Spine) -> list[tuple[Box, ...]]:
    """Return boxes that hold all payments each kernel may face for a tile of width and of height."""
    boxes: list[tuple[Box, ...]] = [(Box((0, 0), (0, 0)),) for _ in frame.network.names]
    # kernels of which no edge compares anything are not sieved
    most = [MAX_BOXES if entry.compared.image or frame.parities else 1 for entry in frame.comparisons]
    known: dict[tuple[int, int], set[Pair]] = {}
    for cell in (cell for cells in frame.cells for cell in cells):
        for i, v in enumerate(cell.kernels):
            key = id(cell.kind), i
            if key not in known:
                variants = cell.kind.variants
                known[key] = {money.member(item.pays[i][1], item.run_of(i)) for item in variants}
            boxes[v] = add_boxes(boxes[v], known[key], most[v])
    path = frame.network.spine
    for i, v in enumerate(path):
        pays = spine.all_pays(first=i == 0, last=i == len(path) - 1)
        boxes[v] = add_boxes(boxes[v], pays, most[v])
    return boxes


def magnitude(frame: Frame, money: Money, boxes: list[tuple[Box, ...]]) -> int:
    """Return what no sum of prices and constants of a case exceeds in absolute value.

    That is each kernel's price at the wafer's extents under its highest payments, all adapters, half a tile
    for each edge of the tree, and twice what each kernel of the spine may be given back, or pay for a turn or
    one inside a row; for the difference of two sums it is to be doubled.
    """
    wafer = money.area * money.width * money.height
    total = wafer
    for around in boxes:
        total += wafer + max(b.high[0] for b in around) * money.width
        total += max(b.high[1] for b in around) * money.height
    edges = sum(edge.count for edge in frame.network.up if edge is not None)
    edges += sum(chord.edge.count for chord in frame.chords.values())
    refunds = money.run_refund("x") + money.run_refund("y")
    detours = 9 * money.quarter_wire * (money.width + money.height)
    total += 2 * edges * money.quarter_wire
    return total + 3 * edges * money.adapter + 2 * len(frame.network.spine) * (refunds + detours)
