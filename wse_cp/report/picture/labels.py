"""Names on the kernels of a picture: as large as the box allows, turned in tall boxes."""

from __future__ import annotations

from matplotlib.axes import Axes

from wse_cp.decimals import exact_text
from wse_cp.placement import PlacedKernel
from wse_cp.report.picture.geometry import fitted, label_shift, text_extent
from wse_cp.report.picture.layout import Page

MAX_POINTS = 12.0
MIN_POINTS = 2.0
#: Least size at which the time stands below the name.
TIME_POINTS = 6.0


def points_per_tile(ax: Axes) -> float:
    """Return how many points on paper a tile of `ax` is wide."""
    ax.apply_aspect()
    left, right = ax.get_xlim()
    return float(ax.get_window_extent().width * 72 / ax.figure.dpi / (right - left))


def draw_label(
    ax: Axes, placed: PlacedKernel, scale: float, page: Page, ground: tuple[float, float, float]
) -> None:
    """Write a kernel's name, and its time where there is room, at `scale` points per tile, on its colour.

    The text stands beside the centre, along the longer side, so that the arrows stay visible.
    """
    box = placed.rectangle
    sides = (box.width * scale, box.height * scale)
    lines = [placed.name, exact_text(placed.time)]
    largest = MAX_POINTS * page.scale
    if fitted(lines, *sides, largest).size < page.points(TIME_POINTS):
        lines = lines[:1]
    size, upright = fitted(lines, *sides, largest)
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
