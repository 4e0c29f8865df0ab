"""Colours, sizes and places in a picture: the page, the convolutions of a kernel, text in a box; formats.

Nothing here needs matplotlib, so that options can be checked without it and the report page can use it, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import NamedTuple

from wse_cp.errors import InputError
from wse_cp.kernels import conv_sizes
from wse_cp.placement import PlacedKernel, Rectangle

#: Colours of the kernel types, distinct also to colour-blind eyes.
TYPES = {"conv": "#8fb8de", "dblock": "#f2c879", "cblock": "#4fa58a"}
#: Colour of tiles that no kernel covers, and colours of times, from fast to slow.
UNUSED, TIMES = "#f2f2f2", ("#fdf6d8", "#f6b26b", "#d7564a")

PICTURE_SUFFIXES = (".png", ".svg", ".pdf")
MM_PER_INCH = 25.4
#: Width of a picture unless asked otherwise, and the widths that make sense (mm).
DEFAULT_WIDTH = 254.0
MIN_WIDTH, MAX_WIDTH = 30.0, 2000.0
#: Most that one side of the drawing is longer than the other; a wafer that is longer leaves some of it empty.
MOST_UNEQUAL = 8.0
#: Length of the axes' ticks, and the gap to their labels (points).
TICK, PAD = 2.0, 2.0
#: Smallest text around the wafer (points).
_SMALLEST = 5.0
#: Width of a character, distance of lines and height of the last line, in font sizes, with some space.
CHARACTER, LINE, LAST_LINE = 0.7, 1.1, 0.9


@dataclass(frozen=True)
class Page:
    """How a picture is to look.

    Parameters
    ----------
    width
        Of the whole picture in mm, such as that of a column of text.
    title, legend
        Whether the score stands above and the colours are explained below.
    """

    width: float = DEFAULT_WIDTH
    title: bool = True
    legend: bool = True

    @property
    def scale(self) -> float:
        """Size of lines and text relative to the default picture; they shrink less than the picture."""
        return float(min(1.0, (self.width / DEFAULT_WIDTH) ** 0.5))

    def points(self, size: float) -> float:
        """Return a font size (points) for this page from that of the default one."""
        return max(_SMALLEST, size * self.scale)

    @property
    def below_ticks(self) -> float:
        """Distance from the wafer to where its tick labels below end (points)."""
        return TICK + PAD + 1.5 * self.points(7)

    def margins(self) -> tuple[float, float, float, float]:
        """Return the margins left, right, below and above the wafer, in inches."""
        tick = self.points(7)
        left = TICK + PAD + 2.8 * tick  # four digits
        legend = 1.5 * self.points(8) + 1.5 * tick + TICK if self.legend else 0.0
        above = 2.2 * self.points(10) if self.title else tick
        return left / 72, 1.2 * tick / 72, (self.below_ticks + legend) / 72, above / 72

    def size(self, wafer: tuple[int, int]) -> tuple[float, float]:
        """Return the width and height of the picture of a wafer (tiles) in inches; none is a mere strip."""
        left, right, below, above = self.margins()
        width = self.width / MM_PER_INCH
        slope = min(max(wafer[1] / wafer[0], 1 / MOST_UNEQUAL), MOST_UNEQUAL)
        return width, (width - left - right) * slope + below + above

    def axes(self, wafer: tuple[int, int]) -> tuple[float, float, float, float]:
        """Return the wafer's left, bottom, width and height as shares of the picture."""
        width, height = self.size(wafer)
        left, right, below, above = self.margins()
        return left / width, below / height, 1 - (left + right) / width, 1 - (below + above) / height


DEFAULT_PAGE = Page()


def check_page(page: Page) -> None:
    """Raise `InputError` unless the width is one that a picture can have."""
    if not MIN_WIDTH <= page.width <= MAX_WIDTH:
        raise InputError(f"a width from {MIN_WIDTH:g} to {MAX_WIDTH:g} mm", f"{page.width:g}", "--width")


def check_picture_suffix(path: Path) -> str:
    """Return the format a picture's name asks for: png, svg or pdf; svg for ``-``, standard output.

    Raises `InputError` if it is none of these.
    """
    suffix = ".svg" if str(path) == "-" else path.suffix.lower()
    if suffix not in PICTURE_SUFFIXES:
        raise InputError("a picture name ending in " + ", ".join(PICTURE_SUFFIXES), path.name, str(path))
    return suffix[1:]


def conv_rectangles(placed: PlacedKernel) -> list[Rectangle]:
    """Return the tiles each convolution covers, in order; side by side, turned with the kernel.

    A rotation by 90 degrees is counter-clockwise: the lower side of the kernel becomes its right side.
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


def fitted_label(
    lines: Sequence[str], width: float, height: float, largest: float, least: float
) -> tuple[Sequence[str], Fit, float]:
    """Return the lines of a label in a box (only the first if all are smaller than `least`) and their fit.

    The third value is the distance from the box's centre, along its longer side, at which the label leaves
    the centre free for the ends of wires.
    """
    if fitted(lines, width, height, largest).size < least:
        lines = lines[:1]
    fit = fitted(lines, width, height, largest)
    extent = text_extent(lines, fit.size, across=(height > width) == fit.upright)
    return lines, fit, label_shift(extent, max(width, height))


def label_shift(extent: float, side: float) -> float:
    """Return how far to move a text off the centre of a side, where the arrows meet."""
    return max(0.0, min(extent / 2 + 3, (side - extent) / 2))


def _lines(lines: Sequence[str]) -> float:
    return LINE * (len(lines) - 1) + LAST_LINE
