"""Where the convolutions of a placed kernel stand on the wafer.

How large a text fits a box, and which way; in any unit of length, for pictures and pages.

Colours of kernel types, apart from colours.py so that they need no matplotlib.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import NamedTuple

from wse_cp.kernels import conv_sizes
from wse_cp.placement import PlacedKernel, Rectangle


def conv_rectangles(placed: PlacedKernel) -> list[Rectangle]:
    """Return the tiles each convolution covers, in order; side by side, turned with the kernel.

    A rotation by 90 degrees is counter-clockwise: what stood on the ground leans on the right side.
    """
    box = placed.rectangle
    rectangles: list[Rectangle] = []
    offset = 0
    for width, height in conv_sizes(placed.args):
        if placed.rotated:
            rectangles.append(Rectangle(box.x + box.width - height, box.y + offset, height, width))
        else:
            rectangles.append(Rectangle(box.x + offset, box.y, width, height))
        offset += width
    return rectangles


#: Width of a character, distance of lines and height of the last line, in font sizes, with some air.
CHARACTER, LINE, LAST_LINE = 0.7, 1.1, 0.9


class Fit(NamedTuple):
    """The largest font size at which a text fits a box, and whether it stands upright then."""

    size: float
    upright: bool


def font_size(lines: Sequence[str], width: float, height: float) -> float:
    """Return the largest font size at which lines of text fit a box."""
    longest = max(len(line) for line in lines)
    return min(width / (CHARACTER * longest), height / _lines(lines))


def fitted(lines: Sequence[str], width: float, height: float, largest: float = inf) -> Fit:
    """Return how lines of text fit a box best; they are turned only where that helps by 15 %."""
    flat = min(largest, font_size(lines, width, height))
    turned = min(largest, font_size(lines, height, width))
    return Fit(flat, True) if flat * 1.15 >= turned else Fit(turned, False)


def text_extent(lines: Sequence[str], size: float, across: bool) -> float:
    """Return the extent of lines of text, across them or along them."""
    return size * (_lines(lines) if across else CHARACTER * max(len(line) for line in lines))


def label_shift(extent: float, side: float) -> float:
    """Return how far to move a text off the centre of a side, where the arrows meet."""
    return max(0.0, min(extent / 2 + 3, (side - extent) / 2))


def _lines(lines: Sequence[str]) -> float:
    return LINE * (len(lines) - 1) + LAST_LINE


#: Distinct also to colour-blind eyes.
TYPES = {"conv": "#8fb8de", "dblock": "#f2c879", "cblock": "#4fa58a"}
