"""A uniform grid of buckets over the wafer: which kernels are at or near a place.

With about one kernel a bucket, a question about a place costs what is found there (Bentley and Friedman 1979,
doi 10.1145/356789.356797), whatever the number of kernels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isqrt

from wse_cp.placement import Rectangle


def distance(a: Rectangle, b: Rectangle) -> int:
    """Return the gap between two rectangles (L1), or for those that touch less the longer their contact."""
    x = max(a.x, b.x) - min(a.x + a.width, b.x + b.width)
    y = max(a.y, b.y) - min(a.y + a.height, b.y + b.height)
    return min(x, y) if max(x, y) <= 0 else max(x, 0) + max(y, 0)


class Grid:
    """Rectangles by name within a wafer of width x height tiles, in buckets of one size."""

    def __init__(self, width: int, height: int, rectangles: Iterable[tuple[str, Rectangle]]) -> None:
        self.rectangles = dict(rectangles)
        self.side = max(1, isqrt(width * height // max(1, len(self.rectangles))))
        self._columns, self._rows = -(-width // self.side), -(-height // self.side)
        self._buckets: list[list[str]] = [[] for _ in range(self._columns * self._rows)]
        for name, rectangle in self.rectangles.items():
            self._put(name, rectangle)

    def replace(self, name: str, rectangle: Rectangle) -> None:
        """Move a known rectangle."""
        for bucket in self._cells(self.rectangles[name]):
            self._buckets[bucket].remove(name)
        self.rectangles[name] = rectangle
        self._put(name, rectangle)

    def overlapping(self, area: Rectangle) -> list[str]:
        """Return the names of the rectangles that share a tile with an area, each once."""
        found = {name: None for cell in self._cells(area) for name in self._buckets[cell]}
        return [name for name in found if self.rectangles[name].overlaps(area)]

    def closest(self, spot: Rectangle, count: int) -> list[str]:
        """Return the names of the rectangles closest to a spot, nearest first, of equal ones by name."""
        reach = self.side
        while True:
            # Whatever is at most `reach` away shares a tile with the spot grown by one tile more.
            x, y, width, height = spot
            grown = Rectangle(x - reach - 1, y - reach - 1, width + 2 * reach + 2, height + 2 * reach + 2)
            gaps = sorted((distance(self.rectangles[name], spot), name) for name in self.overlapping(grown))
            inside = [name for gap, name in gaps if gap <= reach]
            if len(inside) >= min(count, len(self.rectangles)):
                return inside[:count]
            reach *= 2

    def _put(self, name: str, rectangle: Rectangle) -> None:
        for cell in self._cells(rectangle):
            self._buckets[cell].append(name)

    def _cells(self, area: Rectangle) -> Iterator[int]:
        """Yield the buckets that an area touches; what is outside the wafer has none."""
        x, y, width, height = area
        side = self.side
        first, last = max(0, x // side), min(self._columns, -(-(x + width) // side))
        low, high = max(0, y // side), min(self._rows, -(-(y + height) // side))
        for column in range(first, last):
            start = column * self._rows
            yield from range(start + low, start + high)
