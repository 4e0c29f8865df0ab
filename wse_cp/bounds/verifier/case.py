"""One case of an interval, and the one step of its minimisation: a kernel is *closed*.

Before that, what the network below the kernel costs is held in a *bag*, by what the kernel itself will pay.
Closing it takes the minimum over its choices; what is left depends on what its parent sees of it only.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from wse_cp.bounds.verifier.adapters import Crossing
from wse_cp.bounds.verifier.cells import Cell
from wse_cp.bounds.verifier.network import Network
from wse_cp.bounds.verifier.patterns import Money, Pair, plus
from wse_cp.bounds.verifier.pricing import Agreement, PriceList
from wse_cp.bounds.verifier.reading import Integers
from wse_cp.bounds.verifier.spine import HalfEdge, Spine, Step

#: For each edge of the spine that comes up to a kernel (None if none does) and each payment for a tile of the
#: kernel's width and height: the least cost of all below (lanes x choices; a dimension of 1 stands for any
#: number of equal ones).
Bag = dict[HalfEdge | None, dict[Pair, Integers]]


def put(bag: Bag, edge: HalfEdge | None, pay: Pair, values: Integers) -> None:
    """Enter values into a bag; of two entries for the same payment the less counts."""
    entries = bag.setdefault(edge, {})
    known = entries.get(pay)
    entries[pay] = values if known is None else np.minimum(known, values)


def combine(first: Bag, second: Bag) -> Bag:
    """Return the bag of two parts together; the spine comes up through one of them at most."""
    result: Bag = {}
    for edge, entries in first.items():
        for other_edge, others in second.items():
            for pay, values in entries.items():
                for other_pay, more in others.items():
                    put(result, edge or other_edge, plus(pay, other_pay), values + more)
    return result


@dataclass(frozen=True, eq=False)
class Case:
    """All that the minimisation of one case needs. Lists are by kernel."""

    network: Network
    cells: list[list[Cell]]  #: by their top kernel
    money: Money
    spine: Spine
    prices: list[PriceList]  #: choices of a kernel
    #: From a kernel's views to its parent's; None at roots and where no adapters count.
    crossings: list[Crossing | None]
    seen: list[Integers | None]  #: for each choice of a kernel's parent, the number of its view of the kernel
    agreements: dict[int, Agreement]  #: of the chords, by their centres
    centres: dict[int, int]  #: the centre of a chord above a kernel, by that kernel
    extents: list[Pair]  #: each kernel's least extent along x and along y, within the cycle limit (tiles)
    spine_cells: dict[int, Cell]  #: the cell of the spine's edge from a kernel to the next, by that kernel
    missing: int  #: the value that stands for infinity
    dtype: np.dtype[np.generic]  #: in which all costs are exact

    def start(self) -> Bag:
        """Return the bag of nothing."""
        return {None: {(0, 0): np.zeros((1, 1), self.dtype)}}

    def across(self, kernel: int, values: Integers) -> Integers:
        """Return a kernel's values (lanes x views) for each choice of its parent (or for all alike).

        A centre's values by key, if there are any, follow those by view; so do those of the kernel below it.
        """
        crossing = self.crossings[kernel]
        if crossing is None:
            return values
        departing = self.agreements.get(kernel)
        if departing is None:
            result: Integers = crossing(values)[:, self.seen[kernel]]
        else:
            views = self.prices[kernel].views
            result = crossing(values[:, :views])
            if departing.departure is not None:
                result = np.minimum(result, departing.departure(values[:, views:]))
            result = result[:, self.seen[kernel]]
        if kernel in self.centres:
            arriving = self.agreements[self.centres[kernel]]
            if arriving.arrival is not None:
                result = np.concatenate([result, arriving.arrival(values)], axis=1)
        return result

    def close(self, kernel: int, bag: Bag, pay: Pair, edge: HalfEdge | None) -> Integers:
        """Return the least cost of a kernel and all in its bag (lanes x views).

        Parameters
        ----------
        pay
            What the kernel pays for a tile of width and height, besides what the bag and the spine say.
        edge
            The edge to the parent if it is in the spine.
        """
        lanes = self.spine.lanes if kernel in self.network.spine_set else 1
        chord = self.agreements.get(kernel)
        if self.prices[kernel].plain and chord is None:
            return np.array(self._close_plain(kernel, bag, pay, edge, lanes), self.dtype).reshape(lanes, 1)
        prices = self.prices[kernel]
        extra = 0 if chord is None else chord.rates.chord
        result = np.full((lanes, prices.views + (chord.size if chord else 0)), self.missing, self.dtype)
        for before, entries in bag.items():
            for move, (entry, values) in product(self.spine.moves(before, edge), entries.items()):
                # a lane is missing for all choices or for none
                alive = move.sources[2 * values[move.sources, 0] < self.missing]
                if not len(alive):
                    continue
                priced = prices.at(plus(plus(entry, pay), move.pay))
                found = priced.least(values, alive) + extra
                seen = priced.views
                if chord is not None and chord.size:
                    agreed = chord.least(priced) + values[alive, -chord.size :]
                    found = np.concatenate([found, agreed], axis=1)
                    seen = np.append(seen, np.arange(prices.views, prices.views + chord.size))
                least = dict(zip(alive.tolist(), found, strict=True))
                for step in move.steps:
                    if step.source in least:
                        row = result[step.target]
                        constant = step.constant + self._detour(kernel, step, edge)
                        row[seen] = np.minimum(row[seen], least[step.source] + constant)
        return result

    def _detour(self, kernel: int, step: Step, edge: HalfEdge | None) -> int:
        """Return what a detour costs: two wires pass over a neighbour in the row, or one goes around it."""
        if not step.detour or edge is None:
            return 0
        place, spine = self.network.place[kernel], self.network.spine
        neighbour = spine[place + (1 if step.detour == "after" else -1)]
        on, off = (0, 1) if edge.axis == "x" else (1, 0)
        halves = 4 * self.extents[neighbour][on]
        if step.beside >= 0:
            # the row is that of the cell on the neighbour's other side
            row = self.spine_cells[kernel if step.detour == "before" else spine[place - 1]]
            halves = min(halves, self.extents[neighbour][off] + self.extents[row.kernels[step.beside]][off])
        return 2 * halves * self.money.quarter_wire

    def _close_plain(self, kernel: int, bag: Bag, pay: Pair, edge: HalfEdge | None, lanes: int) -> list[int]:
        """Return the same for a kernel with one choice (lanes); numbers one by one are faster there."""
        prices = self.prices[kernel]
        result = [self.missing] * lanes
        for before, entries in bag.items():
            moves = self.spine.moves(before, edge)
            for entry, array in entries.items():
                values = array[:, 0].tolist()
                for move in moves:
                    price = prices.single(plus(plus(entry, pay), move.pay))
                    for step in move.steps:
                        value = values[step.source] + price + step.constant
                        if step.detour:
                            value += self._detour(kernel, step, edge)
                        if value < result[step.target]:
                            result[step.target] = value
        return result
