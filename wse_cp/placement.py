"""Placement: an immutable value, kernel -> execution arguments, position, rotation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from wse_cp.errors import InputError
from wse_cp.integers import boolean, hold_integers
from wse_cp.kernels import KERNEL_TYPES, Arguments, Kernel, Performance, performance
from wse_cp.names import text
from wse_cp.views import views

if TYPE_CHECKING:
    import pandas as pd

#: The types of kernels.
KINDS = frozenset(KERNEL_TYPES.values())
#: Kernels alike under the same arguments are measured once; the least recently used are forgotten.
_performance = lru_cache(1 << 14)(performance)


class Rectangle(NamedTuple):
    """A rectangle of tiles: lower left corner and size."""

    x: int
    y: int
    width: int
    height: int

    @property
    def center2(self) -> tuple[int, int]:
        """Twice the centre (half tiles), so that it stays an integer."""
        return 2 * self.x + self.width, 2 * self.y + self.height

    def overlaps(self, other: Rectangle) -> bool:
        """Tell whether the two share a tile."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

    def intersection(self, other: Rectangle) -> Rectangle:
        """Return the tiles that the two share; its width or height is not positive if there are none."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        x_end = min(self.x + self.width, other.x + other.width)
        y_end = min(self.y + self.height, other.y + other.height)
        return Rectangle(x, y, x_end - x, y_end - y)


@dataclass(frozen=True)
class PlacedKernel:
    """One kernel on the wafer: its lower left corner (tiles) and whether it is turned by 90 degrees.

    Raises
    ------
    InputError
        If a coordinate is no whole number, `rotated` no boolean, or anything else of the wrong type.
    """

    name: str
    kernel: Kernel
    args: Arguments
    x: int
    y: int
    rotated: bool = False

    def __post_init__(self) -> None:
        if type(self.name) is not str:
            object.__setattr__(self, "name", text(self.name, "the name of a placed kernel"))
        if type(self.kernel) not in KINDS or type(self.args) is not Arguments:
            found = self.args if isinstance(self.kernel, Kernel) else self.kernel
            raise InputError(f"a kernel and its Arguments as {self.name}", repr(found))
        hold_integers(self, ("x", "y"), self.name)
        if type(self.rotated) is not bool:
            object.__setattr__(self, "rotated", boolean(self.rotated, f"rotated of {self.name}"))

    @cached_property
    def performance(self) -> Performance:
        """Size before rotation, time and memory; raises `InputError` on impossible arguments."""
        return _performance(self.kernel, self.args)

    @property
    def rotation(self) -> str:
        """R90 if it is turned, else R0."""
        return "R90" if self.rotated else "R0"

    @property
    def time(self) -> Fraction:
        """Time in cycles."""
        return self.performance.time

    @cached_property
    def rectangle(self) -> Rectangle:
        """The tiles it covers."""
        width, height = self.performance.width, self.performance.height
        return Rectangle(self.x, self.y, *((height, width) if self.rotated else (width, height)))


class Placement(Mapping[str, PlacedKernel]):
    """Kernels by name; says nothing about legality (score.py does).

    Raises
    ------
    InputError
        If a kernel is placed twice.
    """

    def __init__(self, kernels: Iterable[PlacedKernel]) -> None:
        self._kernels: dict[str, PlacedKernel] = {}
        for placed in kernels:
            if placed.name in self._kernels:
                raise InputError("each kernel placed once", f"{placed.name} placed twice")
            self._kernels[placed.name] = placed

    def __getitem__(self, name: str) -> PlacedKernel:
        return self._kernels[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kernels)

    def __len__(self) -> int:
        return len(self._kernels)

    def __hash__(self) -> int:
        return hash(frozenset(self._kernels.values()))

    def __repr__(self) -> str:
        return f"Placement({len(self)} kernels)"

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each kernel: arguments, position, size, time, memory; see `report/frames.py`."""
        return views().placement_frame(self)

    def _repr_html_(self) -> str:
        return views().placement_html(self)

    def replace(self, kernels: Iterable[PlacedKernel]) -> Placement:
        """Return a placement in which the given kernels stand anew."""
        return Placement({**self._kernels, **{placed.name: placed for placed in kernels}}.values())
