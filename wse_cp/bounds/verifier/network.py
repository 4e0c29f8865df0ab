"""The network a certificate speaks of: wires, adapter edges, and the kernels in the order of its tree."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from wse_cp.bounds.verifier.certificate import Certificate
from wse_cp.bounds.verifier.channels import channels_compared
from wse_cp.bounds.verifier.patterns import Pair
from wse_cp.bounds.verifier.reading import CertificateError, quote
from wse_cp.instance import Instance

#: How many kernels a named cycle may have: one of n has more than 2**n patterns.
CYCLE_SIZES = range(3, 9)


@dataclass(frozen=True)
class TreeEdge:
    """An edge of the tree: producer, consumer, and how often it counts."""

    source: int
    target: int
    count: int


@dataclass(frozen=True)
class Network:
    """Kernels by number (in the instance's order), and the certificate's tree hung up at roots."""

    names: tuple[str, ...]
    wires: dict[Pair, int]  #: how often each pair of kernels is joined; the smaller number stands first
    parent: tuple[int | None, ...]  #: of each kernel in the tree; None at a root
    up: tuple[TreeEdge | None, ...]  #: the edge to it
    channels: tuple[int, ...]  #: by which the edges that enter a kernel compare channel splits
    depth: tuple[int, ...]  #: number of edges to the root
    order: tuple[int, ...]  #: all kernels, parents before their children
    spine: tuple[int, ...]  #: the spine's kernels; its last one is a root, so each one's parent is the next
    #: Each the edges of a cycle that the certificate names; all but one of them are in the tree.
    cycles: tuple[tuple[Pair, ...], ...]
    pays_turns: bool  #: whether the certificate is one in which turns are paid for

    @cached_property
    def spine_set(self) -> frozenset[int]:
        """The spine's kernels as a set."""
        return frozenset(self.spine)

    @cached_property
    def place(self) -> dict[int, int]:
        """The place of each kernel of the spine on it."""
        return {kernel: place for place, kernel in enumerate(self.spine)}

    @cached_property
    def cycle_of(self) -> dict[Pair, tuple[Pair, ...]]:
        """The named cycle that an edge is in."""
        return {pair: cycle for cycle in self.cycles for pair in cycle}


def build_network(instance: Instance, certificate: Certificate, part: tuple[int, int]) -> Network:
    """Return the network with the certificate's tree and cycles, and a part of its spine.

    Raises
    ------
    CertificateError
        If the tree is no spanning forest of the counted edges, the spine no path of it, or a cycle none.
    """
    names = tuple(instance.kernels)
    number = {name: i for i, name in enumerate(names)}
    directed = {(number[u], number[v]): count for u, v, count in instance.kernel_edges}
    wires: dict[Pair, int] = {}
    for (u, v), count in directed.items():
        pair = (min(u, v), max(u, v))
        wires[pair] = wires.get(pair, 0) + count
    neighbours: list[list[int]] = [[] for _ in names]
    tree = _tree_pairs(certificate, number, wires)
    for u, v in tree:
        neighbours[u].append(v)
        neighbours[v].append(u)
    spine = _spine(certificate, number, set(tree))[slice(*part)]
    parent, depth, order = _hang(neighbours, spine[-1] if spine else None)
    joined = sum(above is not None for above in parent)
    if joined < len(tree):
        raise CertificateError("the tree has a cycle")
    _check_spans(names, wires, parent, order)
    up = tuple(None if above is None else _edge(directed, v, above) for v, above in enumerate(parent))
    cycles = _cycles(certificate, number, wires, set(tree))
    channels = channels_compared(instance)
    return Network(
        names,
        wires,
        tuple(parent),
        up,
        tuple(channels[name] for name in names),
        tuple(depth),
        tuple(order),
        spine,
        cycles,
        certificate.pays_turns,
    )


def _tree_pairs(certificate: Certificate, number: dict[str, int], wires: dict[Pair, int]) -> list[Pair]:
    pairs: dict[tuple[int, int], None] = {}
    for names in certificate.tree:
        u, v = (_number(number, name, "the tree") for name in names)
        pair = (min(u, v), max(u, v))
        if pair not in wires:
            raise CertificateError(f"the tree's {quote(names[0])} and {quote(names[1])} are not joined")
        if pair in pairs:
            raise CertificateError(f"the tree has {quote(names[0])} and {quote(names[1])} twice")
        pairs[pair] = None
    return list(pairs)


def _spine(certificate: Certificate, number: dict[str, int], tree: set[Pair]) -> tuple[int, ...]:
    spine = tuple(_number(number, name, "the spine") for name in certificate.spine)
    if len(set(spine)) < len(spine):
        raise CertificateError("the spine visits a kernel twice")
    for i in range(len(spine) - 1):
        u, v = spine[i : i + 2]
        if (min(u, v), max(u, v)) not in tree:
            ends = f"{quote(certificate.spine[i])} and {quote(certificate.spine[i + 1])}"
            raise CertificateError(f"the spine's {ends} are not joined in the tree")
    return spine


def _cycles(
    certificate: Certificate, number: dict[str, int], wires: dict[Pair, int], tree: set[Pair]
) -> tuple[tuple[Pair, ...], ...]:
    cycles: list[tuple[Pair, ...]] = []
    used: set[Pair] = set()
    for names in certificate.cycles:
        if len(names) not in CYCLE_SIZES:
            raise CertificateError(
                f"a cycle has {len(names)} kernels, not {CYCLE_SIZES[0]} to {CYCLE_SIZES[-1]}"
            )
        kernels = [_number(number, name, "a cycle") for name in names]
        what = f"the cycle of {quote(names[0])} and {quote(names[1])}"
        if len(set(kernels)) < len(kernels):
            raise CertificateError(f"{what} visits a kernel twice")
        edges = [(min(u, v), max(u, v)) for u, v in pairwise([*kernels, kernels[0]])]
        if not wires.keys() >= set(edges):
            raise CertificateError(f"{what} is not joined everywhere")
        if not used.isdisjoint(edges):
            raise CertificateError(f"{what} has an edge of an earlier one")
        if len(tree.intersection(edges)) != len(edges) - 1:
            raise CertificateError(f"{what} has not just one edge outside the tree")
        used.update(edges)
        cycles.append(tuple(edges))
    return tuple(cycles)


def _number(number: dict[str, int], name: str, where: str) -> int:
    if name not in number:
        raise CertificateError(f"{where} has {quote(name)}, which is not a kernel of the instance")
    return number[name]


def _hang(neighbours: list[list[int]], first: int | None) -> tuple[list[int | None], list[int], list[int]]:
    """Return parent, depth and order, breadth first; the component of `first` hangs from it."""
    parent: list[int | None] = [None] * len(neighbours)
    depth = [-1] * len(neighbours)
    order: list[int] = []
    done = 0
    for root in [*([] if first is None else [first]), *range(len(neighbours))]:
        if depth[root] >= 0:
            continue
        depth[root] = 0
        order.append(root)
        while done < len(order):
            u = order[done]
            done += 1
            for v in neighbours[u]:
                if depth[v] < 0:
                    parent[v], depth[v] = u, depth[u] + 1
                    order.append(v)
    return parent, depth, order


def _check_spans(
    names: tuple[str, ...], wires: dict[Pair, int], parent: list[int | None], order: list[int]
) -> None:
    root = list(range(len(names)))
    for v in order:
        above = parent[v]
        if above is not None:
            root[v] = root[above]
    for u, v in wires:
        if root[u] != root[v]:
            raise CertificateError(f"the tree does not connect {quote(names[u])} and {quote(names[v])}")


def _edge(directed: dict[Pair, int], u: int, v: int) -> TreeEdge:
    if (u, v) in directed:
        return TreeEdge(u, v, directed[u, v])
    return TreeEdge(v, u, directed[v, u])
