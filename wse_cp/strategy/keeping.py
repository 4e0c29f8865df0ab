"""What a search keeps for later runs, and how one begins with it: slicing trees, records of operators."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from wse_cp.checkpoint.kept import ABOVE as KEPT_ABOVE
from wse_cp.checkpoint.kept import BESIDE as KEPT_BESIDE
from wse_cp.checkpoint.kept import KeptTree
from wse_cp.construct.slicing.anneal import SlicingSearch
from wse_cp.construct.slicing.model import SlicingSpace
from wse_cp.construct.slicing.state import (
    ABOVE,
    BESIDE,
    CUT,
    LEFT,
    NO_FIT,
    PARENT,
    RIGHT,
    ROOT,
    TIME_INDEX,
    new_tree,
)
from wse_cp.construct.slicing.trees import TreePool, TreeShape
from wse_cp.lns.improve import Search
from wse_cp.shapes.arrays import scaled
from wse_cp.strategy.run import Run


def keep_trees(run: Run, space: SlicingSpace, pool: TreePool) -> None:
    """Put the trees of an earlier run into the pool, and those of others; from now on the pool's are kept."""
    search = SlicingSearch(space, run.options.seed)

    def put(trees: Sequence[KeptTree]) -> None:
        for tree in trees:
            shape = shape_of_kept(space, tree)
            if shape is not None:
                pool.add(search.cost(shape), shape)

    put(run.memory.kept.trees)
    run.memory.take_trees(put)
    run.memory.trees = lambda: [kept_of(space, shape) for cost, shape in pool.ranked() if cost < NO_FIT]


def keep_operators(run: Run, worker: int, search: Search) -> None:
    """Let the operators of a worker go on from their records; from now on these are kept."""
    search.choice.recall(run.memory.operators_of(worker))
    run.memory.follow_operators(worker, search.choice.records)


def kept_limits(run: Run) -> list[Fraction]:
    """Return the cycle limits of the trees of an earlier run, as far as something fits at them."""
    return [tree.limit for tree in run.memory.kept.trees if tree.limit >= run.least_time]


def kept_of(space: SlicingSpace, shape: TreeShape) -> KeptTree:
    """Return a tree as it is kept."""
    kernels, links = len(space.model.kernel_class), shape.links
    cuts = {BESIDE: KEPT_BESIDE, ABOVE: KEPT_ABOVE}
    nodes, todo = [], [int(shape.scalars[ROOT])]
    while todo:  # the reverse of the postfix order: a cut, then its right part, then its left one
        node = todo.pop()
        if node < kernels:
            nodes.append(node)
        else:
            nodes.append(cuts[int(links[CUT, node])])
            todo += [int(links[LEFT, node]), int(links[RIGHT, node])]
    time = int(space.model.times[shape.scalars[TIME_INDEX]])
    splits = [(int(h), int(w), int(c), int(k)) for h, w, c, k in shape.forced.T] if space.forced else []
    return KeptTree(tuple(nodes[::-1]), Fraction(time, space.instance.time_scale), tuple(splits))


def shape_of_kept(space: SlicingSpace, tree: KeptTree) -> TreeShape | None:
    """Return a tree that was kept, None if its cycle limit or its splits are none of this space."""
    kernels, times = len(space.model.kernel_class), space.model.times
    time = int(np.searchsorted(times, scaled(space.instance, tree.limit)))
    if space.forced != bool(tree.splits) or time == len(times):
        return None
    found, cuts = new_tree(kernels, 0), {KEPT_BESIDE: BESIDE, KEPT_ABOVE: ABOVE}
    parts: list[int] = []
    spare = iter(range(kernels, 2 * kernels - 1))
    for entry in tree.nodes:
        node = entry
        if entry < 0:
            node, right, left = next(spare), parts.pop(), parts.pop()
            found.links[:, node] = left, right, -1, cuts[entry]
            found.links[PARENT, [left, right]] = node
        parts.append(node)
    found.scalars[[ROOT, TIME_INDEX]] = parts[0], time
    if tree.splits:
        found.forced[:] = np.array(tree.splits, np.int64).T
    return TreeShape.of(found)
