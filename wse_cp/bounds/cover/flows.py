"""Stars whose leaves are no neighbours of the hub: reached by flows along the network's edges.

docs/bounds.md, section 10. Such stars are found by column generation (L. R. Ford and D. R. Fulkerson, A
suggested computation for maximal multi-commodity network flows, doi 10.1287/mnsc.5.1.97). A linear programme
chooses the weights of all stars so that no edge gives more than its multiplicity; its dual prices of edges
tell what a star has to pay for its flow, which goes the cheapest ways; and stars whose wire costs more than
that are added. Prices are smoothed (P. Wentges, Weighted Dantzig-Wolfe decomposition for linear mixed-integer
programming, doi 10.1111/j.1475-3995.1997.tb00073.x). At first the programme is solved roughly, which is
quicker by far; and as its prices then are no corner of the best ones, fewer rounds are needed.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix, hstack
from scipy.sparse.csgraph import dijkstra

from wse_cp.bounds.cover.cover import CoverDual, Stars
from wse_cp.bounds.cover.values import WHOLE, Boxes, Cover, Reaching
from wse_cp.shapes.arrays import FloatArray, IntArray

#: Rounds of the column generation, at least and at most, and how many hubs they look at together in between;
#: fewer the first time, so that the first stars are soon of use.
_FEW, _ROUNDS, _LOOKS, _FIRST_LOOKS = 12, 40, 6000, 3000
#: How much of the former prices each round keeps.
_KEPT = 0.5
#: After so many rounds that found nothing there is nothing to be found; if so many have brought little, as a
#: share, that is enough.
_IDLE, _SEEN, _LITTLE = 3, 5, 0.005
#: How many of the cheapest kernels are tried as leaves; how many more where the hub has so many neighbours.
_LEAVES, _MANY = (3, 4, 5, 6, 8, 10, 13, 17, 22, 28, 36, 46, 60), (80, 110, 150, 200)
_GREAT_HUB = 12
#: All kernels that a hub reaches are tried together, if they are so many at most.
_ALL = 150
#: Kernels of so many neighbours may be hubs, at most so many in a round; at most so many of a hub's stars are
#: taken.
_HUB, _HUBS, _TAKEN = 2, 150, 3
#: What a tile of a kernel costs in a star that is tried, as a share of the price of area.
_PART = 0.3
#: How often prices of boxes are tried in such a star; how many of a hub's stars are looked at in a round.
_TRIES, _TRIED = 1, 3
#: With so many stars for each edge those are left out that cost by so much more than they are worth.
_CROWD, _DEAR = 3, 0.1
#: Stars have to promise this share of their wire at least; an edge costs at least so much.
_PROMISE, _CHEAPEST = 1e-3, 1e-6


#: A star's hub, leaves and demands.
_Key = tuple[int, tuple[int, ...], tuple[int, ...]]


class _Worth(NamedTuple):
    """What a star's wire costs for a weight of 1, with the boxes around its hub, and their step."""

    wire: float
    boxes: FloatArray
    step: float


