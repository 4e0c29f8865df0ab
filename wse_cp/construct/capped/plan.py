"""One capped stack for an order and a cycle limit: the cap's shape, the strips under it, their positions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

from wse_cp.construct.capped.program import UNREACHED, Wires, stand
from wse_cp.construct.orders import Order
from wse_cp.construct.rows.layout import Boxes
from wse_cp.construct.settle import Graph, Settled, adjacency, slide, wire_length2
from wse_cp.shapes.arrays import IntArray

#: Caps that are tried, beside the flattest one: a first share of the rows, counted from the inner one, are
#: kept within a share of the wafer's width.
_FROM, _LENGTHS = (0.25, 0.5, 0.75, 1.0), (0.88, 0.72, 0.52)
#: A cap is not tried if its strips, all under its full depth, need more than this many wafer widths: some
#: strips may stand beside the deeper rows, most cannot.
_CROWDED = 1.08


class Cap(NamedTuple):
    """The rows of a cap from the inner one outwards: lengths along x and thickness along y (tiles)."""

    lengths: IntArray
    thickness: IntArray

    @property
    def depth(self) -> int:
        """How much of the height it takes (tiles)."""
        return int(self.thickness.sum())


class Strips(NamedTuple):
    """Strips that stand under a cap (tiles): their left edges, extents, and the room that each has."""

    x: IntArray
    widths: IntArray
    heights: IntArray
    tops: IntArray


def settle_capped(
    cap: Cap, left: IntArray, strips: Strips, room: tuple[int, int], edges: IntArray, graph: Graph
) -> Settled:
    """Return positions of strips and rows, in this order.

    Parameters
    ----------
    left
        Where along x the rows are to begin with.
    room
        Width and height of the wafer (tiles).
    """
    bottoms = room[1] - np.cumsum(cap.thickness[::-1])[::-1]
    widths = np.concatenate([strips.widths, cap.lengths])
    heights = np.concatenate([strips.heights, cap.thickness])
    lowest = np.concatenate([np.zeros_like(strips.x), bottoms])
    highest = np.concatenate([strips.tops, bottoms + cap.thickness])
    # All strips on one line: the middle of the least room, or as high as each of them allows.
    lines = (strips.tops.min(), (2 * strips.tops - strips.heights).min())
    found = []
    for line2 in lines:
        y = np.clip((line2 - heights) // 2, lowest, highest - heights)
        slide(y, heights, graph, lowest, highest)
        found.append((int(wire_length2(y, heights, edges)), y))
    wire2, y = min(found, key=lambda item: item[0])
    x = np.concatenate([strips.x, left])
    start, end = x.copy(), x + widths
    for row, bottom in enumerate(bottoms, len(strips.x)):
        start[row], end[row] = _free(strips, int(bottom), int(x[row]), int(end[row]), room[0])
    slide(x, widths, graph, start, end)
    return Settled(x, y, wire2 + int(wire_length2(x, widths, edges)))


def _free(strips: Strips, bottom: int, left: int, right: int, width: int) -> tuple[int, int]:
    """Return the range along x in which a row may move: up to the strips that reach above its bottom."""
    high, ends = strips.tops > bottom, strips.x + strips.widths
    start = ends[high & (ends <= left)].max(initial=0)
    return int(start), int(strips.x[high & (strips.x >= right)].min(initial=width))


class CappedOrder:
    """An order whose last kernels may lie across the others: what follows from its wires alone.

    Methods take shape curves in the order, int64 (kernels, side + 1), and as `room` the wafer's width and
    height (tiles) as the strips see them.

    Parameters
    ----------
    edges
        Rows (earlier position, later position, multiplicity), int64.
    """

    def __init__(self, order: Order, edges: IntArray) -> None:
        self.order, self.edges = order, edges
        self._adjacency = adjacency(edges, len(order))
        self._wires: dict[int, Wires] = {}
        self._tile2: dict[int, IntArray] = {}

    def wires(self, strips: int) -> Wires:
        """Return the wires of the first kernels, if these are the strips."""
        if strips not in self._wires:
            self._wires[strips] = _wires(self.edges, strips)
        return self._wires[strips]

    def promising(self, curves: IntArray, room: tuple[int, int]) -> list[int]:
        """Return the numbers of strips for which a plan may fit: by what strips and the flattest cap need."""
        width, height = room
        depths = np.cumsum(curves[::-1, width])[::-1][1:]  # of the cap, with 1, 2, ... strips
        counts = [strips for strips, depth in enumerate(depths.tolist(), 1) if depth < height]
        return [
            strips
            for strips in counts
            if curves[:strips, height].sum() <= width
            and curves[:strips, height - depths[strips - 1]].sum() <= _CROWDED * width
        ]

    def least_wire2(self, curves: IntArray, strips: int, room: tuple[int, int]) -> int:
        """Return a wire (half tiles) that no plan can fall below: all kernels as thin as can be."""
        if strips not in self._tile2:
            rows = self.edges[self.edges[:, 0] >= strips] - np.array([strips, strips, 0])
            among = _wires(rows, len(self.order) - strips).tile2
            self._tile2[strips] = np.concatenate([self.wires(strips).tile2, among])
        thickness = np.concatenate([curves[:strips, room[1]], curves[strips:, room[0]]])
        return int(self._tile2[strips] @ thickness)

    def plan(
        self,
        curves: IntArray,
        strips: int,
        room: tuple[int, int],
        centers: tuple[float, ...] = (0.5,),
        transposed: bool = False,
    ) -> Boxes | None:
        """Return the boxes of least wire for a number of strips, or None if none fit.

        Parameters
        ----------
        centers
            Where to try the middle of the cap, as shares of the width.
        """
        width, height = room
        wires, best = self.wires(strips), None
        for cap in caps(curves[strips:], room):
            standing = curves[:strips, max(height - cap.depth, 0)].sum()
            if cap.depth >= height or standing > _CROWDED * width:
                continue
            for center in centers:
                left = _windows(cap, center, width)
                level, limits = _profile(cap, left, room)
                center2 = (2 * left + cap.lengths)[wires.row]
                most = UNREACHED if best is None else best.settled.wire2
                cost2, x, thickness = stand(curves[:strips], level, limits, wires, center2, most)
                if cost2 < UNREACHED:
                    boxes = self._boxes(curves, cap, left, room, (x, thickness), transposed)
                    if best is None or boxes.settled.wire2 < best.settled.wire2:
                        best = boxes
        return best

    def _boxes(
        self,
        curves: IntArray,
        cap: Cap,
        left: IntArray,
        room: tuple[int, int],
        stood: tuple[IntArray, IntArray],
        transposed: bool,
    ) -> Boxes:
        """Return the boxes of strips (x and thickness) under a cap, moved to where wires are shortest."""
        level, limits = _profile(cap, left, room)
        x, widths = stood
        tops = np.array([limits[level[a : a + w].max()] for a, w in zip(x, widths, strict=True)], np.int64)
        strips = Strips(x, widths, curves[np.arange(len(x)), widths], tops)
        settled = settle_capped(cap, left, strips, room, self.edges, self._adjacency)
        return Boxes(
            self.order,
            (0, *range(len(x), len(self.order) + 1)),
            np.concatenate([widths, cap.lengths]),
            np.concatenate([strips.heights, cap.thickness]),
            settled,
            transposed,
        )


def caps(curves: IntArray, room: tuple[int, int]) -> Iterator[Cap]:
    """Yield caps of all kernels of `curves`, from the inner one outwards, for a wafer of that size."""
    width, seen = room[0], set()
    whole = np.full(len(curves), width)
    for share, length in [(0.0, 1.0), *product(_FROM, _LENGTHS)]:
        limits = whole.copy()
        limits[: round(share * len(curves))] = int(length * width)
        thickness = curves[np.arange(len(curves)), limits]
        if thickness.max() >= room[1] or thickness.tobytes() in seen:
            continue
        seen.add(thickness.tobytes())
        yield Cap(curves[np.arange(len(curves)), thickness], thickness)


def _windows(cap: Cap, center: float, width: int) -> IntArray:
    """Return where along x rows begin whose middles are at, or next to, a share of the width."""
    left: IntArray = np.clip((int(2 * center * width) - cap.lengths) // 2, 0, width - cap.lengths)
    return left


def _profile(cap: Cap, left: IntArray, room: tuple[int, int]) -> tuple[IntArray, IntArray]:
    """Return the level at each tile along x (0: no cap), and the room under the cap at each level."""
    level = np.zeros(room[0], np.int64)
    for depth, row in enumerate(range(len(left) - 1, -1, -1)):
        level[left[row] : left[row] + cap.lengths[row]] = depth + 1
    limits = room[1] - np.concatenate([[0], np.cumsum(cap.thickness[::-1])])
    return level, limits.astype(np.int64)


def _wires(edges: IntArray, strips: int) -> Wires:
    low, high, times = edges[edges[:, 1] < strips].T
    over = np.zeros(strips + 1, np.int64)
    np.add.at(over, low + 1, 2 * times)
    np.add.at(over, high + 1, -2 * times)
    passing = np.cumsum(over)  # between a strip and the one before, twice
    ends = np.bincount(low, times, strips) + np.bincount(high, times, strips)
    starts = np.bincount(low, times, strips).astype(np.int64)
    links = edges[(edges[:, 0] < strips) & (edges[:, 1] >= strips)]
    links = links[np.argsort(links[:, 0], kind="stable")]
    first = np.searchsorted(links[:, 0], np.arange(strips + 1))
    raised = ends.astype(np.int64) - np.bincount(links[:, 0], links[:, 2], strips).astype(np.int64)
    tile2 = passing[:strips] + 2 * starts - ends.astype(np.int64)
    row, count = np.ascontiguousarray(links[:, 1] - strips), np.ascontiguousarray(links[:, 2])
    return Wires(tile2, passing[:strips], raised, first, row, count)
