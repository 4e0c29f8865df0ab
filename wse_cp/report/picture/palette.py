"""Which colour a kernel gets in a picture: by its type or by its time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize, to_rgb

from wse_cp.placement import PlacedKernel, Placement
from wse_cp.report.picture.style import TIMES, TYPES

Rgb = tuple[float, float, float]

_TIMES = LinearSegmentedColormap.from_list("times", list(TIMES))


@dataclass(frozen=True)
class Palette:
    """Which colour a kernel gets, and what a legend says about it (a list or a scale)."""

    colour_of: Callable[[PlacedKernel], Rgb]
    legend: tuple[tuple[str, Rgb], ...] = ()
    scale: ScalarMappable | None = None

    def fills(self, placed: PlacedKernel) -> tuple[Rgb, Rgb]:
        """Return the colour of a kernel's rectangle and that of the convolutions inside."""
        red, green, blue = self.colour_of(placed)
        pale = (0.35 * red + 0.65, 0.35 * green + 0.65, 0.35 * blue + 0.65)
        return pale, (red, green, blue)


def palette_for(placement: Placement, colour: str) -> Palette:
    """Return the colours by "type" or "time"."""
    return _time_palette(placement) if colour == "time" else _type_palette(placement)


def _type_palette(placement: Placement) -> Palette:
    """Return one colour for each kernel type that occurs."""
    occurring = {placed.kernel.type_name for placed in placement.values()}
    legend = tuple((name, to_rgb(colour)) for name, colour in TYPES.items() if name in occurring)
    return Palette(lambda placed: to_rgb(TYPES[placed.kernel.type_name]), legend)


def _time_palette(placement: Placement) -> Palette:
    """Return colours for the time relative to the slowest kernel, dark for slow."""
    times = {placed.name: placed.time for placed in placement.values()}
    slowest = max(times.values())
    fastest = float(min(times.values()) / slowest)
    low = min(fastest, 0.95)  # so that nearly equal times look nearly equal
    scale = ScalarMappable(Normalize(low, 1.0), _TIMES)

    def colour_of(placed: PlacedKernel) -> Rgb:
        red, green, blue, _ = _TIMES((float(placed.time / slowest) - low) / (1 - low))
        return float(red), float(green), float(blue)

    return Palette(colour_of, scale=scale)
