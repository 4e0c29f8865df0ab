"""Stars that share a network's edges, and the bound that they make together under given prices of area.

docs/bounds.md, section 10. The weights of the stars at an edge sum to at most its multiplicity; what a tile
of a kernel costs is divided among the stars that it is in. Then the stars' least costs add up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from wse_cp.bounds.cover.around import FIRST_STEP
from wse_cp.bounds.cover.boxes import first_boxes
from wse_cp.bounds.cover.forests import Forests
from wse_cp.bounds.cover.places import AREA, THIN
from wse_cp.bounds.cover.stars import (
    PAIR,
    ROUNDS,
    TRIES,
    Asked,
    Evaluated,
    Kernels,
    evaluate_stars,
    room_for,
)
from wse_cp.bounds.cover.values import WHOLE, Boxes, Cover, CoverValue, Links, Reaching, Shares
from wse_cp.bounds.linear import pack, pack_roughly
from wse_cp.bounds.programme.pricing import UNIT, Tables
from wse_cp.instance import Instance
from wse_cp.shapes.arrays import FloatArray, IntArray

#: Weights are lowered by this factor where rounding might else take too much of an edge.
_LESS = 1 - 1e-6
#: A weight below this is none.
_NOTHING = 1e-4
#: The cheapest wire of an edge, about, as a share of the mean wire of all edges.
_SINGLE = 0.5


class Stars:
    """The stars that a cover of an instance may have.

    These are each kernel with all its neighbours, each edge, and then some whose leaves are reached by flows.
    """

    def __init__(self, instance: Instance, reaching: Sequence[Reaching] = ()) -> None:
        self.instance, self.reaching = instance, tuple(reaching)
        self.names = sorted(instance.kernels)
        number = {name: i for i, name in enumerate(self.names)}
        edges: Counter[tuple[int, int]] = Counter()
        for u, v, count in instance.kernel_edges:
            a, b = sorted((number[u], number[v]))
            edges[a, b] += count
        self.edges = list(edges)
        self.multiplicities = np.array(list(edges.values()), float)
        stars = list(_stars(self.edges))
        self.near = len(stars)  #: how many there are without flows
        stars += [(star.hub, list(star.leaves)) for star in reaching]
        self.hubs = np.array([hub for hub, _ in stars], np.int64)
        self.sizes = np.array([len(leaves) for _, leaves in stars], np.int64)
        self.pointers = np.append(0, np.cumsum(self.sizes))
        self.leaves = np.array([v for _, leaves in stars for v in leaves], np.int64)
        self.star_of = np.repeat(np.arange(len(stars)), self.sizes)  #: of each leaf
        self.demands = np.ones(len(self.leaves))  #: how often a star's weight counts at each leaf
        self.ranked = np.ones(len(stars), np.bool_)  #: whether it counts once at each of a star's leaves
        for i, star in enumerate(reaching, self.near):
            if star.demands:
                self.ranked[i] = False
                self.demands[self.pointers[i] : self.pointers[i + 1]] = np.array(star.demands) / WHOLE
        kernels = [instance.kernels[name] for name in self.names]
        kinds = {kernel: i for i, kernel in enumerate(dict.fromkeys(kernels))}
        self.kinds = np.array([kinds[kernel] for kernel in kernels], np.int64)
        self.examples = {kinds[kernel]: name for kernel, name in zip(kernels, self.names, strict=True)}

    @cached_property
    def degrees(self) -> FloatArray:
        """How many wires each kernel has."""
        ends = np.array(self.edges, np.int64).reshape(-1, 2)
        return np.asarray(
            sum(np.bincount(own, self.multiplicities, len(self.names)) for own in ends.T), float
        )

    @property
    def largest(self) -> int:
        """The most leaves of a star."""
        return int(self.sizes.max(initial=0))

    @cached_property
    def takes(self) -> csr_matrix:
        """How much of each edge (row) a star (column) takes for a weight of 1."""
        place = {edge: i for i, edge in enumerate(self.edges)}
        ways = [
            (star, hub, leaf, WHOLE)
            for star, hub, leaf in zip(
                self.star_of.tolist(), self.hubs[self.star_of].tolist(), self.leaves.tolist(), strict=True
            )
            if star < self.near
        ]
        ways += [(self.near + i, *way) for i, star in enumerate(self.reaching) for way in star.flow]
        rows = [place[min(u, v), max(u, v)] for _, u, v, _ in ways]
        columns, shares = [star for star, _, _, _ in ways], [share / WHOLE for *_, share in ways]
        return csr_matrix((shares, (rows, columns)), (len(self.edges), len(self.hubs)))

    @cached_property
    def lengths(self) -> FloatArray:
        """How much of all edges together each star takes for a weight of 1."""
        return np.asarray(self.takes.sum(axis=0), float).ravel()

    def flow(self, star: int) -> tuple[tuple[int, int, int], ...]:
        """Return the flow of a star; nothing if its leaves are neighbours of its hub."""
        return self.reaching[star - self.near].flow if star >= self.near else ()

    def demand(self, star: int) -> tuple[int, ...]:
        """Return the demands of a star's leaves; nothing if each counts once."""
        return self.reaching[star - self.near].demands if star >= self.near else ()

    def best_weights(self, wires: FloatArray) -> FloatArray:
        """Return weights with the most wire in all, of which no edge gives more than its multiplicity."""
        found = self.best_weights_of(self.takes, wires)
        if found is None:
            even = self.even_weights()[: self.near]
            return np.append(even, np.zeros(len(wires) - self.near))
        return found[0]

    def best_weights_of(
        self, takes: csr_matrix, wires: FloatArray, rough: bool = False
    ) -> tuple[FloatArray, FloatArray] | None:
        """Return the best weights of stars that take other amounts, and what one more of each edge is worth.

        The first stars are those of this network without flows. Both are only about the best ones if `rough`,
        which takes much less time. There is nothing to return if it takes too long.
        """
        found = (pack_roughly if rough else pack)(wires, takes, self.multiplicities)
        if found is None:
            return None
        weights, prices = found
        return np.where(weights > _NOTHING, weights, 0.0), prices

    def even_weights(self) -> FloatArray:
        """Return the weights if every star takes half of what its thinnest edge has, and edges the rest.

        Stars with flows take nothing.
        """
        near = np.arange(len(self.hubs)) < self.near
        many = (self.sizes >= PAIR) & near
        single = ~many & near
        thinnest = np.full(len(self.hubs), np.inf)
        takes = self.takes[:, : self.near].tocsc()
        np.minimum.at(thinnest, self.star_of[: takes.nnz], self.multiplicities[takes.indices])
        weights = np.where(many, thinnest / 2, 0.0)
        left = self.multiplicities - self.takes @ weights
        weights[single] = np.maximum(left[takes.indices[single[self.star_of[: takes.nnz]]]], 0.0)
        return weights

    def single_wires(self, wires: FloatArray) -> FloatArray:
        """Return a low guess of the wire of every star, from that of those that have any."""
        used = wires > 0
        each = float(wires[used].sum() / self.lengths[used].sum()) if used.any() else 1.0
        return _SINGLE * each * self.lengths

    def begun(self, area: float, weights: FloatArray, boxes: Boxes) -> Shares:
        """Return shares to begin with at given weights, with given boxes."""
        none = np.zeros((0, len(self.names)))
        hubs, leaves = self.shared(weights)
        links = Links(np.zeros(len(self.names)), hubs, leaves, none)
        return Shares(area, weights, hubs, leaves, none, links, boxes)

    def cover(self, shares: Shares) -> Cover:
        """Return the cover in multiples of 1 / UNIT: rounded up what is given, down what is asked for."""
        area = float(np.ceil(shares.area * UNIT) / UNIT)
        weights, links = _down(shares.weights * (_LESS if self.reaching else 1.0)), shares.links
        used = weights > 0
        hubs = np.where(used, _up(links.prices[self.hubs] * links.hubs), 0.0)
        leaves = np.where(used[self.star_of], _up(links.prices[self.leaves] * links.leaves), 0.0)
        forests = [area * shares.forests, self.sums(hubs, leaves) * links.forests]
        return Cover(
            area,
            weights,
            _down(area * shares.hubs),
            _down(area * shares.leaves),
            hubs,
            leaves,
            _down(np.stack(forests, axis=1)),
            shares.boxes,
        )

    def shared(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return shares of a kernel's area, of hubs and of leaves, in proportion to the wire they pay."""
        ranks = (self.sizes - 1) // 2 / 2 + 0.5
        none = np.zeros((0, len(self.names)))
        return self.normed(weights * self.sizes / 2, (weights * ranks)[self.star_of], none)[:2]

    def normed(
        self, hubs: FloatArray, leaves: FloatArray, forests: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return shares scaled so that those of each kernel sum to 1."""
        total = self.sums(hubs, leaves) + forests.sum(axis=0)
        total[total <= 0] = 1.0
        return hubs / total[self.hubs], leaves / total[self.leaves], forests / total

    def sums(self, hubs: FloatArray, leaves: FloatArray) -> FloatArray:
        """Return the sum over all that belongs to each kernel."""
        of_hubs = np.bincount(self.hubs, hubs, len(self.names))
        return of_hubs.astype(float) + np.bincount(self.leaves, leaves, len(self.names))


def _stars(edges: list[tuple[int, int]]) -> Iterator[tuple[int, list[int]]]:
    """Yield hub and leaves: of kernels with at least two neighbours, then of each edge, in its order."""
    near: dict[int, list[int]] = defaultdict(list)
    for u, v in edges:
        near[u].append(v)
        near[v].append(u)
    for hub, leaves in sorted(near.items()):
        if len(leaves) >= PAIR:
            yield hub, sorted(leaves)
    for u, v in edges:
        yield u, [v]


class Found(NamedTuple):
    """A cover of a network, and the bound that it makes at a cycle limit."""

    stars: Stars
    cover: Cover
    value: CoverValue
    forests: Forests | None = None  #: that it has too


class CoverDual:
    """The bound of wire, and of adapters if there are forests, by covers at one cycle limit."""

    def __init__(self, stars: Stars, tables: Tables, forests: Forests | None = None) -> None:
        settings = stars.instance.settings
        self.stars, self.room, self.forests = stars, settings.width * settings.height, forests
        self._wire, self._tables = settings.wlength, tables
        shapes = [_shapes(tables, stars.examples[kind]) for kind in range(len(stars.examples))]
        self._kernels = Kernels(
            stars.kinds,
            np.append(0, np.cumsum([len(rows) for rows in shapes])).astype(np.int64),
            np.concatenate(shapes),
            np.array([settings.width, settings.height], float),
        )
        self._least: FloatArray = np.array([rows[:, AREA].min() for rows in shapes])[stars.kinds]
        self.thinnest: FloatArray = np.array([rows[:, THIN].min() for rows in shapes])[stars.kinds]
        self.least_area = float(self._least.sum())  #: tiles that all kernels take at least

    def first(self, area: float) -> Shares:
        """Return shares to begin with, at a cost for each tile of area."""
        return self.begun(area, self.stars.even_weights())

    def begun(self, area: float, weights: FloatArray) -> Shares:
        """Return shares to begin with at given weights."""
        return self.stars.begun(area, weights, self.boxes())

    def boxes(self) -> Boxes:
        """Return boxes to begin with around the hubs of all stars."""
        stars, many = self.stars, len(self.stars.hubs)
        stacks = np.bincount(stars.star_of, self.thinnest[stars.leaves], many)
        demands = np.bincount(stars.star_of, stars.demands, many)
        found = first_boxes((self.thinnest[stars.hubs] + stacks) / 2, demands / stacks)
        return Boxes(found, np.full(many, FIRST_STEP))

    def with_stars(self, stars: Stars, forests: bool = True) -> CoverDual:
        """Return the bound at this limit by other stars of the network; if wanted, without forests."""
        return CoverDual(stars, self._tables, self.forests if forests else None)

    def _evaluated(
        self, cover: Cover, used: IntArray, inside: IntArray, rounds: int, tries: int
    ) -> Evaluated:
        """Return what the stars with a weight cost; they and their leaves are at given places."""
        stars = self.stars
        asked = Asked(
            stars.hubs[used],
            np.append(0, np.cumsum(stars.sizes[used])),
            stars.leaves[inside],
            stars.demands[inside],
            stars.ranked[used],
            cover.weights[used] * self._wire,
            cover.hub_prices[used],
            cover.leaf_prices[inside],
            cover.hub_refunds[used],
            cover.leaf_refunds[inside],
        )
        found = room_for(asked, cover.boxes.state[used], cover.boxes.steps[used])
        evaluate_stars(asked, self._kernels, found, rounds, tries)
        return found

    def __call__(self, cover: Cover, rounds: int = ROUNDS, tries: int = TRIES) -> CoverValue:
        """Return the value of a cover: a bound for all placements within the limit.

        With more rounds, prices of ranks are better, with more tries those of boxes.
        """
        stars = self.stars
        used = np.flatnonzero(cover.weights > 0)
        inside = np.flatnonzero(cover.weights[stars.star_of] > 0)
        found = self._evaluated(cover, used, inside, rounds, tries)
        adapters, forest_sizes = 0.0, np.zeros_like(cover.forest_prices)
        if self.forests is not None:
            adapters = self.forests(self._tables, cover.forest_prices, forest_sizes)
        asked = stars.sums(cover.hub_prices, cover.leaf_prices) + cover.forest_prices[:, 0].sum(axis=0)
        left = float(np.maximum(cover.area - asked, 0.0) @ self._least)
        # rank prices will be rounded to multiples of 1 / UNIT, what boxes cost is rounded down
        margin = 3 * len(inside) / UNIT
        value = float(found.values.sum()) + adapters + left - cover.area * self.room - margin
        many, entries = len(stars.hubs), len(stars.leaves)
        better = Boxes(cover.boxes.state.copy(), cover.boxes.steps.copy())
        better.state[used], better.steps[used] = found.state, found.steps
        hub_sizes = _spread(found.hub_sizes.T, used, many).T
        leaf_sizes = _spread(found.leaf_sizes.T, inside, entries).T
        paid = cover.leaf_prices * leaf_sizes[0] - cover.leaf_refunds * leaf_sizes[1]
        tiles = np.bincount(stars.star_of, paid, len(stars.hubs))
        tiles += cover.hub_prices * hub_sizes[0] - cover.hub_refunds * hub_sizes[1]
        return CoverValue(
            value,
            _spread((found.values - tiles[used]) / cover.weights[used], used, many),
            hub_sizes,
            leaf_sizes,
            forest_sizes,
            left / cover.area if cover.area else 0.0,
            _spread(found.ranks.T, inside, entries).T,
            _spread(found.others, used, many),
            _spread(found.placed, used, many),
            better,
        )


def _spread(values: FloatArray, places: IntArray, many: int) -> FloatArray:
    """Return an array of so many rows that has given rows at some places, and zeros elsewhere."""
    found: FloatArray = np.zeros((many, *values.shape[1:]))
    found[places] = values
    return found


def _shapes(tables: Tables, name: str) -> FloatArray:
    rows = tables.sizes[name]
    width, height = np.asarray(rows.width, float), np.asarray(rows.height, float)
    return np.column_stack([width, height, width * height, np.minimum(width, height)])


def _down(values: FloatArray) -> FloatArray:
    return np.asarray(np.floor(values * UNIT) / UNIT, float)


def _up(values: FloatArray) -> FloatArray:
    return np.asarray(np.ceil(values * UNIT) / UNIT, float)
