"""Kernels and wires of large placements, each as one collection: quick to draw, nothing hides the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import sqrt

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection

from wse_cp.instance import Instance
from wse_cp.placement import PlacedKernel, Placement, Rectangle
from wse_cp.report.picture.palette import Palette, Rgb
from wse_cp.report.picture.style import Page, conv_rectangles

Corners = tuple[tuple[int, int], ...]

#: Most kernels that are drawn one by one, with arrows.
MANY = 250
#: Most wires that are drawn as arrows.
MANY_WIRES = 1000
#: An outline takes at most this part of a kernel's shorter side.
OUTLINE = 0.06
#: Width (points) and opacity of a wire among `MANY`; both fall with the number of wires.
WIRE, OPACITY = 0.6, 0.75
LEAST_WIRE, LEAST_OPACITY = 0.25, 0.3


def draw_kernels(
    ax: Axes, kernels: Iterable[PlacedKernel], palette: Palette, scale: float, page: Page
) -> None:
    """Draw kernels and convolutions, at `scale` points per tile; outlines get thin where kernels do."""
    boxes: list[Corners] = []
    colours: list[Rgb] = []
    lines: list[float] = []
    for placed in kernels:
        box = placed.rectangle
        for part, colour in _parts(placed, palette):
            boxes.append(_corners(part))
            colours.append(colour)
            thickness = min(part.width, part.height) if part == box else 0
            lines.append(min(0.8 * page.scale, OUTLINE * scale * thickness))
    ax.add_collection(
        PolyCollection(
            boxes, facecolors=colours, edgecolors="#222222", linewidths=lines, zorder=2, antialiaseds=True
        ),
        autolim=False,
    )


def _parts(placed: PlacedKernel, palette: Palette) -> Iterator[tuple[Rectangle, Rgb]]:
    """Yield what to fill: a block's rectangle, then its convolutions; of a single one the rectangle alone."""
    outer, inner = palette.fills(placed)
    parts = conv_rectangles(placed)
    if len(parts) == 1:
        yield placed.rectangle, inner
        return
    yield placed.rectangle, outer
    for part in parts:
        yield part, inner


def _corners(box: Rectangle) -> Corners:
    x, y, width, height = box
    return (x, y), (x + width, y), (x + width, y + height), (x, y + height)


def draw_wires(ax: Axes, instance: Instance, placement: Placement, page: Page) -> None:
    """Draw all wires from centre to centre as thin lines, the fainter the more there are."""
    lines = [
        tuple((x / 2, y / 2) for x, y in (placement[u].rectangle.center2, placement[v].rectangle.center2))
        for u, v, _ in instance.kernel_edges
        if u in placement and v in placement
    ]
    thin = min(1.0, sqrt(MANY / max(1, len(lines))))
    ax.add_collection(
        LineCollection(
            lines,
            linewidths=page.scale * max(LEAST_WIRE, WIRE * thin),
            colors="#222222",
            alpha=max(LEAST_OPACITY, OPACITY * thin),
            zorder=3,
        ),
        autolim=False,
    )
