"""Compiled moves on slicing trees. Each returns whether it changed anything; curves are refreshed."""

from __future__ import annotations

from wse_cp.compiled import compiled
from wse_cp.construct.slicing.curves import combine
from wse_cp.construct.slicing.state import ROOT, TIME_INDEX, Array, Model, Tree, Undo, below
from wse_cp.construct.slicing.undo import refresh_all, refresh_up, save_node

LEFT, RIGHT, PARENT, CUT = 0, 1, 2, 3


@compiled
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


@compiled
def is_ancestor(tree: Tree, upper: int, lower: int) -> bool:
    """Tell whether `upper` is `lower` or above it."""
    while lower >= 0:
        if lower == upper:
            return True
        lower = tree.links[PARENT, lower]
    return False


@compiled
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


@compiled
def reverse_cut(tree: Tree, node: int) -> bool:
    """Exchange the children of a cut; no curve changes."""
    links = tree.links
    links[LEFT, node], links[RIGHT, node] = links[RIGHT, node], links[LEFT, node]
    return True


@compiled
def mirror(tree: Tree, kernels: int, node: int, cut: int, todo: Array) -> bool:
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


@compiled
def turn_cut(tree: Tree, undo: Undo, node: int) -> bool:
    """Turn a cut from beside to above or back."""
    tree.links[CUT, node] = 1 - tree.links[CUT, node]
    refresh_up(tree, undo, node)
    return True


@compiled
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


@compiled
def random_node(model: Model, tree: Tree, random: Array) -> int:
    """Return a random node other than the root."""
    node = below(random, 2 * len(model.kernel_class) - 2)
    return node if node != tree.scalars[ROOT] else 2 * len(model.kernel_class) - 2


@compiled
def move_time(model: Model, tree: Tree, undo: Undo, random: Array, todo: Array) -> bool:
    """Shift the time limit by a few steps of its grid and rebuild all curves."""
    old = tree.scalars[TIME_INDEX]
    step = 1 + below(random, 3)
    new = min(max(old + (step if below(random, 2) else -step), 0), len(model.times) - 1)
    if new == old:
        return False
    tree.scalars[TIME_INDEX] = new
    refresh_all(model, tree, undo, todo)
    return True


@compiled
def approach(model: Model, tree: Tree, undo: Undo, random: Array) -> bool:
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


@compiled
def move_topology(model: Model, tree: Tree, undo: Undo, random: Array, todo: Array) -> bool:
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
