"""Shape curves of a tree's nodes, and how a move updates them and takes that back; compiled.

A leaf's curve follows from its kernel, the cycle limit and forced splits; a cut's from its children: along
the cut their curves add (Stockmeyer 1983). A move recomputes the nodes above its change, as long as curves
change, and saves what it overwrites; a rejected move puts it back.
"""

from __future__ import annotations

import numpy as np

from wse_cp.compiled import compiled, inner
from wse_cp.construct.slicing.state import (
    ABOVE,
    CUT,
    FAR,
    LEAST_C,
    LEAST_OUT,
    LEFT,
    PARENT,
    RIGHT,
    STAMP,
    TIME_INDEX,
    UNDO_COUNT,
    H,
    Model,
    Tree,
    Undo,
    W,
)
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.loops import least_k, smallest_c


@inner
def invert(curves: IntArray, inverses: IntArray, node: int) -> None:
    """Set each ``inverses[node, b]`` to the least a with ``curves[node, a] <= b``, or FAR.

    Curves fall, so that least a is the number of entries above b. Written without branches, which would be
    mispredicted at every step of a curve.
    """
    size = curves.shape[1]
    for b in range(size):
        inverses[node, b] = np.int16(FAR)
    for i in range(size):
        a = size - 1 - i  # the least a of each value is written last
        value = np.uint16(min(curves[node, a], np.int16(size)))
        if value < size:
            inverses[node, np.uint64(value)] = np.int16(a)
    least = np.int16(FAR)
    for b in range(size):
        found = inverses[node, b]
        least = found if found < least else least
        inverses[node, b] = least


@inner
def add_curves(curves: IntArray, first: int, second: int, total: int) -> None:
    """Set row `total` to the sum of two rows, at most FAR."""
    for i in range(curves.shape[1]):
        both = np.int16(curves[first, i] + curves[second, i])  # stays in 16 bits, so it becomes vectors
        curves[total, i] = min(both, np.int16(FAR))


@inner
def copy_row(source: IntArray, target: IntArray, row: int) -> None:
    """Copy one row of a table (a loop: assigning slices costs more than the copying)."""
    for i in range(source.shape[1]):
        target[row, i] = source[row, i]


@inner
def need_by_width(tree: Tree, node: int) -> None:
    """Make sure that the curve over width limits is there."""
    if not tree.ready[0, node]:
        invert(tree.by_height, tree.by_width, node)
        tree.ready[0, node] = 1


@inner
def need_by_height(tree: Tree, node: int) -> None:
    """Make sure that the curve over height limits is there."""
    if not tree.ready[1, node]:
        invert(tree.by_width, tree.by_height, node)
        tree.ready[1, node] = 1


@inner
def combine(tree: Tree, node: int) -> None:
    """Recompute the curve of a cut from its children; the other curve is made only where it is needed."""
    left, right = tree.links[LEFT, node], tree.links[RIGHT, node]
    if tree.links[CUT, node] == ABOVE:
        need_by_width(tree, left)
        need_by_width(tree, right)
        add_curves(tree.by_width, left, right, node)
        tree.ready[0, node], tree.ready[1, node] = 1, 0
    else:
        need_by_height(tree, left)
        need_by_height(tree, right)
        add_curves(tree.by_height, left, right, node)
        tree.ready[0, node], tree.ready[1, node] = 0, 1


@inner
def fill_leaf(model: Model, tree: Tree, leaf: int) -> None:
    """Recompute the curve of a leaf for the tree's cycle limit and the leaf's forced splits."""
    kind, time = model.kernel_class[leaf], tree.scalars[TIME_INDEX]
    if tree.forced[H, leaf] == 0:
        for i in range(model.domain + 1):
            tree.by_width[leaf, i] = model.free_curves[time, kind, i]
    else:
        fill_forced(model, tree, leaf)
    for i in range(model.domain + 1):
        tree.by_height[leaf, i] = tree.by_width[leaf, i]
    tree.ready[0, leaf], tree.ready[1, leaf] = 1, 1


@compiled
def fill_leaves(model: Model, tree: Tree) -> None:
    """Recompute the curves of all leaves."""
    for leaf in range(len(model.kernel_class)):
        fill_leaf(model, tree, leaf)