class Columns:
    """The stars of the linear programme: those without flows, then those that have been found.

    Parameters
    ----------
    dual
        The bound at a limit, by the stars that are known.
    area
        A price of area that suits it.
    wires, boxes
        The cost of each star's wire for a weight of 1, and the boxes around its hub.
    """

    def __init__(self, dual: CoverDual, area: float, wires: FloatArray, boxes: Boxes) -> None:
        self._dual, self._area, self._near = dual, area, dual.stars.near
        self._reaching, self._wires = list(dual.stars.reaching), wires
        self._wire = dual.stars.instance.settings.wlength
        self._takes = csr_matrix(dual.stars.takes)
        self._prices: FloatArray | None = None
        self._weights: FloatArray = np.zeros(len(wires))  # of the first stars, the last known ones
        self._values: list[float] = []  # of the programme, round by round
        self._rough = True  # whether the programme is solved roughly
        self._round, self._idle = 0, 0  # how many there were, and how many of the last ones found nothing
        self._known: dict[_Key, _Worth] = {}
        self._state, self._steps = [*boxes.state], [*boxes.steps]  # of the boxes of each star
        self._shares: dict[tuple[int, bool], float] = {}  # of the stack that wires are worth, by kind of star
        degrees = np.bincount(np.array(dual.stars.edges, np.int64).ravel(), minlength=len(dual.stars.names))
        self._degrees: IntArray = degrees.astype(np.int64)
        self._hubs = [hub for hub in np.argsort(-degrees, kind="stable").tolist() if degrees[hub] >= _HUB]
        looks = _LOOKS if dual.stars.reaching else _FIRST_LOOKS
        self._rounds = min(max(_FEW, looks // max(len(self._hubs), 1)), _ROUNDS)

    def grow(self) -> bool:
        """Add stars, found around some of the hubs; tell whether one more round may find others."""
        if self._round == self._rounds:
            return False
        if self._idle >= _IDLE and not self._goes_on_exactly():
            return False
        stars = self._dual.stars
        found = stars.best_weights_of(self._takes, self._wires, self._rough)
        if found is None:
            return False
        self._weights, prices = found
        self._values.append(float(prices @ stars.multiplicities))
        self._forget(prices)
        if self._stands and not self._goes_on_exactly():
            return False
        self._prices = prices if self._prices is None else _KEPT * self._prices + (1 - _KEPT) * prices
        tried = list(self._tried(self._prices))
        self._round += 1
        if not tried:
            return False
        worth = self._worth(tried)
        wires = np.array([one.wire for one in worth])
        takes = Stars(stars.instance, tried).takes[:, self._near :]
        chosen = _best_of_each([star.hub for star in tried], wires - takes.T @ prices, _PROMISE * wires)
        self._idle = 0 if len(chosen) else self._idle + 1
        self._reaching += [tried[i] for i in chosen.tolist()]
        self._state += [worth[i].boxes for i in chosen.tolist()]
        self._steps += [worth[i].step for i in chosen.tolist()]
        self._wires = np.append(self._wires, wires[chosen])
        self._takes = hstack([self._takes, takes[:, chosen]], format="csr")
        return True

    def _goes_on_exactly(self) -> bool:
        """Tell whether the programme was solved roughly so far; from now on it is solved exactly."""
        rough, self._rough = self._rough, False
        if rough:
            self._values, self._idle = [], 0
        return rough

    @property
    def _stands(self) -> bool:
        """Whether the last rounds have brought little."""
        if self._round < _FEW or len(self._values) <= _SEEN:
            return False
        return self._values[-1] < (1 + _LITTLE) * self._values[-1 - _SEEN]

    def _forget(self, prices: FloatArray) -> None:
        """Leave out stars that cost much more than they are worth, if there are many."""
        if len(self._wires) - self._near < _CROWD * len(self._dual.stars.edges):
            return
        good = (self._weights > 0) | (self._takes.T @ prices < (1 + _DEAR) * self._wires)
        good[: self._near] = True
        kept = np.flatnonzero(good)
        self._takes = csr_matrix(self._takes.tocsc()[:, kept])
        self._weights, self._wires = self._weights[kept], self._wires[kept]
        self._reaching = [self._reaching[i - self._near] for i in kept[self._near :].tolist()]
        self._state, self._steps = [self._state[i] for i in kept], [self._steps[i] for i in kept]

    def _worth(self, tried: Sequence[Reaching]) -> list[_Worth]:
        """Return the cost of some stars' wire for a weight of 1, with boxes that suit it."""
        new = {star[:3]: star for star in tried if star[:3] not in self._known}
        if new:
            self._known.update(zip(new, _worth(self._dual, list(new.values()), self._area), strict=True))
        for key, star in new.items():
            kind = len(star.leaves), bool(star.demands)
            share = self._known[key].wire / self._stack(star)
            self._shares[kind] = (self._shares.get(kind, share) + share) / 2
        return [self._known[star[:3]] for star in tried]

    def best(self) -> tuple[Stars, FloatArray, Boxes] | None:
        """Return the stars without flows and those that have a weight, with all weights and boxes.

        There is nothing to return if none with a flow is worth its weight.
        """
        found = self._dual.stars.best_weights_of(self._takes, self._wires)
        weights = found[0] if found is not None else self._weights
        used = [i for i in range(len(weights) - self._near) if weights[self._near + i] > 0]
        if not used:
            return None
        stars = Stars(self._dual.stars.instance, [self._reaching[i] for i in used])
        kept = [*range(self._near), *(self._near + i for i in used)]
        boxes = Boxes(np.array([self._state[i] for i in kept]), np.array([self._steps[i] for i in kept]))
        return stars, weights[kept], boxes

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
            yield from self._around(hub, nearest, cost[nearest], steps.tolist())

    def _around(
        self, hub: int, nearest: Sequence[int], costs: FloatArray, before: Sequence[int]
    ) -> Iterator[Reaching]:
        """Yield the stars of a hub that seem to be worth most beyond what their flows cost, or else all.

        Their leaves count alike, or each has a demand in proportion to its least extent: then all orders of a
        stack cost the same.
        """
        numbers = {*_LEAVES, *(_MANY if self._degrees[hub] >= _GREAT_HUB else ())}
        numbers |= {len(nearest)} if min(numbers) <= len(nearest) <= _ALL else set()
        extents = self._dual.thinnest[list(nearest)]
        total, paid = np.cumsum(extents), np.cumsum(extents * costs)
        found = []
        for many in sorted(many for many in numbers if many <= len(nearest)):
            mean = total[many - 1] / many
            stack = many * (total[many - 1] / 4 + self._dual.thinnest[hub] / 2) * self._wire
            share = self._shares.get((many, True), 1.0)
            found.append((share * stack - paid[many - 1] / mean, many, extents[:many] / mean))
            if np.ptp(extents[:many]):
                ranks = np.arange(many)[::-1] // 2 + 0.5
                stack = (ranks @ np.sort(extents[:many]) + many * self._dual.thinnest[hub] / 2) * self._wire
                share = self._shares.get((many, False), 1.0)
                found.append((share * stack - costs[:many].sum(), many, np.ones(many)))
        most = len(found) if self._idle else _TRIED
        for _, many, demands in heapq.nlargest(most, found, key=itemgetter(0)):
            yield _star(hub, nearest[:many], demands, before)

    def _stack(self, star: Reaching) -> float:
        """Return about what a star's leaves cost in a stack, the thinnest ones for their demand nearest."""
        extents, hub = self._dual.thinnest[list(star.leaves)], float(self._dual.thinnest[star.hub])
        demands = np.array(star.demands) / WHOLE if star.demands else np.ones(len(extents))
        order = np.argsort(extents / demands, kind="stable")
        inside = demands[order] @ np.cumsum(extents[order]) / 2 - demands @ extents / 4
        return float(inside + demands.sum() * hub / 2) * self._wire


def _star(hub: int, nearest: Sequence[int], shares: FloatArray, before: Sequence[int]) -> Reaching:
    """Return a star whose flow comes to each leaf from the kernel before it; nearer leaves come first."""
    demands = np.maximum(np.rint(WHOLE * shares), 1).astype(int).tolist()
    beyond: dict[int, int] = defaultdict(int)
    flow = []
    for leaf, demand in zip(reversed(nearest), reversed(demands), strict=True):
        amount = beyond[leaf] + demand
        flow.append((before[leaf], leaf, amount))
        beyond[before[leaf]] += amount
    leaves, demands = zip(*sorted(zip(nearest, demands, strict=True)), strict=True)
    alike = set(demands) == {WHOLE}
    return Reaching(hub, leaves, () if alike else demands, tuple(sorted(flow)))


def _worth(dual: CoverDual, tried: Sequence[Reaching], area: float) -> list[_Worth]:
    """Return the cost of some stars' wire for a weight of 1, whatever their flows are."""
    stars = Stars(dual.stars.instance, [star._replace(flow=()) for star in tried])
    dual = dual.with_stars(stars)
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
        dual.boxes(),
    )
    found = dual(cover, rounds=1, tries=_TRIES)
    parts = found.wires.tolist(), found.better.state, found.better.steps
    return [_Worth(*one) for one in zip(*(part[stars.near :] for part in parts), strict=True)]


def _best_of_each(hubs: Sequence[int], promise: FloatArray, least: FloatArray) -> IntArray:
    """Return which stars promise enough, and of each hub's only the few that promise most."""
    taken: dict[int, int] = defaultdict(int)
    chosen = []
    for i in np.argsort(-promise, kind="stable").tolist():
        if promise[i] > least[i] and taken[hubs[i]] < _TAKEN:
            taken[hubs[i]] += 1
            chosen.append(i)
    return np.array(chosen, np.int64)
