"""Drawing a placement on matplotlib axes: kernels to scale, coloured by type or by time, wires, the score."""

from __future__ import annotations

from math import hypot

from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.patches import FancyArrowPatch, Patch
from matplotlib.patches import Rectangle as Box

from wse_cp.decimals import exact_text
from wse_cp.errors import shorten
from wse_cp.instance import Instance
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.report.picture.many import MANY, MANY_WIRES, draw_kernels, draw_wires
from wse_cp.report.picture.palette import Palette, Rgb, palette_for
from wse_cp.report.picture.style import (
    DEFAULT_PAGE,
    PAD,
    TICK,
    UNUSED,
    Page,
    conv_rectangles,
    fitted_label,
)
from wse_cp.score import score, violations

Point = tuple[float, float]

#: Width of a character of the title in font sizes, and the share of the picture's width that it may fill.
TITLE_CHARACTER = 0.58
TITLE_ROOM = 0.95
#: Most characters of a label in the title.
TITLE_LABEL = 80
#: Largest and smallest size of a label (points).
MAX_POINTS = 12.0
MIN_POINTS = 2.0
LEGIBLE_POINTS = 4.5  #: smallest size where there are many
#: Least size at which the time stands below the name.
TIME_POINTS = 6.0


def draw(
    ax: Axes, instance: Instance, placement: Placement, colour: str = "type", page: Page = DEFAULT_PAGE
) -> None:
    """Draw a placement on `ax`, coloured by "type" or "time"; axes are in tiles.

    Where there are many kernels or wires only names that can be read are written, and wires are plain lines.
    """
    palette = palette_for(placement, colour)
    _draw_wafer(ax, instance, page)
    scale = _points_per_tile(ax)
    if many := len(placement) > MANY or len(instance.kernel_edges) > MANY_WIRES:
        draw_kernels(ax, placement.values(), palette, scale, page)
        draw_wires(ax, instance, placement, page)
    else:
        for placed in placement.values():
            _draw_kernel(ax, placed, palette, page)
        _draw_edges(ax, instance, placement, scale, page)
    for placed in placement.values():
        _draw_label(ax, placed, scale, page, palette, LEGIBLE_POINTS if many else MIN_POINTS)
    if page.title:
        text = title(instance, placement)
        room = ax.figure.bbox.width * 72 / ax.figure.dpi * TITLE_ROOM / (TITLE_CHARACTER * len(text))
        ax.set_title(text, fontsize=min(page.points(10), room), pad=page.points(6))
    if page.legend:
        _draw_legend(ax, palette, page, scale * instance.settings.height)


def title(instance: Instance, placement: Placement) -> str:
    """Return the score as one line, or the number of violations of an illegal placement."""
    found = violations(instance, placement.values())
    name = f"{shorten(instance.test, TITLE_LABEL)}: " if instance.test else ""
    if found:
        return f"{name}illegal, {len(found)} violations"
    parts = score(instance, placement)
    tiles = instance.settings.width * instance.settings.height
    used = sum(placed.rectangle.width * placed.rectangle.height for placed in placement.values())
    return (
        f"{name}cost {exact_text(parts.cost)}   max time {exact_text(parts.max_time)}   "
        f"wire length {exact_text(parts.wire_length)}   adapters {parts.adapters}   "
        f"area {100 * used / tiles:.1f} %"
    )


def _draw_wafer(ax: Axes, instance: Instance, page: Page) -> None:
    width, height = instance.settings.width, instance.settings.height
    ax.set_xlim(0, width)
    ax.set_ylim(0, height)
    ax.set_aspect("equal")
    ax.set_facecolor(UNUSED)
    ax.add_patch(Box((0, 0), width, height, fill=False, hatch="///", edgecolor="#d6d6d6", linewidth=0))
    ax.tick_params(labelsize=page.points(7), length=TICK, pad=PAD, width=0.6 * page.scale)
    for spine in ax.spines.values():
        spine.set_linewidth(0.8 * page.scale)


