"""Moves on slicing trees, compiled: of the topology, the cycle limit and forced splits.

Each returns whether it changed anything; curves are refreshed. Moves on forced splits trade area for
protocols that match, that is for adapters.
"""

from __future__ import annotations

from wse_cp.compiled import inner
from wse_cp.construct.random import below
from wse_cp.construct.slicing.curves import combine, refresh_all, refresh_leaf, refresh_up, save_node
from wse_cp.construct.slicing.state import (
    CUT,
    LEAST_C,
    LEAST_OUT,
    LEFT,
    PARENT,
    RIGHT,
    ROOT,
    TIME_INDEX,
    H,
    Model,
    Tree,
    Undo,
    W,
)
from wse_cp.shapes.arrays import IntArray


@inner
def replace_child(tree: Tree, parent: int, old: int, new: int) -> None:
    """Put `new` where `old` hung under `parent` (-1: the root)."""
    links = tree.links
    if parent < 0:
        tree.scalars[ROOT] = new
    elif links[LEFT, parent] == old:
        links[LEFT, parent] = new
    else:
        links[RIGHT, parent] = new
    links[PARENT, new] = parent


@inner
def is_ancestor(tree: Tree, upper: int, lower: int) -> bool:
    """Tell whether `upper` is `lower` or above it."""
    while lower >= 0:
        if lower == upper:
            return True
        lower = tree.links[PARENT, lower]
    return False


@inner
def swap_nodes(tree: Tree, undo: Undo, a: int, b: int) -> bool:
    """Exchange two disjoint subtrees."""
    if is_ancestor(tree, a, b) or is_ancestor(tree, b, a):
        return False
    above_a, above_b = tree.links[PARENT, a], tree.links[PARENT, b]
    if above_a == above_b:
        return reverse_cut(tree, above_a)
    replace_child(tree, above_a, a, b)
    replace_child(tree, above_b, b, a)
    refresh_up(tree, undo, above_a)
    refresh_up(tree, undo, above_b)
    return True


@inner
def reverse_cut(tree: Tree, node: int) -> bool:
    """Exchange the children of a cut; no curve changes."""
    links = tree.links
    links[LEFT, node], links[RIGHT, node] = links[RIGHT, node], links[LEFT, node]
    return True


@inner
def mirror(tree: Tree, kernels: int, node: int, cut: int, todo: IntArray) -> bool:
    """Mirror a subtree: exchange the children of all its cuts of one kind; no curve changes."""
    todo[0] = node
    count, changed = 1, False
    while count:
        count -= 1
        node = todo[count]
        if node < kernels:
            continue
        if tree.links[CUT, node] == cut:
            changed = reverse_cut(tree, node)
        todo[count], todo[count + 1] = tree.links[LEFT, node], tree.links[RIGHT, node]
        count += 2
    return changed


@inner
def turn_cut(tree: Tree, undo: Undo, node: int) -> bool:
    """Turn a cut from beside to above or back."""
    tree.links[CUT, node] = 1 - tree.links[CUT, node]
    refresh_up(tree, undo, node)
    return True


@inner
def regraft(tree: Tree, undo: Undo, node: int, target: int, cut: int, first: bool) -> bool:
    """Prune the subtree at `node` and hang it beside `target` under a new cut."""
    links = tree.links
    above = links[PARENT, node]
    if above < 0 or above == target or is_ancestor(tree, node, target):
        return False
    sibling = links[LEFT, above] + links[RIGHT, above] - node
    grand = links[PARENT, above]
    replace_child(tree, grand, above, sibling)
    replace_child(tree, links[PARENT, target], target, above)
    links[CUT, above] = cut
    links[LEFT, above], links[RIGHT, above] = (node, target) if first else (target, node)
    links[PARENT, node], links[PARENT, target] = above, above
    if grand >= 0:
        refresh_up(tree, undo, grand)
    # The cut moved: what is above it changes even if its own curve does not.
    save_node(tree, undo, above)
    combine(tree, above)
    refresh_up(tree, undo, links[PARENT, above])
    return True


@inner
def random_node(model: Model, tree: Tree, random: IntArray) -> int:
    """Return a random node other than the root."""
    node = below(random, 2 * len(model.kernel_class) - 2)
    return node if node != tree.scalars[ROOT] else 2 * len(model.kernel_class) - 2


