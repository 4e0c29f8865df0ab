"""A network of kernels: nodes and edges, without the wafer and the weights that make it an instance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from wse_cp.errors import InputError
from wse_cp.instance import Edge, Instance, Node, Settings, Terminal
from wse_cp.kernels import Kernel

Shape = tuple[int, ...]
#: An edge between numbered nodes: producer, consumer, shape of the tensor.
Link = tuple[int, int, Shape]


@dataclass(frozen=True)
class Network:
    """A network of kernels with its terminals: the first node is the input, the last one an output.

    `modules` are paths of the modules that kernels come from, see `wse_cp.instance.Instance`.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    modules: Mapping[str, str] = field(default_factory=dict)

    def instance(self, settings: Settings, test: str = "") -> Instance:
        """Return the contest problem; raises `InputError` if it is out of the accepted range."""
        return Instance(settings, self.nodes, self.edges, test, self.modules)

    def renamed(self, names: Mapping[str, str]) -> Network:
        """Return the network with other names for some nodes; they have to be distinct.

        A module that is the new name of its kernel is not kept: the name tells it.
        """
        nodes = (replace(node, name=names.get(node.name, node.name)) for node in self.nodes)
        edges = (
            replace(e, source=names.get(e.source, e.source), target=names.get(e.target, e.target))
            for e in self.edges
        )
        moved = {names.get(name, name): path for name, path in self.modules.items()}
        modules = {name: path for name, path in moved.items() if name != path}
        return Network(tuple(nodes), tuple(edges), modules)

    def with_shapes(self, shapes: Mapping[tuple[str, str], Shape]) -> Network:
        """Return the network with other shapes written on some edges.

        Raises `InputError` if there is no such edge.
        """
        unknown = shapes.keys() - {(edge.source, edge.target) for edge in self.edges}
        if unknown:
            raise InputError("an edge of the network", " -> ".join(min(unknown)))
        written = (
            replace(edge, shape=shapes.get((edge.source, edge.target), edge.shape)) for edge in self.edges
        )
        return replace(self, edges=tuple(written))


def build_network(
    kernels: Iterable[Kernel], links: Iterable[Link], input_shape: Shape, output_shape: Shape
) -> Network:
    """Return the network whose kernels are numbered from 1, node i being named ``k<i>``."""
    first, last = Terminal("input", input_shape), Terminal("output", output_shape)
    kinds: list[Kernel | Terminal] = [first, *kernels, last]
    nodes = tuple(Node(number, f"k{number}", kind) for number, kind in enumerate(kinds))
    edges = tuple(Edge(nodes[u].name, nodes[v].name, shape) for u, v, shape in links)
    return Network(nodes, edges)
