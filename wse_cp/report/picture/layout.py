"""The picture formats, apart from picture.py so that checking a name needs no matplotlib.

The page of a picture: its size, what stands around the wafer, sizes that follow the width.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wse_cp.errors import InputError

PICTURE_SUFFIXES = (".png", ".svg", ".pdf")


def check_picture_suffix(path: Path) -> str:
    """Return the format a picture's name asks for: png, svg or pdf.

    Raises
    ------
    InputError
        If it is none of these.
    """
    suffix = path.suffix.lower()
    if suffix not in PICTURE_SUFFIXES:
        raise InputError("a picture name ending in " + ", ".join(PICTURE_SUFFIXES), path.name, str(path))
    return suffix[1:]


MM_PER_INCH = 25.4
#: Width of a picture unless asked otherwise, and the widths that make sense (mm).
DEFAULT_WIDTH = 254.0
MIN_WIDTH, MAX_WIDTH = 30.0, 2000.0
#: Length of the axes' ticks, and the gap to their labels (points).
TICK, PAD = 2.0, 2.0
#: Smallest text around the wafer (points).
_SMALLEST = 5.0


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
        """Return what stands left, right, below and above the wafer, in inches."""
        tick = self.points(7)
        left = TICK + PAD + 2.8 * tick  # four digits
        legend = 1.5 * self.points(8) + 1.5 * tick + TICK if self.legend else 0.0
        above = 2.2 * self.points(10) if self.title else tick
        return left / 72, 1.2 * tick / 72, (self.below_ticks + legend) / 72, above / 72

    def size(self, wafer: tuple[int, int]) -> tuple[float, float]:
        """Return the width and height of the picture of a wafer (tiles) in inches."""
        left, right, below, above = self.margins()
        width = self.width / MM_PER_INCH
        return width, (width - left - right) * wafer[1] / wafer[0] + below + above

    def axes(self, wafer: tuple[int, int]) -> tuple[float, float, float, float]:
        """Return where the wafer stands in the picture: left, bottom, width, height as shares of it."""
        width, height = self.size(wafer)
        left, right, below, above = self.margins()
        return left / width, below / height, 1 - (left + right) / width, 1 - (below + above) / height


def check_page(page: Page) -> None:
    """Raise `InputError` unless the width is one that a picture can have."""
    if not MIN_WIDTH <= page.width <= MAX_WIDTH:
        raise InputError(f"a width from {MIN_WIDTH:g} to {MAX_WIDTH:g} mm", f"{page.width:g}", "--width")
