"""What adapters cost at least along forests of a network's edges, under prices of the kernels' shapes.

docs/bounds.md, section 10. Every edge whose adapters count is in one forest. A forest's least cost is found
by dynamic programming from the leaves to the roots: a kernel tells its parent what it and all below it cost
at least for each class of the splits that the edge between them compares.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import NamedTuple

import networkx as nx
import numpy as np

from wse_cp.bounds.cover.protocols import (
    OUTPUT,
    PLACE,
    SPLIT,
    THICKNESS,
    TILES,
    ProtocolMaker,
    ProtocolRows,
)
from wse_cp.bounds.programme.ending import look
from wse_cp.bounds.programme.pricing import Tables
from wse_cp.compiled import compiled, inner
from wse_cp.instance import Instance
from wse_cp.processes.reliefs import RELIEFS, Pressure
from wse_cp.shapes.arrays import FloatArray, IntArray

#: Rows are kept for so many cycle limits.
_KEPT = 3

#: A counted edge: producer, consumer, multiplicity.
Edge = tuple[int, int, int]


class Forest(NamedTuple):
    """A forest: arrays by kernel, and an order in which children come before their parents (int64)."""

    order: IntArray  #: the kernels with an edge in the forest
    parents: IntArray  #: -1 at a root
    produces: IntArray  #: 1 if the kernel is the producer of the edge to its parent
    counts: IntArray  #: multiplicity of this edge
    consumers: IntArray  #: the kernel that consumes along this edge, by whose loop its ends compare channels
    most: IntArray  #: multiplicities of all its edges


class Forests:
    """Forests that have every edge of an instance once, and their least cost at any cycle limit.

    Parameters
    ----------
    names
        The kernels in the order that arrays have.
    """

    def __init__(self, instance: Instance, names: Sequence[str]) -> None:
        number = {name: i for i, name in enumerate(names)}
        edges = sorted((number[u], number[v], count) for u, v, count in instance.kernel_edges)
        self.edges = list(_peeled(edges, len(names)))  #: of each forest
        self._forests = [_rooted(own, len(names)) for own in self.edges]
        #: Which kernels each forest has (forests x kernels).
        self.members = np.array([forest.most > 0 for forest in self._forests]).reshape(-1, len(names))
        self._adapter = float(instance.settings.wadapter)
        self._maker = ProtocolMaker(instance, names)
        self._kernels = [(instance.kernels[name], name) for name in names]
        self._rows: OrderedDict[int, ProtocolRows] = OrderedDict()
        self._lock = Lock()
        RELIEFS.add(self.ease)

    def ease(self, pressure: Pressure) -> None:
        """Forget the rows of all cycle limits; they are listed anew where they are needed."""
        with self._lock:
            self._rows.clear()

    def __call__(self, tables: Tables, prices: FloatArray, sizes: FloatArray) -> float:
        """Return the least cost; write areas and thicknesses of the kernels into `sizes`.

        Both arrays are (forests x 2 x kernels); `prices` are for a tile of area and of thickness.
        """
        rows, total = self._rows_at(tables), 0.0
        for forest, own, size in zip(self._forests, prices, sizes, strict=True):
            look()
            total += evaluate_forest(forest, rows, self._adapter, own, size)
        return total

    def _rows_at(self, tables: Tables) -> ProtocolRows:
        with self._lock:
            if tables.time not in self._rows:
                thicknesses = {
                    kernel: np.unique(np.minimum(tables.sizes[name].width, tables.sizes[name].height))
                    for kernel, name in self._kernels
                }
                self._rows[tables.time] = self._maker.rows(tables.time, thicknesses)
                while len(self._rows) > _KEPT:
                    self._rows.popitem(last=False)
            self._rows.move_to_end(tables.time)
            return self._rows[tables.time]


def _peeled(edges: Sequence[Edge], many: int) -> Iterator[list[Edge]]:
    """Yield forests, each with as many of the edges that are left as can be."""
    while edges:
        joined: nx.utils.UnionFind[int] = nx.utils.UnionFind(range(many))
        forest, left = [], []
        for edge in edges:
            u, v, _ = edge
            if joined[u] == joined[v]:
                left.append(edge)
            else:
                joined.union(u, v)
                forest.append(edge)
        yield forest
        edges = left


def _rooted(edges: Sequence[Edge], many: int) -> Forest:
    """Return a forest of edges, each tree hung up at its first kernel."""
    near: dict[int, list[tuple[int, Edge]]] = defaultdict(list)
    parents, produces, counts, consumers, most = np.zeros((5, many), np.int64)
    parents[:] = -1
    for edge in edges:
        u, v, count = edge
        near[u].append((v, edge))
        near[v].append((u, edge))
        most[u] += count
        most[v] += count
    order: list[int] = []
    seen: set[int] = set()
    for root in sorted(near):
        if root in seen:
            continue
        seen.add(root)
        tree = [root]
        for kernel in tree:
            for other, (u, v, count) in near[kernel]:
                if other not in seen:
                    seen.add(other)
                    tree.append(other)
                    parents[other], produces[other] = kernel, other == u
                    counts[other], consumers[other] = count, v
        order += tree
    return Forest(np.array(order[::-1], np.int64), parents, produces, counts, consumers, most)


@compiled
def evaluate_forest(
    forest: Forest, rows: ProtocolRows, adapter: float, prices: FloatArray, sizes: FloatArray
) -> float:
    """Return the least cost of a forest; write the kernels' areas and thicknesses into `sizes`.

    Parameters
    ----------
    adapter
        Cost of an adapter.
    prices
        Cost of a tile of each kernel's area and thickness (2 x kernels).
    sizes
        Of shape (2, kernels); entries of kernels without an edge here stay as they are.
    """
    many = len(forest.parents)
    starts, deep = np.zeros(many + 1, np.int64), np.ones(many, np.int64)
    for v in range(many):
        starts[v + 1] = starts[v]
        if forest.parents[v] >= 0:
            deep[v] = np.max(rows.channels[rows.loops[forest.consumers[v]]]) + 1
            starts[v + 1] += rows.extents[0] * rows.extents[1] * deep[v]
    costs, chosen = np.full(starts[-1], np.inf), np.full(starts[-1], -1, np.int32)
    children, roots = _children(forest), np.full(many, -1, np.int64)
    total = 0.0
    for v in forest.order:
        total += _close(v, forest, rows, prices[:, v], children, starts, deep, costs, chosen, roots)
        a, b = starts[v], starts[v + 1]
        if b > a:
            _cross(costs[a:b], chosen[a:b], rows.extents, deep[v], adapter * forest.counts[v])
    _trace(forest, rows, children, starts, deep, chosen, roots, sizes)
    return total


@inner
def _close(
    v: int,
    forest: Forest,
    rows: ProtocolRows,
    prices: FloatArray,
    children: IntArray,
    starts: IntArray,
    deep: IntArray,
    costs: FloatArray,
    chosen: IntArray,
    roots: IntArray,
) -> float:
    """Write what a kernel costs with all below it into its message; return it if it is a root, else 0."""
    kind, upwards = rows.kinds[v], forest.parents[v] >= 0
    first, last = rows.input_pointers[kind], rows.input_pointers[kind + 1]
    low, high = rows.output_pointers[kind], rows.output_pointers[kind + 1]
    into, out = np.zeros(last - first), np.zeros(high - low)
    child = children[0, v]
    while child >= 0:
        loop, at = rows.loops[forest.consumers[child]], starts[child]
        if forest.produces[child]:
            _add(rows.inputs[:, first:last], rows.channels[loop], costs[at:], deep[child], into)
        else:
            _add(rows.outputs[:, low:high], rows.channels[loop], costs[at:], deep[child], out)
        child = children[1, child]
    produces = upwards and forest.produces[v] == 1
    best, which = np.full(high - low, np.inf), np.full(high - low, -1)
    least, root = np.inf, -1
    for i in range(last - first):
        begin, end = rows.row_pointers[first + i], rows.row_pointers[first + i + 1]
        table = rows.table[:, begin:end]
        if produces:
            _lower(table, prices, into[i], begin, best, which)
            continue
        cheapest, row = _cheapest(table, prices, out)
        row += begin
        if upwards:
            loop = rows.loops[forest.consumers[v]]
            at = starts[v] + _at(rows.inputs, first + i, rows.channels[loop], deep[v])
            if cheapest + into[i] < costs[at]:
                costs[at], chosen[at] = cheapest + into[i], row
        elif cheapest + into[i] < least:
            least, root = cheapest + into[i], row
    if produces:
        loop = rows.loops[forest.consumers[v]]
        for o in range(high - low):
            at = starts[v] + _at(rows.outputs, low + o, rows.channels[loop], deep[v])
            if best[o] + out[o] < costs[at]:
                costs[at], chosen[at] = best[o] + out[o], which[o]
    roots[v] = root
    return 0.0 if upwards else least


@inner
def _lower(
    table: IntArray, prices: FloatArray, above: float, begin: int, best: FloatArray, which: IntArray
) -> None:
    """Lower the costs of outputs to those of one input's rows, the first of which is `begin`."""
    outputs, tiles, thickness = table[OUTPUT], table[TILES], table[THICKNESS]
    for r in range(len(outputs)):
        cost = above + prices[0] * tiles[r] + prices[1] * thickness[r]
        if cost < best[outputs[r]]:
            best[outputs[r]], which[outputs[r]] = cost, begin + r


