"""Protocols for kernels whose boxes are given: few adapters, no tile more.

Each kernel may be built in several ways within its box and the cycle limit; the ways differ in the splits by
which it reads and writes. They are chosen one kernel after the other to suit its neighbours (iterated
conditional modes: Besag 1986, doi 10.1111/j.2517-6161.1986.tb01412.x), in time linear in the edges.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from wse_cp.compiled import compiled, inner
from wse_cp.instance import Instance, Settings
from wse_cp.kernels import Arguments, Kernel, convs
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.loops import C_SPLIT, H_SPLIT, HEIGHT, K_SPLIT, W_SPLIT, WIDTH
from wse_cp.shapes.options import candidate_rows

#: Columns of a way: splits h and w, least and largest c to read by, least and largest k to write by.
_H, _W, _C, _MOST_C, _K, _MOST_K = range(6)
#: Ways that are kept for one box, those of the splits first that suit most kernels.
_KEPT = 40
#: Rounds over all kernels at most.
_ROUNDS = 12


class Box(NamedTuple):
    """A kernel and the tiles it may take on the wafer (width, height)."""

    kernel: Kernel
    width: int
    height: int


class Ways(NamedTuple):
    """How a kernel can be built within a box: option rows, whether each is rotated, and what it can suit."""

    rows: IntArray
    rotated: Sequence[bool]
    values: IntArray


def ways_of(box: Box, instance: Instance, limit: int) -> Ways:
    """Return all ways within a cycle limit (1 / time_scale cycles)."""
    settings = Settings(width=box.width, height=box.height, memlimit=instance.settings.memlimit)
    rows = candidate_rows(box.kernel, settings, instance.time_scale, limit, limit)
    out = min(2, len(convs(box.kernel)) - 1)
    parts, found, rotated = [], [], []
    for turned, wide, tall in ((False, box.width, box.height), (True, box.height, box.width)):
        fitting = rows[(rows[:, WIDTH] <= wide) & (rows[:, HEIGHT] <= tall)]
        area = fitting[:, H_SPLIT] * fitting[:, W_SPLIT]
        least_k = fitting[:, K_SPLIT + out]
        values = [
            fitting[:, H_SPLIT],
            fitting[:, W_SPLIT],
            fitting[:, C_SPLIT],
            tall // area - 1,
            least_k,
            least_k + (wide - fitting[:, WIDTH]) // 3,
        ]
        parts.append(np.stack(values, axis=1))
        found.append(fitting)
        rotated += [turned] * len(fitting)
    return Ways(np.concatenate(found), rotated, np.concatenate(parts))


def chosen(ways: Ways, way: int, c: int, k: int, kernel: Kernel) -> tuple[Arguments, bool]:
    """Return the arguments of a way that reads by c and writes by k, and whether it is rotated."""
    row, n = ways.rows[way], len(convs(kernel))
    cs = [int(value) for value in row[C_SPLIT : C_SPLIT + n]]
    ks = [int(value) for value in row[K_SPLIT : K_SPLIT + n]]
    cs[0], ks[min(2, n - 1)] = c, k
    return Arguments(int(row[H_SPLIT]), int(row[W_SPLIT]), tuple(cs), tuple(ks)), ways.rotated[way]


def match(groups: IntArray, ways: Sequence[Ways], edges: IntArray, count: int) -> tuple[IntArray, IntArray]:
    """Return for each kernel the number of its way, and c and k, int64 of (n,) and (n, 2).

    Parameters
    ----------
    groups
        For each kernel the number of its ways in `ways`.
    edges
        Rows (producer, consumer, multiplicity).
    """
    uses = np.bincount(groups, minlength=len(ways))
    popular: Counter[tuple[int, int]] = Counter()
    for use, way in zip(uses, ways, strict=True):
        popular.update(dict.fromkeys(set(map(tuple, way.values[:, :2].tolist())), int(use)))
    kept = [_most_popular(way.values, popular) for way in ways]
    first = np.concatenate([[0], np.cumsum([len(index) for index in kept])])
    values = np.concatenate([way.values[index] for way, index in zip(ways, kept, strict=True)])
    links = np.concatenate([edges, np.column_stack([edges[:, 1], edges[:, 0], -edges[:, 2]])])
    links = links[np.argsort(links[:, 0], kind="stable")]
    starts = np.searchsorted(links[:, 0], np.arange(count + 1))
    choice = first[groups].copy()
    protocol = np.stack([values[choice, _C], values[choice, _MOST_K]], axis=1)
    _settle(groups, first, values, starts, links, choice, protocol)
    number = choice - first[groups]
    return np.array([kept[g][i] for g, i in zip(groups, number, strict=True)], np.int64), protocol


def _most_popular(values: IntArray, popular: Counter[tuple[int, int]]) -> IntArray:
    """Return the indices of the ways to keep, those with the most popular splits first."""
    uses = np.array([popular[h, w] for h, w in values[:, :2].tolist()], np.int64)
    return np.lexsort((values[:, _C], -uses))[:_KEPT]


@compiled
def _settle(
    groups: IntArray,
    first: IntArray,
    values: IntArray,
    starts: IntArray,
    links: IntArray,
    choice: IntArray,
    protocol: IntArray,
) -> None:
    """Give each kernel in turn the way, c and k that need the fewest adapters, until all rest."""
    for turn in range(_ROUNDS):
        moved = False
        for i in range(len(groups)):
            u = i if turn % 2 == 0 else len(groups) - 1 - i
            best = _adapters(
                u, values[choice[u]], protocol[u, 0], protocol[u, 1], starts, links, values, choice, protocol
            )
            for way in range(first[groups[u]], first[groups[u] + 1]):
                if best == 0:
                    break
                c = _suited(u, values[way, _C], values[way, _MOST_C], -1, starts, links, protocol)
                k = _suited(u, values[way, _K], values[way, _MOST_K], 1, starts, links, protocol)
                new = _adapters(u, values[way], c, k, starts, links, values, choice, protocol)
                if new < best:
                    best, moved = new, True
                    choice[u], protocol[u, 0], protocol[u, 1] = way, c, k
        if not moved:
            return


@inner
def _suited(
    u: int, least: int, most: int, sign: int, starts: IntArray, links: IntArray, protocol: IntArray
) -> int:
    """Return the value in [least, most] that most consumers (sign 1) read by or producers (-1) write by."""
    best, most_votes = least if sign < 0 else most, 0
    side = 0 if sign > 0 else 1
    for e in range(starts[u], starts[u + 1]):
        if links[e, 2] * sign < 0:
            continue
        value = protocol[links[e, 1], side]
        if value < least or value > most:
            continue
        votes = 0
        for f in range(starts[u], starts[u + 1]):
            if links[f, 2] * sign > 0 and protocol[links[f, 1], side] == value:
                votes += abs(links[f, 2])
        if votes > most_votes:
            best, most_votes = value, votes
    return best


@inner
def _adapters(
    u: int,
    way: IntArray,
    c: int,
    k: int,
    starts: IntArray,
    links: IntArray,
    values: IntArray,
    choice: IntArray,
    protocol: IntArray,
) -> int:
    """Return the adapters on the edges of u if it is built in a way and reads by c, writes by k."""
    total = 0
    for e in range(starts[u], starts[u + 1]):
        v, times = links[e, 1], links[e, 2]
        other = values[choice[v]]
        differ = (other[_H] != way[_H]) + (other[_W] != way[_W])
        if times > 0:
            total += times * (differ + (protocol[v, 0] != k))
        else:
            total -= times * (differ + (protocol[v, 1] != c))
    return total