@inner
def move_time(model: Model, tree: Tree, undo: Undo, random: IntArray, todo: IntArray) -> bool:
    """Shift the cycle limit by a few steps of its grid and rebuild all curves."""
    old = tree.scalars[TIME_INDEX]
    step = 1 + below(random, 3)
    new = min(max(old + (step if below(random, 2) else -step), 0), len(model.times) - 1)
    if new == old:
        return False
    tree.scalars[TIME_INDEX] = new
    refresh_all(model, tree, undo, todo)
    return True


@inner
def approach(model: Model, tree: Tree, undo: Undo, random: IntArray) -> bool:
    """Hang one end of a random edge beside the other, or beside the other's parent."""
    if len(model.edges) == 0:
        return False
    edge = below(random, len(model.edges))
    side = below(random, 2)
    node, target = model.edges[edge, side], model.edges[edge, 1 - side]
    lift = below(random, 3)
    while lift and tree.links[PARENT, target] >= 0:
        target = tree.links[PARENT, target]
        lift -= 1
    return regraft(tree, undo, node, target, below(random, 2), below(random, 2) == 0)


@inner
def move_topology(model: Model, tree: Tree, undo: Undo, random: IntArray, todo: IntArray) -> bool:
    """Make one of the moves that leave shapes' limits alone."""
    kernels = len(model.kernel_class)
    kind = below(random, 100)
    if kind < 22:
        return swap_nodes(tree, undo, below(random, kernels), below(random, kernels))
    if kind < 32:
        return swap_nodes(tree, undo, random_node(model, tree, random), random_node(model, tree, random))
    if kind < 39:
        return reverse_cut(tree, kernels + below(random, kernels - 1))
    if kind < 45:
        return mirror(tree, kernels, kernels + below(random, kernels - 1), below(random, 2), todo)
    if kind < 57:
        return turn_cut(tree, undo, kernels + below(random, kernels - 1))
    if kind < 77:
        return approach(model, tree, undo, random)
    node = random_node(model, tree, random) if kind < 87 else below(random, kernels)
    target = random_node(model, tree, random)
    return regraft(tree, undo, node, target, below(random, 2), below(random, 2) == 0)


@inner
def force_split(model: Model, tree: Tree, undo: Undo, leaf: int, h: int, w: int) -> bool:
    """Force (h, w) of a leaf; channels stay as they are."""
    if tree.forced[H, leaf] == h and tree.forced[W, leaf] == w:
        return False
    tree.forced[H, leaf], tree.forced[W, leaf] = h, w
    refresh_leaf(model, tree, undo, leaf)
    return True


@inner
def force_channel(model: Model, tree: Tree, undo: Undo, leaf: int, row: int, value: int) -> bool:
    """Force the least channel split at the input (LEAST_C) or output (LEAST_OUT) of a leaf, 0 to free it."""
    if tree.forced[row, leaf] == value:
        return False
    tree.forced[row, leaf] = value
    refresh_leaf(model, tree, undo, leaf)
    return True


@inner
def copy_split(model: Model, tree: Tree, undo: Undo, random: IntArray) -> bool:
    """Give one end of a random edge the (h, w) of the other."""
    edge, side = below(random, len(model.edges)), below(random, 2)
    u, v = model.edges[edge, side], model.edges[edge, 1 - side]
    return force_split(model, tree, undo, u, tree.forced[H, v], tree.forced[W, v])


@inner
def paint_cluster(model: Model, tree: Tree, undo: Undo, random: IntArray, todo: IntArray) -> bool:
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


@inner
def match_channels(model: Model, tree: Tree, undo: Undo, random: IntArray) -> bool:
    """Set both channel splits of a random edge to the larger one, or to that of one end."""
    edge = below(random, len(model.edges))
    u, v = model.edges[edge, 0], model.edges[edge, 1]
    value = max(tree.channels[2, u], tree.channels[0, v])
    kind = below(random, 4)
    if kind < 2:
        value = tree.channels[2, u] if kind == 0 else tree.channels[0, v]
    changed = force_channel(model, tree, undo, u, LEAST_OUT, value)
    return force_channel(model, tree, undo, v, LEAST_C, value) or changed


@inner
def shift_channel(model: Model, tree: Tree, undo: Undo, random: IntArray) -> bool:
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


@inner
def move_splits(model: Model, tree: Tree, undo: Undo, random: IntArray, todo: IntArray) -> bool:
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