@inner
def _cheapest(table: IntArray, prices: FloatArray, out: FloatArray) -> tuple[float, int]:
    """Return the least cost of one input's rows with what their outputs cost, and which row that is."""
    outputs, tiles, thickness = table[OUTPUT], table[TILES], table[THICKNESS]
    cheapest, row = np.inf, 0
    for r in range(len(outputs)):
        cost = out[outputs[r]] + prices[0] * tiles[r] + prices[1] * thickness[r]
        if cost < cheapest:
            cheapest, row = cost, r
    return cheapest, row


@inner
def _add(ends: IntArray, classes: IntArray, message: FloatArray, deep: int, sums: FloatArray) -> None:
    """Add what a child sends to the sums of the inputs or outputs that see it."""
    for i in range(len(sums)):
        sums[i] += message[ends[PLACE, i] * deep + classes[ends[SPLIT, i]]]


@inner
def _at(ends: IntArray, number: int, classes: IntArray, deep: int) -> int:
    """Return where an input or output stands in a message."""
    place: int = ends[PLACE, number] * deep + classes[ends[SPLIT, number]]
    return place


@inner
def _trace(
    forest: Forest,
    rows: ProtocolRows,
    children: IntArray,
    starts: IntArray,
    deep: IntArray,
    chosen: IntArray,
    found: IntArray,
    sizes: FloatArray,
) -> None:
    """Write the sizes of the cheapest rows; `found` has those of roots, and gets all others."""
    for v in forest.order[::-1]:
        row = found[v]
        sizes[0, v], sizes[1, v] = rows.table[TILES, row], rows.table[THICKNESS, row]
        into = np.searchsorted(rows.row_pointers, row, side="right") - 1
        out = rows.output_pointers[rows.kinds[v]] + rows.table[OUTPUT, row]
        child = children[0, v]
        while child >= 0:
            classes = rows.channels[rows.loops[forest.consumers[child]]]
            if forest.produces[child]:
                found[child] = chosen[starts[child] + _at(rows.inputs, into, classes, deep[child])]
            else:
                found[child] = chosen[starts[child] + _at(rows.outputs, out, classes, deep[child])]
            child = children[1, child]


@inner
def _children(forest: Forest) -> IntArray:
    """Return each kernel's first child and its next sibling (2 x kernels), -1 for none."""
    found = np.full((2, len(forest.parents)), -1, np.int64)
    for v in forest.order:
        parent = forest.parents[v]
        if parent >= 0:
            found[1, v], found[0, parent] = found[0, parent], v
    return found


@inner
def _cross(costs: FloatArray, chosen: IntArray, extents: tuple[int, int], deep: int, price: float) -> None:
    """Let every entry (h x w x channels) cost no more than one with other classes and their adapters."""
    for axis in range(3):
        stride = (1, deep, deep * extents[1])[axis]
        length = (deep, extents[1], extents[0])[axis]
        for start in range(0, len(costs), stride * length):
            for first in range(start, start + stride):
                least = first
                for i in range(first, first + length * stride, stride):
                    if costs[i] < costs[least]:
                        least = i
                most, row = costs[least] + price, chosen[least]
                for i in range(first, first + length * stride, stride):
                    if most < costs[i]:
                        costs[i], chosen[i] = most, row
