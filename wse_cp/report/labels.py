"""Names on kernels: as large as the box allows, turned in tall boxes."""

from __future__ import annotations

from matplotlib.axes import Axes

from wse_cp.decimals import exact_text
from wse_cp.placement import PlacedKernel
from wse_cp.report.layout import Page

MAX_POINTS = 12.0
MIN_POINTS = 2.0
#: Least size at which the time stands below the name.
TIME_POINTS = 6.0
#: Width of a character and height of a line, in font sizes, with some air.
CHARACTER, LINE = 0.7, 1.1


def points_per_tile(ax: Axes) -> float:
    """Return how many points on paper a tile of `ax` is wide."""
    ax.apply_aspect()
    left, right = ax.get_xlim()
    return float(ax.get_window_extent().width * 72 / ax.figure.dpi / (right - left))


def font_size(lines: list[str], width: float, height: float) -> float:
    """Return the largest font size (points) at which lines fit a box of width x height points."""
    longest = max(len(line) for line in lines)
    return min(MAX_POINTS, width / (CHARACTER * longest), height / (LINE * len(lines)))


def draw_label(
    ax: Axes, placed: PlacedKernel, scale: float, page: Page, ground: tuple[float, float, float]
) -> None:
    """Write a kernel's name, and its time where there is room, at `scale` points per tile, on its colour.

    The text stands beside the centre, along the longer side, so that the arrows stay visible.
    """
    box = placed.rectangle
    sides = (box.width * scale, box.height * scale)
    lines = [placed.name, exact_text(placed.time)]
    if max(font_size(lines, *sides), font_size(lines, *sides[::-1])) < page.points(TIME_POINTS):
        lines = lines[:1]
    flat, turned = font_size(lines, *sides), font_size(lines, *sides[::-1])
    upright = flat * 1.15 >= turned
    size = min(flat if upright else turned, MAX_POINTS * page.scale)
    if size < MIN_POINTS:
        return
    along = text_extent(lines, size, across=(box.height > box.width) == upright)
    shift = label_shift(along, max(sides)) / scale
    x, y = box.center2[0] / 2, box.center2[1] / 2
    x, y = (x, y + shift) if box.height > box.width else (x - shift, y)
    ax.text(
        x,
        y,
        "\n".join(lines),
        fontsize=size,
        rotation=0 if upright else 90,
        ha="center",
        va="center",
        linespacing=1.05,
        zorder=4,
        # Hides lines behind the text; a halo would turn the letters into outlines in SVG and PDF.
        bbox={"boxstyle": "square,pad=0", "facecolor": (*ground, 0.8), "linewidth": 0},
    )


def text_extent(lines: list[str], size: float, across: bool) -> float:
    """Return the extent (points) of lines of text, across them or along them."""
    return size * (LINE * len(lines) if across else CHARACTER * max(len(line) for line in lines))


def label_shift(extent: float, side: float) -> float:
    """Return how far (points) to move a text off the centre of a side, where the arrows meet."""
    return max(0.0, min(extent / 2 + 3, (side - extent) / 2))
