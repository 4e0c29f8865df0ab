"""Puts together what the minimisation of one case needs; kernels that are alike share their tables."""

from __future__ import annotations

import numpy as np

from wse_cp.bounds.verifier.adapters import Crossing
from wse_cp.bounds.verifier.case import Case
from wse_cp.bounds.verifier.frame import Frame, magnitude, outlet_at, payments
from wse_cp.bounds.verifier.levels import ComparedSplits, Levels, least_levels
from wse_cp.bounds.verifier.parities import Offset, offset
from wse_cp.bounds.verifier.patterns import Money, Pair
from wse_cp.bounds.verifier.pricing import Agreement, PriceList, Rates, agreement
from wse_cp.bounds.verifier.reading import Integers
from wse_cp.bounds.verifier.shapes import Shapes, least_shapes, shapes_by_class
from wse_cp.bounds.verifier.sieve import Box, Sieve
from wse_cp.bounds.verifier.spine import Spine
from wse_cp.instance import Instance
from wse_cp.kernels import Kernel

#: In 64 bits infinity stands far above all costs, and far below the end even with costs added to it.
_LARGEST, _MISSING = 1 << 57, 1 << 60


class Library:
    """Shapes of all kernels with times up to a limit (1 / time_scale cycles; None for no limit)."""

    def __init__(self, instance: Instance, limit: int | None) -> None:
        self._instance, self._limit = instance, limit
        self._extents: dict[Kernel, Pair] = {}
        self._levels: dict[tuple[Kernel, ComparedSplits], Levels] = {}

    def levels(self, kernel: Kernel, compared: ComparedSplits) -> Levels:
        """Return a kernel's smallest rectangles."""
        if (kernel, compared) not in self._levels:
            self._levels[kernel, compared] = least_levels(self._instance, kernel, compared, self._limit)
        return self._levels[kernel, compared]

    def least_extents(self, kernel: Kernel) -> Pair:
        """Return a kernel's least extents along x and along y (tiles) in any rotation that fits the wafer."""
        if kernel not in self._extents:
            levels = self.levels(kernel, ComparedSplits(False, 0, ()))
            short, long = levels.width, levels.splits.height
            width, height = np.concatenate([short, long]), np.concatenate([long, short])
            wafer = self._instance.settings
            fits = (width <= wafer.width) & (height <= wafer.height)
            self._extents[kernel] = int(width[fits].min()), int(height[fits].min())
        return self._extents[kernel]

    def shapes(self, kernel: Kernel, compared: ComparedSplits, sieve: Sieve) -> Shapes | None:
        """Return a kernel's shapes under given prices; None if it has none."""
        levels = self.levels(kernel, compared)
        if not (compared.image or compared.parities):
            return least_shapes(levels, sieve)
        return shapes_by_class(self._instance, kernel, compared, levels, self._limit, sieve)


def assemble(frame: Frame, library: Library, spine: Spine) -> Case | None:
    """Return a case ready for minimisation; None if a kernel has no shape at all."""
    money = spine.money
    boxes = payments(frame, money, spine)
    largest = 2 * magnitude(frame, money, boxes)
    small = largest < _LARGEST
    missing = _MISSING if small else 8 * largest
    tables = _Tables(frame, library, money, np.dtype(np.int64 if small else object), missing)
    prices: list[PriceList] = []
    for v in range(len(boxes)):
        found = tables.price_list(v, boxes[v])
        if found is None:
            return None
        prices.append(found)
    crossings: list[Crossing | None] = []
    seen: list[Integers | None] = []
    offsets: list[Offset | None] = []
    for v, parent in enumerate(frame.network.parent):
        ends = None if parent is None else (v, parent, prices[v], prices[parent])
        crossing, views = (None, None) if ends is None else tables.crossing(*ends)
        crossings.append(crossing)
        seen.append(views)
        offsets.append(None if ends is None else tables.offset(*ends))
    agreements = {centre: tables.agreement(centre, prices) for centre in frame.chords}
    centres = {chord.below: centre for centre, chord in frame.chords.items()}
    extents = [library.least_extents(kernel) for kernel in frame.instance.kernels.values()]
    return Case(
        frame.network,
        frame.cells,
        money,
        spine,
        prices,
        crossings,
        offsets,
        seen,
        agreements,
        centres,
        extents,
        frame.spine_cells,
        missing,
        tables.dtype,
    )


