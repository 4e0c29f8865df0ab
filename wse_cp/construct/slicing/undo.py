"""Compiled undo: a move saves what it touches, a rejected one puts it back."""

from __future__ import annotations

from wse_cp.compiled import compiled
from wse_cp.construct.slicing.curves import combine, fill_leaf
from wse_cp.construct.slicing.state import STAMP, UNDO_COUNT, Array, Model, Tree, Undo


@compiled
def begin_move(tree: Tree, undo: Undo) -> None:
    """Remember the topology and the forced splits; no curve is saved yet."""
    tree.scalars[STAMP] += 1
    tree.scalars[UNDO_COUNT] = 0
    undo.scalars[:] = tree.scalars
    undo.links[:] = tree.links
    undo.forced[:] = tree.forced


@compiled
def save_node(tree: Tree, undo: Undo, node: int) -> None:
    """Save the curves of a node once in a move."""
    if undo.stamps[node] == tree.scalars[STAMP]:
        return
    undo.stamps[node] = tree.scalars[STAMP]
    undo.nodes[tree.scalars[UNDO_COUNT]] = node
    tree.scalars[UNDO_COUNT] += 1
    undo.by_width[node] = tree.by_width[node]
    undo.by_height[node] = tree.by_height[node]
    if node < len(tree.level) and tree.forced[0, node]:
        undo.level[node] = tree.level[node]
        undo.protocol[:, node] = tree.protocol[:, node]


@compiled
def take_back(tree: Tree, undo: Undo) -> None:
    """Restore the tree as it was before the move."""
    for i in range(tree.scalars[UNDO_COUNT]):
        node = undo.nodes[i]
        tree.by_width[node] = undo.by_width[node]
        tree.by_height[node] = undo.by_height[node]
        if node < len(tree.level) and undo.forced[0, node]:
            tree.level[node] = undo.level[node]
            tree.protocol[:, node] = undo.protocol[:, node]
    stamp = tree.scalars[STAMP]
    tree.scalars[:] = undo.scalars
    tree.scalars[STAMP] = stamp
    tree.links[:] = undo.links
    tree.forced[:] = undo.forced


@compiled
def refresh_up(tree: Tree, undo: Undo, node: int) -> None:
    """Recompute the cuts from `node` up to the root."""
    while node >= 0:
        save_node(tree, undo, node)
        combine(tree, node)
        node = tree.links[2, node]


@compiled
def refresh_leaf(model: Model, tree: Tree, undo: Undo, leaf: int) -> None:
    """Recompute a leaf and all cuts above it."""
    save_node(tree, undo, leaf)
    fill_leaf(model, tree, leaf)
    if tree.links[2, leaf] >= 0:
        refresh_up(tree, undo, tree.links[2, leaf])


@compiled
def refresh_all(model: Model, tree: Tree, undo: Undo, order: Array) -> None:
    """Recompute every curve. `order` is scratch, int64 (2n - 1,)."""
    kernels = len(model.kernel_class)
    count = preorder(tree, order, kernels)
    for i in range(count - 1, -1, -1):
        node = order[i]
        save_node(tree, undo, node)
        if node < kernels:
            fill_leaf(model, tree, node)
        else:
            combine(tree, node)


@compiled
def preorder(tree: Tree, order: Array, kernels: int) -> int:
    """Write the nodes into `order`, parents before children; return their number."""
    order[0] = tree.scalars[0]
    count, seen = 1, 0
    while seen < count:
        node = order[seen]
        seen += 1
        if node >= kernels:
            order[count] = tree.links[0, node]
            order[count + 1] = tree.links[1, node]
            count += 2
    return count
