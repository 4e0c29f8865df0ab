"""Which splits of each kernel the tree's edges compare, and what they can cost in adapters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wse_cp.bounds.verifier.chords import Chord
from wse_cp.bounds.verifier.levels import Doors
from wse_cp.bounds.verifier.network import Network, TreeEdge
from wse_cp.instance import Instance
from wse_cp.kernels import convs


@dataclass(frozen=True)
class Entrance:
    """The doors of a kernel and how often the edges at them count.

    Attributes
    ----------
    doors
        What is compared.
    arriving, leaving
        Multiplicity of all tree edges and chords at the inlet, and at the outlets.
    """

    doors: Doors
    arriving: int
    leaving: int


def entrances(instance: Instance, network: Network, chords: Iterable[Chord]) -> list[Entrance]:
    """Return each kernel's doors; all closed if adapters cost nothing.

    A chord compares nothing that no tree edge does.
    """
    edges = [edge for edge in network.up if edge is not None]
    if not instance.settings.wadapter:
        edges = []
    outlets: list[set[int]] = [set() for _ in network.names]
    arriving, leaving = ([0] * len(network.names) for _ in range(2))
    for edge in edges:
        outlets[edge.source].add(channels(instance, network, edge))
        leaving[edge.source] += edge.count
        arriving[edge.target] += edge.count
    for chord in chords:
        leaving[chord.edge.source] += chord.edge.count
        arriving[chord.edge.target] += chord.edge.count
    return [
        Entrance(Doors(entering + going > 0, entering > 0, tuple(sorted(loops))), entering, going)
        for entering, going, loops in zip(arriving, leaving, outlets, strict=True)
    ]


def channels(instance: Instance, network: Network, edge: TreeEdge) -> int:
    """Return the loop whose splits an edge compares: the input channels of the consumer."""
    return convs(instance.kernels[network.names[edge.target]])[0].C


def outlet_at(instance: Instance, network: Network, edge: TreeEdge, kernel: int) -> int | None:
    """Return the outlet at which an edge leaves `kernel`; None if it enters there."""
    return channels(instance, network, edge) if edge.source == kernel else None
