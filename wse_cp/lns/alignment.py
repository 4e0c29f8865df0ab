"""Alignment: saves the half tiles of wire by which centres miss each other because of parity.

Two centres can share a coordinate only if both extents along it are even or both odd. Splitting a loop one
tile further can change the parity of an extent; the kernel gets no slower and needs no more memory.
Pareto-minimal shapes never have that tile, so the constraint models do not see it. What aligning takes grows
with the number of kernels that it is asked to align.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from wse_cp.incremental.state import PlacementState
from wse_cp.instance import Instance
from wse_cp.kernels import Arguments, adapters, conv_sizes, input_protocol, output_protocol
from wse_cp.placement import PlacedKernel, Placement, Rectangle

#: By how much a channel split may grow, and passes over all kernels that line up centres.
_STEPS = 2
_PASSES = 3


def aligned(instance: Instance, placement: Placement) -> Placement | None:
    """Return a placement with less wire, extents of one parity along x or y and centres in line, or None.

    No kernel is slower and no adapter is added, so less wire is less cost.
    """
    found = aligned_kernels(PlacementState(instance, placement), list(placement))
    return placement.replace(found) if found else None


def aligned_kernels(state: PlacementState, names: Iterable[str]) -> list[PlacedKernel]:
    """Return kernels out of some that stand anew, as in `aligned`; the state is left as it was."""
    chosen = list(names)
    aligner = _Aligner(state)
    best: Mapping[str, _Spot] = {}
    saved = 0
    try:
        for axis in (0, 1):
            begin = best, saved
            for parity in (0, 1):
                aligner.take(*begin)
                aligner.run(chosen, axis, parity)
                if aligner.saved2 > saved:
                    best, saved = dict(aligner.spots), aligner.saved2
    finally:
        aligner.take({}, 0)
    return [
        replace(state[name], args=args, x=at.x, y=at.y)
        for name, (at, args) in best.items()
        if (at, args) != (state[name].rectangle, state[name].args)
    ]


class _Spot(NamedTuple):
    """Where a kernel stands, and with which arguments."""

    rectangle: Rectangle
    args: Arguments


class _Aligner:
    """Moves kernels in the grid of a state; `spots` are those that stand anew, `saved2` wire."""

    def __init__(self, state: PlacementState) -> None:
        self.state, self.grid, self.ends = state, state.grid, state.links.ends
        self.rectangles = state.grid.rectangles
        self.spots: dict[str, _Spot] = {}
        self.saved2 = 0

    def take(self, spots: Mapping[str, _Spot], saved2: int) -> None:
        """Let the kernels stand at `spots`, all others as in the state."""
        for name in self.spots.keys() - spots.keys():
            self.grid.replace(name, self.state[name].rectangle)
        for name, spot in spots.items():
            self.grid.replace(name, spot.rectangle)
        self.spots, self.saved2 = dict(spots), saved2

    def run(self, names: Iterable[str], axis: int, parity: int) -> None:
        """Align along an axis (0: x, 1: y): first the parity of the extents along it, then the centres."""
        for name in names:
            self._change_parity(name, axis, parity)
        for _ in range(_PASSES):
            moves = [self._line_up(name, axis) for name in names]
            if not any(moves):
                break

    def _change_parity(self, name: str, axis: int, parity: int) -> None:
        """Give a kernel the parity by raising one split, where there is room and no adapter is added."""
        old = self.rectangles[name]
        if old[2 + axis] % 2 == parity:
            return
        before = self._adapters(name, self._args(name))
        for args in raised(self._args(name)):
            width, height = _extents(args, self.state[name].rotated)
            new = Rectangle(old.x, old.y, width, height)
            if new[2 + axis] % 2 != parity or self._adapters(name, args) > before:
                continue
            # Moved back by as much as it may and still cover its old place.
            spots = [moved(new, shift, axis) for shift in range(old[2 + axis] - new[2 + axis], 1)]
            free = [spot for spot in spots if self._fits(name, spot)]
            if free:
                self._place(name, min(free, key=lambda spot: self._wire2(name, spot)), args)
                return

    def _line_up(self, name: str, axis: int) -> bool:
        """Move a kernel along the axis so that its centre meets a neighbour's, if that shortens its wires."""
        at = self.rectangles[name]
        center = at.center2[axis]
        others = {self.rectangles[other].center2[axis] for other, _ in self.ends[name]}
        spots = [moved(at, (other - center) // 2, axis) for other in sorted(others)]
        best = min(spots, key=lambda spot: self._wire2(name, spot), default=at)
        if self._wire2(name, best) < self._wire2(name, at) and self._fits(name, best):
            self._place(name, best, self._args(name))
            return True
        return False

    def _place(self, name: str, rectangle: Rectangle, args: Arguments) -> None:
        self.saved2 += self._wire2(name, self.rectangles[name]) - self._wire2(name, rectangle)
        self.spots[name] = _Spot(rectangle, args)
        self.grid.replace(name, rectangle)

    def _args(self, name: str) -> Arguments:
        return self.spots[name].args if name in self.spots else self.state[name].args

    def _wire2(self, name: str, at: Rectangle) -> int:
        x, y = at.center2
        ends = ((self.rectangles[other].center2, count) for other, count in self.ends[name])
        return sum(count * (abs(x - a) + abs(y - b)) for (a, b), count in ends)

    def _adapters(self, name: str, args: Arguments) -> int:
        """Return the adapters of a kernel's edges with other arguments."""
        if not self.state.instance.settings.wadapter:
            return 0
        total = 0
        for u, v, count in self.state.links.of([name]):
            writes, reads = args if u == name else self._args(u), args if v == name else self._args(v)
            total += count * adapters(output_protocol(writes), input_protocol(reads))
        return total

    def _fits(self, name: str, at: Rectangle) -> bool:
        x, y, width, height = at
        wafer = self.state.instance.settings
        if x < 0 or y < 0 or x + width > wafer.width or y + height > wafer.height:
            return False
        return all(other == name for other in self.grid.overlapping(at))


def moved(rectangle: Rectangle, shift: int, axis: int) -> Rectangle:
    """Return a rectangle moved along an axis (tiles)."""
    x, y, width, height = rectangle
    return Rectangle(x, y + shift, width, height) if axis else Rectangle(x + shift, y, width, height)


def _extents(args: Arguments, rotated: bool) -> tuple[int, int]:
    sizes = conv_sizes(args)
    width, height = sum(width for width, _ in sizes), max(height for _, height in sizes)
    return (height, width) if rotated else (width, height)


def raised(args: Arguments) -> Iterator[Arguments]:
    """Yield arguments with one channel split raised a little: none is slower or needs more memory."""
    for step in range(1, _STEPS + 1):
        for values, key in ((args.c, "c"), (args.k, "k")):
            for i in range(len(values)):
                more = (*values[:i], values[i] + step, *values[i + 1 :])
                yield replace(args, c=more) if key == "c" else replace(args, k=more)
