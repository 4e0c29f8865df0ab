"""Sets of kernels that belong together on the wafer or in the network, of about a given size."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from wse_cp.instance import Instance
from wse_cp.placement import Placement, Rectangle
from wse_cp.score import edge_adapters, edge_length2
from wse_cp.shapes.arrays import IntArray


def closest(placement: Placement, spot: Rectangle, size: int) -> list[str]:
    """Return the names of the kernels closest to a spot, nearest first."""
    return sorted(placement, key=lambda name: (distance(placement[name].rectangle, spot), name))[:size]


def distance(a: Rectangle, b: Rectangle) -> int:
    """Return the gap between two rectangles (L1), or for those that touch less the longer their contact."""
    x = max(a.x, b.x) - min(a.x + a.width, b.x + b.width)
    y = max(a.y, b.y) - min(a.y + a.height, b.y + b.height)
    return min(x, y) if max(x, y) <= 0 else max(x, 0) + max(y, 0)


def bounding_box(rectangles: Collection[Rectangle]) -> Rectangle:
    """Return the smallest rectangle around some rectangles."""
    x, y = min(r.x for r in rectangles), min(r.y for r in rectangles)
    x_end = max(r.x + r.width for r in rectangles)
    y_end = max(r.y + r.height for r in rectangles)
    return Rectangle(x, y, x_end - x, y_end - y)


def everything(
    instance: Instance, placement: Placement, size: int, generator: np.random.Generator
) -> list[str]:
    """Pick all kernels, whatever the size."""
    return list(instance.kernels)


def near(instance: Instance, placement: Placement, size: int, generator: np.random.Generator) -> list[str]:
    """Pick the kernels closest to a random one."""
    seed = placement[pick(list(instance.kernels), generator)].rectangle
    return closest(placement, seed, size)


def line(instance: Instance, placement: Placement, size: int, generator: np.random.Generator) -> list[str]:
    """Pick neighbours in a row or column: kernels that a random horizontal or vertical line crosses.

    Of the two lines through a random tile of a random kernel the one that crosses more.
    """
    seed = placement[pick(list(instance.kernels), generator)].rectangle
    x, y = seed.x + int(generator.integers(seed.width)), seed.y + int(generator.integers(seed.height))
    rectangles = {name: kernel.rectangle for name, kernel in placement.items()}
    column = [name for name, r in rectangles.items() if r.x <= x < r.x + r.width]
    row = [name for name, r in rectangles.items() if r.y <= y < r.y + r.height]
    crossed = max(row, column, key=len)
    return sorted(crossed, key=lambda name: (distance(rectangles[name], seed), name))[:size]


def hole(instance: Instance, placement: Placement, size: int, generator: np.random.Generator) -> list[str]:
    """Pick the kernels around one of the largest empty squares of the wafer."""
    return closest(placement, empty_square(instance, placement, generator), size)


def empty_square(instance: Instance, placement: Placement, generator: np.random.Generator) -> Rectangle:
    """Return a random empty square at least half as wide as the largest one (no tiles on a full wafer)."""
    filled = filled_sums(instance, placement)
    side = 0
    step = 1 << (min(filled.shape) - 1).bit_length()
    while step := step // 2:
        if len(empty_corners(filled, side + step)):
            side += step
    side = (side + 1) // 2
    corners = empty_corners(filled, side)
    x, y = corners[generator.integers(len(corners))]
    return Rectangle(int(x), int(y), side, side)


def filled_sums(instance: Instance, placement: Placement) -> IntArray:
    """Return how many tiles left of x and below y are covered, int32 of shape (width + 1, height + 1)."""
    settings = instance.settings
    covered = np.zeros((settings.width + 1, settings.height + 1), np.int32)
    for kernel in placement.values():
        x, y, width, height = kernel.rectangle
        covered[x + 1 : x + width + 1, y + 1 : y + height + 1] = 1
    return covered.cumsum(0, dtype=np.int32).cumsum(1, dtype=np.int32)


def empty_corners(filled: IntArray, side: int) -> IntArray:
    """Return the lower left corners of all empty squares of a side (tiles), shape (count, 2)."""
    if side >= min(filled.shape):
        return np.zeros((0, 2), np.int64)
    end = -side or None
    inside = filled[side:, side:] - filled[:end, side:] - filled[side:, :end] + filled[:end, :end]
    return np.argwhere(inside == 0)


def pick(names: list[str], generator: np.random.Generator) -> str:
    """Return a random name."""
    return names[int(generator.integers(len(names)))]


def chain(instance: Instance, placement: Placement, size: int, generator: np.random.Generator) -> list[str]:
    """Pick a random kernel and what follows and precedes it along the data flow."""
    return grown(instance, [pick(list(instance.kernels), generator)], size, generator)


def critical(
    instance: Instance, placement: Placement, size: int, generator: np.random.Generator
) -> list[str]:
    """Pick one of the slowest kernels and those closest to it, slow ones first."""
    slowest = max(kernel.time for kernel in placement.values())
    slow = [name for name in instance.kernels if placement[name].time == slowest]
    seed = pick(slow, generator)
    around = closest(placement, placement[seed].rectangle, size)
    return list(dict.fromkeys([seed, *(name for name in slow if name in around), *around]))[:size]


def worst_wires(
    instance: Instance, placement: Placement, size: int, generator: np.random.Generator
) -> list[str]:
    """Pick the ends of long wires, longer ones more often, and the kernels closest to the last of them."""
    edges = instance.kernel_edges
    if not edges:
        return chain(instance, placement, size, generator)
    lengths = [count * edge_length2(placement[u], placement[v]) for u, v, count in edges]
    names: list[str] = []
    for i in drawn(lengths, max(1, size // 3), generator):
        names += edges[i][:2]
    around = closest(placement, placement[names[-1]].rectangle, size)
    return list(dict.fromkeys([*names, *around]))[:size]


def adapter_cluster(
    instance: Instance, placement: Placement, size: int, generator: np.random.Generator
) -> list[str]:
    """Pick the ends of an edge with adapters and what is linked with them."""
    edges = instance.kernel_edges
    counts = [n * edge_adapters(placement[u], placement[v]) for u, v, n in edges]
    if not any(counts):
        return chain(instance, placement, size, generator)
    (i,) = drawn(counts, 1, generator)
    return grown(instance, list(edges[i][:2]), size, generator)


def grown(instance: Instance, names: Sequence[str], size: int, generator: np.random.Generator) -> list[str]:
    """Return names and, up to `size`, what is linked to them, reached through random links."""
    graph = instance.kernel_graph
    found = list(names)
    border = [n for name in names for n in (*graph.successors(name), *graph.predecessors(name))]
    while len(found) < size and border:
        name = border.pop(int(generator.integers(len(border))))
        if name not in found:
            found.append(name)
            border += [*graph.successors(name), *graph.predecessors(name)]
    return found


def drawn(weights: Sequence[int], count: int, generator: np.random.Generator) -> list[int]:
    """Return distinct indices drawn with probabilities in proportion to weights (all 0: alike)."""
    shares = np.array(weights, float) if any(weights) else np.ones(len(weights))
    count = min(count, int(np.count_nonzero(shares)))
    return [int(i) for i in generator.choice(len(shares), count, replace=False, p=shares / shares.sum())]
