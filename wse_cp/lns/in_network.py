"""Sets of kernels that belong together in the network. Each function picks about `size` names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wse_cp.instance import Instance
from wse_cp.lns.on_wafer import pick
from wse_cp.lns.rectangles import closest
from wse_cp.placement import Placement
from wse_cp.score import edge_adapters


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
    lengths = [count * wire2(placement, u, v) for u, v, count in edges]
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


def wire2(placement: Placement, producer: str, consumer: str) -> int:
    """Return the distance of two kernels' centres (half tiles)."""
    (ax, ay), (bx, by) = placement[producer].rectangle.center2, placement[consumer].rectangle.center2
    return abs(ax - bx) + abs(ay - by)
