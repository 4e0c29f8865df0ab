"""Stars that share a network's edges, and the bound that they make together under given prices of area.

docs/bounds.md, section 10. The weights of the stars at an edge sum to at most its multiplicity; what a tile
of a kernel costs is divided among the stars that it is in. Then the stars' least costs add up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from wse_cp.bounds.cover.places import AREA
from wse_cp.bounds.cover.stars import PAIR, evaluate_stars
from wse_cp.bounds.programme.pricing import UNIT, Tables
from wse_cp.instance import Instance
from wse_cp.shapes.arrays import FloatArray

#: The stubs know nothing of sparse constraints.
_linprog: Any = linprog
#: A weight below this is none.
_NOTHING = 1e-4
#: The cheapest wire of an edge, about, as a share of the mean wire for each leaf of a star.
_SINGLE = 0.5


class Cover(NamedTuple):
    """What the stars of a network are given; arrays as long as its stars, or as all their leaves."""

    area: float  #: cost per tile of area
    weights: FloatArray  #: share of each star in its edges, as a multiplicity
    hub_prices: FloatArray  #: cost per tile of area of each star's hub
    leaf_prices: FloatArray  #: cost per tile of area of each leaf


class Shares(NamedTuple):
    """A cover before it is rounded: the parts that stars have in the price of each kernel's area."""

    area: float  #: cost per tile of area
    weights: FloatArray  #: share of each star in its edges, as a multiplicity
    hubs: FloatArray  #: part of each star's hub; those of a kernel sum to 1
    leaves: FloatArray  #: part of each leaf


class CoverValue(NamedTuple):
    """The bound of wire under a cover, and what stars are made of where they are cheapest."""

    value: float
    wires: FloatArray  #: cost of each star's wire for a weight of 1; 0 of stars without weight
    hub_areas: FloatArray  #: tiles
    leaf_areas: FloatArray
    rest: float  #: tiles at the price of area that no star's kernels take
    ranks: FloatArray  #: prices of ranks (4 x leaves), see `stars`
    others: FloatArray  #: other prices of each star (stars x 3)


