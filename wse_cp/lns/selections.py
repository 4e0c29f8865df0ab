"""Sets of kernels that belong together on the wafer or in the network, of about a given size.

None looks at more than a bounded number of kernels and edges, whatever the size of the network.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from wse_cp.incremental.grid import distance
from wse_cp.incremental.state import PlacementState
from wse_cp.placement import Rectangle
from wse_cp.score import edge_adapters, edge_length2
from wse_cp.shapes.arrays import IntArray

#: So many kernels or edges may be looked at; of more a sample.
MOST = 150


def bounding_box(rectangles: Collection[Rectangle]) -> Rectangle:
    """Return the smallest rectangle around some rectangles."""
    x, y = min(r.x for r in rectangles), min(r.y for r in rectangles)
    x_end = max(r.x + r.width for r in rectangles)
    y_end = max(r.y + r.height for r in rectangles)
    return Rectangle(x, y, x_end - x, y_end - y)


def everything(state: PlacementState, size: int, generator: np.random.Generator) -> list[str]:
    """Pick all kernels, whatever the size."""
    return list(state.links.names)


def near(state: PlacementState, size: int, generator: np.random.Generator) -> list[str]:
    """Pick the kernels closest to a random one."""
    return around(state, pick(state.links.names, generator), size)


def around(state: PlacementState, name: str, size: int) -> list[str]:
    """Return the kernels closest to one, nearest first."""
    return state.grid.closest(state[name].rectangle, size)


def line(state: PlacementState, size: int, generator: np.random.Generator) -> list[str]:
    """Pick neighbours in a row or column: kernels that a random horizontal or vertical line crosses.

    Of the two lines through a random tile of a random kernel the one that crosses more. In a large network
    they are as long as is needed to cross many.
    """
    seed = state[pick(state.links.names, generator)].rectangle
    x, y = seed.x + int(generator.integers(seed.width)), seed.y + int(generator.integers(seed.height))
    crossed: list[str] = []
    reach = MOST * state.grid.side
    whole = max(state.instance.settings.width, state.instance.settings.height)
    while len(crossed) < size:
        row = state.grid.overlapping(Rectangle(x - reach, y, 2 * reach + 1, 1))
        column = state.grid.overlapping(Rectangle(x, y - reach, 1, 2 * reach + 1))
        crossed = max(row, column, key=len)
        if reach > whole:
            break
        reach *= 2
    rectangles = state.grid.rectangles
    return sorted(crossed, key=lambda name: (distance(rectangles[name], seed), name))[:size]


def hole(state: PlacementState, size: int, generator: np.random.Generator) -> list[str]:
    """Pick the kernels around one of the largest empty squares: of the wafer, or of a random part of it."""
    settings = state.instance.settings
    part = Rectangle(0, 0, settings.width, settings.height)
    if len(state) > MOST:
        names = near(state, MOST // 2, generator)
        part = bounding_box([state[name].rectangle for name in names])
    return state.grid.closest(empty_square(state, part, generator), size)


def empty_square(state: PlacementState, part: Rectangle, generator: np.random.Generator) -> Rectangle:
    """Return a random empty square at least half as wide as the largest one in a part of the wafer.

    It has no tiles where the part is full.
    """
    filled = filled_sums(state, part)
    side = 0
    step = 1 << (min(filled.shape) - 1).bit_length()
    while step := step // 2:
        if len(empty_corners(filled, side + step)):
            side += step
    side = (side + 1) // 2
    corners = empty_corners(filled, side)
    x, y = corners[generator.integers(len(corners))]
    return Rectangle(part.x + int(x), part.y + int(y), side, side)


def filled_sums(state: PlacementState, part: Rectangle) -> IntArray:
    """Return how many tiles of a part left of x and below y are covered, int32 (width + 1, height + 1)."""
    covered = np.zeros((part.width + 1, part.height + 1), np.int32)
    for name in state.grid.overlapping(part):
        x, y, width, height = state[name].rectangle.intersection(part)
        x, y = x - part.x, y - part.y
        covered[x + 1 : x + width + 1, y + 1 : y + height + 1] = 1
    return covered.cumsum(0, dtype=np.int32).cumsum(1, dtype=np.int32)


def empty_corners(filled: IntArray, side: int) -> IntArray:
    """Return the lower left corners of all empty squares of a side (tiles), shape (count, 2)."""
    if side >= min(filled.shape):
        return np.zeros((0, 2), np.int64)
    end = -side or None
    inside = filled[side:, side:] - filled[:end, side:] - filled[side:, :end] + filled[:end, :end]
    return np.argwhere(inside == 0)


def pick(names: Sequence[str], generator: np.random.Generator) -> str:
    """Return a random name."""
    return names[int(generator.integers(len(names)))]


def chain(state: PlacementState, size: int, generator: np.random.Generator) -> list[str]:
    """Pick a random kernel and what follows and precedes it along the data flow."""
    return grown(state, [pick(state.links.names, generator)], size, generator)


def critical(state: PlacementState, size: int, generator: np.random.Generator) -> list[str]:
    """Pick one of the slowest kernels and those closest to it, slow ones first."""
    slowest = state.times.slowest
    at = int(generator.integers(len(slowest)))
    seed = state.links.in_order(slowest)[at] if len(slowest) <= MOST else slowest[at]
    close = around(state, seed, size)
    slow = state.links.in_order(name for name in close if name in slowest)
    return list(dict.fromkeys([seed, *slow, *close]))[:size]


def worst_wires(state: PlacementState, size: int, generator: np.random.Generator) -> list[str]:
    """Pick the ends of long wires, longer ones more often, and the kernels closest to the last of them.

    In a large network, where wires may be far apart, the kernels closest to an end of one long wire.
    """
    edges = state.links.edges
    if not edges:
        return chain(state, size, generator)
    some = sample(len(edges), generator)
    lengths = [edges[i][2] * edge_length2(state[edges[i][0]], state[edges[i][1]]) for i in some]
    if len(state) > MOST:
        (i,) = drawn(lengths, 1, generator)
        ends = edges[some[i]][:2]
        return around(state, ends[int(generator.integers(2))], size)
    names: list[str] = []
    for i in drawn(lengths, max(1, size // 3), generator):
        names += edges[some[i]][:2]
    return list(dict.fromkeys([*names, *around(state, names[-1], size)]))[:size]


def adapter_cluster(state: PlacementState, size: int, generator: np.random.Generator) -> list[str]:
    """Pick the ends of an edge with adapters and what is linked with them."""
    edges, adapted = state.links.edges, state.adapted
    if not adapted:
        return chain(state, size, generator)
    some = sorted(adapted) if len(adapted) <= MOST else [adapted[i] for i in sample(len(adapted), generator)]
    counts = [edges[i][2] * edge_adapters(state[edges[i][0]], state[edges[i][1]]) for i in some]
    (i,) = drawn(counts, 1, generator)
    return grown(state, list(edges[some[i]][:2]), size, generator)


def grown(
    state: PlacementState, names: Sequence[str], size: int, generator: np.random.Generator
) -> list[str]:
    """Return names and, up to `size`, what is linked to them, reached through random links."""
    graph = state.instance.kernel_graph
    found = list(names)
    border = [n for name in names for n in (*graph.successors(name), *graph.predecessors(name))]
    while len(found) < size and border:
        name = border.pop(int(generator.integers(len(border))))
        if name not in found:
            found.append(name)
            border += [*graph.successors(name), *graph.predecessors(name)]
    return found


def sample(count: int, generator: np.random.Generator) -> list[int]:
    """Return all numbers below `count` if they are few, else some of them at random."""
    if count <= MOST:
        return list(range(count))
    return list(dict.fromkeys(int(i) for i in generator.integers(count, size=MOST)))


def drawn(weights: Sequence[int], count: int, generator: np.random.Generator) -> list[int]:
    """Return distinct indices drawn with probabilities in proportion to weights (all 0: alike)."""
    shares = np.array(weights, float) if any(weights) else np.ones(len(weights))
    count = min(count, int(np.count_nonzero(shares)))
    return [int(i) for i in generator.choice(len(shares), count, replace=False, p=shares / shares.sum())]
