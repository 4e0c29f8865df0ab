"""A picture of a placement as a figure, for notebooks and for people who draw on it."""

from __future__ import annotations

from matplotlib.figure import Figure

from wse_cp.errors import InputError
from wse_cp.instance import Instance
from wse_cp.placement import Placement
from wse_cp.report.picture import drawn, figure_data

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
