"""Protocols for the kernels of given rows: few adapters, and every row still fits the wafer.

The choice is a matching problem (`matching`): a kernel's options cost wire in proportion to their width,
unequal protocols along an edge cost adapters. The width of a row is kept by a price that is raised until the
row fits. To keep the problem small only the splits (h, w) that serve the kernels best are offered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np

from wse_cp.compiled import compiled
from wse_cp.construct.orders import edges_by_position
from wse_cp.construct.rows.layout import Boxes, edge_array
from wse_cp.construct.rows.matching import Choices, match
from wse_cp.construct.rows.options import Protocols, row_options
from wse_cp.instance import Instance
from wse_cp.kernels import Kernel
from wse_cp.shapes.arrays import IntArray, scaled
from wse_cp.shapes.loops import NONE
from wse_cp.shapes.matched import LimitedKernel, lowest_level, matched_k
from wse_cp.shapes.splits import SplitValues

#: How many splits a matching may choose from.
_SPLITS = 28
#: Rounds of the matching.
_ROUNDS = 12
#: Attempts to price the width of a row until the chosen widths fit.
_PRICES = 10


def likely_splits(
    instance: Instance,
    time: int,
    values: SplitValues,
    kernels: Sequence[Kernel],
    limits: Sequence[int],
    slack: int,
) -> list[tuple[int, int]]:
    """Return the (h, w) splits that serve the kernels best: in turn, the one that saves most width.

    Parameters
    ----------
    limits
        Height of each kernel's row (tiles).
    slack
        Width beyond the least (tiles) above which adapters are cheaper.
    """
    side = max(instance.settings.width, instance.settings.height)
    symmetric = np.array_equal(values.h, values.w)
    pairs = [
        (int(h), int(w))
        for h in values.h
        for w in values.w
        if 2 * h * w <= side and (h <= w or not symmetric)
    ]
    counts = Counter(zip(kernels, limits, strict=True))
    keys = sorted(counts, key=str)
    number = np.array([counts[key] for key in keys])
    table = np.array([_split_widths(instance, kernel, time, pairs, limit) for kernel, limit in keys]).T
    excess = np.minimum(table - table.min(axis=0), slack)
    chosen: list[int] = []
    covered = np.full(len(keys), 2 * slack)
    for turn in range(min(_SPLITS, len(pairs))):
        alone = excess @ number
        together = np.minimum(excess, covered) @ number
        alone[chosen] = NONE * NONE
        together[chosen] = NONE * NONE
        best = int(np.argmin(together if turn % 2 == 0 else alone))
        chosen.append(best)
        covered = np.minimum(covered, excess[best])
    return [pairs[i] for i in chosen]


def _split_widths(
    instance: Instance, kernel: Kernel, time: int, pairs: Sequence[tuple[int, int]], limit: int
) -> IntArray:
    """Return the least width (tiles) of a kernel at a height limit for each (h, w)."""
    limited = LimitedKernel.of(kernel, instance.settings, instance.time_scale, time)
    side = max(instance.settings.width, instance.settings.height)
    widths = np.empty(len(pairs), np.int64)
    _fill_widths(widths, limited, np.array(pairs), limit, side)
    return widths


@compiled
def _fill_widths(widths: IntArray, limited: LimitedKernel, pairs: IntArray, limit: int, side: int) -> None:
    """Set the least width for each (h, w): upright with the largest c, or turned with the least c."""
    for index in range(len(pairs)):
        h, w = pairs[index, 0], pairs[index, 1]
        best = NONE
        if limit // (h * w) >= 2:
            best = 3 * matched_k(limited, h, w, limit // (h * w) - 1, 0, 0)
        level = lowest_level(limited, h, w, side, limit, 0, 0)
        if level > 0:
            best = min(best, h * w * (level + 1))
        widths[index] = min(best, NONE)


def choose_protocols(
    instance: Instance, boxes: Boxes, time: Fraction, values: SplitValues, generator: np.random.Generator
) -> Protocols | None:
    """Return protocols with few adapters that fit the rows of `boxes`, or None if none were found.

    Minimises wire (linear in the widths) plus adapters; the width of a row is kept by a price that is raised
    until the chosen widths fit.

    Parameters
    ----------
    time
        The cycle limit.
    """
    return _Choice(instance, boxes, scaled(instance, time), values).protocols(generator)


def width_weights(starts: Sequence[int], edges: IntArray) -> IntArray:
    """Return by position how much wire (half tiles) a tile of width costs, by the row programme's model."""
    weights = np.zeros(starts[-1] + 1, np.int64)
    row_of = np.repeat(np.arange(len(starts) - 1), np.diff(starts))

    def add(low: int, high: int, count: int) -> None:
        if low < high:
            np.add.at(weights, [low, low + 1, high, high + 1], np.array([1, 1, -1, -1]) * count)

    for u, v, count in edges.tolist():
        if row_of[u] == row_of[v]:
            add(u, v, count)
        else:
            add(u, 2 * starts[row_of[u] + 1] - 1 - v, count)
            add(2 * starts[row_of[v]] - 1 - u, v, count)
    return np.asarray(np.cumsum(weights)[:-1])


