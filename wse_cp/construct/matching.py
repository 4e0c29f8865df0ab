"""Choosing one protocol option for every kernel, compiled: unary costs plus adapters on the edges.

Block coordinate descent: some kernels are held so that the free ones span a forest, on which dynamic
programming finds the optimum. On trees the first round is already exact.

Arrays, all int64: options of kernel i are first[i] .. first[i + 1], with `unary` costs and the columns
(split, c, k) of `options`, all indices; `edges` rows (producer, consumer, cost of one adapter); `apart[s, t]`
is how many of h and w differ between two splits.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from wse_cp.shapes.arrays import IntArray

_FAR = 1 << 60


@njit(cache=True, nogil=True)
def match(
    first: IntArray,
    options: IntArray,
    unary: IntArray,
    edges: IntArray,
    apart: IntArray,
    channels: int,
    orders: IntArray,
) -> IntArray:
    """Return the chosen option of every kernel.

    Parameters
    ----------
    channels
        Number of different channel splits.
    orders
        int64 [round, kernel]: in each round kernels become free in this order while no cycle arises.
    """
    count = len(first) - 1
    chosen = np.full(count, -1, np.int64)
    for index in range(len(orders)):
        free = _forest(orders[index], edges, count)
        _improve(chosen, free, orders[index], first, options, unary, edges, apart, channels)
    return chosen


@njit(cache=True, nogil=True)
def total_cost(chosen: IntArray, options: IntArray, unary: IntArray, edges: IntArray, apart: IntArray) -> int:
    """Return the cost of a choice."""
    total = 0
    for option in chosen:
        total += unary[option]
    for e in range(len(edges)):
        u, v = chosen[edges[e, 0]], chosen[edges[e, 1]]
        total += edges[e, 2] * (apart[options[u, 0], options[v, 0]] + (options[u, 2] != options[v, 1]))
    return total


@njit(cache=True, nogil=True)
def _forest(order: IntArray, edges: IntArray, count: int) -> IntArray:
    """Return which kernels are free: in turn, each that closes no cycle with the free ones before."""
    free = np.zeros(count, np.bool_)
    label = np.arange(count)
    for i in order:
        labels = np.empty(len(edges), np.int64)
        used, cycle = 0, False
        for e in range(len(edges)):
            if edges[e, 0] == i or edges[e, 1] == i:
                j = edges[e, 0] + edges[e, 1] - i
                if free[j]:
                    for k in range(used):
                        cycle |= labels[k] == label[j]
                    labels[used] = label[j]
                    used += 1
        if not cycle:
            free[i] = True
            for k in range(used):
                for j in range(count):
                    if label[j] == labels[k]:
                        label[j] = i
    return free


@njit(cache=True, nogil=True)
def _improve(
    chosen: IntArray,
    free: IntArray,
    order: IntArray,
    first: IntArray,
    options: IntArray,
    unary: IntArray,
    edges: IntArray,
    apart: IntArray,
    channels: int,
) -> None:
    """Choose the free kernels anew, optimally for the others held (those not yet chosen do not count)."""
    costs = unary.copy()
    for e in range(len(edges)):
        u, v = edges[e, 0], edges[e, 1]
        if free[u] != free[v]:
            held, moved = (v, u) if free[u] else (u, v)
            if chosen[held] >= 0:
                message = np.full((len(apart), channels), _FAR, np.int64)
                option = chosen[held]
                message[options[option, 0], options[option, 1 if free[u] else 2]] = 0
                _receive(
                    costs, spread(message, apart, edges[e, 2]), moved, 2 if free[u] else 1, first, options
                )
    visit, parent = _tree_order(free, order, edges)
    for k in range(len(visit) - 1, -1, -1):
        if parent[k] >= 0:
            e = parent[k]
            child = visit[k]
            upward = edges[e, 0] == child
            table = np.full((len(apart), channels), _FAR, np.int64)
            for o in range(first[child], first[child + 1]):
                s, ch = options[o, 0], options[o, 2 if upward else 1]
                table[s, ch] = min(table[s, ch], costs[o])
            message = spread(table, apart, edges[e, 2])
            _receive(costs, message, edges[e, 0] + edges[e, 1] - child, 1 if upward else 2, first, options)
    for k in range(len(visit)):
        i, best = visit[k], _FAR
        for o in range(first[i], first[i + 1]):
            cost = costs[o]
            if parent[k] >= 0:
                e = parent[k]
                p = chosen[edges[e, 0] + edges[e, 1] - i]
                same = options[o, 2] == options[p, 1] if edges[e, 0] == i else options[o, 1] == options[p, 2]
                cost += edges[e, 2] * (apart[options[o, 0], options[p, 0]] + (not same))
            if cost < best:
                best, chosen[i] = cost, o


@njit(cache=True, nogil=True)
def spread(table: IntArray, apart: IntArray, price: int) -> IntArray:
    """Return the least of table[s, k] + price * adapters between (s, k) and each (t, c)."""
    splits, channels = table.shape
    for s in range(splits):
        ceiling = table[s].min() + price
        for ch in range(channels):
            table[s, ch] = min(table[s, ch], ceiling)
    message = np.full((splits, channels), _FAR, np.int64)
    for t in range(splits):
        for s in range(splits):
            extra = price * apart[s, t]
            for ch in range(channels):
                message[t, ch] = min(message[t, ch], table[s, ch] + extra)
    return message


@njit(cache=True, nogil=True)
def _receive(
    costs: IntArray, message: IntArray, i: int, column: int, first: IntArray, options: IntArray
) -> None:
    """Add a message to the options of kernel i; `column` says which door it comes through."""
    for o in range(first[i], first[i + 1]):
        costs[o] += message[options[o, 0], options[o, column]]


@njit(cache=True, nogil=True)
def _tree_order(free: IntArray, order: IntArray, edges: IntArray) -> tuple[IntArray, IntArray]:
    """Return the free kernels, parents before children, and for each the edge to its parent (-1: a root)."""
    visit, parent = np.empty(free.sum(), np.int64), np.empty(free.sum(), np.int64)
    seen = np.zeros(len(free), np.bool_)
    used, done = 0, 0
    for root in order:
        if free[root] and not seen[root]:
            seen[root] = True
            visit[used], parent[used] = root, -1
            used += 1
        while done < used:
            i = visit[done]
            done += 1
            for e in range(len(edges)):
                if edges[e, 0] == i or edges[e, 1] == i:
                    j = edges[e, 0] + edges[e, 1] - i
                    if free[j] and not seen[j]:
                        seen[j] = True
                        visit[used], parent[used] = j, e
                        used += 1
    return visit, parent
