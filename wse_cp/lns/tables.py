"""Option tables: the cycle limits and shapes that a sub-problem offers to the kernels of a neighbourhood."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from math import exp
from typing import TypeVar

import numpy as np

from wse_cp.incremental.state import PlacementState
from wse_cp.instance import Instance, Settings
from wse_cp.kernels import Kernel, convs
from wse_cp.lns.neighbourhood import Neighbourhood, Room, rooms
from wse_cp.lns.protocols import ProtocolParts, kept_rows, protocol_parts, protocol_prices
from wse_cp.lns.selections import MOST as SMALL
from wse_cp.placement import PlacedKernel
from wse_cp.processes.reliefs import RELIEFS, Pressure
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.loops import HEIGHT, WIDTH
from wse_cp.shapes.matched import Prices, RankedSplits, matched_rows, ranked_splits
from wse_cp.shapes.options import Option, option_of, pareto_shapes
from wse_cp.shapes.splits import image_splits

#: A random cycle limit differs from the present largest time by a share of it, between e to the power of
#: these.
NEAREST, FARTHEST = -6.0, -1.5
#: Chance that a cycle limit above the present largest time is offered.
SLOWER = 0.25
#: Options of one sub-model altogether, and the least and most for one kernel.
MODEL_OPTIONS = 2000
FEWEST, MOST = 40, 250
#: Other protocols are only offered if at most this many kernels are reshaped.
MATCHED = 20
#: Entries of a table before all are forgotten: the splits of one take 100 KB and more.
ENTRIES = 400

Found = TypeVar("Found")


def cycle_limits(
    state: PlacementState, reshaped: Collection[str], generator: np.random.Generator
) -> list[int]:
    """Return ascending cycle limits (1 / time_scale cycles), the present largest time among them.

    Smaller ones only if all of the slowest kernels are reshaped: else the largest time cannot fall. Larger
    ones only in a small network: the wire of a few kernels does not pay for them.
    """
    now, others = state.times.largest, state.times.largest_without(reshaped)
    below = now - int(now * exp(generator.uniform(NEAREST, FARTHEST)))
    above = now + int(now * exp(generator.uniform(NEAREST, FARTHEST)))
    limits = [now]
    if others < now:
        limits += [now - 1, max(below, others)]
    if generator.random() < SLOWER and len(state) <= SMALL:
        limits.append(above)
    return sorted({limit for limit in limits if limit > 0})


class Tables:
    """Options of an instance's kernels; remembers what it has computed."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._image_splits = np.array(image_splits(instance), np.int64).reshape(-1, 2)
        self._shapes: dict[tuple[Kernel, int, Settings], list[Option]] = {}
        self._splits: dict[tuple[Kernel, int, Settings], dict[tuple[int, int], float]] = {}
        RELIEFS.add(self.ease)

    def ease(self, pressure: Pressure) -> None:
        """Forget what can be computed again."""
        self._shapes.clear()
        self._splits.clear()

    def shapes(self, kernel: Kernel, time: int, room: Room) -> list[Option]:
        """Return all Pareto-minimal shapes within a cycle limit (1 / time_scale cycles) that fit a room."""
        box = self._box(room)
        options = self._shapes.get((kernel, time, box))
        if options is None:
            options = pareto_shapes(kernel, box, self.instance.time_scale, time)
            _remember(self._shapes, (kernel, time, box), options)
        return [o for o in options if o.width <= room[0] and o.height <= room[1]]

    def splits(self, kernel: Kernel, time: int, prices: Prices, room: Room) -> dict[tuple[int, int], float]:
        """Return useful (h, w) within a cycle limit with the price of their cheapest shapes.

        In a large network only of shapes that may fit a room.
        """
        small = len(self.instance.kernels) <= SMALL
        box = self.instance.settings if small else self._box(room)
        found = self._splits.get((kernel, time, box))
        if found is None:
            found = self._useful(ranked_splits(kernel, box, self.instance.time_scale, time, prices))
            _remember(self._splits, (kernel, time, box), found)
        return found

    def _useful(self, ranked: RankedSplits | None) -> dict[tuple[int, int], float]:
        """Return the splits of images among ranked ones, cheapest first; the cheapest of all without any."""
        if ranked is None:
            return {}
        prices = ranked.prices_of(self._image_splits)
        order = np.argsort(prices, kind="stable")[: np.count_nonzero(prices < np.inf)]
        found = RankedSplits(self._image_splits[order], prices[order]) if len(order) else ranked.first()
        return {
            (h, w): price for (h, w), price in zip(found.splits.tolist(), found.prices.tolist(), strict=True)
        }

    def _box(self, room: Room) -> Settings:
        """Return the settings with a square around a room for a wafer: the fewer shapes, the sooner found.

        Its side is a power of two, so that many rooms have the same.
        """
        settings, side = self.instance.settings, 1 << (max(room) - 1).bit_length()
        return replace(settings, width=min(settings.width, side), height=min(settings.height, side))

    def options(
        self,
        state: PlacementState,
        neighbourhood: Neighbourhood,
        limits: Sequence[int],
        generator: np.random.Generator,
    ) -> dict[str, list[Option]]:
        """Return the options of all free kernels; none for those that are only moved.

        `limits` are cycle limits in 1 / time_scale cycles; the placement's own options are left to the model.
        """
        names = state.links.in_order(neighbourhood.reshaped)
        most = min(MOST, max(FEWEST, MODEL_OPTIONS // max(1, len(names))))
        room = rooms(state, neighbourhood)
        prices = {name: kernel_prices(state, name) for name in names}
        matching = self.instance.weighs_adapters and len(names) <= MATCHED
        wanted: dict[str, ProtocolParts] = {}
        if matching:
            ranked = {
                name: self.splits(state[name].kernel, max(limits), prices[name], room[name]) for name in names
            }
            wanted = protocol_parts(state, ranked, generator)
        found: dict[str, list[Option]] = {name: [] for name in neighbourhood.free}
        for name in names:
            sized = most // 3 if matching else most
            found[name] = self._sized(state[name], limits, sized, prices[name], room[name])
            if matching:
                found[name] += self._matched(state, name, limits, most, prices[name], wanted, room[name])
            found[name] = list(dict.fromkeys(found[name]))
        return found

    def _sized(
        self, placed: PlacedKernel, limits: Sequence[int], most: int, prices: Prices, room: Room
    ) -> list[Option]:
        options = list(dict.fromkeys(o for limit in limits for o in self.shapes(placed.kernel, limit, room)))
        if len(options) <= most:
            return options
        current = placed.rectangle
        slope = float(np.log(current.width / current.height))
        near = sorted(options, key=lambda o: (abs(float(np.log(o.width / o.height)) - slope), o.time))
        cheap = sorted(options, key=lambda o: (option_price(o, prices), o.time))
        return list(dict.fromkeys([*near[: most // 2], *cheap[: most // 2]]))

    def _matched(
        self,
        state: PlacementState,
        name: str,
        limits: Sequence[int],
        most: int,
        prices: Prices,
        wanted: dict[str, ProtocolParts],
        room: Room,
    ) -> list[Option]:
        settings, scale = self._box(room), self.instance.time_scale
        kernel, offered = state[name].kernel, wanted[name]
        parts = [
            matched_rows(kernel, settings, scale, limit, offered.splits, offered.reads, offered.writes)
            for limit in limits
        ]
        rows = within(np.unique(np.concatenate(parts), axis=0), room)
        price = protocol_prices(state, name, rows, prices, wanted)
        rows = rows[kept_rows(rows, price, most, len(convs(kernel)))]
        return [option for row in rows for option in option_of(row, kernel).within(*room)]


def kernel_prices(state: PlacementState, name: str) -> Prices:
    """Return what the size of a kernel costs: half its shorter side per wire, and time by area.

    On a full wafer a tile costs its share of the largest time, elsewhere much less.
    """
    settings = state.instance.settings
    wires = sum(count for _, _, count in state.links.of([name]))
    wafer = settings.width * settings.height
    slowest = state.times.largest / state.instance.time_scale
    scarcity = (state.area / wafer) ** 8
    return Prices(settings.wlength * wires / 2, scarcity * settings.wdeltat * slowest / wafer)


def option_price(option: Option, prices: Prices) -> float:
    """Return what the size of an option costs."""
    least, most = sorted((option.width, option.height))
    return prices.side * least + prices.tile * least * most


def within(rows: IntArray, room: Room) -> IntArray:
    """Return the option rows that fit a room in some rotation."""
    width, height = rows[:, WIDTH], rows[:, HEIGHT]
    upright = (width <= room[0]) & (height <= room[1])
    chosen: IntArray = rows[upright | ((height <= room[0]) & (width <= room[1]))]
    return chosen


def _remember(
    table: dict[tuple[Kernel, int, Settings], Found], key: tuple[Kernel, int, Settings], found: Found
) -> None:
    """Enter what was found into a table; one that is full begins anew."""
    if len(table) >= ENTRIES:
        table.clear()
    table[key] = found
