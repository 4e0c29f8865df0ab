"""First trees: kernels in rows, with the splits of a placement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isqrt

import numpy as np

from wse_cp.construct.rows.layout import RowLayout
from wse_cp.construct.slicing.anneal import TreeShape
from wse_cp.construct.slicing.model import SlicingSpace
from wse_cp.construct.slicing.state import ABOVE, BESIDE, ROOT, TIME_INDEX, Tree, new_tree
from wse_cp.kernels import input_protocol, output_protocol
from wse_cp.placement import Placement, Rectangle
from wse_cp.shapes.arrays import scaled


def shape_of_rows(space: SlicingSpace, layout: RowLayout, placement: Placement) -> TreeShape:
    """Return the tree of a row layout; where adapters cost something, with the splits of its placement."""
    index = {name: i for i, name in enumerate(space.instance.kernels)}
    rows = [[index[name] for name in row] for row in layout.rows]
    tree = tree_of_rows(rows, len(index), layout.transposed)
    time = np.searchsorted(space.model.times, scaled(space.instance, layout.time))
    tree.scalars[TIME_INDEX] = min(int(time), len(space.model.times) - 1)
    shape = TreeShape.of(tree)
    return with_splits(space, shape, placement) if space.heavy else shape


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

    About as many rows as kernels in each, in file order, at the slowest time limit; where adapters cost
    something, with the most useful splits.
    """
    model, kernels = space.model, len(space.model.kernel_class)
    length = isqrt(kernels - 1) + 1
    rows = [list(range(kernels))[begin : begin + length] for begin in range(0, kernels, length)]
    tree = tree_of_rows(rows, kernels)
    tree.scalars[TIME_INDEX] = len(model.times) - 1
    if space.heavy:
        tree.forced[:2] = model.splits[model.kernel_class, 0].T
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
    tree.links[2, left] = tree.links[2, right] = node
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
    slowest = max(placed.time for placed in placement.values())
    time = np.searchsorted(space.model.times, scaled(space.instance, slowest))
    tree.scalars[ROOT] = root
    tree.scalars[TIME_INDEX] = min(int(time), len(space.model.times) - 1)
    shape = TreeShape.of(tree)
    return with_splits(space, shape, placement) if space.heavy else shape


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
