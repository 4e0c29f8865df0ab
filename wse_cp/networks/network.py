"""A network of kernels: nodes and edges, without the wafer and the weights that make it an instance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from wse_cp.errors import InputError
from wse_cp.instance import Edge, Instance, Node, Settings, Terminal
from wse_cp.kernels import Kernel

Shape = tuple[int, ...]
#: An edge between numbered nodes: producer, consumer, shape of the tensor.
Link = tuple[int, int, Shape]


@dataclass(frozen=True)
class Network:
    """A network of kernels with its terminals: the first node is the input, the last one an output."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def instance(self, settings: Settings, test: str = "") -> Instance:
        """Return the contest problem; raises `InputError` if it is out of the accepted range."""
        return Instance(settings, self.nodes, self.edges, test)

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
        return Network(self.nodes, tuple(written))


def build_network(
    kernels: Iterable[Kernel], links: Iterable[Link], input_shape: Shape, output_shape: Shape
) -> Network:
    """Return the network whose kernels are numbered from 1, node i being named ``k<i>``."""
    first, last = Terminal("input", input_shape), Terminal("output", output_shape)
    kinds: list[Kernel | Terminal] = [first, *kernels, last]
    nodes = tuple(Node(number, f"k{number}", kind) for number, kind in enumerate(kinds))
    edges = tuple(Edge(nodes[u].name, nodes[v].name, shape) for u, v, shape in links)
    return Network(nodes, edges)
