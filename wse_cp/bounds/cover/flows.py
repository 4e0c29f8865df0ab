"""Stars whose leaves are no neighbours of the hub: reached by flows along the network's edges.

docs/bounds.md, section 10. Such stars are found by column generation (L. R. Ford and D. R. Fulkerson, A
suggested computation for maximal multi-commodity network flows, doi 10.1287/mnsc.5.1.97). A linear programme
chooses the weights of all stars so that no edge gives more than its multiplicity; its dual prices of edges
tell what a star has to pay for its flow, which goes the cheapest ways; and stars whose wire costs more than
that are added. Prices are smoothed (P. Wentges, Weighted Dantzig-Wolfe decomposition for linear mixed-integer
programming, doi 10.1111/j.1475-3995.1997.tb00073.x).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from scipy.sparse import csr_matrix, hstack
from scipy.sparse.csgraph import dijkstra

from wse_cp.bounds.cover.cover import CoverDual, Stars
from wse_cp.bounds.cover.values import WHOLE, Cover, Reaching
from wse_cp.shapes.arrays import FloatArray, IntArray

#: Rounds of the column generation, at least and at most, and how many hubs they look at together in between.
_FEW, _ROUNDS, _LOOKS = 12, 24, 1500
#: How much of the former prices each round keeps.
_KEPT = 0.5
#: After so many rounds that found nothing there is nothing to be found.
_IDLE = 3
#: How many of the cheapest kernels are tried as leaves; how many more where the hub has so many neighbours.
_LEAVES, _MANY = (3, 4, 5, 6, 8, 10, 13, 17, 22, 28, 36, 46, 60), (80, 110, 150, 200)
_GREAT_HUB = 12
#: Kernels of so many neighbours may be hubs, at most so many in a round; at most so many of a hub's stars are
#: taken.
_HUB, _HUBS, _TAKEN = 2, 150, 3
#: What a tile of a kernel costs in a star that is tried, as a share of the price of area.
_PART = 0.3
#: Stars have to promise this share of their wire at least; an edge costs at least so much.
_PROMISE, _CHEAPEST = 1e-3, 1e-6


class Columns:
    """The stars of the linear programme: those without flows, then those that have been found.

    Parameters
    ----------
    dual
        The bound at a limit, by the stars that are known.
    area
        A price of area that suits it.
    wires
        The cost of each star's wire for a weight of 1.
    """

    def __init__(self, dual: CoverDual, area: float, wires: FloatArray) -> None:
        self._dual, self._area, self._near = dual, area, dual.stars.near
        self._reaching, self._wires = list(dual.stars.reaching), wires
        self._takes = csr_matrix(dual.stars.takes)
        self._prices: FloatArray | None = None
        self._round, self._idle = 0, 0  # how many there were, and how many of the last ones found nothing
        self._known: dict[tuple[int, tuple[int, ...]], float] = {}  # what wires cost, by hub and leaves
        degrees = np.bincount(np.array(dual.stars.edges, np.int64).ravel(), minlength=len(dual.stars.names))
        self._degrees: IntArray = degrees.astype(np.int64)
        self._hubs = [hub for hub in np.argsort(-degrees, kind="stable").tolist() if degrees[hub] >= _HUB]
        self._rounds = min(max(_FEW, _LOOKS // max(len(self._hubs), 1)), _ROUNDS)

    def grow(self) -> bool:
        """Add stars, found around some of the hubs; tell whether one more round may find others."""
        if self._round == self._rounds or self._idle == _IDLE:
            return False
        stars = self._dual.stars
        _, prices = stars.best_weights_of(self._takes, self._wires)
        self._prices = prices if self._prices is None else _KEPT * self._prices + (1 - _KEPT) * prices
        tried = list(self._tried(self._prices))
        self._round += 1
        if not tried:
            return False
        worth = self._worth(tried)
        takes = Stars(stars.instance, tried).takes[:, self._near :]
        chosen = _best_of_each([star.hub for star in tried], worth - takes.T @ prices, _PROMISE * worth)
        self._idle = 0 if len(chosen) else self._idle + 1
        self._reaching += [tried[i] for i in chosen.tolist()]
        self._wires = np.append(self._wires, worth[chosen])
        self._takes = hstack([self._takes, takes[:, chosen]], format="csr")
        return True

    def _worth(self, tried: Sequence[Reaching]) -> FloatArray:
        """Return the cost of some stars' wire for a weight of 1."""
        new = {(star.hub, star.leaves): star for star in tried if (star.hub, star.leaves) not in self._known}
        if new:
            self._known.update(zip(new, _wires(self._dual, list(new.values()), self._area), strict=True))
        return np.array([self._known[star.hub, star.leaves] for star in tried])

    def best(self) -> tuple[Stars, FloatArray] | None:
        """Return the stars without flows and those that have a weight, with all weights.

        There is nothing to return if none with a flow is worth its weight.
        """
        weights, _ = self._dual.stars.best_weights_of(self._takes, self._wires)
        used = [i for i in range(len(self._reaching)) if weights[self._near + i] > 0]
        if not used:
            return None
        stars = Stars(self._dual.stars.instance, [self._reaching[i] for i in used])
        return stars, np.append(weights[: self._near], weights[self._near :][used])

    def _tried(self, prices: FloatArray) -> Iterator[Reaching]:
        """Yield stars whose leaves are the kernels that are reached at the least prices."""
        stars = self._dual.stars
        first = self._round * _HUBS % max(len(self._hubs), 1)
        hubs = (self._hubs + self._hubs)[first : first + min(_HUBS, len(self._hubs))]
        if not hubs:
            return
        ends = np.array(stars.edges, np.int64).T
        graph = csr_matrix((np.maximum(prices, _CHEAPEST), tuple(ends)), (len(stars.names),) * 2)
        costs, before = dijkstra(graph, directed=False, indices=hubs, return_predecessors=True)
        for hub, cost, steps in zip(hubs, costs, before, strict=True):
            order = np.argsort(cost, kind="stable")
            nearest = order[np.isfinite(cost[order])][1:].tolist()
            numbers = _LEAVES + (_MANY if self._degrees[hub] >= _GREAT_HUB else ())
            for many in numbers[self._round % 2 :: 2]:
                if many <= len(nearest):
                    yield _star(hub, nearest[:many], steps.tolist())


