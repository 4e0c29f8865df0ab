"""Alignment: saves the half tiles of wire by which centres miss each other because of parity.

Two centres can share a coordinate only if both extents along it are even or both odd. Splitting a loop one
tile further can change the parity of an extent; the kernel gets no slower and needs no more memory.
Pareto-minimal shapes never have that tile, so the constraint models do not see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from wse_cp.incremental.grid import Grid
from wse_cp.incremental.links import Links
from wse_cp.instance import Instance
from wse_cp.kernels import Arguments
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.score import edge_adapters, total_length2

#: By how much a channel split may grow, and passes over all kernels that line up centres.
_STEPS = 2
_PASSES = 3


def aligned(instance: Instance, placement: Placement) -> Placement | None:
    """Return a placement with less wire, extents of one parity along x or y and centres in line, or None.

    No kernel is slower and no adapter is added, so less wire is less cost.
    """
    best, least, links = placement, total_length2(instance, placement), Links(instance)
    for axis in (0, 1):
        for found in [_Aligner(instance, best, links, axis, parity).run() for parity in (0, 1)]:
            length2 = total_length2(instance, found)
            if length2 < least:
                best, least = found, length2
    return best if best is not placement else None


class _Aligner:
    """One attempt: an axis (0: x, 1: y) and the parity that extents along it shall have."""

    def __init__(
        self, instance: Instance, placement: Placement, links: Links, axis: int, parity: int
    ) -> None:
        self.instance, self.links, self.axis, self.parity = instance, links, axis, parity
        self.kernels = dict(placement)
        rectangles = ((name, kernel.rectangle) for name, kernel in placement.items())
        self.grid = Grid(instance.settings.width, instance.settings.height, rectangles)
        self.wires: dict[str, list[tuple[str, int]]] = {name: [] for name in self.kernels}
        for u, v, count in links.edges:
            self.wires[u].append((v, count))
            self.wires[v].append((u, count))

    def run(self) -> Placement:
        for name in self.kernels:
            self._change_parity(name)
        for _ in range(_PASSES):
            for name in self.kernels:
                self._line_up(name)
        return Placement(self.kernels.values())

    def _change_parity(self, name: str) -> None:
        """Give a kernel the parity by raising one split, where there is room and no adapter is added."""
        old = self.kernels[name]
        if old.rectangle[2 + self.axis] % 2 == self.parity:
            return
        before = self._adapters(old)
        for args in raised(old.args):
            new = replace(old, args=args)
            if new.rectangle[2 + self.axis] % 2 != self.parity or self._adapters(new) > before:
                continue
            spots = [moved(new, shift, self.axis) for shift in self._shifts(new)]
            free = [spot for spot in spots if self._fits(spot)]
            if free:
                self._place(min(free, key=self._wire2))
                return

    def _shifts(self, new: PlacedKernel) -> range:
        """Return moves back by which a grown kernel may still cover its old place."""
        growth = new.rectangle[2 + self.axis] - self.kernels[new.name].rectangle[2 + self.axis]
        return range(-growth, 1)

    def _line_up(self, name: str) -> None:
        """Move a kernel along the axis so that its centre meets a neighbour's, if that shortens its wires."""
        kernel = self.kernels[name]
        center = kernel.rectangle.center2[self.axis]
        others = {self.kernels[other].rectangle.center2[self.axis] for other, _ in self.wires[name]}
        spots = [moved(kernel, (other - center) // 2, self.axis) for other in sorted(others)]
        best = min(spots, key=self._wire2, default=kernel)
        if self._wire2(best) < self._wire2(kernel) and self._fits(best):
            self._place(best)

    def _place(self, kernel: PlacedKernel) -> None:
        self.kernels[kernel.name] = kernel
        self.grid.replace(kernel.name, kernel.rectangle)

    def _wire2(self, kernel: PlacedKernel) -> int:
        x, y = kernel.rectangle.center2
        ends = ((self.kernels[other].rectangle.center2, count) for other, count in self.wires[kernel.name])
        return sum(count * (abs(x - a) + abs(y - b)) for (a, b), count in ends)

    def _adapters(self, kernel: PlacedKernel) -> int:
        if not self.instance.settings.wadapter:
            return 0

        def placed(name: str) -> PlacedKernel:
            return kernel if name == kernel.name else self.kernels[name]

        edges = self.links.of([kernel.name])
        return sum(count * edge_adapters(placed(u), placed(v)) for u, v, count in edges)

    def _fits(self, kernel: PlacedKernel) -> bool:
        x, y, width, height = kernel.rectangle
        wafer = self.instance.settings
        if x < 0 or y < 0 or x + width > wafer.width or y + height > wafer.height:
            return False
        return all(name == kernel.name for name in self.grid.overlapping(kernel.rectangle))


def moved(kernel: PlacedKernel, shift: int, axis: int) -> PlacedKernel:
    """Return a kernel moved along an axis (tiles)."""
    return replace(kernel, x=kernel.x + shift) if axis == 0 else replace(kernel, y=kernel.y + shift)


def raised(args: Arguments) -> Iterator[Arguments]:
    """Yield arguments with one channel split raised a little: none is slower or needs more memory."""
    for step in range(1, _STEPS + 1):
        for values, key in ((args.c, "c"), (args.k, "k")):
            for i in range(len(values)):
                more = (*values[:i], values[i] + step, *values[i + 1 :])
                yield replace(args, c=more) if key == "c" else replace(args, k=more)
