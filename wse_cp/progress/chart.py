"""A chart of a number over time as text: in Braille dots, or in plain ASCII."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

#: Dots of a Braille character: (column, row from the top) -> bit.
_BITS = {(0, 0): 1, (0, 1): 2, (0, 2): 4, (0, 3): 64, (1, 0): 8, (1, 1): 16, (1, 2): 32, (1, 3): 128}
_BRAILLE = 0x2800
#: Share of the time whose values do not set the range: the first ones are far off and would flatten the rest.
_SETTLED = 0.1
#: Least width of the drawing itself (characters).
_LEAST_WIDTH = 8

Points = Sequence[tuple[float, float]]


def step_chart(points: Points, end: float, width: int, height: int, ascii_only: bool = False) -> list[str]:
    """Return lines of text with a step for each point.

    Parameters
    ----------
    points
        Seconds, ascending, and the value from then on; at least one.
    end
        The last second shown; the first is 0.
    width, height
        Characters across, labels included, and lines, the time axis not included. If that is too narrow,
        no lines are returned.
    """
    low, high = value_range(points, end)
    labels = [""] * (height - 1) + [number_text(low)]
    if high > low and height > 1:
        labels[0] = number_text(high)
    margin = max(map(len, labels))
    across, down = (1, 1) if ascii_only else (2, 4)
    columns = width - margin - 2
    clock = f"{end:.0f} s"
    if columns < max(_LEAST_WIDTH, len(f"0 s {clock}")):
        return []
    levels = _levels(points, end, columns * across, height * down, low, high)
    drawing = _characters(_dots(levels), columns, height, ascii_only)
    axis = "|" if ascii_only else "│"
    lines = [f"{label:>{margin}} {axis}{line}" for label, line in zip(labels, drawing, strict=True)]
    return [*lines, " " * (margin + 2) + "0 s" + clock.rjust(columns - 3)]


def value_range(points: Points, end: float) -> tuple[float, float]:
    """Return the least and the largest value shown after the first tenth of the time."""
    begin = _SETTLED * end
    shown = [value for seconds, value in points if seconds >= begin]
    before = [value for seconds, value in points if seconds < begin][-1:]
    return min(before + shown), max(before + shown)


def number_text(value: float) -> str:
    """Return a label of at most two decimals."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.2f}"


def _levels(points: Points, end: float, columns: int, rows: int, low: float, high: float) -> list[int | None]:
    """Return for each column of dots the row, from the bottom; None before the first point."""
    times = [seconds for seconds, _ in points]
    scale = (rows - 1) / (high - low) if high > low else 0.0
    levels: list[int | None] = []
    for column in range(columns):
        place = bisect_right(times, end * (column + 1) / columns) - 1
        value = points[place][1] if place >= 0 else None
        levels.append(None if value is None else min(max(round((value - low) * scale), 0), rows - 1))
    return levels


def _dots(levels: Sequence[int | None]) -> set[tuple[int, int]]:
    """Return the dots (column, row from the bottom) of the steps, with the risers between them."""
    dots = {(column, level) for column, level in enumerate(levels) if level is not None}
    for column, (before, level) in enumerate(pairwise(levels), 1):
        if before is not None and level is not None:
            dots |= {(column, row) for row in range(min(before, level), max(before, level) + 1)}
    return dots


def _characters(dots: set[tuple[int, int]], columns: int, height: int, ascii_only: bool) -> list[str]:
    across, down = (1, 1) if ascii_only else (2, 4)
    cells: dict[tuple[int, int], int] = {}
    for x, y in dots:
        top = height * down - 1 - y
        key = top // down, x // across
        cells[key] = cells.get(key, 0) | _BITS[x % across, top % down]

    def character(row: int, column: int) -> str:
        bits = cells.get((row, column))
        return " " if bits is None else "*" if ascii_only else chr(_BRAILLE + bits)

    return ["".join(character(row, column) for column in range(columns)) for row in range(height)]