class _Choice:
    """The arrays of one matching problem."""

    def __init__(self, instance: Instance, boxes: Boxes, time: int, values: SplitValues) -> None:
        self.instance, self.boxes, self.time = instance, boxes, time
        settings = instance.settings
        self.width = settings.height if boxes.transposed else settings.width
        self.row_of = np.repeat(np.arange(len(boxes.starts) - 1), np.diff(boxes.starts))
        tops = [int(boxes.heights[a:b].max()) for a, b in pairwise(boxes.starts)]
        self.limits = [tops[row] for row in self.row_of]
        self.kernels = [instance.kernels[name] for name in boxes.order]
        self.links = edges_by_position(instance, boxes.order)
        self.weights = width_weights(boxes.starts, edge_array(instance, boxes.order)) * settings.wlength
        # Three adapters on each of three edges are worth about this width.
        price = 2 * settings.wadapter * 3 * 3
        slack = min(int(price / max(float(self.weights.mean()), 1.0)) + 1, self.width)
        self._enumerate(values, slack)

    def _enumerate(self, values: SplitValues, slack: int) -> None:
        splits = likely_splits(self.instance, self.time, values, self.kernels, self.limits, slack)
        known: dict[tuple[Kernel, int, int], IntArray] = {}
        tables = []
        for i, kernel in enumerate(self.kernels):
            key = (kernel, self.limits[i], min(int(self.boxes.widths[i]) + slack, self.width))
            if key not in known:
                known[key] = self._options(*key, splits, values)
            tables.append(known[key])
        self.splits, self.values = splits, values
        self.first = np.cumsum([0, *map(len, tables)])
        self.options = np.concatenate(tables)
        hw = np.array(splits, dtype=np.int64)
        self.split_rows = np.stack([np.unique(column, return_inverse=True)[1] for column in hw.T], axis=1)

    def _options(
        self, kernel: Kernel, height: int, width: int, splits: Sequence[tuple[int, int]], values: SplitValues
    ) -> IntArray:
        """Return rows (split index, c index, k index, width)."""
        found = []
        for index, (h, w) in enumerate(splits):
            one = SplitValues(np.array([h]), np.array([w]), values.channels)
            rows = row_options(kernel, self.instance, self.time, one, height, width)[:, 1:]
            rows[:, 0] = index
            found.append(rows)
        return np.concatenate(found)

    def protocols(self, generator: np.random.Generator) -> Protocols | None:
        if np.diff(self.first).min() == 0:
            return None
        prices = np.zeros(len(self.boxes.starts) - 1, np.int64)
        base = np.repeat(self.weights, np.diff(self.first)) * self.options[:, 3]
        edges = self.links.copy()
        edges[:, 2] *= 2 * self.instance.settings.wadapter
        orders = np.array([generator.permutation(len(self.kernels)) for _ in range(_ROUNDS)])
        table, channels = np.ascontiguousarray(self.options[:, :3]), len(self.values.channels)
        for _ in range(_PRICES):
            unary = base + np.repeat(prices[self.row_of], np.diff(self.first)) * self.options[:, 3]
            chosen = match(Choices(self.first, table, unary, edges, self.split_rows, channels), orders)
            totals = np.bincount(self.row_of, weights=self.options[chosen, 3]).astype(np.int64)
            if (totals <= self.width).all():
                return self._named(chosen)
            raised = np.maximum(2 * prices, 2 * self.instance.settings.wlength + 2)
            prices = np.where(totals > self.width, raised, prices)
        return None

    def _named(self, chosen: IntArray) -> Protocols:
        found = {}
        for name, (split, c, k) in zip(self.boxes.order, self.options[chosen, :3].tolist(), strict=True):
            channels = self.values.channels
            found[name] = (*self.splits[split], int(channels[c]), int(channels[k]))
        return found
