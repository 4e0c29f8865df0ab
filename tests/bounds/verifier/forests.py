"""Forests of covers, and their value by a literal reading of docs/bounds.md, section 10."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from random import Random
from typing import Any

import networkx as nx

from tests.bounds.networks import channels_at
from tests.bounds.verifier.cases import contents, signed
from tests.bounds.verifier.covers import (
    StarValue,
    random_cover,
    shapes_within,
    smallest,
)
from tests.cpsat.brute_force import all_options
from wse_cp.instance import Instance
from wse_cp.kernels import Conv
from wse_cp.shapes.options import Option

Shape = tuple[int, int]
_NONE = 0, 0, 0


def with_forests(
    instance: Instance, covers: list[dict[str, Any]], starts: list[tuple[int, int]], unit: int, **changes: Any
) -> dict[str, Any]:
    """A certificate of version 7 (or `version`); intervals are (start, number of the cover).

    Nothing is left for frames.
    """
    rows = [(start, [_NONE]) for start, _ in starts]
    found = contents(instance, rows, unit=unit, **{"version": 7, **changes})
    for entry, (_, number) in zip(found["intervals"], starts, strict=True):
        entry.update(wire=0, cover=number)
    return signed({**found, "adapters": True, "covers": covers})


def edges_of(instance: Instance) -> dict[tuple[int, int], int]:
    """The multiplicity of each edge, kernels by their places among the sorted names."""
    place = {name: i for i, name in enumerate(sorted(instance.kernels))}
    return {(place[u], place[v]): count for u, v, count in instance.kernel_edges}


def random_forests(random: Random, instance: Instance) -> list[list[tuple[int, int]]]:
    """Edges without cycles, each in at most one of up to three forests."""
    graphs: list[nx.Graph[int]] = [nx.Graph() for _ in range(random.randint(1, 3))]
    found: list[list[tuple[int, int]]] = [[] for _ in graphs]
    for u, v in edges_of(instance):
        for graph, edges in random.sample(list(zip(graphs, found, strict=True)), len(graphs)):
            graph.add_nodes_from((u, v))
            if random.random() < 0.9 and not nx.has_path(graph, u, v):
                graph.add_edge(u, v)
                edges.append((u, v))
                break
    return [edges for edges in found if edges]


def random_joint_cover(
    random: Random, instance: Instance, unit: int, flows: bool = False, boxes: bool = False
) -> dict[str, Any]:
    """A cover of random stars and forests with random prices and refunds.

    `flows` is for those of version 8, `boxes` for those of version 9.
    """
    cover = random_cover(random, instance, unit, flows=flows, boxes=boxes)
    left = [cover["area"]] * len(instance.kernels)
    refunds = [0] * len(left)
    for star in cover["stars"]:
        top = random.choice([0, unit, 4 * unit]) if star[3] else 0
        given = [random.randint(0, top) for _ in range(1 + len(star[3]) // 2)]
        star[11:13] = [given[0], given[1:]]
        for v, price, refund in zip([star[0], *star[3][::2]], [star[2], *star[3][1::2]], given, strict=True):
            left[v] -= price
            refunds[v] += refund
    forests = []
    for edges in random_forests(random, instance):
        prices = []
        for v in sorted({v for edge in edges for v in edge}):
            share = [random.choice([0, n, n // 2, random.randint(0, n)]) for n in (left[v], refunds[v])]
            left[v] -= share[0]
            refunds[v] -= share[1]
            if any(share) or random.random() < 0.5:
                prices += [v, *share]
        forests.append([[v for edge in edges for v in edge], prices])
    return {**cover, "forests": forests}


def linked_cover(random: Random, instance: Instance, unit: int) -> dict[str, Any]:
    """A cover that promises something: every kernel a hub with half of its edges, all edges in forests.

    What stars give back is about what a tile of thickness costs them, or some of it.
    """
    edges = edges_of(instance)
    per_tile = instance.settings.wlength * unit * random.choice([1, 2, 3, 4]) // 8
    refunds, stars = [0] * len(instance.kernels), []
    for hub in range(len(refunds)):
        leaves = [sum(edge) - hub for edge in edges if hub in edge]
        ranks = [0] * ((len(leaves) + 1) // 2)
        refunds[hub] += per_tile * len(leaves)
        for v in leaves:
            refunds[v] += per_tile
        pairs = [number for v in leaves for number in (v, 0)]
        given = [per_tile * len(leaves), [per_tile] * len(leaves)]
        stars.append([hub, unit // 2, 0, pairs, ranks, ranks, 0, ranks, ranks, 0, 0, *given])
    parts = random_forests(random, instance)
    shares = [sum(any(v in edge for edge in part) for part in parts) for v in range(len(refunds))]
    forests = []
    for part in parts:
        inside = sorted({v for edge in part for v in edge})
        prices = [number for v in inside for number in (v, 0, refunds[v] // shares[v])]
        forests.append([[v for edge in part for v in edge], prices])
    return {"area": 0, "stars": stars, "forests": forests}


def thickness(shape: Shape, least: list[Shape]) -> int:
    """The greatest lesser extent of any least shape that is no greater than that of a shape."""
    return max(min(one) for one in least if min(one) <= min(shape))


def joint_value(
    instance: Instance, cover: dict[str, Any], unit: int, limit: int | None = None
) -> Fraction | None:
    """The value of a cover with forests in the words of the text, by loops; None if a kernel has no shape.

    The value of each star is rounded down to a multiple of 1 / (4 * unit).
    """
    least = [smallest(own) for own in shapes_within(instance, limit)]
    if not all(least):
        return None
    area = [Fraction(cover["area"], unit)] * len(least)
    given = [Fraction(0)] * len(least)
    total = -area[0] * instance.settings.width * instance.settings.height
    for star in cover["stars"]:
        total += _star_value(instance, star, unit, least, area, given)
    for edges, prices in cover["forests"]:
        for v, a, b in zip(prices[::3], prices[1::3], prices[2::3], strict=True):
            area[v] -= Fraction(a, unit)
            given[v] -= Fraction(b, unit)
        total += ForestValue(instance, edges, prices, unit, limit, least)()
    for v, own in enumerate(least):
        total += area[v] * min(w * h for w, h in own) + given[v] * min(map(min, own))
    return total


def _star_value(
    instance: Instance,
    star: list[Any],
    unit: int,
    least: list[list[Shape]],
    area: list[Fraction],
    given: list[Fraction],
) -> Fraction:
    """The value of a star; what it asks for is taken off `area`, what it gives back is added to `given`."""
    hub, weight, price, pairs, *_ = star
    refund, refunds = star[11:13]
    leaves = pairs[::2]
    if not leaves:
        area[hub] -= Fraction(price, unit)
        tiles = min(w * h for w, h in least[hub])
        return Fraction(price * tiles, unit)
    for v, p, r in zip([hub, *leaves], [price, *pairs[1::2]], [refund, *refunds], strict=True):
        area[v] -= Fraction(p, unit)
        given[v] += Fraction(r, unit)
    sizes = [
        (least[v], Fraction(p, unit), Fraction(r, unit))
        for v, p, r in zip(leaves, pairs[1::2], refunds, strict=True)
    ]
    value = StarValue(instance, Fraction(instance.settings.wlength * weight, unit), sizes, star, unit)
    found: Fraction = min(
        Fraction(price, unit) * w * h - Fraction(refund, unit) * min(w, h) + value(w, h)
        for w, h in least[hub]
    )
    return Fraction(floor(found * 4 * unit), 4 * unit)


class ForestValue:
    """The least cost of a forest, by loops over all pairs of options along its edges."""

    def __init__(
        self,
        instance: Instance,
        edges: list[int],
        prices: list[int],
        unit: int,
        limit: int | None,
        least: list[list[Shape]],
    ) -> None:
        names = sorted(instance.kernels)
        self.kernels = [instance.kernels[name] for name in names]
        self.channels = [channels_at(instance, name) for name in names]
        self.counts, self.adapter = edges_of(instance), instance.settings.wadapter
        self.edges = list(zip(edges[::2], edges[1::2], strict=True))
        self.prices = {
            v: (Fraction(a, unit), Fraction(b, unit))
            for v, a, b in zip(prices[::3], prices[1::3], prices[2::3], strict=True)
        }
        self.least = least
        self.options = [
            [o for o in all_options(instance, kernel) if limit is None or o.time <= limit]
            for kernel in self.kernels
        ]
        self.largest = max(k.H for k in self.kernels), max(k.W for k in self.kernels)

    def __call__(self) -> Fraction:
        total, seen = Fraction(0), set[int]()
        for v in sorted({v for edge in self.edges for v in edge}):
            if v not in seen:
                total += min(cost for _, cost in self._below(v, -1, seen))
        return total

    def _below(self, v: int, parent: int, seen: set[int]) -> list[tuple[Option, Fraction]]:
        """The least cost of all below a kernel, and of itself, for each of its options."""
        seen.add(v)
        area, thick = self.prices.get(v, (Fraction(0), Fraction(0)))
        costs = [area * o.width * o.height + thick * self._thickness(v, o) for o in self.options[v]]
        for edge in self.edges:
            if v not in edge or parent in edge:
                continue
            child = sum(edge) - v
            below = self._below(child, v, seen)
            for i, option in enumerate(self.options[v]):
                costs[i] += min(cost + self._adapters(edge, v, option, other) for other, cost in below)
        return list(zip(self.options[v], costs, strict=True))

    def _thickness(self, v: int, option: Option) -> int:
        return thickness((option.width, option.height), self.least[v])

    def _adapters(self, edge: tuple[int, int], v: int, option: Option, other: Option) -> Fraction:
        """What the adapters of an edge cost: classes that differ, section 6."""
        source, target = (option, other) if edge[0] == v else (other, option)
        writer, loop = self.kernels[edge[0]], self.channels[edge[1]]
        k = source.args.k[0 if isinstance(writer, Conv) else 2]
        pairs = (
            (self.largest[0], source.args.h, target.args.h),
            (self.largest[1], source.args.w, target.args.w),
            (loop, k, target.args.c[0]),
        )
        differing = sum(-(-top // a) != -(-top // b) for top, a, b in pairs)
        return Fraction(self.adapter * self.counts[edge] * differing)
