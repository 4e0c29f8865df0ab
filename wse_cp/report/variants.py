"""Variants of an instance: other weights, another wafer, a kernel less. A search must do as well on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import product

from wse_cp.instance import Edge, Instance

#: An oblong wafer of about the contest's area (tiles).
OBLONG = (500, 800)


def halved(instance: Instance) -> Instance:
    """Return the instance with wire and adapters at half their weight against time (weights are integers)."""
    settings = instance.settings
    return replace(instance, settings=replace(settings, wdeltat=2 * settings.wdeltat))


def doubled(instance: Instance) -> Instance:
    """Return the instance with wire and adapters at twice their weight."""
    settings = instance.settings
    heavier = replace(settings, wlength=2 * settings.wlength, wadapter=2 * settings.wadapter)
    return replace(instance, settings=heavier)


def oblong(instance: Instance) -> Instance:
    """Return the instance on an oblong wafer."""
    width, height = OBLONG
    return replace(instance, settings=replace(instance.settings, width=width, height=height))


def one_less(instance: Instance) -> Instance:
    """Return the instance without its middle kernel; what fed it now feeds what it fed."""
    names = list(instance.kernels)
    gone = names[len(names) // 2]
    before = [edge.source for edge in instance.edges if edge.target == gone]
    after = [edge.target for edge in instance.edges if edge.source == gone]
    kept = [edge for edge in instance.edges if gone not in (edge.source, edge.target)]
    known = {(edge.source, edge.target) for edge in kept}
    bridges = [Edge(u, v) for u, v in product(before, after) if (u, v) not in known]
    nodes = tuple(node for node in instance.nodes if node.name != gone)
    return replace(instance, nodes=nodes, edges=(*kept, *bridges))


VARIANTS: Mapping[str, Callable[[Instance], Instance]] = {
    "weights halved": halved,
    "weights doubled": doubled,
    "wafer 500 x 800": oblong,
    "one kernel less": one_less,
}
