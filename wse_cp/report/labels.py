"""Names on kernels: as large as the box allows, turned in tall boxes."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from wse_cp.decimals import exact_text
from wse_cp.placement import PlacedKernel

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


def draw_label(ax: Axes, placed: PlacedKernel, scale: float) -> None:
    """Write a kernel's name, and its time where there is room, at `scale` points per tile."""
    box = placed.rectangle
    sides = (box.width * scale, box.height * scale)
    lines = [placed.name, exact_text(placed.time)]
    if max(font_size(lines, *sides), font_size(lines, *sides[::-1])) < TIME_POINTS:
        lines = lines[:1]
    flat, turned = font_size(lines, *sides), font_size(lines, *sides[::-1])
    upright = flat * 1.15 >= turned
    size = flat if upright else turned
    if size < MIN_POINTS:
        return
    x, y = box.center2
    ax.text(
        x / 2,
        y / 2,
        "\n".join(lines),
        fontsize=size,
        rotation=0 if upright else 90,
        ha="center",
        va="center",
        linespacing=1.05,
        zorder=4,
        path_effects=[withStroke(linewidth=size / 5, foreground=(1, 1, 1, 0.85))],
    )
