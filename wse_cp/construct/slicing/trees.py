"""Trees to start annealing from: of rows, of placements, and the pool of the best found.

A `TreeShape` is what determines a tree; all arrays that follow from it are left out.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Self

import numpy as np

from wse_cp.construct.rows.layout import RowLayout
from wse_cp.construct.slicing.model import SlicingSpace
from wse_cp.construct.slicing.state import (
    ABOVE,
    BESIDE,
    NO_FIT,
    PARENT,
    ROOT,
    TIME_INDEX,
    H,
    Tree,
    W,
    new_tree,
)
from wse_cp.kernels import input_protocol, output_protocol
from wse_cp.placement import Placement, Rectangle
from wse_cp.shapes.arrays import IntArray, scaled

#: By this share a tree counts as costlier for each start from it that brought nothing.
STALE = 0.01
#: Random share by which a tree counts as costlier, so that threads seldom pick the same.
JITTER = 0.004


@dataclass(frozen=True)
class TreeShape:
    """What determines a tree: its topology, cycle limit and forced splits (arrays as in `Tree`)."""

    scalars: IntArray
    links: IntArray
    forced: IntArray

    @classmethod
    def of(cls, tree: Tree) -> Self:
        """Return a copy of what determines `tree`."""
        return cls(tree.scalars.copy(), tree.links.copy(), tree.forced.copy())

    def at(self, time_index: int) -> TreeShape:
        """Return the same shape at another cycle limit; shapes in a pool are shared and never changed."""
        scalars = self.scalars.copy()
        scalars[TIME_INDEX] = time_index
        return TreeShape(scalars, self.links, self.forced)

    def write_to(self, tree: Tree) -> None:
        """Give `tree` this shape; its curves are stale until rebuilt."""
        tree.scalars[:], tree.links[:], tree.forced[:] = self.scalars, self.links, self.forced


def shape_of_rows(space: SlicingSpace, layout: RowLayout, placement: Placement) -> TreeShape:
    """Return the tree of a row layout; where adapters cost something, with the splits of its placement."""
    index = {name: i for i, name in enumerate(space.instance.kernels)}
    rows = [[index[name] for name in row] for row in layout.rows]
    return _shape_of(space, tree_of_rows(rows, len(index), layout.transposed), layout.time, placement)


def _shape_of(space: SlicingSpace, tree: Tree, limit: Fraction, placement: Placement) -> TreeShape:
    """Return the shape of a tree at a cycle limit (cycles); if they are forced, with a placement's splits."""
    time = np.searchsorted(space.model.times, scaled(space.instance, limit))
    tree.scalars[TIME_INDEX] = min(int(time), len(space.model.times) - 1)
    shape = TreeShape.of(tree)
    return with_splits(space, shape, placement) if space.forced else shape


def with_splits(space: SlicingSpace, shape: TreeShape, placement: Placement) -> TreeShape:
    """Return a tree with the splits of a placement forced."""
    forced = np.zeros_like(shape.forced)
    for i, name in enumerate(space.instance.kernels):
        args = placement[name].args
        channels = input_protocol(args).channels, output_protocol(args).channels
        forced[:, i] = args.h, args.w, *channels
    return TreeShape(shape.scalars.copy(), shape.links.copy(), forced)


def first_shape(space: SlicingSpace) -> TreeShape:
    """Return a tree to begin with where there are no rows; it may be too large for the wafer.

    About as many rows as kernels in each, in file order, at the slowest cycle limit; where adapters cost
    something, with the most useful splits.
    """
    model, kernels = space.model, len(space.model.kernel_class)
    length = isqrt(kernels - 1) + 1
    rows = [list(range(kernels))[begin : begin + length] for begin in range(0, kernels, length)]
    tree = tree_of_rows(rows, kernels)
    tree.scalars[TIME_INDEX] = len(model.times) - 1
    if space.forced:
        tree.forced[[H, W]] = model.splits[model.kernel_class, 0].T
    return TreeShape.of(tree)


def tree_of_rows(rows: Sequence[Sequence[int]], kernels: int, upright: bool = False) -> Tree:
    """Return the tree of kernels (indices) in rows, bottom to top; it has no curves.

    Rows and the stack of rows become balanced trees, so that few curves change with a leaf. With
    `upright` the rows are columns, from left to right.
    """
    tree = new_tree(kernels, 0)
    spare = iter(range(kernels, 2 * kernels - 1))
    inner, outer = (ABOVE, BESIDE) if upright else (BESIDE, ABOVE)
    tops = [_balanced(tree, list(row), inner, spare) for row in rows if row]
    tree.scalars[ROOT] = _balanced(tree, tops, outer, spare)
    return tree


