"""The arrays a slicing tree lives in, and the random generator of compiled code.

Nodes 0 .. n - 1 are the kernels (leaves), n .. 2n - 2 the cuts. Every curve has `domain` + 1 entries: index =
limit on one extent (tiles), value = least other extent, `FAR` if there is none. It reaches beyond the wafer,
so that trees a little too large can be measured.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wse_cp.shapes.arrays import IntArray

#: "No such extent" in int16 curves: two of them still fit into int16.
FAR = 16000
#: The cost of a tree that does not fit.
NO_FIT = 1e300
#: Cuts: children side by side (widths add) or one above the other (heights add).
BESIDE, ABOVE = 0, 1
#: Rows of `Tree.links` and of `Tree.forced`.
LEFT, RIGHT, PARENT, CUT = 0, 1, 2, 3
H, W, LEAST_C, LEAST_OUT = 0, 1, 2, 3
#: Entries of `Tree.scalars`.
ROOT, TIME_INDEX, UNDO_COUNT, STAMP = 0, 1, 2, 3


class Model(NamedTuple):
    """What does not change during annealing (int64 unless said otherwise)."""

    width: int
    height: int
    domain: int
    memlimit: int
    time_weight: float  #: cost of one scaled cycle
    wire_weight: float  #: cost of one half tile
    adapter_weight: float
    overflow_weight: float  #: cost of a tile beyond the wafer, as a share of the time's cost
    kernel_class: IntArray  #: (n,) kernels with equal formal arguments share a class
    class_convs: IntArray  #: (classes, 4, 7) H W R S C K T
    class_sizes: IntArray  #: (classes,) number of convolutions
    edges: IntArray  #: (m, 3) producer, consumer, multiplicity; edges that share ports stand together
    port_groups: IntArray  #: (groups + 1,) where each group of such edges begins
    times: IntArray  #: (t,) scaled cycle limits, ascending
    trips: IntArray  #: (t, classes, 4) loop trips allowed
    free_curves: IntArray  #: int16 (t, classes, domain + 1), or (0, 0, 0) if splits are always forced
    splits: IntArray  #: (classes, s, 2) useful (h, w), padded with 0
    split_counts: IntArray  #: (classes,)


class Tree(NamedTuple):
    """The tree, its curves and its layout; copied only at improvements."""

    scalars: IntArray  #: int64 (4,) ROOT, TIME_INDEX, UNDO_COUNT, STAMP
    links: IntArray  #: int64 (4, 2n - 1): LEFT, RIGHT, PARENT, CUT
    by_width: IntArray  #: int16 (2n - 1, domain + 1) least height for a width limit
    by_height: IntArray  #: int16 (2n - 1, domain + 1) least width for a height limit
    ready: IntArray  #: int64 (2, 2n - 1): whether by_width and by_height are up to date
    forced: IntArray  #: int64 (4, n): H, W, LEAST_C (in), LEAST_OUT (k); h = 0: free
    level: IntArray  #: int16 (n, domain + 1) height level c behind a curve entry, negative if rotated
    protocol: IntArray  #: int16 (3, n, domain + 1): least c in, k out, sum of k, by level
    boxes: IntArray  #: int64 (4, 2n - 1): x, y, width, height
    rects: IntArray  #: int64 (4, n): x, y, width, height
    channels: IntArray  #: int64 (4, n): range of c in, range of k out that fits the box


class Undo(NamedTuple):
    """What a rejected move restores."""

    scalars: IntArray
    links: IntArray
    forced: IntArray
    nodes: IntArray  #: int64 (2n - 1,) saved nodes in order
    by_width: IntArray  #: saved rows
    by_height: IntArray
    ready: IntArray
    level: IntArray
    protocol: IntArray
    stamps: IntArray  #: int64 (2n - 1,) last move that saved a node


def new_tree(kernels: int, domain: int) -> Tree:
    """Return the zeroed arrays for a tree of `kernels` leaves."""
    nodes = 2 * kernels - 1
    return Tree(
        scalars=np.zeros(4, np.int64),
        links=np.full((4, nodes), -1, np.int64),
        by_width=np.full((nodes, domain + 1), FAR, np.int16),
        by_height=np.full((nodes, domain + 1), FAR, np.int16),
        ready=np.zeros((2, nodes), np.int64),
        forced=np.zeros((4, kernels), np.int64),
        level=np.zeros((kernels, domain + 1), np.int16),
        protocol=np.zeros((3, kernels, domain + 1), np.int16),
        boxes=np.zeros((4, nodes), np.int64),
        rects=np.zeros((4, kernels), np.int64),
        channels=np.zeros((4, kernels), np.int64),
    )


def new_undo(tree: Tree) -> Undo:
    """Return an undo buffer for trees of this size."""
    return Undo(
        scalars=tree.scalars.copy(),
        links=tree.links.copy(),
        forced=tree.forced.copy(),
        nodes=np.zeros(len(tree.by_width), np.int64),
        by_width=tree.by_width.copy(),
        by_height=tree.by_height.copy(),
        ready=tree.ready.copy(),
        level=tree.level.copy(),
        protocol=tree.protocol.copy(),
        stamps=np.full(len(tree.by_width), -1, np.int64),
    )
