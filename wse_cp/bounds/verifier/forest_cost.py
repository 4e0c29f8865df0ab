"""What adapters along the forests of a cover cost at least within a cycle limit (docs/bounds.md, section 10).

Forest by forest a minimum over all kernels' splits and shapes, under prices of area and thickness. What hangs
below a kernel counts by what the kernel's parent sees of it only. Costs are in 1 / (SCALE * unit of the
certificate).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from wse_cp.bounds.verifier.adapters import Crossing
from wse_cp.bounds.verifier.assembly import Library
from wse_cp.bounds.verifier.channels import channels_compared
from wse_cp.bounds.verifier.cover import Cover
from wse_cp.bounds.verifier.forests import Forest
from wse_cp.bounds.verifier.levels import ComparedSplits
from wse_cp.bounds.verifier.patterns import SCALE
from wse_cp.bounds.verifier.reading import Ended, EndedError, Integers, dtype_for, never, numbered
from wse_cp.bounds.verifier.rectangles import Rectangles
from wse_cp.bounds.verifier.shapes import Shapes
from wse_cp.bounds.verifier.sieve import Sieve
from wse_cp.instance import MAX_SIDE, Instance
from wse_cp.kernels import Kernel


class _All(Sieve):
    """Keeps all that fits the wafer, unrotated: prices do not depend on the rotation."""

    def widest(self, heights: Integers, slack: int) -> Integers:
        """Return that rectangles may be as wide as the wafer."""
        return np.full(len(heights), MAX_SIDE, np.int64)

    def keep(
        self,
        groups: Integers,
        across: Integers,
        along: Integers,
        alike: Sequence[tuple[Integers, int]] = (),
    ) -> tuple[Integers, Integers]:
        """Return the rectangles that fit in one of their rotations, and that they are not rotated."""
        upright = (across <= self.width) & (along <= self.height)
        rows = np.flatnonzero(upright | ((along <= self.width) & (across <= self.height)))
        return rows, np.zeros(len(rows), bool)


@dataclass(frozen=True, eq=False)
class _Link:
    """An edge to a kernel's parent, or to one of its children."""

    other: int
    channels: int  #: by which the edge compares channel splits
    leaves: bool  #: whether it leaves this kernel
    count: int

    @property
    def outlet(self) -> int | None:
        """The outlet at which the edge leaves this kernel; None if it enters."""
        return self.channels if self.leaves else None


@dataclass(frozen=True, eq=False)
class _Message:
    """The least cost of a kernel and of all below it, by what its edge sees of it."""

    views: Integers
    values: Integers


