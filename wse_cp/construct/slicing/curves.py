"""Compiled curves of leaves and cuts."""

from __future__ import annotations

from wse_cp.compiled import compiled
from wse_cp.construct.slicing.state import ABOVE, FAR, TIME_INDEX, Array, Model, Tree
from wse_cp.shapes.loops import least_k, smallest_c


@compiled
def invert(curve: Array, inverse: Array) -> None:
    """Set ``inverse[b]`` to the least a with ``curve[a] <= b`` (curve: non-increasing), or FAR."""
    last = len(curve) - 1
    a = last
    bottom = min(max(curve[last], 0), last + 1)
    inverse[:bottom] = FAR
    b = bottom
    while b <= last:
        while a > 0 and curve[a - 1] <= b:
            a -= 1
        upper = last + 1 if a == 0 else min(curve[a - 1], last + 1)
        inverse[b:upper] = a
        b = upper


@compiled
def add_curves(first: Array, second: Array, total: Array) -> None:
    """Set `total` to the sum of two curves, at most FAR."""
    for i in range(len(total)):
        total[i] = min(first[i] + second[i], FAR)


@compiled
def combine(tree: Tree, node: int) -> None:
    """Recompute both curves of a cut from its children."""
    left, right = tree.links[0, node], tree.links[1, node]
    if tree.links[3, node] == ABOVE:
        add_curves(tree.by_width[left], tree.by_width[right], tree.by_width[node])
        invert(tree.by_width[node], tree.by_height[node])
    else:
        add_curves(tree.by_height[left], tree.by_height[right], tree.by_height[node])
        invert(tree.by_height[node], tree.by_width[node])


@compiled
def fill_leaf(model: Model, tree: Tree, leaf: int) -> None:
    """Recompute the curve of a leaf for the tree's time limit and the leaf's forced splits."""
    kind = model.kernel_class[leaf]
    if tree.forced[0, leaf] == 0:
        tree.by_width[leaf] = model.free_curves[tree.scalars[TIME_INDEX], kind]
    else:
        fill_forced(model, tree, leaf)
    tree.by_height[leaf] = tree.by_width[leaf]


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
