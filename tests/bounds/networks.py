"""Instances made of a list of edges, for tests that look at the network and not at the kernels."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv, Kernel, convs

Pairs = Sequence[tuple[int, int]]

#: Networks by name: edges between kernels 0, 1, ...
SHAPES: dict[str, Pairs] = {
    "chain": [(0, 1), (1, 2), (2, 3)],
    "tree": [(0, 1), (0, 2), (2, 3), (2, 4)],
    "triangle and tail": [(0, 1), (1, 2), (0, 2), (2, 3)],
    "two triangles": [(0, 1), (1, 2), (0, 2), (2, 3), (3, 4), (2, 4)],
    "head and square": [(0, 1), (1, 2), (1, 3), (2, 4), (3, 4)],
    "diamond": [(0, 1), (0, 2), (1, 3), (2, 3), (0, 3)],
    "ring of five": [(0, 1), (1, 2), (2, 3), (3, 4), (0, 4)],
}


def channels_at(instance: Instance, name: str) -> int:
    """By how many channels the edges that enter a kernel compare splits, as the text says it."""
    edges = {(u, v) for u, v, _ in instance.kernel_edges}
    read = {kernel: convs(instance.kernels[kernel])[0].C for kernel in instance.kernels}
    triangles = [
        (b, y)
        for (x, b), (other, y) in product(edges, repeat=2)
        if other == b and (x, y) in edges and read[b] == read[y]
        if sum(b in edge for edge in edges) == 2
    ]
    together = {kernel: kernel for kernel in read} | dict(triangles)
    alike = [kernel for kernel in read if together[kernel] == together[name]]
    return max(_multiple(instance, edges, kernel, read[kernel]) for kernel in alike)


def _multiple(instance: Instance, edges: set[tuple[str, str]], name: str, read: int) -> int:
    producers = [instance.kernels[u] for u, v in edges if v == name]
    written = [convs(kernel)[0 if isinstance(kernel, Conv) else 2].K for kernel in producers]
    groups = 1
    while written and read * groups < min(written):
        groups += 1
    return read * groups


def instance_of(pairs: Pairs, settings: Settings, kernels: Sequence[Kernel] = ()) -> Instance:
    """An instance with an edge for each pair; kernels are small convolutions unless given."""
    count = 1 + max(max(pair) for pair in pairs)
    kernels = kernels or [Conv(2, 2, 1, 1, 2, 2, 1)] * count
    nodes = tuple(Node(i, f"k{i}", kernel) for i, kernel in enumerate(kernels))
    return Instance(settings, nodes, tuple(Edge(f"k{u}", f"k{v}") for u, v in pairs))
