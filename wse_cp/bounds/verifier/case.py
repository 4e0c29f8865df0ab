"""One case of an interval, and the one step of its minimisation: a kernel is *closed*.

Before that, what the network below the kernel costs is held in a *bag*, by what the kernel itself will pay.
Closing it takes the minimum over its choices; what is left depends on what its parent sees of it only.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np

from wse_cp.bounds.verifier.adapters import Crossing
from wse_cp.bounds.verifier.cells import Cell
from wse_cp.bounds.verifier.network import Network
from wse_cp.bounds.verifier.parities import Offset, joined
from wse_cp.bounds.verifier.patterns import Axis, Money, Pair, plus
from wse_cp.bounds.verifier.pricing import Agreement, PriceList
from wse_cp.bounds.verifier.reading import Integers
from wse_cp.bounds.verifier.spine import HalfEdge, Spine, Step

_ALL = slice(None)
_FIRST = slice(0, 1)
_ZERO: Integers = np.zeros((1, 1), np.int64)


class Part(NamedTuple):
    """A summand of what the network below a kernel costs, not yet told apart by the kernel's choices."""

    values: Integers  #: lanes x columns; one lane stands for any number of equal ones
    column: Integers | None  #: of each choice; None if there is one column for all
    keyed: Integers | None = None  #: the same by key of a chord (lanes x keys), at its centre

    def at(self, lanes: Integers | slice, choices: Integers | slice) -> Integers:
        """Return the values of some lanes and choices (or of one column for all choices)."""
        rows = self.values[lanes] if len(self.values) > 1 else self.values
        return rows if self.column is None else np.take(rows, self.column[choices], axis=1)


#: Summands; none stand for 0.
Sum = tuple[Part, ...]
#: For each edge of the spine that comes up to a kernel (None if none does) and each payment for a tile of the
#: kernel's width and height: the least cost of all below.
Bag = dict[HalfEdge | None, dict[Pair, Sum]]


def put(bag: Bag, edge: HalfEdge | None, pay: Pair, values: Sum) -> None:
    """Enter values into a bag; of two entries for the same payment the less counts."""
    entries = bag.setdefault(edge, {})
    known = entries.get(pay)
    entries[pay] = values if known is None else _lesser(known, values)


def _lesser(first: Sum, second: Sum) -> Sum:
    """Return the lesser of two sums, as one summand."""
    parts = (*first, *second)
    if not parts:
        return ()
    columns = [part.column for part in parts if part.column is not None]
    values = np.minimum(total(first, _ALL, _ALL), total(second, _ALL, _ALL))
    column = np.arange(values.shape[1]) if columns else None
    known = any(part.keyed is not None for part in parts)
    keys = np.minimum(keyed(first, _ALL), keyed(second, _ALL)) if known else None
    return (Part(values, column, keys),)


def total(values: Sum, lanes: Integers | slice, choices: Integers | slice) -> Integers:
    """Return the sum in some lanes at some choices (a dimension of 1 stands for any number of equal ones)."""
    if not values:
        return _ZERO
    return sum((part.at(lanes, choices) for part in values[1:]), values[0].at(lanes, choices))


def keyed(values: Sum, lanes: Integers | slice) -> Integers:
    """Return the sum in some lanes by key; what knows no keys has one column."""
    result = _ZERO
    for part in values:
        own = part.values if part.keyed is None else part.keyed
        result = result + (own[lanes] if len(own) > 1 else own)
    return result


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
    #: What the parities of a kernel and its parent add; None at roots and where parities do not matter.
    offsets: list[Offset | None]
    seen: list[Integers | None]  #: for each choice of a kernel's parent, the number of its view of the kernel
    agreements: dict[int, Agreement]  #: of the chords, by their centres
    centres: dict[int, int]  #: the centre of a chord above a kernel, by that kernel
    extents: list[Pair]  #: each kernel's least extent along x and along y, within the cycle limit (tiles)
    spine_cells: dict[int, Cell]  #: the cell of the spine's edge from a kernel to the next, by that kernel
    missing: int  #: the value that stands for infinity
    dtype: np.dtype[np.generic]  #: in which all costs are exact

    @property
    def alike_axes(self) -> bool:
        """Whether nothing tells the axes apart: what runs along x costs as much as the same along y.

        Views with parities do.
        """
        money = self.money
        if any(offset is not None for offset in self.offsets):
            return False
        return money.width == money.height and money.run_x == money.run_y

    def start(self) -> Bag:
        """Return the bag of nothing."""
        return {None: {(0, 0): ()}}

    def across(self, kernel: int, values: Integers, offset_axis: Axis | None = None) -> Part:
        """Return a kernel's values (lanes x views) as its parent sees them.

        A centre's values by key, if there are any, follow those by view. With an axis, half a tile along it
        is paid for where the parities at both ends differ, but not on the two edges of a centre.
        """
        crossing, offset = self.crossings[kernel], self.offsets[kernel]
        if crossing is None and offset is None:
            return Part(values, None)
        cross = joined(0 if offset is None else len(offset.parent)) if crossing is None else crossing
        departing = self.agreements.get(kernel)
        plain = departing is None and kernel not in self.centres
        if plain and offset is not None and offset_axis is not None:
            result = offset(values, offset_axis, cross)
        elif departing is None:
            result = cross(values)
        else:
            views = self.prices[kernel].views
            result = cross(values[:, :views])
            if departing.departure is not None:
                result = np.minimum(result, departing.departure(values[:, views:]))
        arriving = self.agreements[self.centres[kernel]] if kernel in self.centres else None
        by_key = None if arriving is None or arriving.arrival is None else arriving.arrival(values)
        return Part(result, self.seen[kernel], by_key)

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
        keys = chord.size if chord else 0
        result = np.full((lanes, prices.views + keys), self.missing, self.dtype)
        for before, entries in bag.items():
            for move, (entry, values) in product(self.spine.moves(before, edge), entries.items()):
                alive = self._alive(values, move.sources)
                if not len(alive):
                    continue
                priced = prices.at(plus(plus(entry, pay), move.pay))
                found = priced.least(total(values, alive, priced.choices)) + extra
                seen = priced.views
                if chord is not None and chord.size:
                    agreed = chord.least(priced) + keyed(values, alive)
                    found = np.concatenate([found, agreed], axis=1)
                    seen = np.append(seen, np.arange(prices.views, prices.views + chord.size))
                found = np.broadcast_to(found, (len(alive), len(seen)))
                least = dict(zip(alive.tolist(), found, strict=True))
                for step in move.steps:
                    if step.source in least:
                        row = result[step.target]
                        constant = step.constant + self._detour(kernel, step, edge)
                        row[seen] = np.minimum(row[seen], least[step.source] + constant)
        return result

    def _alive(self, values: Sum, lanes: Integers) -> Integers:
        """Return which of some lanes have finite values: all of a lane's are finite, or none is."""
        for part in values:
            finite = 2 * part.values[:, 0] < self.missing
            lanes = lanes[finite[lanes if len(finite) > 1 else lanes * 0]]
        return lanes

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
            for entry, parts in entries.items():
                values = np.broadcast_to(total(parts, _ALL, _FIRST), (lanes, 1))[:, 0].tolist()
                for move in moves:
                    price = prices.single(plus(plus(entry, pay), move.pay))
                    for step in move.steps:
                        value = values[step.source] + price + step.constant
                        if step.detour:
                            value += self._detour(kernel, step, edge)
                        if value < result[step.target]:
                            result[step.target] = value
        return result