class ForestCost:
    """The least cost of the forests of a cover, at one cycle limit after the other."""

    def __init__(self, instance: Instance, cover: Cover, unit: int) -> None:
        self._instance, self._forests = instance, cover.forests
        names = sorted(instance.kernels)
        number = {name: i for i, name in enumerate(names)}
        self._kernels = [instance.kernels[name] for name in names]
        channels = channels_compared(instance)
        self._channels = [channels[name] for name in names]
        self._counts = {(number[u], number[v]): count for u, v, count in instance.kernel_edges}
        self._adapter = SCALE * unit * instance.settings.wadapter

    def __call__(self, library: Library, rectangles: Rectangles, ended: Ended = never) -> int:
        """Return the value within the limit of `library` and `rectangles`; every kernel is to have a shape.

        Raises
        ------
        EndedError
            If it was to end early.
        """
        shapes = _ForestShapes(self._instance, library, rectangles)
        return sum(self._least(forest, shapes, ended) for forest in self._forests)

    def _least(self, forest: Forest, shapes: _ForestShapes, ended: Ended) -> int:
        """Return the least cost of a forest."""
        near = self._near(forest)
        settings, most = self._instance.settings, 0
        for area, thickness in forest.prices.values():
            most += SCALE * (area * settings.width * settings.height + thickness * MAX_SIDE)
        most += 3 * self._adapter * sum(self._counts[edge] for edge in forest.edges)
        # what is finite is below half of what stands for infinity, also where nothing costs anything
        dtype, missing = dtype_for(8 * most + 4), 4 * most + 2
        total = 0
        sent: dict[int, _Message] = {}
        for kernel, parent in _upwards(near):
            if ended():
                raise EndedError
            total += self._closed(kernel, parent, near[kernel], forest, shapes, sent, dtype, missing)
        return total

    def _closed(
        self,
        kernel: int,
        parent: int,
        links: Sequence[_Link],
        forest: Forest,
        shapes: _ForestShapes,
        sent: dict[int, _Message],
        dtype: np.dtype[np.generic],
        missing: int,
    ) -> int:
        """Let a kernel send its message; return what is left of the cost: that of a root, of others 0."""
        own, thickness = shapes.of(self._kernels[kernel], _compared(links))
        prices = [SCALE * price for price in forest.prices.get(kernel, (0, 0))]
        rows = prices[0] * own.areas.astype(dtype) + prices[1] * thickness.astype(dtype)
        values = np.minimum.reduceat(rows, own.starts)
        adapters = sum(3 * self._adapter * link.count for link in links)
        # what costs more than the cheapest with all of its adapters is never needed
        used = np.flatnonzero(values <= values.min() + adapters)
        values = values[used]
        above: _Link | None = None
        for link in links:
            if link.other == parent:
                above = link
                continue
            below = sent.pop(link.other)
            views, seen = _views(own, link.outlet, used)
            crossing = Crossing(below.views, views, self._adapter * link.count, missing)
            values = values + crossing(below.values[None])[0, seen]
        if above is None:
            return int(values.min())
        views, seen = _views(own, above.outlet, used)
        least = np.full(len(views), missing, dtype)
        np.minimum.at(least, seen, values)
        sent[kernel] = _Message(views, least)
        return 0

    def _near(self, forest: Forest) -> dict[int, list[_Link]]:
        """Return the edges of each kernel of a forest."""
        near: dict[int, list[_Link]] = {}
        for u, v in forest.edges:
            channels, count = self._channels[v], self._counts[u, v]
            near.setdefault(u, []).append(_Link(v, channels, True, count))
            near.setdefault(v, []).append(_Link(u, channels, False, count))
        return near


class _ForestShapes:
    """The shapes of kernels by classes of their splits, within one limit."""

    def __init__(self, instance: Instance, library: Library, rectangles: Rectangles) -> None:
        self._library, self._rectangles = library, rectangles
        settings = instance.settings
        self._sieve = _All((), 0, 0, 0, 0, settings.width, settings.height, np.dtype(np.int64))
        self._known: dict[tuple[Kernel, ComparedSplits], tuple[Shapes, Integers]] = {}

    def of(self, kernel: Kernel, compared: ComparedSplits) -> tuple[Shapes, Integers]:
        """Return the shapes of a kernel whose splits some edges compare, and the thickness of each."""
        if (kernel, compared) not in self._known:
            shapes = self._library.shapes(kernel, compared, self._sieve)
            assert shapes is not None, "every kernel has a shape"
            known = np.unique(np.minimum(*self._rectangles(kernel)))
            lesser = np.minimum(shapes.width, shapes.height)
            thickness = known[np.searchsorted(known, lesser, side="right") - 1]
            self._known[kernel, compared] = shapes, thickness
        return self._known[kernel, compared]


def _views(shapes: Shapes, outlet: int | None, used: Integers) -> tuple[Integers, Integers]:
    """Return what an edge sees of some choices of a kernel, and the number of the view of each."""
    views, seen = shapes.views(outlet)
    first, numbers = numbered(seen[used])
    return views[seen[used][first]], numbers


def _compared(links: Sequence[_Link]) -> ComparedSplits:
    inlet = max((link.channels for link in links if not link.leaves), default=0)
    outlets = {link.channels for link in links if link.leaves}
    return ComparedSplits(True, inlet, tuple(sorted(outlets)))


def _upwards(near: dict[int, list[_Link]]) -> Iterator[tuple[int, int]]:
    """Yield each kernel of a forest and its parent (-1 for a root), children first."""
    parents: dict[int, int] = {}
    for root in near:
        if root in parents:
            continue
        parents[root], order = -1, [root]
        for kernel in order:
            for link in near[kernel]:
                if link.other not in parents:
                    parents[link.other] = kernel
                    order.append(link.other)
    return iter(list(parents.items())[::-1])
