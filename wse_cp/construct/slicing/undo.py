"""Compiled undo: a move saves what it touches, a rejected one puts it back."""

from __future__ import annotations

from wse_cp.compiled import compiled
from wse_cp.construct.slicing.curves import combine, copy_row, fill_leaf
from wse_cp.construct.slicing.state import STAMP, UNDO_COUNT, Array, Model, Tree, Undo


@compiled
def begin_move(tree: Tree, undo: Undo) -> None:
    """Remember the topology and the forced splits; no curve is saved yet."""
    tree.scalars[STAMP] += 1
    tree.scalars[UNDO_COUNT] = 0
    copy_shape(tree.scalars, tree.links, tree.forced, undo.scalars, undo.links, undo.forced)


@compiled
def save_node(tree: Tree, undo: Undo, node: int) -> bool:
    """Save the curves of a node once in a move; return whether they were saved just now."""
    if undo.stamps[node] == tree.scalars[STAMP]:
        return False
    undo.stamps[node] = tree.scalars[STAMP]
    undo.nodes[tree.scalars[UNDO_COUNT]] = node
    tree.scalars[UNDO_COUNT] += 1
    copy_node(tree.ready, tree.by_width, tree.by_height, undo.ready, undo.by_width, undo.by_height, node)
    if node < len(tree.level) and tree.forced[0, node]:
        copy_row(tree.level, undo.level, node)
        for i in range(3):
            copy_row(tree.protocol[i], undo.protocol[i], node)
    return True


@compiled
def copy_node(
    ready: Array,
    by_width: Array,
    by_height: Array,
    to_ready: Array,
    to_by_width: Array,
    to_by_height: Array,
    node: int,
) -> None:
    """Copy those curves of a node that are up to date."""
    to_ready[0, node], to_ready[1, node] = ready[0, node], ready[1, node]
    if ready[0, node]:
        copy_row(by_width, to_by_width, node)
    if ready[1, node]:
        copy_row(by_height, to_by_height, node)


@compiled
def take_back(tree: Tree, undo: Undo) -> None:
    """Restore the tree as it was before the move."""
    for i in range(tree.scalars[UNDO_COUNT]):
        node = undo.nodes[i]
        copy_node(undo.ready, undo.by_width, undo.by_height, tree.ready, tree.by_width, tree.by_height, node)
        if node < len(tree.level) and undo.forced[0, node]:
            copy_row(undo.level, tree.level, node)
            for k in range(3):
                copy_row(undo.protocol[k], tree.protocol[k], node)
    stamp = tree.scalars[STAMP]
    copy_shape(undo.scalars, undo.links, undo.forced, tree.scalars, tree.links, tree.forced)
    tree.scalars[STAMP] = stamp


@compiled
def copy_shape(
    scalars: Array, links: Array, forced: Array, to_scalars: Array, to_links: Array, to_forced: Array
) -> None:
    """Copy what determines a tree (loops: assigning slices costs more than the copying)."""
    for i in range(len(scalars)):
        to_scalars[i] = scalars[i]
    for k in range(4):
        copy_row(links, to_links, k)
        copy_row(forced, to_forced, k)


@compiled
def refresh_up(tree: Tree, undo: Undo, node: int) -> None:
    """Recompute the cuts from `node` up to the root, or to the first whose curve stays as it was."""
    while node >= 0:
        fresh = save_node(tree, undo, node)
        combine(tree, node)
        if fresh and unchanged(tree, undo, node):
            tree.ready[0, node], tree.ready[1, node] = undo.ready[0, node], undo.ready[1, node]
            return
        node = tree.links[2, node]


@compiled
def unchanged(tree: Tree, undo: Undo, node: int) -> bool:
    """Tell whether a recomputed cut has the curve it was saved with (false if that is not known)."""
    if tree.ready[0, node]:
        return bool(undo.ready[0, node]) and same_row(tree.by_width, undo.by_width, node)
    return bool(undo.ready[1, node]) and same_row(tree.by_height, undo.by_height, node)


@compiled
def same_row(first: Array, second: Array, row: int) -> bool:
    """Tell whether two tables agree in a row."""
    same = True
    for i in range(first.shape[1]):
        same &= first[row, i] == second[row, i]
    return same


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
