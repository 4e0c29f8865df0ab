"""Compiled curves of leaves and cuts."""

from __future__ import annotations

import numpy as np

from wse_cp.compiled import compiled
from wse_cp.construct.slicing.state import ABOVE, FAR, TIME_INDEX, Array, Model, Tree
from wse_cp.shapes.loops import least_k, smallest_c


@compiled
def invert(curves: Array, inverses: Array, node: int) -> None:
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


@compiled
def add_curves(curves: Array, first: int, second: int, total: int) -> None:
    """Set row `total` to the sum of two rows, at most FAR."""
    for i in range(curves.shape[1]):
        both = np.int16(curves[first, i] + curves[second, i])  # stays in 16 bits, so it becomes vectors
        curves[total, i] = min(both, np.int16(FAR))


@compiled
def copy_row(source: Array, target: Array, row: int) -> None:
    """Copy one row of a table (a loop: assigning slices costs more than the copying)."""
    for i in range(source.shape[1]):
        target[row, i] = source[row, i]


@compiled
def need_by_width(tree: Tree, node: int) -> None:
    """Make sure that the curve over width limits is there."""
    if not tree.ready[0, node]:
        invert(tree.by_height, tree.by_width, node)
        tree.ready[0, node] = 1


@compiled
def need_by_height(tree: Tree, node: int) -> None:
    """Make sure that the curve over height limits is there."""
    if not tree.ready[1, node]:
        invert(tree.by_width, tree.by_height, node)
        tree.ready[1, node] = 1


@compiled
def combine(tree: Tree, node: int) -> None:
    """Recompute the curve of a cut from its children; the other curve is made only where it is needed."""
    left, right = tree.links[0, node], tree.links[1, node]
    if tree.links[3, node] == ABOVE:
        need_by_width(tree, left)
        need_by_width(tree, right)
        add_curves(tree.by_width, left, right, node)
        tree.ready[0, node], tree.ready[1, node] = 1, 0
    else:
        need_by_height(tree, left)
        need_by_height(tree, right)
        add_curves(tree.by_height, left, right, node)
        tree.ready[0, node], tree.ready[1, node] = 0, 1


@compiled
def fill_leaf(model: Model, tree: Tree, leaf: int) -> None:
    """Recompute the curve of a leaf for the tree's time limit and the leaf's forced splits."""
    kind, time = model.kernel_class[leaf], tree.scalars[TIME_INDEX]
    if tree.forced[0, leaf] == 0:
        for i in range(model.domain + 1):
            tree.by_width[leaf, i] = model.free_curves[time, kind, i]
    else:
        fill_forced(model, tree, leaf)
    for i in range(model.domain + 1):
        tree.by_height[leaf, i] = tree.by_width[leaf, i]
    tree.ready[0, leaf], tree.ready[1, leaf] = 1, 1


@compiled
def fill_forced(model: Model, tree: Tree, leaf: int) -> None:
    """Fill the curve of a leaf whose (h, w) is forced, with the protocol behind each entry.

    The entry of height level c uses the least k of every convolution; k out is at least the forced one. The
    first convolution of a block stays at its forced c, whatever the level.
    """
    kind = model.kernel_class[leaf]
    h, w, least_c, least_out = (
        tree.forced[0, leaf],
        tree.forced[1, leaf],
        tree.forced[2, leaf],
        tree.forced[3, leaf],
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


@compiled
def add_entry(curve: Array, level: Array, limit: int, value: int, c: int) -> None:
    """Lower one entry of a curve and note its height level."""
    if value < curve[limit]:
        curve[limit], level[limit] = value, c
