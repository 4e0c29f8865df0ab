"""Pictures of a placement: kernels to scale, their convolutions, the data flow, the score.

A picture of a placement as a figure, for notebooks and for people who draw on it.
"""

from __future__ import annotations

from io import BytesIO
from math import hypot
from pathlib import Path
from typing import Any, TypeVar

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Patch
from matplotlib.patches import Rectangle as Box

from wse_cp.decimals import exact_text
from wse_cp.errors import InputError
from wse_cp.files.text import write_atomically
from wse_cp.instance import Instance
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.report.picture.colours import UNUSED, Palette, time_palette, type_palette
from wse_cp.report.picture.geometry import conv_rectangles
from wse_cp.report.picture.labels import draw_label, points_per_tile
from wse_cp.report.picture.layout import MM_PER_INCH, PAD, TICK, Page, check_picture_suffix
from wse_cp.score import score, violations

Point = tuple[float, float]
AnyFigure = TypeVar("AnyFigure", bound=Figure)

#: Width of a character of the title in font sizes.
TITLE_CHARACTER = 0.58

#: No dates and no random ids in the files: the same placement gives the same bytes.
_METADATA: dict[str, dict[str, str | None]] = {
    "png": {"Software": None},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
}
#: Text stays text: whole fonts in PDF (journals refuse Type 3), names of fonts in SVG.
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "wse_cp",
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "font.family": ["DejaVu Sans", "sans-serif"],
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial", "Helvetica"],
    "path.simplify": False,
}
_DPI = 160
#: Dots per inch where a picture is small: print wants twice as many as a screen.
_PRINT_DPI = 600
_DEFAULT = Page()


def save_picture(
    path: Path, instance: Instance, placement: Placement, colour: str = "type", page: Page = _DEFAULT
) -> None:
    """Draw a placement into a .png, .svg or .pdf file, coloured by "type" or "time".

    Raises
    ------
    InputError
        If the name ends otherwise.
    """
    suffix = check_picture_suffix(path)
    write_atomically(path, figure_data(drawn(Figure, instance, placement, colour, page), suffix))


def drawn(
    kind: type[AnyFigure],
    instance: Instance,
    placement: Placement,
    colour: str = "type",
    page: Page = _DEFAULT,
) -> AnyFigure:
    """Return a new figure of that kind with a picture of the placement."""
    wafer = (instance.settings.width, instance.settings.height)
    with mpl.rc_context(_STYLE):
        dpi = _DPI if page.width >= _DEFAULT.width else _PRINT_DPI
        figure = kind(figsize=page.size(wafer), dpi=dpi)
        axes = figure.add_axes(page.axes(wafer))
        draw(axes, instance, placement, colour, page)
    return figure


def figure_data(figure: Figure, suffix: str) -> bytes:
    """Return a picture as a file of that format: png, svg or pdf."""
    data, page = BytesIO(), Page(figure.get_figwidth() * MM_PER_INCH)
    with mpl.rc_context({**_STYLE, "hatch.linewidth": page.scale}):
        figure.savefig(data, format=suffix, metadata=_METADATA[suffix])
    return data.getvalue()


def draw(
    ax: Axes, instance: Instance, placement: Placement, colour: str = "type", page: Page = _DEFAULT
) -> None:
    """Draw a placement on `ax`, coloured by "type" or "time"; axes are in tiles."""
    palette = time_palette(placement) if colour == "time" else type_palette(placement)
    _draw_wafer(ax, instance, page)
    for placed in placement.values():
        _draw_kernel(ax, placed, palette, page)
    scale = points_per_tile(ax)
    _draw_edges(ax, instance, placement, scale, page)
    for placed in placement.values():
        draw_label(ax, placed, scale, page, palette.colour_of(placed))
    if page.title:
        text = title(instance, placement)
        room = scale * instance.settings.width / (TITLE_CHARACTER * len(text))
        ax.set_title(text, fontsize=min(page.points(10), room), pad=page.points(6))
    if page.legend:
        _draw_legend(ax, palette, page, scale * instance.settings.height)


def title(instance: Instance, placement: Placement) -> str:
    """Return the score as one line, or the number of violations of an illegal placement."""
    found = violations(instance, placement.values())
    name = f"{instance.test}: " if instance.test else ""
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


COLOURS = ("type", "time")


class PlacementFigure(Figure):
    """A figure that notebooks show by themselves: it needs no `pyplot`, which would keep every figure."""

    def _repr_svg_(self) -> str:
        return figure_data(self, "svg").decode()


def placement_figure(instance: Instance, placement: Placement, colour: str = "type") -> PlacementFigure:
    """Return a figure of a placement, coloured by "type" or "time"; raises `InputError` for other colours."""
    if colour not in COLOURS:
        raise InputError("colours by " + " or ".join(COLOURS), colour)
    return drawn(PlacementFigure, instance, placement, colour)