def _balanced(tree: Tree, nodes: list[int], cut: int, spare: Iterator[int]) -> int:
    if len(nodes) == 1:
        return nodes[0]
    middle = len(nodes) // 2
    left = _balanced(tree, nodes[:middle], cut, spare)
    right = _balanced(tree, nodes[middle:], cut, spare)
    node = next(spare)
    tree.links[:, node] = left, right, -1, cut
    tree.links[PARENT, left] = tree.links[PARENT, right] = node
    return node


def shape_of_placement(space: SlicingSpace, placement: Placement) -> TreeShape | None:
    """Return a tree whose cuts part the kernels as they are placed, or None if no such tree exists.

    Where adapters cost something, it has the splits of the placement.
    """
    kernels = len(space.instance.kernels)
    boxes = [placement[name].rectangle for name in space.instance.kernels]
    tree = new_tree(kernels, 0)
    root = _cut(tree, boxes, list(range(kernels)), iter(range(kernels, 2 * kernels - 1)))
    if root is None:
        return None
    tree.scalars[ROOT] = root
    return _shape_of(space, tree, max(placed.time for placed in placement.values()), placement)


def _cut(tree: Tree, boxes: Sequence[Rectangle], members: list[int], spare: Iterator[int]) -> int | None:
    """Build the node of some kernels: all cuts that go through between them, upright ones first."""
    if len(members) == 1:
        return members[0]
    for axis, cut in ((0, BESIDE), (1, ABOVE)):
        groups = _parted(boxes, members, axis)
        if len(groups) > 1:
            nodes = [_cut(tree, boxes, group, spare) for group in groups]
            known = [node for node in nodes if node is not None]
            return _balanced(tree, known, cut, spare) if len(known) == len(nodes) else None
    return None


def _parted(boxes: Sequence[Rectangle], members: list[int], axis: int) -> list[list[int]]:
    """Return the kernels in groups whose extents along an axis do not overlap, in order."""
    groups: list[list[int]] = []
    end = -1
    for i in sorted(members, key=lambda i: (boxes[i][axis], i)):
        if boxes[i][axis] >= end:
            groups.append([])
        groups[-1].append(i)
        end = max(end, boxes[i][axis] + boxes[i][2 + axis])
    return groups


@dataclass
class _Entry:
    cost: float
    shape: TreeShape
    tries: int = 0  #: starts since the tree was put in


class TreePool:
    """A few trees of different cycle limits; safe to use from several threads.

    Annealing seldom changes the cycle limit of a good tree, because all shapes change with it. So trees of
    several limits are kept side by side, and those that have not been worked on in vain get their turn.
    """

    def __init__(self, limit: int = 12) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._trees: dict[int, _Entry] = {}

    def __len__(self) -> int:
        with self._lock:
            return len(self._trees)

    @property
    def best_cost(self) -> float:
        """The cost of the best tree, NO_FIT if there is none."""
        ranked = self.ranked()
        return ranked[0][0] if ranked else NO_FIT

    def ranked(self) -> list[tuple[float, TreeShape]]:
        """Return all trees with their costs, best first."""
        with self._lock:
            return sorted(((e.cost, e.shape) for e in self._trees.values()), key=lambda pair: pair[0])

    def add(self, cost: float, shape: TreeShape) -> None:
        """Put a tree in if it is the best of its cycle limit; beyond the size the worst is dropped."""
        index = int(shape.scalars[TIME_INDEX])
        with self._lock:
            if index in self._trees and cost >= self._trees[index].cost - 1e-6:
                return
            self._trees[index] = _Entry(cost, shape)
            if len(self._trees) > self._limit:
                del self._trees[max(self._trees, key=lambda known: self._trees[known].cost)]

    def pick(self, generator: np.random.Generator) -> tuple[TreeShape, int]:
        """Return a tree to start from, and how often that was done since it was put in.

        The cheapest one, where every start that brought nothing makes a tree count as a little costlier.
        """
        with self._lock:
            chances = JITTER * generator.random(len(self._trees))
            counted = [
                entry.cost * (1 + STALE * entry.tries + chance)
                for entry, chance in zip(self._trees.values(), chances, strict=True)
            ]
            entry = list(self._trees.values())[int(np.argmin(counted))]
            entry.tries += 1
            return entry.shape, entry.tries - 1