class Stars:
    """The stars that a cover of an instance may have: each kernel with all its neighbours, and each edge."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.names = sorted(instance.kernels)
        number = {name: i for i, name in enumerate(self.names)}
        edges: Counter[tuple[int, int]] = Counter()
        for u, v, count in instance.kernel_edges:
            a, b = sorted((number[u], number[v]))
            edges[a, b] += count
        self.edges = list(edges)
        self.multiplicities = np.array(list(edges.values()), float)
        stars = list(_stars(self.edges))
        self.hubs = np.array([hub for hub, _ in stars], np.int64)
        self.sizes = np.array([len(leaves) for _, leaves in stars], np.int64)
        self.pointers = np.append(0, np.cumsum(self.sizes))
        self.leaves = np.array([v for _, leaves in stars for v in leaves], np.int64)
        self.star_of = np.repeat(np.arange(len(stars)), self.sizes)  #: of each leaf
        kernels = [instance.kernels[name] for name in self.names]
        kinds = {kernel: i for i, kernel in enumerate(dict.fromkeys(kernels))}
        self.kinds = np.array([kinds[kernel] for kernel in kernels], np.int64)
        self.examples = {kinds[kernel]: name for kernel, name in zip(kernels, self.names, strict=True)}

    @property
    def largest(self) -> int:
        """The most leaves of a star."""
        return int(self.sizes.max(initial=0))

    @cached_property
    def _incidence(self) -> csr_matrix:
        """Which edges (rows) which stars (columns) have."""
        place = {edge: i for i, edge in enumerate(self.edges)}
        hubs = self.hubs[self.star_of]
        low, high = np.minimum(hubs, self.leaves), np.maximum(hubs, self.leaves)
        rows = [place[pair] for pair in zip(low.tolist(), high.tolist(), strict=True)]
        return csr_matrix((np.ones(len(rows)), (rows, self.star_of)), (len(self.edges), len(self.hubs)))

    def best_weights(self, wires: FloatArray) -> FloatArray:
        """Return weights that sum to at most the multiplicity at each edge, with the most wire in all."""
        found = _linprog(
            -wires, A_ub=self._incidence, b_ub=self.multiplicities, bounds=(0, None), method="highs"
        )
        if found.x is None:
            return self.even_weights()
        weights: FloatArray = np.where(found.x > _NOTHING, found.x, 0.0)
        return weights

    def even_weights(self) -> FloatArray:
        """Return the weights if every star takes half of what its thinnest edge has, and edges the rest."""
        many = self.sizes >= PAIR
        thinnest = np.full(len(self.hubs), np.inf)
        edge_of = self._incidence.tocsc().indices
        np.minimum.at(thinnest, self.star_of, self.multiplicities[edge_of])
        weights = np.where(many, thinnest / 2, 0.0)
        left = self.multiplicities - self._incidence @ weights
        weights[~many] = np.maximum(left[edge_of[~many[self.star_of]]], 0.0)
        return weights

    def single_wires(self, wires: FloatArray) -> FloatArray:
        """Return a low guess of the wire of every star, from that of those that have any."""
        used = wires > 0
        each = float(wires[used].sum() / self.sizes[used].sum()) if used.any() else 1.0
        return _SINGLE * each * self.sizes

    def first(self, area: float) -> Shares:
        """Return shares to begin with, at a cost for each tile of area."""
        weights = self.even_weights()
        return Shares(area, weights, *self.shared(weights))

    def cover(self, shares: Shares) -> Cover:
        """Return the cover in multiples of 1 / UNIT: rounded up the price of area, down all others."""
        area = float(np.ceil(shares.area * UNIT) / UNIT)
        down = (np.floor(array * UNIT) / UNIT for array in (area * shares.hubs, area * shares.leaves))
        return Cover(area, np.floor(shares.weights * UNIT) / UNIT, *down)

    def shared(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return shares of a kernel's area, of hubs and of leaves, in proportion to the wire they pay."""
        ranks = (self.sizes - 1) // 2 / 2 + 0.5
        return self.normed(weights * self.sizes / 2, (weights * ranks)[self.star_of])

    def normed(self, hubs: FloatArray, leaves: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return shares scaled so that those of each kernel sum to 1."""
        total = self.sums(hubs, leaves)
        total[total <= 0] = 1.0
        return hubs / total[self.hubs], leaves / total[self.leaves]

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


class CoverDual:
    """The bound of wire by covers at one cycle limit."""

    def __init__(self, stars: Stars, tables: Tables) -> None:
        settings = stars.instance.settings
        self.stars, self.room = stars, settings.width * settings.height
        self._wire = settings.wlength
        shapes = [_shapes(tables, stars.examples[kind]) for kind in range(len(stars.examples))]
        self._pointers = np.append(0, np.cumsum([len(rows) for rows in shapes])).astype(np.int64)
        self._shapes = np.concatenate(shapes)
        self._least: FloatArray = np.array([rows[:, AREA].min() for rows in shapes])[stars.kinds]
        self.least_area = float(self._least.sum())  #: tiles that all kernels take at least

    def __call__(self, cover: Cover) -> CoverValue:
        """Return the value of a cover: a bound of the wire of all placements within the limit."""
        stars = self.stars
        used = np.flatnonzero(cover.weights > 0)
        inside = np.flatnonzero(cover.weights[stars.star_of] > 0)
        values, hubs = np.zeros((2, len(used)))
        others = np.zeros((len(used), 3))
        leaves, ranks = np.zeros(len(inside)), np.zeros((4, len(inside)))
        evaluate_stars(
            stars.hubs[used],
            np.append(0, np.cumsum(stars.sizes[used])),
            stars.leaves[inside],
            stars.kinds,
            self._pointers,
            self._shapes,
            cover.weights[used] * self._wire,
            cover.hub_prices[used],
            cover.leaf_prices[inside],
            values,
            hubs,
            leaves,
            ranks,
            others,
        )
        left = np.maximum(cover.area - stars.sums(cover.hub_prices, cover.leaf_prices), 0.0) @ self._least
        # rank prices will be rounded to multiples of 1 / UNIT
        margin = 2 * len(inside) / UNIT
        value = float(values.sum() + left - cover.area * self.room) - margin
        leaf_areas, all_ranks = np.zeros(len(stars.leaves)), np.zeros((4, len(stars.leaves)))
        hub_areas, wires = np.zeros((2, len(stars.hubs)))
        all_others = np.zeros((len(stars.hubs), 3))
        leaf_areas[inside], hub_areas[used] = leaves, hubs
        all_ranks[:, inside], all_others[used] = ranks, others
        tiles = np.bincount(stars.star_of, cover.leaf_prices * leaf_areas, len(stars.hubs))[used]
        wires[used] = (values - cover.hub_prices[used] * hubs - tiles) / cover.weights[used]
        rest = float(left) / cover.area if cover.area else 0.0
        return CoverValue(value, wires, hub_areas, leaf_areas, rest, all_ranks, all_others)


def _shapes(tables: Tables, name: str) -> FloatArray:
    rows = tables.sizes[name]
    width, height = np.asarray(rows.width, float), np.asarray(rows.height, float)
    return np.column_stack([width, height, width * height])
