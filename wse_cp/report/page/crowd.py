"""Large solutions on a page: outlines of many kernels at once, and data in which no text stands twice.

The page's program makes elements for the few kernels that are pointed at or selected (assets/crowd.js).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from wse_cp.placement import Rectangle
from wse_cp.report.page.facts import Wire
from wse_cp.report.page.shape import Shape

#: More kernels than this are a crowd; as many rows of a table stand on the page from the beginning.
CROWD = 500
#: More wires than this make a crowd of any kernels.
CROWDED_WIRES = 2000


def is_crowd(kernels: int, wires: int) -> bool:
    """Tell whether so many kernels and wires are too many to have an element each."""
    return kernels > CROWD or wires > CROWDED_WIRES


@dataclass(frozen=True)
class Group:
    """The outline of all kernels of a type that have the same shades and the same colour of their modules."""

    type_name: str
    shades: dict[str, int]
    outline: str


def groups(shapes: Iterable[Shape]) -> tuple[Group, ...]:
    """Return the outlines of kernels, a group for each type and set of shades."""
    together: dict[tuple[str, tuple[tuple[str, int], ...]], list[Shape]] = defaultdict(list)
    for shape in shapes:
        together[shape.type_name, tuple(shape.shades.items())].append(shape)
    return tuple(
        Group(type_name, dict(shades), "".join(_outline(shape.box) for shape in found))
        for (type_name, shades), found in sorted(together.items())
    )


def _outline(box: Rectangle) -> str:
    return f"M{box.x} {box.y}h{box.width}v{box.height}h-{box.width}z"


def profile_outline(shares: Sequence[float]) -> str:
    """Return the outline of bars that stand side by side, each 10 wide and up to 100 high."""
    heights = [round(100 - 100 * share, 2) for share in shares]
    steps = ["M0 100"]
    for place, height in enumerate(heights):
        if not place or height != heights[place - 1]:
            steps.append(f"H{10 * place}V{height:g}")
    return "".join([*steps, f"H{10 * len(heights)}V100Z"])


class Texts:
    """Texts by number, each kept once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """Return the number of a text."""
        return self._numbers.setdefault(text, len(self._numbers))

    def numbers(self, texts: Iterable[str]) -> list[int]:
        """Return the numbers of texts."""
        return [self.number(text) for text in texts]

    @property
    def all(self) -> list[str]:
        """The texts by ascending number."""
        return list(self._numbers)


def packed_wires(wires: Iterable[Wire], texts: Texts) -> Iterator[list[object]]:
    """Yield the wires as lists: producer, consumer, length, needs, adapters, mismatches; texts by number."""
    for wire in wires:
        said = wire.to_json()
        yield [
            wire.producer,
            wire.consumer,
            texts.number(str(said["length"])),
            texts.number(str(said["needs"])),
            said["adapters"],
            texts.numbers(wire.mismatches),
        ]


def packed_shapes(shapes: Iterable[Shape], count: int, texts: Texts) -> list[list[float] | None]:
    """Return for each of `count` kernels its type, shades, box and label, or None without a size."""
    found: list[list[float] | None] = [None] * count
    for shape in shapes:
        label = shape.label
        found[shape.index] = [
            texts.number(shape.type_name),
            shape.shades["time"],
            shape.shades["memory"],
            *shape.box,
            label.x,
            label.y,
            label.size,
            int(label.upright),
        ]
    return found
