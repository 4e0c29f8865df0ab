"""From curves to rectangles and their cost, compiled: every child stands centred in its box.

The cost is a float for the annealer; the exact one comes from score.py.
"""

from __future__ import annotations

import numpy as np

from wse_cp.compiled import inner
from wse_cp.construct.slicing.state import ABOVE, CUT, FAR, LEFT, RIGHT, ROOT, TIME_INDEX, H, Model, Tree, W
from wse_cp.shapes.arrays import IntArray


@inner
def root_box(model: Model, tree: Tree) -> tuple[int, int, int]:
    """Return width and height of the box the tree is laid out in and the tiles it exceeds the wafer by."""
    root = tree.scalars[ROOT]
    if tree.ready[0, root]:
        return least_box(tree.by_width, root, model.width, model.height, model.domain)
    height, width, over = least_box(tree.by_height, root, model.height, model.width, model.domain)
    return width, height, over


@inner
def least_box(curves: IntArray, root: int, limit: int, room: int, domain: int) -> tuple[int, int, int]:
    """Return the box (extent along the curve's limits, other extent) and the tiles beyond limit and room."""
    if curves[root, limit] <= room:
        return limit, room, 0
    least = np.int16(FAR)
    for extent in range(1, domain + 1):
        other = curves[root, extent]
        over = np.int16(max(extent - limit, 0) + max(other - room, 0))
        least = over if over < least and other <= domain else least
    for extent in range(1, domain + 1):
        other = int(curves[root, extent])
        if max(extent - limit, 0) + max(other - room, 0) == least and other <= domain:
            return max(extent, limit), max(other, room), int(least)
    return domain, room, 1 << 30


@inner
def lay_out(model: Model, tree: Tree, width: int, height: int, todo: IntArray) -> None:
    """Fill boxes, rects and channels for a root box the tree fits in. `todo` is scratch, int64 (2n - 1,)."""
    kernels = len(model.kernel_class)
    root = tree.scalars[ROOT]
    boxes = tree.boxes
    boxes[0, root], boxes[1, root], boxes[2, root], boxes[3, root] = 0, 0, width, height
    todo[0] = root
    count = 1
    while count:
        count -= 1
        node = todo[count]
        if node < kernels:
            set_leaf(tree, node)
            continue
        split_box(tree, node)
        todo[count] = tree.links[LEFT, node]
        todo[count + 1] = tree.links[RIGHT, node]
        count += 2


@inner
def split_box(tree: Tree, node: int) -> None:
    """Give the children of a cut their boxes: just what they need along the cut, all across it, centred."""
    boxes = tree.boxes
    left, right = tree.links[LEFT, node], tree.links[RIGHT, node]
    x, y, width, height = boxes[0, node], boxes[1, node], boxes[2, node], boxes[3, node]
    if tree.links[CUT, node] == ABOVE:
        first, second = tree.by_width[left, width], tree.by_width[right, width]
        start = y + (height - first - second) // 2
        boxes[0, left], boxes[1, left], boxes[2, left], boxes[3, left] = x, start, width, first
        boxes[0, right], boxes[1, right], boxes[2, right], boxes[3, right] = x, start + first, width, second
    else:
        first, second = tree.by_height[left, height], tree.by_height[right, height]
        start = x + (width - first - second) // 2
        boxes[0, left], boxes[1, left], boxes[2, left], boxes[3, left] = start, y, first, height
        boxes[0, right], boxes[1, right], boxes[2, right], boxes[3, right] = start + first, y, second, height


@inner
def set_leaf(tree: Tree, leaf: int) -> None:
    """Choose the rectangle of a leaf in its box and the channel splits that would still fit."""
    boxes, rects, channels = tree.boxes, tree.rects, tree.channels
    box_width, box_height = boxes[2, leaf], boxes[3, leaf]
    width = tree.by_height[leaf, box_height]
    height = tree.by_width[leaf, min(width, box_width)]
    rects[0, leaf] = boxes[0, leaf] + (box_width - width) // 2
    rects[1, leaf] = boxes[1, leaf] + (box_height - height) // 2
    rects[2, leaf], rects[3, leaf] = width, height
    if tree.forced[H, leaf]:
        c = tree.level[leaf, width]
        across, along = (box_width, box_height) if c > 0 else (box_height, box_width)
        c = abs(c)
        channels[0, leaf] = tree.protocol[0, leaf, c]
        channels[1, leaf] = along // (tree.forced[H, leaf] * tree.forced[W, leaf]) - 1
        channels[2, leaf] = tree.protocol[1, leaf, c]
        channels[3, leaf] = channels[2, leaf] + (across - 3 * tree.protocol[2, leaf, c]) // 3


@inner
def wire2(model: Model, tree: Tree) -> int:
    """Return the wire length (half tiles)."""
    total, rects = 0, tree.rects
    for e in range(len(model.edges)):
        u, v, count = model.edges[e, 0], model.edges[e, 1], model.edges[e, 2]
        dx = 2 * rects[0, u] + rects[2, u] - 2 * rects[0, v] - rects[2, v]
        dy = 2 * rects[1, u] + rects[3, u] - 2 * rects[1, v] - rects[3, v]
        total += count * (abs(dx) + abs(dy))
    return total


@inner
def mismatches(model: Model, tree: Tree) -> int:
    """Return the adapters of a tree with all splits forced; at least as many as its placement will need."""
    total, forced = 0, tree.forced
    for e in range(len(model.edges)):
        u, v, count = model.edges[e, 0], model.edges[e, 1], model.edges[e, 2]
        total += count * (int(forced[H, u] != forced[H, v]) + int(forced[W, u] != forced[W, v]))
    for g in range(len(model.port_groups) - 1):
        total += unmatched(model, tree, model.port_groups[g], model.port_groups[g + 1])
    return total


@inner
def unmatched(model: Model, tree: Tree, first: int, last: int) -> int:
    """Return the edges of a group whose channels differ when as many as possible share one value."""
    edges, channels = model.edges, tree.channels
    total, best = 0, 0
    for e in range(first, last):
        u, v = edges[e, 0], edges[e, 1]
        total += edges[e, 2]
        value = max(channels[2, u], channels[0, v])
        shared = 0
        for other in range(first, last):
            u, v = edges[other, 0], edges[other, 1]
            out_fits = channels[2, u] <= value <= channels[3, u]
            if out_fits and channels[0, v] <= value <= channels[1, v]:
                shared += edges[other, 2]
        best = max(best, shared)
    return total - best


@inner
def evaluate(model: Model, tree: Tree, todo: IntArray, limit: float) -> tuple[float, int]:
    """Lay the tree out; return its cost with the penalty for overflow, and the overflow (tiles).

    If time and overflow alone exceed `limit`, the tree is not laid out and only their cost is returned.
    """
    width, height, over = root_box(model, tree)
    cost = model.time_weight * model.times[tree.scalars[TIME_INDEX]] + over * model.overflow_weight
    if cost > limit or over >= 2 * model.domain:
        return cost, over
    lay_out(model, tree, width, height, todo)
    cost += model.wire_weight * wire2(model, tree)
    if model.adapter_weight > 0:
        cost += model.adapter_weight * mismatches(model, tree)
    return cost, over