def _star(hub: int, nearest: Sequence[int], before: Sequence[int]) -> Reaching:
    """Return a star whose flow comes to each leaf from the kernel before it; nearer leaves come first."""
    beyond: dict[int, int] = defaultdict(int)
    flow = []
    for leaf in reversed(nearest):
        amount = beyond[leaf] + WHOLE
        flow.append((before[leaf], leaf, amount))
        beyond[before[leaf]] += amount
    return Reaching(hub, tuple(sorted(nearest)), tuple(sorted(flow)))


def _wires(dual: CoverDual, tried: Sequence[Reaching], area: float) -> list[float]:
    """Return the cost of some stars' wire for a weight of 1, whatever their flows are."""
    stars = Stars(dual.stars.instance, [star._replace(flow=()) for star in tried])
    own = np.arange(len(stars.hubs)) >= stars.near
    nothing = np.zeros(len(stars.leaves))
    cover = Cover(
        area,
        np.where(own, 1.0, 0.0),
        np.where(own, _PART * area, 0.0),
        np.where(own[stars.star_of], _PART * area, 0.0),
        np.zeros(len(stars.hubs)),
        nothing,
        np.zeros((0, 2, len(stars.names))),
    )
    wires: list[float] = dual.with_stars(stars)(cover, rounds=1).wires[stars.near :].tolist()
    return wires


def _best_of_each(hubs: Sequence[int], promise: FloatArray, least: FloatArray) -> IntArray:
    """Return which stars promise enough, and of each hub's only the few that promise most."""
    taken: dict[int, int] = defaultdict(int)
    chosen = []
    for i in np.argsort(-promise, kind="stable").tolist():
        if promise[i] > least[i] and taken[hubs[i]] < _TAKEN:
            taken[hubs[i]] += 1
            chosen.append(i)
    return np.array(chosen, np.int64)