def _draw_kernel(ax: Axes, placed: PlacedKernel, palette: Palette, page: Page) -> None:
    box = placed.rectangle
    outer, inner = palette.fills(placed)
    ax.add_patch(Box(box[:2], *box[2:], facecolor=outer, linewidth=0, zorder=2))
    for part in conv_rectangles(placed):
        edge, line = (0, 0, 0, 0.35), 0.5 * page.scale
        ax.add_patch(Box(part[:2], *part[2:], facecolor=inner, edgecolor=edge, linewidth=line, zorder=2.1))
    line = 0.8 * page.scale
    ax.add_patch(Box(box[:2], *box[2:], fill=False, edgecolor="#222222", linewidth=line, zorder=5))


def _points_per_tile(ax: Axes) -> float:
    """Return how many points on paper a tile of `ax` is wide."""
    ax.apply_aspect()
    left, right = ax.get_xlim()
    return float(ax.get_window_extent().width * 72 / ax.figure.dpi / (right - left))


def _draw_label(
    ax: Axes, placed: PlacedKernel, scale: float, page: Page, palette: Palette, smallest: float
) -> None:
    """Write a kernel's name, and its time where there is room, at `scale` points per tile, on its colour.

    A name that only fits below the `smallest` size (points) is left out.

    The text stands beside the centre, along the longer side, so that the arrows stay visible.
    """
    box = placed.rectangle
    sides = (box.width * scale, box.height * scale)
    texts = (placed.name, exact_text(placed.time))
    largest, least = MAX_POINTS * page.scale, page.points(TIME_POINTS)
    lines, (size, upright), shift = fitted_label(texts, *sides, largest, least)
    if size < smallest:
        return
    ground: Rgb = palette.colour_of(placed)
    x, y = _centre(placed)
    x, y = (x, y + shift / scale) if box.height > box.width else (x - shift / scale, y)
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


def _draw_edges(ax: Axes, instance: Instance, placement: Placement, scale: float, page: Page) -> None:
    for producer, consumer, _ in instance.kernel_edges:
        if producer in placement and consumer in placement:
            ends = _centre(placement[producer]), _centre(placement[consumer])
            _draw_arrow(ax, *ends, scale, 0.7 * page.scale)


def _draw_arrow(ax: Axes, start: Point, end: Point, scale: float, linewidth: float) -> None:
    """Draw a thin arrow from centre to centre, its head small where there is little room."""
    length = scale * hypot(end[0] - start[0], end[1] - start[1])
    arrow = FancyArrowPatch(
        start,
        end,
        arrowstyle="-|>",
        connectionstyle="arc3,rad=0.08",
        mutation_scale=min(11.5 * linewidth, max(2.0, length / 3)),
        shrinkA=0,
        shrinkB=0,
        linewidth=linewidth,
        color="#222222",
        alpha=0.7,
        zorder=3,
    )
    ax.add_patch(arrow)


def _centre(placed: PlacedKernel) -> Point:
    x, y = placed.rectangle.center2
    return x / 2, y / 2


def _draw_legend(ax: Axes, palette: Palette, page: Page, height: float) -> None:
    """Explain the colours below the wafer, which is `height` points high on the page."""
    size, below = page.points(8), -page.below_ticks / height
    if palette.scale is not None:
        _draw_scale(ax, palette.scale, page, below, size / height)
        return
    handles = [Patch(facecolor=colour, edgecolor="#222222", label=name) for name, colour in palette.legend]
    handles.append(Patch(facecolor=UNUSED, edgecolor="#bbbbbb", hatch="///", label="unused"))
    for handle in handles:
        handle.set_linewidth(0.8 * page.scale)
    ax.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, below),
        ncols=len(handles),
        frameon=False,
        fontsize=size,
        borderpad=0,
        borderaxespad=0,
    )


def _draw_scale(ax: Axes, scale: ScalarMappable, page: Page, top: float, thickness: float) -> None:
    inset = ax.inset_axes((0.3, top - thickness, 0.5, thickness))
    bar = ax.figure.colorbar(scale, cax=inset, orientation="horizontal")
    bar.ax.tick_params(labelsize=page.points(7), length=TICK, pad=1, width=0.6 * page.scale)
    bar.outline.set_linewidth(0.6 * page.scale)
    text = inset.text(-0.02, 0.5, "time / max time", ha="right", va="center", transform=inset.transAxes)
    text.set_fontsize(page.points(8))