class _Tables:
    """Tables of one case by what they depend on."""

    def __init__(
        self, frame: Frame, library: Library, money: Money, dtype: np.dtype[np.generic], missing: int
    ) -> None:
        self.dtype, self._missing = dtype, missing
        self._frame, self._library, self._money = frame, library, money
        self._kernels = list(frame.instance.kernels.values())
        self._shapes: dict[tuple[Kernel, ComparedSplits, Sieve], Shapes | None] = {}
        self._prices: dict[tuple[Shapes, Sieve, bool, int | None], PriceList] = {}
        self._crossings: dict[tuple[PriceList, int | None, Shapes, int | None, int], Crossing] = {}
        self._agreements: dict[tuple[Shapes, PriceList, Shapes, bool, Rates], Agreement] = {}

    def price_list(self, kernel: int, boxes: tuple[Box, ...]) -> PriceList | None:
        """Return a kernel's prices; None if it has no shape."""
        compared = self._frame.comparisons[kernel].compared
        sieve = self._sieve(kernel, boxes)
        kind = self._kernels[kernel], compared, sieve
        if kind not in self._shapes:
            self._shapes[kind] = self._library.shapes(*kind)
        shapes = self._shapes[kind]
        if shapes is None:
            return None
        known = compared.image or compared.parities
        crossed = known and self._frame.network.up[kernel] is not None
        outlet = self._outlet(kernel, kernel) if crossed else None
        key = shapes, sieve, crossed, outlet
        if key not in self._prices:
            seen = shapes.views(outlet)[1] if crossed else np.zeros(len(shapes.starts), np.int64)
            self._prices[key] = PriceList(shapes, seen, sieve)
        return self._prices[key]

    def crossing(
        self, child: int, parent: int, low: PriceList, high: PriceList
    ) -> tuple[Crossing | None, Integers | None]:
        """Return the crossing from a kernel to its parent, and the view of it for each choice there."""
        edge = self._frame.network.up[child]
        if edge is None or not (self._money.adapter or self._frame.parities):
            return None, None
        below, above = self._outlet(child, child), self._outlet(child, parent)
        views, seen = high.shapes.views(above)
        if not self._money.adapter:
            return None, seen
        key = low, below, high.shapes, above, edge.count
        if key not in self._crossings:
            price = edge.count * self._money.adapter
            self._crossings[key] = Crossing(low.shapes.views(below)[0], views, price, self._missing)
        return self._crossings[key], seen

    def offset(self, child: int, parent: int, low: PriceList, high: PriceList) -> Offset | None:
        """Return what the parities of a kernel and its parent add to the edge; None if they do not matter."""
        edge = self._frame.network.up[child]
        if edge is None or not self._frame.parities:
            return None
        below = low.shapes.views(self._outlet(child, child))[0]
        above = high.shapes.views(self._outlet(child, parent))[0]
        return offset(below, above, 2 * edge.count * self._money.quarter_wire)

    def agreement(self, centre: int, prices: list[PriceList]) -> Agreement:
        """Return what a centre needs to know of its chord."""
        chord, network, adapter = self._frame.chords[centre], self._frame.network, self._money.adapter
        into, out = network.up[chord.below], network.up[centre]
        assert into is not None
        assert out is not None
        rates = Rates(into.count * adapter, out.count * adapter, chord.edge.count * adapter)
        low, own, high = (prices[v] for v in (chord.below, centre, chord.above))
        key = low.shapes, own, high.shapes, into.source == chord.below, rates
        if key not in self._agreements:
            sides = self._outlet(chord.below, centre), self._outlet(centre, centre)
            views = (
                low.shapes.views(self._outlet(chord.below, chord.below))[0],
                high.shapes.views(self._outlet(centre, chord.above))[0],
            )
            self._agreements[key] = agreement(own.shapes, sides, views, rates, self._missing)
        return self._agreements[key]

    def _outlet(self, child: int, end: int) -> int | None:
        """Return the outlet at which the edge above `child` leaves an end; None if it enters there."""
        edge = self._frame.network.up[child]
        assert edge is not None
        if not self._frame.comparisons[end].compared.outlets:  # adapters cost nothing
            return None
        return outlet_at(self._frame.network, edge, end)

    def _sieve(self, kernel: int, boxes: tuple[Box, ...]) -> Sieve:
        entry, money = self._frame.comparisons[kernel], self._money
        return Sieve(
            boxes,
            money.area,
            entry.arriving * money.adapter,
            entry.leaving * money.adapter,
            2 * entry.joined * money.quarter_wire,
            money.width,
            money.height,
            self.dtype,
        )
