"""What all steps need of an instance: classes of equal kernels, their curves, the wires of each kernel."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

import numpy as np

from wse_cp.construct.orders import Order, edges_by_position
from wse_cp.construct.rows.options import Protocol4, Protocols
from wse_cp.construct.settle import Graph, adjacency
from wse_cp.instance import Instance
from wse_cp.kernels import Kernel
from wse_cp.shapes.arrays import IntArray, scaled
from wse_cp.shapes.curves import kernel_curve

#: Cycle limits whose curves are remembered, as far as they take at most so many bytes.
_BYTES = 1 << 27


class Kind(NamedTuple):
    """A class of kernels: equal, and if protocols are forced, with equal protocols (h, w, c, k)."""

    kernel: Kernel
    protocol: Protocol4 | None


@dataclass(frozen=True, eq=False)
class ColumnProblem:
    """An instance as arrays; kernels are numbered in file order.

    Parameters
    ----------
    transposed
        Whether x and y change places: rows stand upright.
    protocols
        Of all kernels, if they are forced.
    adapters
        How many the edges need; an estimate unless protocols are forced.
    """

    instance: Instance
    transposed: bool = False
    protocols: Protocols | None = None
    adapters: int = 0

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The kernels by number."""
        return tuple(self.instance.kernels)

    @cached_property
    def number(self) -> dict[str, int]:
        """The numbers of the kernels."""
        return {name: i for i, name in enumerate(self.names)}

    @cached_property
    def _kind_of(self) -> list[Kind]:
        forced = self.protocols
        return [
            Kind(kernel, forced[name] if forced else None) for name, kernel in self.instance.kernels.items()
        ]

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """The different classes."""
        return tuple(dict.fromkeys(self._kind_of))

    @cached_property
    def classes(self) -> IntArray:
        """The class of each kernel, int64."""
        rank = {kind: i for i, kind in enumerate(self.kinds)}
        return np.array([rank[kind] for kind in self._kind_of], np.int64)

    @cached_property
    def edges(self) -> IntArray:
        """Rows (producer, consumer, multiplicity), int64."""
        return edges_by_position(self.instance, self.names)

    @cached_property
    def graph(self) -> Graph:
        """The wires of each kernel."""
        return adjacency(self.edges, len(self.names))

    @property
    def width(self) -> int:
        """Room along the rows (tiles)."""
        settings = self.instance.settings
        return settings.height if self.transposed else settings.width

    @property
    def height(self) -> int:
        """Room across the rows (tiles)."""
        settings = self.instance.settings
        return settings.width if self.transposed else settings.height

    @cached_property
    def _known(self) -> dict[int, IntArray]:
        return {}

    def curves(self, limit: Fraction) -> IntArray:
        """Return the curves of all classes at a cycle limit, int32 of shape (classes, side + 1).

        ``curves[c, extent]`` is the least other extent, as in `shapes.curves`.
        """
        time = scaled(self.instance, limit)
        if time not in self._known:
            found = np.stack([self._curve(kind, time) for kind in self.kinds])
            if (len(self._known) + 1) * found.nbytes > _BYTES:
                self._known.clear()
            self._known[time] = found
        return self._known[time]

    def _curve(self, kind: Kind, time: int) -> IntArray:
        settings, scale = self.instance.settings, self.instance.time_scale
        if kind.protocol is None:
            return kernel_curve(kind.kernel, settings, scale, time)
        h, w, c, k = kind.protocol
        return kernel_curve(kind.kernel, settings, scale, time, (h, w), (c, k))

    def positions(self, order: Order) -> IntArray:
        """Return the numbers of the kernels in the sequence of an order, int64."""
        return np.array([self.number[name] for name in order], np.int64)

    def edges_along(self, sequence: IntArray) -> IntArray:
        """Return the edges as rows (position, position, multiplicity) of a sequence, int64."""
        rank = np.empty(len(sequence), np.int64)
        rank[sequence] = np.arange(len(sequence))
        return np.column_stack([rank[self.edges[:, :2]], self.edges[:, 2]])

    def cuts(self, sequence: IntArray) -> IntArray:
        """Return how many edges pass over the gap before each position of a sequence, int64 of (n + 1,)."""
        edges = self.edges_along(sequence)
        ends = np.sort(edges[:, :2], axis=1)
        change = np.zeros(len(sequence) + 2, np.int64)
        np.add.at(change, ends[:, 0] + 1, edges[:, 2])
        np.add.at(change, ends[:, 1] + 1, -edges[:, 2])
        return np.asarray(np.cumsum(change)[:-1])

    def cost(self, limit: Fraction, wire2: int) -> Fraction:
        """Return what a cycle limit, so much wire (half tiles) and the adapters cost."""
        return self.instance.cost(limit, Fraction(int(wire2), 2), self.adapters)
