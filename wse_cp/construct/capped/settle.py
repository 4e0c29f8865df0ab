"""Positions for strips under a cap: every kernel where its wires are shortest, in the room it has."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wse_cp.construct.descent import slide
from wse_cp.construct.settle import Settled, wire_length2
from wse_cp.shapes.arrays import IntArray

#: Edges, and the same as a graph (`construct.settle.adjacency`).
Graph = tuple[IntArray, IntArray, IntArray]


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
        slide(y, heights, *graph, lowest, highest)
        found.append((int(wire_length2(y, heights, edges)), y))
    wire2, y = min(found, key=lambda item: item[0])
    x = np.concatenate([strips.x, left])
    start, end = x.copy(), x + widths
    for row, bottom in enumerate(bottoms, len(strips.x)):
        start[row], end[row] = _free(strips, int(bottom), int(x[row]), int(end[row]), room[0])
    slide(x, widths, *graph, start, end)
    return Settled(x, y, wire2 + int(wire_length2(x, widths, edges)))


def _free(strips: Strips, bottom: int, left: int, right: int, width: int) -> tuple[int, int]:
    """Return from where to where along x a row may be moved: up to strips that may reach above its bottom."""
    high, ends = strips.tops > bottom, strips.x + strips.widths
    start = ends[high & (ends <= left)].max(initial=0)
    return int(start), int(strips.x[high & (strips.x >= right)].min(initial=width))
