"""Exchanges: kernels slide within their gaps and change places, two at a time, where that shortens wires.

Shapes stay, so that neither times nor adapters change. As in the detailed placement of standard cells (Pan,
Viswanathan and Chu 2005, doi 10.1109/ICCAD.2005.1560039) a kernel is tried where its wires want it to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from wse_cp.incremental.state import PlacementState
from wse_cp.placement import PlacedKernel, Rectangle

#: How many kernels at the wanted place are tried, and passes over a set.
PARTNERS, PASSES = 8, 3


def exchanged(state: PlacementState, names: Sequence[str]) -> list[PlacedKernel]:
    """Return kernels of a legal placement that stand anew: with less wire, at no other cost.

    The state is left as it was.

    Parameters
    ----------
    names
        The kernels that are tried elsewhere; those they change places with need not be among them.
    """
    exchange = _Exchange(state)
    try:
        for _ in range(PASSES):
            moves = [exchange.improve(name) for name in names]
            if not any(moves):
                break
        rectangles = {name: state.grid.rectangles[name] for name in exchange.before}
    finally:
        exchange.undo()
    moved = {name: at for name, at in rectangles.items() if at != state[name].rectangle}
    return [replace(state[name], x=at.x, y=at.y) for name, at in moved.items()]


class _Exchange:
    """Moves rectangles in the grid of a state, and remembers where they were (`before`)."""

    def __init__(self, state: PlacementState) -> None:
        self.ends, self.grid = state.links.ends, state.grid
        self.rectangles = state.grid.rectangles
        self.width, self.height = state.instance.settings.width, state.instance.settings.height
        self.before: dict[str, Rectangle] = {}

    def undo(self) -> None:
        """Move all rectangles back."""
        for name, rectangle in self.before.items():
            self.grid.replace(name, rectangle)

    def improve(self, name: str) -> bool:
        """Move a kernel to where its wires are shorter, if a way is found; tell whether."""
        if not self.ends[name]:
            return False
        goal = self._goal(name)
        return self._slide(name, goal) or self._swap(name, goal)

    def _place(self, name: str, rectangle: Rectangle) -> None:
        self.before.setdefault(name, self.rectangles[name])
        self.grid.replace(name, rectangle)

    def _goal(self, name: str) -> tuple[int, int]:
        """Return the weighted median of twice the centres of the other ends (half tiles)."""
        xs, ys = [], []
        for other, count in self.ends[name]:
            x, y = self.rectangles[other].center2
            xs += [x] * count
            ys += [y] * count
        xs.sort()
        ys.sort()
        return xs[len(xs) // 2], ys[len(ys) // 2]

    def _slide(self, name: str, goal: tuple[int, int]) -> bool:
        """Move a kernel along x or y as far towards the goal as its gap allows."""
        x, y, width, height = self.rectangles[name]
        want_x = min(max((goal[0] - width) // 2, 0), self.width - width)
        want_y = min(max((goal[1] - height) // 2, 0), self.height - height)
        for new in (
            Rectangle(want_x, want_y, width, height),
            Rectangle(self._towards(name, want_x, 0), y, width, height),
            Rectangle(x, self._towards(name, want_y, 1), width, height),
        ):
            if self._wire2(name, new) < self._wire2(name, self.rectangles[name]) and self._free(new, (name,)):
                self._place(name, new)
                return True
        return False

    def _towards(self, name: str, want: int, axis: int) -> int:
        """Return the coordinate nearest to the wanted one that a kernel can slide to along an axis."""
        at = self.rectangles[name]
        now, size = at[axis], at[2 + axis]
        low, high = min(now, want), max(now, want) + size
        sweep = Rectangle(low, at.y, high - low, at.height)
        if axis:
            sweep = Rectangle(at.x, low, at.width, high - low)
        others = [self.rectangles[other] for other in self.grid.overlapping(sweep) if other != name]
        if want > now:
            return min([want, *(other[axis] - size for other in others)])
        return max([want, *(other[axis] + other[2 + axis] for other in others)])

    def _swap(self, name: str, goal: tuple[int, int]) -> bool:
        """Let a kernel change places with one where it wants to be, or with one beside it."""
        at = self.rectangles[name]
        x, y, width, height = at
        wanted = Rectangle((goal[0] - width) // 2, (goal[1] - height) // 2, width, height)
        partners = self.grid.overlapping(wanted)[:PARTNERS]
        beside = self.grid.overlapping(Rectangle(x - 1, y - 1, width + 2, height + 2))
        for other in dict.fromkeys([*partners, *beside]):
            if other == name:
                continue
            before = self._wires2(name, at, other, self.rectangles[other])
            for mine, theirs in _swaps(at, self.rectangles[other]):
                if (
                    self._wires2(name, mine, other, theirs) < before
                    and not mine.overlaps(theirs)
                    and self._free(mine, (name, other))
                    and self._free(theirs, (name, other))
                ):
                    self._place(name, mine)
                    self._place(other, theirs)
                    return True
        return False

    def _free(self, area: Rectangle, leaving: Iterable[str]) -> bool:
        """Tell whether an area is on the wafer and nobody is there but those that leave."""
        x, y, width, height = area
        if x < 0 or y < 0 or x + width > self.width or y + height > self.height:
            return False
        return all(name in leaving for name in self.grid.overlapping(area))

    def _wire2(self, name: str, at: Rectangle, without: str = "", there: Rectangle | None = None) -> int:
        """Return the wire of a kernel at a place (half tiles); the end `without` counts as being `there`."""
        x, y = at.center2
        total = 0
        for other, count in self.ends[name]:
            if other != without:
                a, b = self.rectangles[other].center2
            elif there is not None:
                a, b = there.center2
            else:
                continue
            total += count * (abs(x - a) + abs(y - b))
        return total

    def _wires2(self, name: str, at: Rectangle, other: str, there: Rectangle) -> int:
        """Return the wire of two kernels at two places (half tiles), that between them once."""
        return self._wire2(name, at, other, there) + self._wire2(other, there, name)


def _swaps(a: Rectangle, b: Rectangle) -> Iterator[tuple[Rectangle, Rectangle]]:
    """Yield places of two rectangles of the sizes of a and b: each where the other is, or side by side."""
    yield a._replace(x=b.x, y=b.y), b._replace(x=a.x, y=a.y)
    if a[2:] != b[2:]:
        x, y = (b.width - a.width) // 2, (b.height - a.height) // 2
        yield a._replace(x=b.x + x, y=b.y + y), b._replace(x=a.x - x, y=a.y - y)
    if a.x + a.width <= b.x:
        yield a._replace(x=b.x + b.width - a.width), b._replace(x=a.x)
    elif b.x + b.width <= a.x:
        yield a._replace(x=b.x), b._replace(x=a.x + a.width - b.width)
    elif a.y + a.height <= b.y:
        yield a._replace(y=b.y + b.height - a.height), b._replace(y=a.y)
    else:
        yield a._replace(y=b.y), b._replace(y=a.y + a.height - b.height)
