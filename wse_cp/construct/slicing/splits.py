"""Compiled moves on forced splits: they trade area for protocols that match (adapters)."""

from __future__ import annotations

from wse_cp.compiled import compiled
from wse_cp.construct.slicing.state import Array, Model, Tree, Undo, below
from wse_cp.construct.slicing.undo import refresh_leaf

H, W, LEAST_C, LEAST_OUT = 0, 1, 2, 3


@compiled
def force_split(model: Model, tree: Tree, undo: Undo, leaf: int, h: int, w: int) -> bool:
    """Force (h, w) of a leaf; channels stay as they are."""
    if tree.forced[H, leaf] == h and tree.forced[W, leaf] == w:
        return False
    tree.forced[H, leaf], tree.forced[W, leaf] = h, w
    refresh_leaf(model, tree, undo, leaf)
    return True


@compiled
def force_channel(model: Model, tree: Tree, undo: Undo, leaf: int, row: int, value: int) -> bool:
    """Force the least channel split at the input (LEAST_C) or output (LEAST_OUT) of a leaf, 0 to free it."""
    if tree.forced[row, leaf] == value:
        return False
    tree.forced[row, leaf] = value
    refresh_leaf(model, tree, undo, leaf)
    return True


@compiled
def copy_split(model: Model, tree: Tree, undo: Undo, random: Array) -> bool:
    """Give one end of a random edge the (h, w) of the other."""
    edge, side = below(random, len(model.edges)), below(random, 2)
    u, v = model.edges[edge, side], model.edges[edge, 1 - side]
    return force_split(model, tree, undo, u, tree.forced[H, v], tree.forced[W, v])


@compiled
def paint_cluster(model: Model, tree: Tree, undo: Undo, random: Array, todo: Array) -> bool:
    """Give a random kernel, and mostly all connected ones that share its (h, w), a new useful one."""
    leaf = below(random, len(model.kernel_class))
    kind = model.kernel_class[leaf]
    if model.split_counts[kind] == 0:
        return False
    pick = below(random, model.split_counts[kind])
    h, w = model.splits[kind, pick, 0], model.splits[kind, pick, 1]
    old_h, old_w = tree.forced[H, leaf], tree.forced[W, leaf]
    if not force_split(model, tree, undo, leaf, h, w):
        return False
    limit = len(model.kernel_class) if below(random, 3) else 1
    todo[0] = leaf
    count = 1
    seen = 0
    while seen < count and count < limit:
        node = todo[seen]
        seen += 1
        for e in range(len(model.edges)):
            for side in range(2):
                other = model.edges[e, 1 - side]
                same = tree.forced[H, other] == old_h and tree.forced[W, other] == old_w
                if model.edges[e, side] == node and same and count < limit:
                    force_split(model, tree, undo, other, h, w)
                    todo[count] = other
                    count += 1
    return True


@compiled
def match_channels(model: Model, tree: Tree, undo: Undo, random: Array) -> bool:
    """Set both channel splits of a random edge to the larger one, or to that of one end."""
    edge = below(random, len(model.edges))
    u, v = model.edges[edge, 0], model.edges[edge, 1]
    value = max(tree.channels[2, u], tree.channels[0, v])
    kind = below(random, 4)
    if kind < 2:
        value = tree.channels[2, u] if kind == 0 else tree.channels[0, v]
    changed = force_channel(model, tree, undo, u, LEAST_OUT, value)
    return force_channel(model, tree, undo, v, LEAST_C, value) or changed


@compiled
def shift_channel(model: Model, tree: Tree, undo: Undo, random: Array) -> bool:
    """Move a forced channel split a little, or free it; mostly at both ends of an edge."""
    edge = below(random, len(model.edges))
    u, v = model.edges[edge, 0], model.edges[edge, 1]
    kind = below(random, 4)
    value = 0
    if kind:
        value = max(tree.channels[2, u] + below(random, 7) - 3, 1)
    changed = False
    if kind != 1:
        changed = force_channel(model, tree, undo, u, LEAST_OUT, value)
    if kind != 2:
        changed = force_channel(model, tree, undo, v, LEAST_C, value) or changed
    return changed


@compiled
def move_splits(model: Model, tree: Tree, undo: Undo, random: Array, todo: Array) -> bool:
    """Make one of the moves on forced splits."""
    if len(model.edges) == 0:
        return False
    kind = below(random, 10)
    if kind < 3:
        return copy_split(model, tree, undo, random)
    if kind < 5:
        return paint_cluster(model, tree, undo, random, todo)
    if kind < 8:
        return match_channels(model, tree, undo, random)
    return shift_channel(model, tree, undo, random)
