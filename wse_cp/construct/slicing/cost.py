"""Compiled cost of a laid-out tree (float; the real score is exact and comes from score.py)."""

from __future__ import annotations

from numba import njit

from wse_cp.construct.slicing.layout import lay_out, root_box
from wse_cp.construct.slicing.state import TIME_INDEX, Array, Model, Tree


@njit(cache=True, nogil=True)
def wire2(model: Model, tree: Tree) -> int:
    """Return the wire length (half tiles)."""
    total, rects = 0, tree.rects
    for e in range(len(model.edges)):
        u, v, count = model.edges[e, 0], model.edges[e, 1], model.edges[e, 2]
        dx = 2 * rects[0, u] + rects[2, u] - 2 * rects[0, v] - rects[2, v]
        dy = 2 * rects[1, u] + rects[3, u] - 2 * rects[1, v] - rects[3, v]
        total += count * (abs(dx) + abs(dy))
    return total


@njit(cache=True, nogil=True)
def mismatches(model: Model, tree: Tree) -> int:
    """Return the adapters, taking channels to match where their ranges meet (all leaves forced)."""
    total, forced, channels = 0, tree.forced, tree.channels
    for e in range(len(model.edges)):
        u, v, count = model.edges[e, 0], model.edges[e, 1], model.edges[e, 2]
        found = 0
        if forced[0, u] != forced[0, v]:
            found += 1
        if forced[1, u] != forced[1, v]:
            found += 1
        if max(channels[2, u], channels[0, v]) > min(channels[3, u], channels[1, v]):
            found += 1
        total += count * found
    return total


@njit(cache=True, nogil=True)
def evaluate(model: Model, tree: Tree, todo: Array) -> tuple[float, int]:
    """Lay the tree out; return its cost with the penalty for overflow, and the overflow (tiles)."""
    time_cost = model.time_weight * model.times[tree.scalars[TIME_INDEX]]
    width, height, over = root_box(model, tree)
    if over >= 2 * model.domain:
        return 1e300, over
    lay_out(model, tree, width, height, todo)
    cost = time_cost + model.wire_weight * wire2(model, tree)
    if model.adapter_weight > 0:
        cost += model.adapter_weight * mismatches(model, tree)
    return cost + over * model.overflow_weight, over
