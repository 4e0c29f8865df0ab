"""A placement's picture as a file and as a matplotlib figure.

`save_picture` writes a .png, .svg or .pdf file, the same bytes for the same placement; `placement_figure` is
a figure for notebooks and for people who draw on it.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import matplotlib as mpl
from matplotlib.figure import Figure

from wse_cp.errors import InputError
from wse_cp.files.writing import write_file
from wse_cp.instance import Instance
from wse_cp.placement import Placement
from wse_cp.report.picture.draw import draw
from wse_cp.report.picture.style import DEFAULT_PAGE, MM_PER_INCH, Page, check_page, check_picture_suffix

AnyFigure = TypeVar("AnyFigure", bound=Figure)

#: What kernels can be coloured by.
COLOURS = ("type", "time")
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
    # Names and labels are text, not mathematics and not TeX.
    "text.parse_math": False,
    "text.usetex": False,
}
_DPI = 160
#: Dots per inch of pictures narrower than the default, which are meant for print.
_PRINT_DPI = 600
#: Most dots of a picture: 300 MB while it is drawn.
_DOTS = 64_000_000


def save_picture(
    path: Path, instance: Instance, placement: Placement, colour: str = "type", page: Page = DEFAULT_PAGE
) -> None:
    """Draw a placement into a .png, .svg or .pdf file, coloured by "type" or "time".

    Raises
    ------
    InputError
        If the name ends otherwise.
    """
    write_file(path, picture_data(path, instance, placement, colour, page))


def picture_data(
    path: Path, instance: Instance, placement: Placement, colour: str = "type", page: Page = DEFAULT_PAGE
) -> bytes:
    """Return the picture that `save_picture` writes to a file of that name."""
    suffix = check_picture_suffix(path)
    check_page(page)
    return figure_data(drawn(Figure, instance, placement, colour, page), suffix)


class PlacementFigure(Figure):
    """A figure that notebooks show by themselves: it needs no `pyplot`, which would keep every figure."""

    def _repr_svg_(self) -> str:
        return figure_data(self, "svg").decode()


def placement_figure(instance: Instance, placement: Placement, colour: str = "type") -> PlacementFigure:
    """Return a figure of a placement, coloured by "type" or "time"; raises `InputError` for other colours."""
    if colour not in COLOURS:
        raise InputError("colours by " + " or ".join(COLOURS), colour)
    return drawn(PlacementFigure, instance, placement, colour)


def drawn(
    kind: type[AnyFigure],
    instance: Instance,
    placement: Placement,
    colour: str = "type",
    page: Page = DEFAULT_PAGE,
) -> AnyFigure:
    """Return a new figure of that kind with a picture of the placement."""
    wafer = (instance.settings.width, instance.settings.height)
    with mpl.rc_context(_STYLE):
        dpi = _DPI if page.width >= DEFAULT_PAGE.width else _PRINT_DPI
        width, height = page.size(wafer)
        figure = kind(figsize=(width, height), dpi=min(dpi, (_DOTS / (width * height)) ** 0.5))
        axes = figure.add_axes(page.axes(wafer))
        draw(axes, instance, placement, colour, page)
    return figure


def figure_data(figure: Figure, suffix: str) -> bytes:
    """Return a picture as a file of that format: png, svg or pdf."""
    data, page = BytesIO(), Page(figure.get_figwidth() * MM_PER_INCH)
    with mpl.rc_context({**_STYLE, "hatch.linewidth": page.scale}):
        figure.savefig(data, format=suffix, metadata=_METADATA[suffix])
    return data.getvalue()
