"""The tree that messages pass along: each kernel's parent, the edge to it, and the chords around its kernels.

docs/bounds.md, sections 4 and 6.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from wse_cp.bounds.network.structure import Structure
from wse_cp.instance import Instance
from wse_cp.kernels import convs
from wse_cp.shapes.splits import compared_channels


@dataclass(frozen=True)
class Link:
    """The tree edge from a kernel to its parent."""

    parent: str
    produces: bool  #: the kernel is the producer of this edge
    multiplicity: int
    reference: int  #: number of channels by which both ends compare channel splits
    on_spine: bool

    def ends(self, name: str) -> tuple[str, str]:
        """Return producer and consumer; `name` is the kernel whose parent the link leads to."""
        return (name, self.parent) if self.produces else (self.parent, name)


@dataclass(frozen=True)
class Chord:
    """An edge outside the tree whose channel splits count too, around a kernel that is its *centre*.

    The centre has no edges but those to the chord's ends, both in the tree: one end is the kernel below it,
    one the kernel above. All three compare channel splits by the same `reference`, a number of channels.
    """

    below: str
    above: str
    multiplicity: int
    reference: int


@dataclass(frozen=True)
class Tree:
    """The spanning forest of a structure, each tree hung up at a root."""

    #: Each kernel's edge to its parent; None at a root. The spine leads upwards, to a root.
    links: dict[str, Link | None] = field(default_factory=dict)
    #: The number (in the structure's cells) of the cell that this edge lies in; None at a root.
    above: dict[str, int | None] = field(default_factory=dict)
    #: Each kernel's children, by the number of the cell that their edge lies in.
    below: dict[str, dict[int, list[str]]] = field(default_factory=lambda: defaultdict(dict))
    order: list[str] = field(default_factory=list)  #: all kernels, parents before their children


def rooted_tree(instance: Instance, structure: Structure) -> Tree:
    """Return the tree of a structure, breadth first from its roots."""
    cells_of: dict[str, list[int]] = defaultdict(list)
    for index, cell in enumerate(structure.cells):
        for name in cell.members:
            cells_of[name].append(index)
    near: dict[str, dict[str, Link]] = defaultdict(dict)
    for upper, lower, link in _links(instance, structure):
        near[upper][lower] = link
    tree = Tree()
    for root in [*structure.spine[-1:], *instance.kernels]:
        if root in tree.links:
            continue
        tree.links[root], tree.above[root] = None, None
        queue = deque([root])
        while queue:
            top = queue.popleft()
            tree.order.append(top)
            for index in cells_of[top]:
                if index != tree.above[top]:
                    queue.extend(_hang(tree, top, index, structure.cells[index].members, near))
    return tree


def _hang(
    tree: Tree, top: str, index: int, members: tuple[str, ...], near: dict[str, dict[str, Link]]
) -> Iterator[str]:
    """Hang the members of a cell below `top` along tree edges; yields them in breadth-first order."""
    inside = deque([top])
    while inside:
        u = inside.popleft()
        children = [v for v in near[u] if v in members and v not in tree.links]
        tree.below[u][index] = children
        for v in children:
            tree.links[v], tree.above[v] = near[u][v], index
            inside.append(v)
            yield v


def _links(instance: Instance, structure: Structure) -> Iterator[tuple[str, str, Link]]:
    """Yield upper and lower end of each tree edge, and its link, for both ways to hang it up."""
    counts = {(u, v): count for u, v, count in instance.kernel_edges}
    along = {frozenset(pair) for pair in pairwise(structure.spine)}
    references = {v: compared_channels(instance, v) for v in {v for _, v in structure.tree}}
    for u, v in structure.tree:
        reference = references[v]
        for parent, child in ((u, v), (v, u)):
            on_spine = frozenset((u, v)) in along
            yield parent, child, Link(parent, child == u, counts[u, v], reference, on_spine)


def chords_of(instance: Instance, tree: Tree) -> dict[str, Chord]:
    """Return the chords by their centres; none if adapters are free."""
    if not instance.settings.wadapter:
        return {}
    counts = {(u, v): count for u, v, count in instance.kernel_edges}
    graph = instance.kernel_graph
    found = {}
    for centre, link in tree.links.items():
        if link is None or graph.in_degree(centre) != 1 or graph.out_degree(centre) != 1:
            continue
        (source,), (sink,) = graph.predecessors(centre), graph.successors(centre)
        below = source if sink == link.parent else sink
        up, channels = tree.links[below], {convs(instance.kernels[name])[0].C for name in (centre, sink)}
        below_centre = up is not None and up.parent == centre
        if below_centre and (source, sink) in counts and len(channels) == 1:
            found[centre] = Chord(below, link.parent, counts[source, sink], compared_channels(instance, sink))
    return found
