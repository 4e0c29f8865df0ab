"""Room: how large a kernel can become at most within a neighbourhood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import networkx as nx

from wse_cp.cpsat.relations import AXES, relations_of
from wse_cp.instance import Instance
from wse_cp.lns.neighbourhood import Neighbourhood
from wse_cp.placement import Placement

Room = tuple[int, int]  #: greatest width and height (tiles)


def rooms(instance: Instance, placement: Placement, neighbourhood: Neighbourhood) -> dict[str, Room]:
    """Return the room of every reshaped kernel, never less than what it covers now."""
    settings = instance.settings
    found = {}
    for name in neighbourhood.reshaped:
        region = neighbourhood.regions.get(name)
        found[name] = (region.width, region.height) if region else (settings.width, settings.height)
    if not neighbourhood.keep_relations or neighbourhood.loose:
        return found
    widths = _left(placement, neighbourhood.reshaped, 0, settings.width)
    heights = _left(placement, neighbourhood.reshaped, 1, settings.height)
    return {name: (widths[name], heights[name]) for name in neighbourhood.reshaped}


def _left(placement: Placement, reshaped: Iterable[str], axis: int, length: int) -> dict[str, int]:
    """Return what the others leave of the wafer along an axis if all relations are kept.

    Kernels that are not reshaped keep their extent, the others need nothing.
    """
    rectangles = {name: kernel.rectangle for name, kernel in placement.items()}
    extents = {name: rectangle[2 + axis] for name, rectangle in rectangles.items()}
    needs = extents | dict.fromkeys(reshaped, 0)
    order: nx.DiGraph[str] = nx.DiGraph()
    order.add_nodes_from(placement)
    order.add_edges_from((a, b) for a, b, along in relations_of(rectangles) if along == AXES[axis])
    before = longest_before(order, needs)
    after = longest_before(order.reverse(copy=False), needs)
    return {name: max(extents[name], length - before[name] - after[name]) for name in reshaped}


def longest_before(order: nx.DiGraph[str], needs: Mapping[str, int]) -> dict[str, int]:
    """Return the extent (tiles) of the longest chain that must come before each kernel."""
    before: dict[str, int] = {}
    for name in nx.topological_sort(order):
        before[name] = max((before[n] + needs[n] for n in order.predecessors(name)), default=0)
    return before
