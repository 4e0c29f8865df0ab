"""The order of a stack: wire is the thickness between the ends of edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from wse_cp.compiled import compiled
from wse_cp.instance import Instance
from wse_cp.shapes.arrays import IntArray


def thickness_prices(instance: Instance, order: Sequence[str]) -> dict[str, float]:
    """Return the wire cost of a tile of each kernel's thickness: of edges above it, and half of its own."""
    rank = {name: i for i, name in enumerate(order)}
    wires = np.zeros(len(order))
    for u, v, count in instance.kernel_edges:
        first, last = sorted((rank[u], rank[v]))
        wires[first : last + 1] += count
        wires[[first, last]] -= count / 2
    return {name: float(wires[i]) * instance.settings.wlength for i, name in enumerate(order)}


def better_order(
    instance: Instance,
    order: Sequence[str],
    thickness: Mapping[str, int],
    moves: int,
    generator: np.random.Generator,
) -> list[str]:
    """Return an order with less wire at the given thickness (tiles), by random moves of short runs."""
    names = list(order)
    rank = {name: i for i, name in enumerate(names)}
    sizes = np.array([thickness[name] for name in names], np.int64)
    edges = np.array([(rank[u], rank[v], n) for u, v, n in instance.kernel_edges], np.int64).reshape(-1, 3)
    if len(names) < 2:
        return names
    draws = generator.random((moves, 4))
    return [names[i] for i in improved(np.arange(len(names)), sizes, edges, draws)]


@compiled
def improved(order: IntArray, sizes: IntArray, edges: IntArray, draws: IntArray) -> IntArray:
    """Move random runs of up to four kernels (some reversed) wherever that does not lengthen the wires."""
    n = len(order)
    best = wires2(order, sizes, edges)
    for draw in draws:
        length = min(n - 1, 1 + int(4 * draw[0] * draw[0]))
        start = int(draw[1] * (n - length + 1))
        run = order[start : start + length].copy()
        if draw[3] < 0.5:
            run = run[::-1].copy()
        rest = np.concatenate((order[:start], order[start + length :]))
        at = int(draw[2] * (len(rest) + 1))
        trial = np.concatenate((rest[:at], run, rest[at:]))
        cost = wires2(trial, sizes, edges)
        if cost <= best:
            best, order = cost, trial
    return order


@compiled
def wires2(order: IntArray, sizes: IntArray, edges: IntArray) -> int:
    """Return twice the wire length of a stack (half tiles)."""
    centres = np.zeros(len(order), np.int64)
    end = 0
    for i in order:
        centres[i] = 2 * end + sizes[i]
        end += sizes[i]
    total = 0
    for u, v, count in edges:
        total += count * abs(centres[u] - centres[v])
    return total
