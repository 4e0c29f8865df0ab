"""A legal placement that changes: score and legality of a change from the kernels it touches alone.

Exact, as `score` is: times are integers in 1 / time_scale cycles, lengths in half tiles.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

from wse_cp.errors import InputError
from wse_cp.incremental.grid import Grid
from wse_cp.incremental.indexed import IndexedSet
from wse_cp.incremental.links import Link, Links
from wse_cp.incremental.times import Times
from wse_cp.instance import Instance
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.score import Score, edge_adapters, edge_length2

Change = Mapping[str, PlacedKernel]  #: kernels by name that stand anew


class Parts(NamedTuple):
    """The parts of a score: largest time (1 / time_scale cycles), wire (half tiles), adapters."""

    time: int
    length2: int
    adapters: int


class PlacementState:
    """A legal placement of all kernels of an instance, and what its changes are evaluated with.

    Building it looks at every kernel and edge once; nothing else does. For one thread at a time.

    Parameters
    ----------
    placement
        Legal; it is not changed.
    links
        Of the instance, if they are known.
    """

    def __init__(self, instance: Instance, placement: Placement, links: Links | None = None) -> None:
        self.instance = instance
        self.links = links or Links(instance)
        self.kernels: dict[str, PlacedKernel] = {name: placement[name] for name in self.links.names}
        settings = instance.settings
        rectangles = ((name, kernel.rectangle) for name, kernel in self.kernels.items())
        self.grid = Grid(settings.width, settings.height, rectangles)
        self.times = Times((name, self.time(kernel)) for name, kernel in self.kernels.items())
        self.area = sum(_area(kernel) for kernel in self.kernels.values())
        #: Indices in `links.edges` of those that need adapters; empty where adapters cost nothing.
        self.adapted: IndexedSet[int] = IndexedSet()
        self._length2, self._adapters = self._totals(self.links.edges, {})
        self._note_adapters(range(len(self.links.edges)))

    def __getitem__(self, name: str) -> PlacedKernel:
        return self.kernels[name]

    def __len__(self) -> int:
        return len(self.kernels)

    @property
    def parts(self) -> Parts:
        """The parts of the present score."""
        return Parts(self.times.largest, self._length2, self._adapters)

    def parts_after(self, change: Change) -> Parts:
        """Return the parts of the score after a change, legal or not."""
        links = self.links.of(change)
        before, after = self._totals(links, {}), self._totals(links, change)
        times = {name: self.time(kernel) for name, kernel in change.items()}
        return Parts(
            self.times.largest_after(times),
            self._length2 + after[0] - before[0],
            self._adapters + after[1] - before[1],
        )

    def score_of(self, parts: Parts) -> Score:
        """Return the score that has these parts."""
        time, length = Fraction(parts.time, self.instance.time_scale), Fraction(parts.length2, 2)
        return Score(self.instance.cost(time, length, parts.adapters), time, length, parts.adapters)

    def lawful(self, change: Change) -> bool:
        """Tell whether a change breaks no rule by itself: arguments, memory, wafer, its own overlaps."""
        if not all(self._lawful(name, kernel) for name, kernel in change.items()):
            return False
        rectangles = [kernel.rectangle for kernel in change.values()]
        return not any(a.overlaps(b) for a, b in combinations(rectangles, 2))

    def blockers(self, change: Change) -> list[str]:
        """Return the kernels that keep their places and that a change would overlap."""
        found = {name: None for kernel in change.values() for name in self.grid.overlapping(kernel.rectangle)}
        return [name for name in found if name not in change]

    def apply(self, change: Change) -> None:
        """Make a change, which must be legal."""
        parts, touched = self.parts_after(change), self.links.indices(change)
        for name, kernel in change.items():
            old = self.kernels[name]
            self.area += _area(kernel) - _area(old)
            if self.time(kernel) != self.time(old):
                self.times.remove(name, self.time(old))
                self.times.add(name, self.time(kernel))
            if kernel.rectangle != old.rectangle:
                self.grid.replace(name, kernel.rectangle)
            self.kernels[name] = kernel
        _, self._length2, self._adapters = parts
        self._note_adapters(touched)

    def placement(self) -> Placement:
        """Return the present placement as a value; copies a pointer for each kernel."""
        return Placement(self.kernels.values())

    def time(self, kernel: PlacedKernel) -> int:
        """Return the time of a kernel in 1 / time_scale cycles."""
        return int(kernel.time * self.instance.time_scale)

    def _totals(self, links: Iterable[Link], change: Change) -> tuple[int, int]:
        """Return length (half tiles) and adapters of some edges after a change."""
        length2 = adapters = 0
        for u, v, count in links:
            first, second = change.get(u) or self.kernels[u], change.get(v) or self.kernels[v]
            length2 += count * edge_length2(first, second)
            adapters += count * edge_adapters(first, second)
        return length2, adapters

    def _lawful(self, name: str, kernel: PlacedKernel) -> bool:
        settings = self.instance.settings
        if kernel.name != name or self.instance.kernels.get(name) != kernel.kernel:
            return False
        try:
            x, y, width, height = kernel.rectangle
        except InputError:
            return False
        inside = x >= 0 and y >= 0 and x + width <= settings.width and y + height <= settings.height
        return inside and kernel.performance.memory <= settings.memlimit

    def _note_adapters(self, indices: Collection[int]) -> None:
        if not self.instance.weighs_adapters:
            return
        for i in indices:
            u, v, _ = self.links.edges[i]
            note = (
                self.adapted.add if edge_adapters(self.kernels[u], self.kernels[v]) else self.adapted.discard
            )
            note(i)


def _area(kernel: PlacedKernel) -> int:
    return kernel.rectangle.width * kernel.rectangle.height
