"""Slicing trees from the programme over spans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from wse_cp.clock import WALL, Clock
from wse_cp.construct.slicing.curves import fill_leaf
from wse_cp.construct.slicing.search import SlicingSearch, TreeShape
from wse_cp.construct.slicing.state import ABOVE, BESIDE, ROOT, Array, Tree, new_tree
from wse_cp.construct.spans.labels import (
    FIRST_ALONG,
    LEAF,
    OTHER_TABLE,
    SECOND_ACROSS,
    SECOND_ALONG,
    Labels,
    new_labels,
)
from wse_cp.construct.spans.loops import fill_labels, span_index
from wse_cp.construct.spans.pairs import ACROSS, ALONG, COST, MIDDLE, PAIR, best_pair

#: Label entries, span by span, up to which limits stand a tile apart; more make the step larger.
_ENTRIES = 1 << 20
#: Seconds for each union of two spans at a limit, roughly, and how many of them a span takes beside.
_WORK, _SPAN_WORK = 4e-10, 30
#: More kernels than this are too many for all spans of an order.
MOST_KERNELS = 320


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
            Gives the time limit and the forced splits; its topology does not count.
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

    def whole(self, positions: Array) -> Iterator[Tree]:
        """Yield the tree of the label of all kernels, if it fits."""
        limits = self.labels.limits
        at = int((self.model.width - limits[0]) // (limits[1] - limits[0])) if len(limits) > 1 else 0
        if self.labels.extent[0, span_index(0, self.kernels - 1), at] <= self.model.height:
            yield _Tracer(self.labels, positions).tree(at)

    def _pairs(self, positions: Array, links: Array, price: float) -> Iterator[Tree]:
        """Yield the trees of the best two labels side by side, and one above the other."""
        wafer, pair = (self.model.width, self.model.height), np.empty(PAIR)
        for table in (0, 1):
            best_pair(
                self.labels, self.kernels, links, float(price), table, wafer[table], wafer[1 - table], pair
            )
            if np.isfinite(pair[COST]):
                yield _Tracer(self.labels, positions).pair(table, pair.astype(np.int64))

    def _curves(self, base: TreeShape) -> Array:
        base.write_to(self.search.tree)
        for leaf in range(self.kernels):
            fill_leaf(self.model, self.search.tree, leaf)
        return self.search.tree.by_width[: self.kernels]

    def links(self, positions: Array) -> Array:
        """Return the cost of half a tile between each two neighbours: of all wires that pass there."""
        rank = np.argsort(positions)
        links = np.zeros(max(self.kernels - 1, 0))
        for u, v, count in self.model.edges:
            low, high = sorted((rank[u], rank[v]))
            links[low:high] += count * self.model.wire_weight
        return links


class _Tracer:
    """Follows the labels from the whole order down to the kernels."""

    def __init__(self, labels: Labels, positions: Array) -> None:
        self.labels, self.positions = labels, positions
        self.built = new_tree(len(positions), 0)
        self._spare = len(positions)

    def tree(self, at: int) -> Tree:
        """Return the tree behind the label of all kernels at entry `at` of table 0 (curves are empty)."""
        self.built.scalars[ROOT] = self._node(0, 0, len(self.positions) - 1, at, (False, False))
        return self.built

    def pair(self, table: int, pair: Array) -> Tree:
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
        self.built.links[2, [left, right]] = node
        return node


def _mirrored(table: int, flips: int) -> tuple[bool, bool]:
    """Return whether a part of a pair is mirrored along x and along y."""
    along, across = bool(flips & ALONG), bool(flips & ACROSS)
    return (along, across) if table == 0 else (across, along)
