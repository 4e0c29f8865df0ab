"""Distances and boxes of rectangles on the wafer."""

from __future__ import annotations

from collections.abc import Collection

from wse_cp.placement import Placement, Rectangle


def closest(placement: Placement, spot: Rectangle, size: int) -> list[str]:
    """Return the names of the kernels closest to a spot, nearest first."""
    return sorted(placement, key=lambda name: (distance(placement[name].rectangle, spot), name))[:size]


def distance(a: Rectangle, b: Rectangle) -> int:
    """Return the gap between two rectangles (L1), or for those that touch less the longer their contact."""
    x = max(a.x, b.x) - min(a.x + a.width, b.x + b.width)
    y = max(a.y, b.y) - min(a.y + a.height, b.y + b.height)
    return min(x, y) if max(x, y) <= 0 else max(x, 0) + max(y, 0)


def bounding_box(rectangles: Collection[Rectangle]) -> Rectangle:
    """Return the smallest rectangle around some rectangles."""
    x, y = min(r.x for r in rectangles), min(r.y for r in rectangles)
    x_end = max(r.x + r.width for r in rectangles)
    y_end = max(r.y + r.height for r in rectangles)
    return Rectangle(x, y, x_end - x, y_end - y)
