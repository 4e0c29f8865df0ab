"""Slicing trees from the programme over spans.

A tree comes from the label of the whole order, or from two labels that share the wafer: the last cut may give
each part a limit of its own, because nothing needs a price there. A label has its box's area priced, so a
part that is neither small nor cheap may have lost to one that is either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from wse_cp.clock import WALL, Clock
from wse_cp.compiled import compiled, inner
from wse_cp.construct.slicing.anneal import SlicingSearch
from wse_cp.construct.slicing.curves import fill_leaves
from wse_cp.construct.slicing.state import ABOVE, BESIDE, PARENT, ROOT, Tree, new_tree
from wse_cp.construct.slicing.trees import TreeShape
from wse_cp.construct.spans.loops import (
    FIRST_ALONG,
    LEAF,
    OTHER_TABLE,
    SECOND_ACROSS,
    SECOND_ALONG,
    Float32Array,
    Labels,
    fill_labels,
    new_labels,
    span_index,
)
from wse_cp.shapes.arrays import FloatArray, IntArray

#: Entries of a pair (cost of its wire, last position of the first part, entry of each part's limit, how each
#: part is mirrored, as bits), and their number.
COST, MIDDLE, FIRST_AT, SECOND_AT, FIRST_FLIPS, SECOND_FLIPS, PAIR = 0, 1, 2, 3, 4, 5, 6
#: Mirrored along the axis on which the parts follow, or across it.
ALONG, ACROSS = 1, 2
#: Up to this many labels limits are a tile apart; for larger instances they are further apart.
_ENTRIES = 1 << 20
#: Seconds for one union of two spans at one limit, roughly, and how many unions the rest of a span is worth.
_WORK, _SPAN_WORK = 4e-10, 30
#: More kernels than this are too many for all spans of an order.
MOST_KERNELS = 320


@compiled
def best_pair(
    labels: Labels,
    kernels: int,
    links: Float32Array,
    price: float,
    table: int,
    room: float,
    across: float,
    pair: FloatArray,
) -> None:
    """Set `pair` to the cheapest two labels of a table that follow each other within the wafer.

    Parameters
    ----------
    table
        0: labels by width, side by side; 1: labels by height, one above the other.
    links, price
        As in `fill_labels`.
    room, across
        The wafer's extents along the axis on which the parts follow, and across it (tiles).
    pair
        float64 (PAIR,), see above; its cost is infinite if no two fit.
    """
    pair[COST] = np.inf
    limits, count = labels.limits, len(labels.limits)
    for middle in range(kernels - 1):
        a, b = span_index(0, middle), span_index(middle + 1, kernels - 1)
        j = count - 1
        for i in range(count):
            while j >= 0 and limits[i] + limits[j] > room:
                j -= 1
            if j < 0:
                break
            one, two = labels.extent[table, a, i], labels.extent[table, b, j]
            if one > across or two > across:
                continue
            wire = labels.value[table, a, i] - price * one * limits[i]
            wire += labels.value[table, b, j] - price * two * limits[j]
            if wire >= pair[COST]:
                continue
            offset, first_flips, second_flips = offset_of(labels, table, a, i, b, j)
            wire += links[middle + 1] * offset
            if wire < pair[COST]:
                pair[COST], pair[MIDDLE], pair[FIRST_AT], pair[SECOND_AT] = wire, middle, i, j
                pair[FIRST_FLIPS], pair[SECOND_FLIPS] = first_flips, second_flips


@inner
def offset_of(labels: Labels, table: int, a: int, i: int, b: int, j: int) -> tuple[float, int, int]:
    """Return the distance of the kernels at the cut (half tiles), and how to mirror the parts for it."""
    ends, limits = labels.ends, labels.limits
    leave, enter = ends[2 + table, table, a, i], ends[table, table, b, j]
    first = ALONG if leave < limits[i] else 0
    second = ALONG if enter > limits[j] else 0
    along = min(leave, 2 * limits[i] - leave) + min(enter, 2 * limits[j] - enter)
    leave, enter = ends[3 - table, table, a, i], ends[1 - table, table, b, j]
    other_leave = 2 * labels.extent[table, a, i] - leave
    other_enter = 2 * labels.extent[table, b, j] - enter
    across = min(abs(leave - enter), abs(other_leave - enter), abs(leave - other_enter))
    if abs(leave - enter) > across:
        if abs(other_leave - enter) == across:
            first |= ACROSS
        else:
            second |= ACROSS
    return along + across, first, second


class SpanProgram:
    """The working memory of one programme; one thread may use it."""

    def __init__(self, search: SlicingSearch, clock: Clock = WALL) -> None:
        self.search, self.model, self._clock = search, search.model, clock
        self.kernels = len(self.model.kernel_class)
        side = max(self.model.width, self.model.height)
        spans = self.kernels * (self.kernels + 1) // 2
        step = 1 + spans * side // _ENTRIES
        self.labels = new_labels(self.kernels, side, step)

    def tree(self, base: TreeShape, order: Sequence[int], price: float) -> TreeShape | None:
        """Return a tree that fits the wafer, or None if the programme knows none.

        Parameters
        ----------
        base
            Gives the cycle limit and the forced splits; its topology does not count.
        order
            Kernels by index; every cut of the tree parts a span of it.
        price
            Cost of a tile of area.
        """
        self._clock.spend(_WORK * self.kernels**2 * (self.kernels + _SPAN_WORK) * len(self.labels.limits))
        positions = np.array(order)
        curves = self._curves(base)[positions]
        limits = self.labels.limits.astype(np.int64)
        links = np.pad(self.links(positions), 1).astype(np.float32)
        fill_labels(self.labels, np.ascontiguousarray(curves[:, limits]), links, float(price))
        found = [*self.whole(positions), *self._pairs(positions, links, price)]
        shapes = [TreeShape(base.scalars.copy(), tree.links, base.forced) for tree in found]
        for shape, tree in zip(shapes, found, strict=True):
            shape.scalars[ROOT] = tree.scalars[ROOT]
        return min(shapes, key=self.search.cost, default=None)

    def whole(self, positions: IntArray) -> Iterator[Tree]:
        """Yield the tree of the label of all kernels, if it fits."""
        limits = self.labels.limits
        at = int((self.model.width - limits[0]) // (limits[1] - limits[0])) if len(limits) > 1 else 0
        if self.labels.extent[0, span_index(0, self.kernels - 1), at] <= self.model.height:
            yield _Tracer(self.labels, positions).tree(at)

    def _pairs(self, positions: IntArray, links: Float32Array, price: float) -> Iterator[Tree]:
        """Yield the trees of the best two labels side by side, and one above the other."""
        wafer, pair = (self.model.width, self.model.height), np.empty(PAIR)
        for table in (0, 1):
            best_pair(
                self.labels, self.kernels, links, float(price), table, wafer[table], wafer[1 - table], pair
            )
            if np.isfinite(pair[COST]):
                yield _Tracer(self.labels, positions).pair(table, pair.astype(np.int64))

    def _curves(self, base: TreeShape) -> IntArray:
        base.write_to(self.search.tree)
        fill_leaves(self.model, self.search.tree)
        return self.search.tree.by_width[: self.kernels]

    def links(self, positions: IntArray) -> FloatArray:
        """Return the cost of half a tile between each two neighbours: of all wires that pass there."""
        rank = np.argsort(positions)
        links = np.zeros(max(self.kernels - 1, 0))
        for u, v, count in self.model.edges:
            low, high = sorted((rank[u], rank[v]))
            links[low:high] += count * self.model.wire_weight
        return links


class _Tracer:
    """Follows the labels from the whole order down to the kernels."""

    def __init__(self, labels: Labels, positions: IntArray) -> None:
        self.labels, self.positions = labels, positions
        self.built = new_tree(len(positions), 0)
        self._spare = len(positions)

    def tree(self, at: int) -> Tree:
        """Return the tree behind the label of all kernels at entry `at` of table 0 (curves are empty)."""
        self.built.scalars[ROOT] = self._node(0, 0, len(self.positions) - 1, at, (False, False))
        return self.built

    def pair(self, table: int, pair: FloatArray) -> Tree:
        """Return the tree of two labels of a table (an array as `best_pair` fills it)."""
        middle, first_at, second_at, one, two = (int(entry) for entry in pair[MIDDLE:])
        left = self._node(table, 0, middle, first_at, _mirrored(table, one))
        right = self._node(table, middle + 1, len(self.positions) - 1, second_at, _mirrored(table, two))
        self.built.scalars[ROOT] = self._join(left, right, BESIDE if table == 0 else ABOVE)
        return self.built

    def _node(self, table: int, first: int, last: int, at: int, mirrored: tuple[bool, bool]) -> int:
        """Build a span's node; `mirrored` tells whether its box is, along x and along y."""
        row = span_index(first, last)
        split, flips = int(self.labels.split[table, row, at]), int(self.labels.flips[table, row, at])
        if split == LEAF:
            return int(self.positions[first])
        at = int(self.labels.at[table, row, at])
        if flips & OTHER_TABLE:
            table = 1 - table
        along, across = 1 - table, table
        one, two = list(mirrored), list(mirrored)
        one[along] ^= bool(flips & FIRST_ALONG)
        two[along] ^= bool(flips & SECOND_ALONG)
        two[across] ^= bool(flips & SECOND_ACROSS)
        left = self._node(table, first, split, at, (one[0], one[1]))
        right = self._node(table, split + 1, last, at, (two[0], two[1]))
        if mirrored[along]:
            left, right = right, left
        return self._join(left, right, ABOVE if table == 0 else BESIDE)

    def _join(self, left: int, right: int, cut: int) -> int:
        node, self._spare = self._spare, self._spare + 1
        self.built.links[:, node] = left, right, -1, cut
        self.built.links[PARENT, [left, right]] = node
        return node


def _mirrored(table: int, flips: int) -> tuple[bool, bool]:
    """Return whether a part of a pair is mirrored along x and along y."""
    along, across = bool(flips & ALONG), bool(flips & ACROSS)
    return (along, across) if table == 0 else (across, along)
