"""The chart of cost over time as an SVG path in pixels, logarithmic in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, log10
from typing import NamedTuple

from wse_cp.decimals import exact_text

#: Of the whole picture (pixels).
WIDTH, HEIGHT = 520, 240
#: The cost axis ends this many times as far above its foot as the last cost is, unless the run began lower.
HEADROOM = 4
#: The time axis begins no earlier (seconds).
FIRST_SECOND = 0.1

History = Sequence[tuple[float, Fraction]]


class Frame(NamedTuple):
    """The part of the picture between the axes (pixels, y downwards)."""

    left: int
    top: int
    right: int
    bottom: int


FRAME = Frame(left=64, top=10, right=WIDTH - 10, bottom=HEIGHT - 36)


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: where, and its text."""

    at: float
    text: str


@dataclass(frozen=True)
class Chart:
    """A step line from the upper left to the lower right, and the height of the bound, if it has one."""

    path: str
    seconds: tuple[Tick, ...]
    costs: tuple[Tick, ...]
    bound: float | None
    summary: str
    frame: Frame = FRAME
    width: int = WIDTH
    height: int = HEIGHT


def draw_chart(history: History, seconds: float | None, bound: Fraction | None) -> Chart:
    """Return the chart of a run that took `seconds` (if known); the last cost of `history` is the least."""
    last = history[-1][0]
    end = max(10 * FIRST_SECOND, last, 1.25 * last if seconds is None else seconds)
    final, first = float(history[-1][1]), float(history[0][1])
    foot = min(final, float(bound)) if bound is not None else final
    least = max(abs(final), 50) / 50  # so that even a flat line has an axis
    top = min(first, foot + HEADROOM * max(final - foot, least)) if first > foot else foot + least
    x = _Axis(log10(FIRST_SECOND), log10(end), FRAME.left, FRAME.right)
    y = _Axis(top, foot, FRAME.top, FRAME.bottom)
    return Chart(
        path=_step_line([(x.at(_log(when)), y.at(float(cost))) for when, cost in history], FRAME.right),
        seconds=tuple(Tick(x.at(log10(value)), f"{value:g}") for value in log_ticks(FIRST_SECOND, end)),
        costs=tuple(Tick(y.at(value), f"{value:.12g}") for value in linear_ticks(foot, top)),
        bound=None if bound is None else y.at(float(bound)),
        summary=_summary(history, bound),
    )


@dataclass(frozen=True)
class _Axis:
    """A linear map from values to pixels; values beyond the ends stay at the ends."""

    first: float
    last: float
    start: float
    end: float

    def at(self, value: float) -> float:
        share = (value - self.first) / (self.last - self.first)
        return round(self.start + max(0.0, min(1.0, share)) * (self.end - self.start), 1)


def _log(seconds: float) -> float:
    return log10(max(seconds, FIRST_SECOND))


def _step_line(points: Sequence[tuple[float, float]], end: float) -> str:
    (x, y), *rest = points
    return f"M{x:g} {y:g}" + "".join(f"H{right:g}V{down:g}" for right, down in rest) + f"H{end:g}"


def log_ticks(low: float, high: float) -> list[float]:
    """Return 1, 2 and 5 times powers of ten (powers alone over many decades) from low to high."""
    steps = (1, 2, 5) if high / low < 5000 else (1,)
    decades = range(floor(log10(low)), ceil(log10(high)) + 1)
    values = [float(f"{step}e{decade}") for decade in decades for step in steps]
    return [value for value in values if low <= value <= high]


def linear_ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Return about `wanted` round values from low to high."""
    raw = (high - low) / wanted
    power = 10.0 ** floor(log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw)
    return [number * step for number in range(ceil(low / step), floor(high / step) + 1)]


def _summary(history: History, bound: Fraction | None) -> str:
    (first, start), (last, final) = history[0], history[-1]
    text = f"cost {exact_text(start)} after {first:.2f} s, {exact_text(final)} after {last:.2f} s"
    return text + ("" if bound is None else f"; lower bound {exact_text(bound)}")
