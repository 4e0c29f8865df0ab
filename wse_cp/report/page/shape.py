"""A kernel as a shape of a floorplan, with its label."""

from __future__ import annotations

from dataclasses import dataclass

from wse_cp.placement import Rectangle


@dataclass(frozen=True)
class Label:
    """A kernel's name, and in two lines its time or memory: centre, font size, whether it stands upright."""

    x: float
    y: float
    size: float
    upright: bool
    lines: tuple[str, ...]
    memory: str  #: the second line where kernels are shaded by memory


@dataclass(frozen=True)
class Shape:
    """A kernel of the floorplan."""

    index: int
    name: str
    type_name: str
    box: Rectangle
    parts: tuple[Rectangle, ...]  #: the convolutions of a block, none for a conv
    shades: dict[str, int]  #: by "time" and by "memory", and by "module" if kernels are grouped
    label: Label
    spoken: str  #: what a screen reader says