@inner
def fill_forced(model: Model, tree: Tree, leaf: int) -> None:
    """Fill the curve of a leaf whose (h, w) is forced, with the protocol behind each entry.

    The entry of height level c uses the least k of every convolution; k out is at least the forced one. The
    first convolution of a block stays at its forced c, whatever the level.
    """
    kind = model.kernel_class[leaf]
    h, w, least_c, least_out = (
        tree.forced[H, leaf],
        tree.forced[W, leaf],
        tree.forced[LEAST_C, leaf],
        tree.forced[LEAST_OUT, leaf],
    )
    convs, n = model.class_convs[kind], model.class_sizes[kind]
    trips = model.trips[tree.scalars[TIME_INDEX], kind]
    curve, level = tree.by_width[leaf], tree.level[leaf]
    curve[:] = FAR
    level[:] = 0
    known_k, lowest = -1, 0
    for c in range(max(1, least_c), model.domain // (h * w)):
        total, k_out, first = 0, 0, 0
        for i in range(n):
            own_c = least_c if i == 0 and n > 1 and least_c > 0 else c
            k = least_k(convs[i], trips[i], model.memlimit, h, w, own_c)
            if i == 0:
                first = k
            if i == min(2, n - 1):
                k = max(k, least_out)
                k_out = k
            total += k
        if first != known_k:
            own_c = least_c if n > 1 and least_c > 0 else c
            known_k, lowest = first, smallest_c(convs[0], trips[0], model.memlimit, h, w, own_c, first)
        width, height = 3 * total, h * w * (c + 1)
        if width <= model.domain:
            tree.protocol[0, leaf, c] = lowest
            tree.protocol[1, leaf, c] = k_out
            tree.protocol[2, leaf, c] = total
            add_entry(curve, level, width, height, c)
            add_entry(curve, level, height, width, -c)
    for limit in range(1, model.domain + 1):
        if curve[limit - 1] <= curve[limit]:
            curve[limit], level[limit] = curve[limit - 1], level[limit - 1]


@inner
def add_entry(curve: IntArray, level: IntArray, limit: int, value: int, c: int) -> None:
    """Lower one entry of a curve and note its height level."""
    if value < curve[limit]:
        curve[limit], level[limit] = value, c


@inner
def begin_move(tree: Tree, undo: Undo) -> None:
    """Remember the topology and the forced splits; no curve is saved yet."""
    tree.scalars[STAMP] += 1
    tree.scalars[UNDO_COUNT] = 0
    copy_shape(tree.scalars, tree.links, tree.forced, undo.scalars, undo.links, undo.forced)


@inner
def save_node(tree: Tree, undo: Undo, node: int) -> bool:
    """Save the curves of a node once in a move; return whether they were saved just now."""
    if undo.stamps[node] == tree.scalars[STAMP]:
        return False
    undo.stamps[node] = tree.scalars[STAMP]
    undo.nodes[tree.scalars[UNDO_COUNT]] = node
    tree.scalars[UNDO_COUNT] += 1
    copy_node(tree.ready, tree.by_width, tree.by_height, undo.ready, undo.by_width, undo.by_height, node)
    if node < len(tree.level) and tree.forced[H, node]:
        copy_row(tree.level, undo.level, node)
        for i in range(3):
            copy_row(tree.protocol[i], undo.protocol[i], node)
    return True


@inner
def copy_node(
    ready: IntArray,
    by_width: IntArray,
    by_height: IntArray,
    to_ready: IntArray,
    to_by_width: IntArray,
    to_by_height: IntArray,
    node: int,
) -> None:
    """Copy those curves of a node that are up to date."""
    to_ready[0, node], to_ready[1, node] = ready[0, node], ready[1, node]
    if ready[0, node]:
        copy_row(by_width, to_by_width, node)
    if ready[1, node]:
        copy_row(by_height, to_by_height, node)


@inner
def take_back(tree: Tree, undo: Undo) -> None:
    """Restore the tree as it was before the move."""
    for i in range(tree.scalars[UNDO_COUNT]):
        node = undo.nodes[i]
        copy_node(undo.ready, undo.by_width, undo.by_height, tree.ready, tree.by_width, tree.by_height, node)
        if node < len(tree.level) and undo.forced[H, node]:
            copy_row(undo.level, tree.level, node)
            for k in range(3):
                copy_row(undo.protocol[k], tree.protocol[k], node)
    stamp = tree.scalars[STAMP]
    copy_shape(undo.scalars, undo.links, undo.forced, tree.scalars, tree.links, tree.forced)
    tree.scalars[STAMP] = stamp


@inner
def copy_shape(
    scalars: IntArray,
    links: IntArray,
    forced: IntArray,
    to_scalars: IntArray,
    to_links: IntArray,
    to_forced: IntArray,
) -> None:
    """Copy what determines a tree (loops: assigning slices costs more than the copying)."""
    for i in range(len(scalars)):
        to_scalars[i] = scalars[i]
    for k in range(4):
        copy_row(links, to_links, k)
        copy_row(forced, to_forced, k)


@inner
def refresh_up(tree: Tree, undo: Undo, node: int) -> None:
    """Recompute the cuts from `node` up to the root, or to the first whose curve stays as it was."""
    while node >= 0:
        fresh = save_node(tree, undo, node)
        combine(tree, node)
        if fresh and unchanged(tree, undo, node):
            tree.ready[0, node], tree.ready[1, node] = undo.ready[0, node], undo.ready[1, node]
            return
        node = tree.links[PARENT, node]


@inner
def unchanged(tree: Tree, undo: Undo, node: int) -> bool:
    """Tell whether a recomputed cut has the curve it was saved with (false if that is not known)."""
    if tree.ready[0, node]:
        return bool(undo.ready[0, node]) and same_row(tree.by_width, undo.by_width, node)
    return bool(undo.ready[1, node]) and same_row(tree.by_height, undo.by_height, node)


@inner
def same_row(first: IntArray, second: IntArray, row: int) -> bool:
    """Tell whether two tables agree in a row."""
    same = True
    for i in range(first.shape[1]):
        same &= first[row, i] == second[row, i]
    return same


@inner
def refresh_leaf(model: Model, tree: Tree, undo: Undo, leaf: int) -> None:
    """Recompute a leaf and all cuts above it."""
    save_node(tree, undo, leaf)
    fill_leaf(model, tree, leaf)
    if tree.links[PARENT, leaf] >= 0:
        refresh_up(tree, undo, tree.links[PARENT, leaf])


@inner
def refresh_all(model: Model, tree: Tree, undo: Undo, order: IntArray) -> None:
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


@inner
def preorder(tree: Tree, order: IntArray, kernels: int) -> int:
    """Write the nodes into `order`, parents before children; return their number."""
    order[0] = tree.scalars[0]
    count, seen = 1, 0
    while seen < count:
        node = order[seen]
        seen += 1
        if node >= kernels:
            order[count] = tree.links[LEFT, node]
            order[count + 1] = tree.links[RIGHT, node]
            count += 2
    return count
