"""Shades of kernels: by time relative to the slowest, and by memory relative to the limit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from wse_cp.decimals import exact_text
from wse_cp.report.page.numbers import share
from wse_cp.report.page.subject import Subject

#: How many shades there are; page.css has a colour for each.
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


def time_ratio(subject: Subject) -> Fraction | None:
    """Return a kernel's time relative to the slowest of its solution."""
    return share(subject.placed.time, subject.slowest) if subject.sized else None


def memory_ratio(subject: Subject) -> Fraction | None:
    """Return a kernel's memory relative to the limit."""
    return share(subject.memory, subject.memlimit) if subject.sized else None


#: What kernels can be shaded by.
RATIOS: dict[str, Callable[[Subject], Fraction | None]] = {"time": time_ratio, "memory": memory_ratio}
