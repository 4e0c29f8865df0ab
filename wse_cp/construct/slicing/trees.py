"""First trees: kernels in rows, with the splits of a placement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isqrt

import numpy as np

from wse_cp.construct.row_layout import RowLayout
from wse_cp.construct.slicing.search import TreeShape
from wse_cp.construct.slicing.space import SlicingSpace
from wse_cp.construct.slicing.state import ABOVE, BESIDE, ROOT, TIME_INDEX, Tree, new_tree
from wse_cp.kernels import input_protocol, output_protocol
from wse_cp.placement import Placement
from wse_cp.shapes.arrays import scaled


def shape_of_rows(space: SlicingSpace, layout: RowLayout, placement: Placement) -> TreeShape:
    """Return the tree of a row layout; where adapters cost something, with the splits of its placement."""
    index = {name: i for i, name in enumerate(space.instance.kernels)}
    rows = [[index[name] for name in row] for row in layout.rows]
    tree = tree_of_rows(rows, len(index), layout.transposed)
    time = np.searchsorted(space.model.times, scaled(space.instance, layout.time))
    tree.scalars[TIME_INDEX] = min(int(time), len(space.model.times) - 1)
    if space.heavy:
        for name, placed in placement.items():
            args = placed.args
            channels = input_protocol(args).channels, output_protocol(args).channels
            tree.forced[:, index[name]] = args.h, args.w, *channels
    return TreeShape.of(tree)


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
