"""The floorplan of a solution as shapes of an SVG picture, in tiles with y downwards, and their shades.

Kernels are shaded by time relative to the slowest, or by memory relative to the limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise

from wse_cp.decimals import exact_text, share, share_text
from wse_cp.instance import Settings
from wse_cp.placement import Rectangle
from wse_cp.report.page.crowd import Group, groups, is_crowd
from wse_cp.report.page.facts import KernelFacts, Wire
from wse_cp.report.page.shape import Label, Shape
from wse_cp.report.picture.style import conv_rectangles, fitted_label

#: Number of shades; page.css has a colour for each.
SHADES = 5
#: The scale begins at a multiple of this share (in percent).
GRAIN = 10


@dataclass(frozen=True)
class Scale:
    """A scale of shades from `low` percent to 100 in equal steps; its ends hold what lies outside, too."""

    low: int

    @property
    def step(self) -> Fraction:
        """Width of a shade (percent)."""
        return Fraction(100 - self.low, SHADES)

    def shade(self, ratio: Fraction | None) -> int:
        """Return the shade (from 0, the least) of a ratio; the upper end of a step belongs to the next."""
        if ratio is None:
            return 0
        return max(0, min(SHADES - 1, int((100 * ratio - self.low) // self.step)))

    @property
    def labels(self) -> tuple[str, ...]:
        """What the legend says of each shade."""
        ends = [exact_text(self.low + number * self.step) for number in range(SHADES + 1)]
        return tuple(f"{low}-{high} %" for low, high in pairwise(ends))


def scale_for(ratios: Iterable[Fraction | None]) -> Scale:
    """Return the finest scale that covers all ratios, one for all solutions so that they can be compared."""
    least = min((ratio for ratio in ratios if ratio is not None), default=Fraction(0))
    return Scale(min(100 - GRAIN, int(100 * least // GRAIN) * GRAIN))


def time_ratio(kernel: KernelFacts) -> Fraction | None:
    """Return a kernel's time relative to the slowest of its solution."""
    return share(kernel.placed.time, kernel.slowest) if kernel.sized else None


def memory_ratio(kernel: KernelFacts) -> Fraction | None:
    """Return a kernel's memory relative to the limit."""
    return share(kernel.memory, kernel.memlimit) if kernel.sized else None


#: What kernels can be shaded by.
RATIOS: dict[str, Callable[[KernelFacts], Fraction | None]] = {"time": time_ratio, "memory": memory_ratio}


#: The largest font, as a part of the wafer's longer side.
LARGEST_FONT = 1 / 48
#: The time stands below the name where both fit at this part of the largest font.
TWO_LINES = 0.6
#: How far a wire bends aside, as a part of its length, so that wires there and back can be told apart.
BEND = 0.08
#: Kernels outside the wafer are shown up to this part of its longer side.
BEYOND = 0.5


@dataclass(frozen=True)
class Plan:
    """All shapes of a floorplan; `view` is what of it is seen at first."""

    width: int
    height: int
    view: Rectangle
    shapes: tuple[Shape, ...]
    lines: tuple[str, ...]  #: of the wires, in their order, from centre to centre; none of a crowd
    overlaps: tuple[Rectangle, ...]  #: tiles that two kernels claim
    groups: tuple[Group, ...]  #: what is drawn of a crowd; empty if its kernels are drawn one by one


def draw_plan(
    settings: Settings,
    found: Sequence[KernelFacts],
    wires: Iterable[Wire],
    scales: dict[str, Scale],
    overlapping: frozenset[str] = frozenset(),
    colours: Mapping[str, int] | None = None,
) -> Plan:
    """Return the floorplan of the kernels that have a size; `overlapping` names those that share tiles.

    `colours` are those of the modules by kernel, None if kernels are not grouped.
    """
    sized = [kernel for kernel in found if kernel.sized]
    font = LARGEST_FONT * max(settings.width, settings.height)
    boxes = [kernel.box for kernel in sized]
    shared = [kernel.box for kernel in sized if kernel.placed.name in overlapping]
    wires = tuple(wires)
    shapes = tuple(_shape(kernel, settings.height, scales, font, colours) for kernel in sized)
    crowded = is_crowd(len(shapes), len(wires))
    return Plan(
        settings.width,
        settings.height,
        _view(settings, boxes),
        shapes,
        tuple(
            _line(found[wire.producer].box, found[wire.consumer].box, settings.height)
            for wire in (() if crowded else wires)
        ),
        tuple(
            _downwards(a.intersection(b), settings.height)
            for a, b in combinations(shared, 2)
            if a.overlaps(b)
        ),
        groups(shapes) if crowded else (),
    )


def _downwards(box: Rectangle, height: int) -> Rectangle:
    return box._replace(y=height - box.y - box.height)


def _view(settings: Settings, boxes: Iterable[Rectangle]) -> Rectangle:
    """Return the wafer with a margin, or more if kernels stand outside of it."""
    side = max(settings.width, settings.height)
    margin, beyond = max(1, side // 100), int(BEYOND * side)
    left, low, right, high = 0, 0, settings.width, settings.height
    for box in boxes:
        left, low = min(left, box.x), min(low, box.y)
        right, high = max(right, box.x + box.width), max(high, box.y + box.height)
    left, low = max(left, -beyond) - margin, max(low, -beyond) - margin
    right = min(right, settings.width + beyond) + margin
    high = min(high, settings.height + beyond) + margin
    return Rectangle(left, settings.height - high, right - left, high - low)


def _shape(
    kernel: KernelFacts,
    height: int,
    scales: dict[str, Scale],
    font: float,
    colours: Mapping[str, int] | None,
) -> Shape:
    placed = kernel.placed
    parts = conv_rectangles(placed)
    share = share_text(placed.time, kernel.slowest)
    shades = {name: scales[name].shade(ratio(kernel)) for name, ratio in RATIOS.items()}
    if colours is not None:
        shades["module"] = colours.get(placed.name, 0)
    return Shape(
        kernel.index,
        placed.name,
        placed.kernel.type_name,
        _downwards(kernel.box, height),
        tuple(_downwards(part, height) for part in parts) if len(parts) > 1 else (),
        shades,
        _label(kernel, height, font),
        f"{placed.name}, {placed.kernel.type_name}, time {exact_text(placed.time)}, {share} of max time",
    )


def _label(kernel: KernelFacts, height: int, font: float) -> Label:
    """Return the label, beside the centre along the longer side so that the wires' ends stay visible."""
    box = _downwards(kernel.box, height)
    texts = (kernel.placed.name, exact_text(kernel.placed.time))
    lines, (size, upright), shift = fitted_label(texts, box.width, box.height, font, TWO_LINES * font)
    x, y = box.center2[0] / 2, box.center2[1] / 2
    x, y = (x, y - shift) if box.height > box.width else (x - shift, y)
    memory = share_text(kernel.memory, kernel.memlimit)
    return Label(round(x, 2), round(y, 2), round(size, 2), upright, tuple(lines), memory)


def _line(producer: Rectangle, consumer: Rectangle, height: int) -> str:
    ends = (_downwards(box, height).center2 for box in (producer, consumer))
    (x, y), (u, v) = ((along / 2, down / 2) for along, down in ends)
    bend_x, bend_y = (x + u) / 2 + BEND * (y - v), (y + v) / 2 + BEND * (u - x)
    return f"M{x:g} {y:g}Q{bend_x:.1f} {bend_y:.1f} {u:g} {v:g}"
