"""The cheapest tree over the spans of an order: a search for its cycle limit and its price of area."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from wse_cp.construct.slicing.anneal import SlicingSearch
from wse_cp.construct.slicing.state import NO_FIT, TIME_INDEX
from wse_cp.construct.slicing.trees import TreeShape
from wse_cp.construct.spans.program import SpanProgram

#: A price of area is a power of the base times the cost of half a tile of wire: least, first and greatest
#: exponent.
_BASE = 2.0**0.5
_LEAST, _FIRST, _MOST = -16, -6, 6
#: Prices tried at one cycle limit.
_PRICES = 5
#: Entries of the grid between the cycle limits tried first; failures in a row after which smaller or larger
#: limits are given up; a limit fails if it costs more than this many times the best.
_STRIDE, _PATIENCE, _HOPELESS = 4, 3, 1.03

Tried = tuple[float, TreeShape]


@dataclass
class SpanSearch:
    """One order of the kernels at many cycle limits; one thread may use it.

    Parameters
    ----------
    search
        Costs trees exactly.
    program
        Makes trees; it works on the same kernels and grid of times as `search`, maybe with other weights.
    order
        Kernels by index.
    base
        Its cycle limit is tried first; its forced splits hold for all trees.
    known
        The cost of the best tree known: what costs much more is given up sooner.
    """

    search: SlicingSearch
    program: SpanProgram
    order: Sequence[int]
    base: TreeShape
    known: float = NO_FIT
    _costs: dict[int, float] = field(default_factory=dict)
    _exponent: int = _FIRST

    def run(self) -> Iterator[Tried]:
        """Yield fitting trees with their costs: outward from the base's cycle limit, then between."""
        first = int(self.base.scalars[TIME_INDEX])
        yield from self._at(first)
        last = len(self.search.model.times) - 1
        sides = {-1: 0, 1: 0}  # failures in a row
        edges = {-1: first, 1: first}
        while sides:
            side = min(sides, key=lambda s: (sides[s], self._costs[edges[s]]))
            index = edges[side] + side * _STRIDE
            if not 0 <= index <= last:
                del sides[side]
                continue
            edges[side] = index
            yield from self._at(index)
            hopeless = self._costs[index] > _HOPELESS * self._best_cost()
            sides[side] = sides[side] + 1 if hopeless else 0
            if sides[side] >= _PATIENCE:
                del sides[side]
        yield from self._refine()

    def _refine(self) -> Iterator[Tried]:
        """Try the cycle limits around the best one until its neighbours are known."""
        last = len(self.search.model.times) - 1
        while True:
            best = min(self._costs, key=lambda index: (self._costs[index], index))
            near = [
                index
                for distance in range(1, _STRIDE)
                for index in (best - distance, best + distance)
                if 0 <= index <= last and index not in self._costs
            ]
            if not near or self._costs[best] > _HOPELESS * self._best_cost():
                return
            yield from self._at(near[0])

    def _best_cost(self) -> float:
        return min(self.known, *self._costs.values())

    def _at(self, index: int) -> Iterator[Tried]:
        """Try prices at a cycle limit: the lower, the less wire, as long as the kernels fit, and fit well."""
        model = self.search.model
        self._costs[index] = NO_FIT
        if model.time_weight * model.times[index] >= self._best_cost() < NO_FIT:
            return
        base = self.base.at(index)
        low, high, exponent = _LEAST - 1, _MOST + 1, self._exponent
        for _ in range(_PRICES):
            shape = self.program.tree(base, self.order, model.wire_weight * _BASE**exponent)
            cost = NO_FIT if shape is None else self.search.cost(shape)
            if cost > self._costs[index] or shape is None:
                low = exponent
            else:
                high = exponent
            if cost < self._costs[index]:
                self._costs[index], self._exponent = cost, exponent
            if shape is not None:
                yield cost, shape
            exponent = _next(low, high, exponent)
            if not low < exponent < high:
                return


def _next(low: int, high: int, last: int) -> int:
    """Return the exponent to try between one too low and one that fits; far steps while one is unknown."""
    if low < _LEAST:
        return max(_LEAST, last - 4)
    if high > _MOST:
        return min(_MOST, last + 4)
    return (low + high) // 2
