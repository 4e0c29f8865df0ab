"""Neighbourhoods: what of a placement a sub-problem decides anew, and how large its kernels may become.

Where relations are kept, every two kernels keep one of left of and below, as in a sequence pair (Murata and
others 1996, doi 10.1109/43.552084): shapes and positions change, the order of the rectangles does not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import networkx as nx

from wse_cp.cpsat.problem import AXES, relations_of
from wse_cp.instance import Instance
from wse_cp.lns.selections import bounding_box, closest
from wse_cp.placement import Placement, Rectangle

#: How many kernels may move around a loose set.
MOVABLE = 20
Room = tuple[int, int]  #: greatest width and height (tiles)


@dataclass(frozen=True)
class Neighbourhood:
    """What of a placement may change.

    Parameters
    ----------
    free
        Kernels that may move; all others are constants.
    reshaped
        Those of them that may also take other options.
    keep_relations, loose
        Whether the incumbent's left-of and below relations hold for all pairs that touch no loose kernel.
    regions
        Where free kernels must stay (default: the wafer).
    """

    free: frozenset[str]
    reshaped: frozenset[str] = frozenset()
    keep_relations: bool = False
    loose: frozenset[str] = frozenset()
    regions: Mapping[str, Rectangle] = field(default_factory=dict)


def in_window(instance: Instance, placement: Placement, names: Collection[str]) -> Neighbourhood:
    """Free a set inside the smallest box around it; everything else is fixed."""
    box = bounding_box([placement[name].rectangle for name in names])
    chosen = frozenset(names)
    return Neighbourhood(chosen, chosen, regions=dict.fromkeys(names, box))


def shifted(instance: Instance, placement: Placement, names: Collection[str]) -> Neighbourhood:
    """Free the shapes of a set and the positions of all kernels; every relation is kept."""
    return Neighbourhood(frozenset(instance.kernels), frozenset(names), keep_relations=True)


def loosened(instance: Instance, placement: Placement, names: Collection[str]) -> Neighbourhood:
    """Free a set altogether and let those around it move in order; everything else is fixed.

    With few kernels all may move; with many, as many as the solver can keep apart well.
    """
    chosen = frozenset(names)
    spots = [placement[name].rectangle for name in names]
    around = frozenset(instance.kernels)
    regions = {}
    if len(instance.kernels) > MOVABLE:
        around = chosen | set(closest(placement, bounding_box(spots), MOVABLE))
        regions = dict.fromkeys(around, bounding_box([placement[name].rectangle for name in around]))
    return Neighbourhood(around, chosen, keep_relations=True, loose=chosen, regions=regions)


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
