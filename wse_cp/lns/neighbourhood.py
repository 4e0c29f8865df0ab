"""Neighbourhoods: what of a placement a sub-problem decides anew, and how large its kernels may become.

Where relations are kept, every two kernels keep one of left of and below, as in a sequence pair (Murata and
others 1996, doi 10.1109/43.552084): shapes and positions change, the order of the rectangles does not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from wse_cp.cpsat.problem import AXES, Relation
from wse_cp.cpsat.relations import longest_before, relations_of
from wse_cp.incremental.state import PlacementState
from wse_cp.lns.selections import MOST, bounding_box
from wse_cp.placement import Rectangle

#: How many kernels may move around a loose set, and around one that is shifted in a large network.
MOVABLE, SHIFTABLE = 20, 40
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


def in_window(state: PlacementState, names: Sequence[str]) -> Neighbourhood:
    """Free a set inside the smallest box around it; everything else is fixed."""
    chosen = frozenset(names)
    return Neighbourhood(chosen, chosen, regions=dict.fromkeys(names, _box(state, names)))


def shifted(state: PlacementState, names: Sequence[str]) -> Neighbourhood:
    """Free the shapes of a set and the positions of all kernels; every relation is kept.

    In a large network only kernels around the first of the set take part.
    """
    if len(state) <= MOST:
        return Neighbourhood(frozenset(state.links.names), frozenset(names), keep_relations=True)
    movable = frozenset(state.grid.closest(state[names[0]].rectangle, SHIFTABLE))
    regions = dict.fromkeys(movable, _box(state, movable))
    return Neighbourhood(movable, movable.intersection(names), keep_relations=True, regions=regions)


def loosened(state: PlacementState, names: Sequence[str]) -> Neighbourhood:
    """Free a set altogether and let those around it move in order; everything else is fixed.

    With few kernels all may move; with many, as many as the solver can keep apart well.
    """
    chosen = frozenset(names)
    if len(state) <= MOVABLE:
        return Neighbourhood(frozenset(state.links.names), chosen, keep_relations=True, loose=chosen)
    movable = chosen.union(state.grid.closest(_box(state, names), MOVABLE))
    regions = dict.fromkeys(movable, _box(state, movable))
    return Neighbourhood(movable, chosen, keep_relations=True, loose=chosen, regions=regions)


def fixed_around(state: PlacementState, neighbourhood: Neighbourhood) -> list[str]:
    """Return the fixed kernels that matter: what free kernels could run into, the ends of their wires."""
    if len(neighbourhood.free) == len(state):
        return []
    areas = set(neighbourhood.regions.values())
    names = {name for area in areas for name in state.grid.overlapping(area)}
    names |= {name for link in state.links.of(neighbourhood.free) for name in link[:2]}
    return state.links.in_order(names - neighbourhood.free)


def rooms(state: PlacementState, neighbourhood: Neighbourhood) -> dict[str, Room]:
    """Return the room of every reshaped kernel, never less than what it covers now."""
    settings = state.instance.settings
    wafer = Rectangle(0, 0, settings.width, settings.height)
    areas = {name: neighbourhood.regions.get(name, wafer) for name in neighbourhood.reshaped}
    if not neighbourhood.keep_relations or neighbourhood.loose:
        return {name: (area.width, area.height) for name, area in areas.items()}
    rectangles = {name: state[name].rectangle for name in neighbourhood.free}
    relations = relations_of(rectangles)
    widths = _left(rectangles, relations, areas, 0)
    heights = _left(rectangles, relations, areas, 1)
    return {name: (widths[name], heights[name]) for name in areas}


def _left(
    rectangles: Mapping[str, Rectangle],
    relations: Collection[Relation],
    areas: Mapping[str, Rectangle],
    axis: int,
) -> dict[str, int]:
    """Return what the others leave of the areas along an axis if all relations are kept.

    Kernels that have no area keep their extent, the others need nothing.
    """
    extents = {name: rectangle[2 + axis] for name, rectangle in rectangles.items()}
    needs = extents | dict.fromkeys(areas, 0)
    along = [relation for relation in relations if relation.axis == AXES[axis]]
    before = longest_before(along, needs)
    after = longest_before([Relation(b, a, to) for a, b, to in along], needs)
    return {
        name: max(extents[name], area[2 + axis] - before[name] - after[name]) for name, area in areas.items()
    }


def _box(state: PlacementState, names: Collection[str]) -> Rectangle:
    return bounding_box([state[name].rectangle for name in names])
