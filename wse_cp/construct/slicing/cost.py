"""Compiled cost of a laid-out tree (float; the real score is exact and comes from score.py)."""

from __future__ import annotations

from wse_cp.compiled import compiled
from wse_cp.construct.slicing.layout import lay_out, root_box
from wse_cp.construct.slicing.state import TIME_INDEX, Array, Model, Tree


@compiled
def wire2(model: Model, tree: Tree) -> int:
    """Return the wire length (half tiles)."""
    total, rects = 0, tree.rects
    for e in range(len(model.edges)):
        u, v, count = model.edges[e, 0], model.edges[e, 1], model.edges[e, 2]
        dx = 2 * rects[0, u] + rects[2, u] - 2 * rects[0, v] - rects[2, v]
        dy = 2 * rects[1, u] + rects[3, u] - 2 * rects[1, v] - rects[3, v]
        total += count * (abs(dx) + abs(dy))
    return total


@compiled
def mismatches(model: Model, tree: Tree) -> int:
    """Return the adapters of a tree with all splits forced; at least as many as its placement will need."""
    total, forced = 0, tree.forced
    for e in range(len(model.edges)):
        u, v, count = model.edges[e, 0], model.edges[e, 1], model.edges[e, 2]
        total += count * ((forced[0, u] != forced[0, v]) + (forced[1, u] != forced[1, v]))
    for g in range(len(model.door_groups) - 1):
        total += unmatched(model, tree, model.door_groups[g], model.door_groups[g + 1])
    return total


@compiled
def unmatched(model: Model, tree: Tree, first: int, last: int) -> int:
    """Return the edges of a group of doors whose channels differ when as many as possible share one value."""
    edges, channels = model.edges, tree.channels
    total, best = 0, 0
    for e in range(first, last):
        u, v = edges[e, 0], edges[e, 1]
        total += edges[e, 2]
        value = max(channels[2, u], channels[0, v])
        shared = 0
        for other in range(first, last):
            u, v = edges[other, 0], edges[other, 1]
            out_fits = channels[2, u] <= value <= channels[3, u]
            if out_fits and channels[0, v] <= value <= channels[1, v]:
                shared += edges[other, 2]
        best = max(best, shared)
    return total - best


@compiled
def evaluate(model: Model, tree: Tree, todo: Array, limit: float) -> tuple[float, int]:
    """Lay the tree out; return its cost with the penalty for overflow, and the overflow (tiles).

    If time and overflow alone exceed `limit`, the tree is not laid out and only their cost is returned.
    """
    width, height, over = root_box(model, tree)
    cost = model.time_weight * model.times[tree.scalars[TIME_INDEX]] + over * model.overflow_weight
    if cost > limit or over >= 2 * model.domain:
        return cost, over
    lay_out(model, tree, width, height, todo)
    cost += model.wire_weight * wire2(model, tree)
    if model.adapter_weight > 0:
        cost += model.adapter_weight * mismatches(model, tree)
    return cost, over
