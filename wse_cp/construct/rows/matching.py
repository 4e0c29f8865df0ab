"""Choosing one protocol option for every kernel, compiled: unary costs plus adapters on the edges.

Block coordinate descent: some kernels are held so that the free ones span a forest, on which dynamic
programming finds the optimum. On trees the first round is already exact.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wse_cp.compiled import compiled, inner
from wse_cp.shapes.arrays import BoolArray, IntArray

_FAR = 1 << 60


class Choices(NamedTuple):
    """What every kernel may choose, and what that costs (int64)."""

    first: IntArray  #: options of kernel i are first[i] .. first[i + 1]
    options: IntArray  #: columns split, c, k: all indices
    unary: IntArray  #: cost of each option
    edges: IntArray  #: rows (producer, consumer, cost of one adapter)
    splits: IntArray  #: (h, w) of each split: any small numbers that are equal for equal h or w
    channels: int  #: number of different channel splits


@compiled
def match(choices: Choices, orders: IntArray) -> IntArray:
    """Return the chosen option of every kernel.

    Parameters
    ----------
    orders
        int64 [round, kernel]: in each round kernels become free in this order while no cycle arises.
    """
    chosen = np.full(len(choices.first) - 1, -1, np.int64)
    at = _incidence(choices.edges, len(chosen))
    # At first nothing is chosen, and kernels held then would stay so: let those go first until all are.
    order = orders[0]
    while np.min(chosen) < 0:
        _improve(chosen, order, choices, at)
        order = np.concatenate((np.nonzero(chosen < 0)[0], np.nonzero(chosen >= 0)[0]))
    for r in range(1, len(orders)):
        _improve(chosen, orders[r], choices, at)
    return chosen


class _Incidence(NamedTuple):
    """The edges at each kernel: of kernel i they are edge[first[i]] .. edge[first[i + 1] - 1], ascending."""

    first: IntArray
    edge: IntArray


@inner
def _incidence(edges: IntArray, count: int) -> _Incidence:
    first = np.zeros(count + 1, np.int64)
    for e in range(len(edges)):
        first[edges[e, 0] + 1] += 1
        first[edges[e, 1] + 1] += 1
    for i in range(count):
        first[i + 1] += first[i]
    edge, filled = np.empty(2 * len(edges), np.int64), first.copy()
    for e in range(len(edges)):
        for i in edges[e, :2]:
            edge[filled[i]] = e
            filled[i] += 1
    return _Incidence(first, edge)


@inner
def _root(label: IntArray, i: int) -> int:
    """Return the representative of the tree that i is in, and shorten the way to it."""
    while label[i] != i:
        label[i] = label[label[i]]
        i = label[i]
    return i


@inner
def _forest(order: IntArray, edges: IntArray, at: _Incidence) -> BoolArray:
    """Return which kernels are free: in turn, each that closes no cycle with the free ones before."""
    count = len(at.first) - 1
    free = np.zeros(count, np.bool_)
    label, seen = np.arange(count), np.full(count, -1)
    for i in order:
        cycle = False
        for a in range(at.first[i], at.first[i + 1]):
            j = edges[at.edge[a], 0] + edges[at.edge[a], 1] - i
            if free[j]:
                root = _root(label, j)
                cycle |= seen[root] == i
                seen[root] = i
        if not cycle:
            free[i] = True
            for a in range(at.first[i], at.first[i + 1]):
                j = edges[at.edge[a], 0] + edges[at.edge[a], 1] - i
                if free[j]:
                    label[_root(label, j)] = i
    return free


@inner
def _improve(chosen: IntArray, order: IntArray, choices: Choices, at: _Incidence) -> None:
    """Choose the free kernels anew, optimally for the others held (those not yet chosen do not count)."""
    first, options, unary, edges, splits, channels = choices
    free = _forest(order, edges, at)
    costs = unary.copy()
    for e in range(len(edges)):
        u, v = edges[e, 0], edges[e, 1]
        if free[u] != free[v]:
            held, moved = (v, u) if free[u] else (u, v)
            if chosen[held] >= 0:
                message: IntArray = np.full((len(splits), channels), _FAR, np.int64)
                option = chosen[held]
                message[options[option, 0], options[option, 1 if free[u] else 2]] = 0
                message = spread(message, splits, edges[e, 2])
                _receive(costs, message, moved, 2 if free[u] else 1, first, options)
    visit, parent = _tree_order(free, order, edges, at)
    for k in range(len(visit) - 1, -1, -1):
        if parent[k] >= 0:
            e = parent[k]
            child = visit[k]
            upward = edges[e, 0] == child
            table = np.full((len(splits), channels), _FAR, np.int64)
            for o in range(first[child], first[child + 1]):
                s, ch = options[o, 0], options[o, 2 if upward else 1]
                table[s, ch] = min(table[s, ch], costs[o])
            message = spread(table, splits, edges[e, 2])
            _receive(costs, message, edges[e, 0] + edges[e, 1] - child, 1 if upward else 2, first, options)
    for k in range(len(visit)):
        i, best = visit[k], _FAR
        for o in range(first[i], first[i + 1]):
            cost = costs[o]
            if parent[k] >= 0:
                e = parent[k]
                p = chosen[edges[e, 0] + edges[e, 1] - i]
                u, v = (o, p) if edges[e, 0] == i else (p, o)
                cost += edges[e, 2] * _adapters(options, splits, u, v)
            if cost < best:
                best, chosen[i] = cost, o


@inner
def spread(table: IntArray, splits: IntArray, price: int) -> IntArray:
    """Return the least of table[s, k] + price * adapters between (s, k) and each (t, c)."""
    count, channels = table.shape
    by_h = np.full((splits[:, 0].max() + 1, channels), _FAR, np.int64)
    by_w = np.full((splits[:, 1].max() + 1, channels), _FAR, np.int64)
    by_any = np.full(channels, _FAR, np.int64)
    for s in range(count):
        h, w = splits[s]
        ceiling = table[s].min() + price
        for ch in range(channels):
            table[s, ch] = min(table[s, ch], ceiling)
            by_h[h, ch] = min(by_h[h, ch], table[s, ch] + price)
            by_w[w, ch] = min(by_w[w, ch], table[s, ch] + price)
            by_any[ch] = min(by_any[ch], table[s, ch] + 2 * price)
    message = np.empty((count, channels), np.int64)
    for t in range(count):
        h, w = splits[t]
        for ch in range(channels):
            message[t, ch] = min(min(table[t, ch], by_any[ch]), min(by_h[h, ch], by_w[w, ch]))
    return message


@inner
def _adapters(options: IntArray, splits: IntArray, u: int, v: int) -> int:
    """Return the adapters between option u of a producer and v of its consumer."""
    s, t = splits[options[u, 0]], splits[options[v, 0]]
    return int(s[0] != t[0]) + int(s[1] != t[1]) + int(options[u, 2] != options[v, 1])


@inner
def _receive(
    costs: IntArray, message: IntArray, i: int, column: int, first: IntArray, options: IntArray
) -> None:
    """Add a message to the options of kernel i; `column` says whether it concerns c (1) or k (2)."""
    for o in range(first[i], first[i + 1]):
        costs[o] += message[options[o, 0], options[o, column]]


@inner
def _tree_order(
    free: BoolArray, order: IntArray, edges: IntArray, at: _Incidence
) -> tuple[IntArray, IntArray]:
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
            for a in range(at.first[i], at.first[i + 1]):
                e = at.edge[a]
                j = edges[e, 0] + edges[e, 1] - i
                if free[j] and not seen[j]:
                    seen[j] = True
                    visit[used], parent[used] = j, e
                    used += 1
    return visit, parent
