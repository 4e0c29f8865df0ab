"""Random small instances and trees for the tests of slicing trees."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from wse_cp.compiled import compiled
from wse_cp.construct.slicing import anneal, layout
from wse_cp.construct.slicing.anneal import SlicingSearch
from wse_cp.construct.slicing.curves import need_by_height, need_by_width
from wse_cp.construct.slicing.model import SlicingSpace, slicing_space
from wse_cp.construct.slicing.state import ABOVE, BESIDE, ROOT, TIME_INDEX, Tree, new_tree
from wse_cp.construct.slicing.trees import TreeShape
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import CBlock, Conv, DBlock, Kernel
from wse_cp.shapes.curves import least_time_by_area

#: Compiled for calls from Python: interpreted they would take minutes.
propose, evaluate = compiled(anneal.propose), compiled(layout.evaluate)


def random_kernel(rng: np.random.Generator) -> Kernel:
    kind = int(rng.integers(4))
    if kind == 0:
        return DBlock(int(rng.integers(2, 9)), int(rng.integers(2, 9)), 4 * int(rng.integers(1, 5)))
    if kind == 1:
        return CBlock(2 * int(rng.integers(1, 5)), 2 * int(rng.integers(1, 5)), 4 * int(rng.integers(1, 5)))
    h, w, c, k = (int(v) for v in rng.integers(2, 13, 4))
    return Conv(h, w, int(rng.integers(1, 4)), int(rng.integers(1, 4)), c, k, int(rng.integers(1, 3)))


def random_instance(seed: int, wadapter: int = 0, count: int = 0) -> Instance:
    """A few convs and blocks on a wafer that is not square; at least one edge, some of them parallel."""
    rng = np.random.default_rng(seed)
    count = count or int(rng.integers(1, 9))
    nodes = tuple(Node(i, f"n{i}", random_kernel(rng)) for i in range(count))
    links = [(u, v) for u, v in combinations(range(count), 2) if rng.random() < (0.8 if v == u + 1 else 0.2)]
    links = links or [(0, 1)][: count - 1]
    links += [link for link in links if rng.random() < 0.2]
    edges = tuple(Edge(f"n{u}", f"n{v}") for u, v in links)
    width, height = int(rng.integers(40, 90)), int(rng.integers(40, 90))
    return Instance(Settings(width, height, 1, int(rng.integers(0, 9)), wadapter, 3000), nodes, edges)


def space_of(instance: Instance) -> SlicingSpace:
    least = least_time_by_area(instance)
    return slicing_space(instance, least, [3 * least])


def random_shape(space: SlicingSpace, rng: np.random.Generator, slowest: bool = False) -> TreeShape:
    """A random topology, time limit and, where adapters cost something, random useful splits."""
    model, kernels = space.model, len(space.model.kernel_class)
    tree = new_tree(kernels, 0)
    roots = list(range(kernels))
    for node in range(kernels, 2 * kernels - 1):
        left, right = (roots.pop(int(rng.integers(len(roots)))) for _ in range(2))
        tree.links[:, node] = left, right, -1, int(rng.choice([ABOVE, BESIDE]))
        tree.links[2, [left, right]] = node
        roots.append(node)
    tree.scalars[ROOT] = roots[0]
    last = len(model.times) - 1
    tree.scalars[TIME_INDEX] = last if slowest else int(rng.integers(last + 1))
    if space.forced:
        for leaf, kind in enumerate(model.kernel_class):
            pick = int(rng.integers(model.split_counts[kind]))
            tree.forced[:, leaf] = *model.splits[kind, pick], int(rng.integers(4)), int(rng.integers(4))
    return TreeShape.of(tree)


def random_search(
    seed: int, wadapter: int = 0, count: int = 0, slowest: bool = True
) -> tuple[SlicingSearch, TreeShape]:
    """A search for a random instance and a random tree, which the search holds laid out."""
    space = space_of(random_instance(seed, wadapter, count))
    search = SlicingSearch(space, seed)
    shape = random_shape(space, np.random.default_rng(seed + 1), slowest)
    search.cost(shape)
    return search, shape


def complete(tree: Tree) -> None:
    """Make the curves that are otherwise made only where they are needed."""
    for node in range(len(tree.by_width)):
        need_by_width(tree, node)
        need_by_height(tree, node)
