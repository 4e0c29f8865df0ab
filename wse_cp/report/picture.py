"""Pictures of a placement: kernels to scale, their convolutions, the data flow, the score."""

from __future__ import annotations

from io import BytesIO
from math import hypot
from pathlib import Path
from typing import Any, TypeVar

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Patch
from matplotlib.patches import Rectangle as Box

from wse_cp.decimals import exact_text
from wse_cp.files.text import write_atomically
from wse_cp.instance import Instance
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.report.colours import UNUSED, Palette, time_palette, type_palette
from wse_cp.report.geometry import conv_rectangles
from wse_cp.report.labels import draw_label, points_per_tile
from wse_cp.report.suffix import check_picture_suffix
from wse_cp.score import score, violations

Point = tuple[float, float]
AnyFigure = TypeVar("AnyFigure", bound=Figure)

#: No dates and no random ids in the files: the same placement gives the same bytes.
_METADATA: dict[str, dict[str, str | None]] = {
    "png": {"Software": None},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
}
_STYLE: dict[Any, Any] = {"svg.hashsalt": "wse_cp", "font.family": "DejaVu Sans", "path.simplify": False}
_INCHES = (10.0, 10.0)
_DPI = 160


def save_picture(path: Path, instance: Instance, placement: Placement, colour: str = "type") -> None:
    """Draw a placement into a .png, .svg or .pdf file, coloured by "type" or "time".

    Raises
    ------
    InputError
        If the name ends otherwise.
    """
    suffix = check_picture_suffix(path)
    write_atomically(path, figure_data(drawn(Figure, instance, placement, colour), suffix))


def drawn(kind: type[AnyFigure], instance: Instance, placement: Placement, colour: str = "type") -> AnyFigure:
    """Return a new figure of that kind with a picture of the placement."""
    with mpl.rc_context(_STYLE):
        figure = kind(figsize=_INCHES, dpi=_DPI)
        axes = figure.add_axes((0.05, 0.08, 0.9, 0.86))
        draw(axes, instance, placement, colour)
    return figure


def figure_data(figure: Figure, suffix: str) -> bytes:
    """Return a picture as a file of that format: png, svg or pdf."""
    data = BytesIO()
    with mpl.rc_context(_STYLE):
        figure.savefig(data, format=suffix, metadata=_METADATA[suffix])
    return data.getvalue()


def draw(ax: Axes, instance: Instance, placement: Placement, colour: str = "type") -> None:
    """Draw a placement on `ax`, coloured by "type" or "time"; axes are in tiles."""
    palette = time_palette(placement) if colour == "time" else type_palette(placement)
    _draw_wafer(ax, instance)
    for placed in placement.values():
        _draw_kernel(ax, placed, palette)
    scale = points_per_tile(ax)
    _draw_edges(ax, instance, placement, scale)
    for placed in placement.values():
        draw_label(ax, placed, scale)
    ax.set_title(title(instance, placement), fontsize=10)
    _draw_legend(ax, palette)


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


def _draw_wafer(ax: Axes, instance: Instance) -> None:
    width, height = instance.settings.width, instance.settings.height
    ax.set_xlim(0, width)
    ax.set_ylim(0, height)
    ax.set_aspect("equal")
    ax.set_facecolor(UNUSED)
    ax.add_patch(Box((0, 0), width, height, fill=False, hatch="///", edgecolor="#d6d6d6", linewidth=0))
    ax.tick_params(labelsize=7, length=2)


def _draw_kernel(ax: Axes, placed: PlacedKernel, palette: Palette) -> None:
    box = placed.rectangle
    outer, inner = palette.fills(placed)
    ax.add_patch(Box(box[:2], *box[2:], facecolor=outer, linewidth=0, zorder=2))
    for part in conv_rectangles(placed):
        ax.add_patch(
            Box(part[:2], *part[2:], facecolor=inner, edgecolor=(0, 0, 0, 0.35), linewidth=0.5, zorder=2.1)
        )
    outline = Box(box[:2], *box[2:], fill=False, edgecolor="#222222", linewidth=0.8, zorder=2.2)
    ax.add_patch(outline)


def _draw_edges(ax: Axes, instance: Instance, placement: Placement, scale: float) -> None:
    for producer, consumer, _ in instance.kernel_edges:
        if producer in placement and consumer in placement:
            _draw_arrow(ax, _centre(placement[producer]), _centre(placement[consumer]), scale)


def _draw_arrow(ax: Axes, start: Point, end: Point, scale: float) -> None:
    """Draw a thin arrow from centre to centre, its head small where there is little room."""
    length = scale * hypot(end[0] - start[0], end[1] - start[1])
    arrow = FancyArrowPatch(
        start,
        end,
        arrowstyle="-|>",
        connectionstyle="arc3,rad=0.08",
        mutation_scale=min(8.0, max(2.0, length / 3)),
        shrinkA=0,
        shrinkB=0,
        linewidth=0.7,
        color="#222222",
        alpha=0.7,
        zorder=3,
    )
    ax.add_patch(arrow)


def _centre(placed: PlacedKernel) -> Point:
    x, y = placed.rectangle.center2
    return x / 2, y / 2


def _draw_legend(ax: Axes, palette: Palette) -> None:
    if palette.scale is not None:
        inset = ax.inset_axes((0.25, -0.055, 0.5, 0.015))
        bar = ax.figure.colorbar(palette.scale, cax=inset, orientation="horizontal")
        bar.ax.tick_params(labelsize=7)
        inset.text(
            -0.02, 0.5, "time / max time", ha="right", va="center", fontsize=8, transform=inset.transAxes
        )
        return
    handles = [Patch(facecolor=colour, edgecolor="#222222", label=name) for name, colour in palette.legend]
    handles.append(Patch(facecolor=UNUSED, edgecolor="#bbbbbb", hatch="///", label="unused"))
    ax.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.03),
        ncols=len(handles),
        frameon=False,
        fontsize=8,
    )
