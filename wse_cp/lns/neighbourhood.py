"""Neighbourhood: which part of a placement a sub-problem decides anew, and three ways to free a set."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from wse_cp.instance import Instance
from wse_cp.lns.rectangles import bounding_box, closest
from wse_cp.placement import Placement, Rectangle

#: How many kernels may move around a loose set.
MOVABLE = 20


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
