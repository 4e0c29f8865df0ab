"""An independent solver for tiny instances: enumerates all arguments, rotations and positions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise, product
from random import Random
from typing import Any

import numpy as np

from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Arguments, CBlock, Conv, DBlock, Kernel, convs, performance
from wse_cp.shapes.options import Option


def all_options(instance: Instance, kernel: Kernel) -> list[Option]:
    """Return one fastest option for each footprint and pair of protocols, dominated ones included."""
    settings = instance.settings
    longest = max(settings.width, settings.height)
    best: dict[tuple[object, ...], Option] = {}
    for args in _all_arguments(kernel, longest):
        found = performance(kernel, args)
        if found.memory > settings.memlimit:
            continue
        time = int(found.time * instance.time_scale)
        for rotated in (False, True):
            width, height = (found.height, found.width) if rotated else (found.width, found.height)
            if width > settings.width or height > settings.height:
                continue
            key = (width, height, args.h, args.w, args.c[0], args.k[min(2, len(args.k) - 1)])
            if key not in best or best[key].time > time:
                best[key] = Option(width, height, time, args, rotated)
    return list(best.values())


def _all_arguments(kernel: Kernel, longest: int) -> Iterator[Arguments]:
    count = len(convs(kernel))
    most_k = longest // 3 - count + 1
    for h, w in product(range(1, longest // 2 + 1), repeat=2):
        if 2 * h * w > longest:
            continue
        # a c beyond the channels saves memory, and may match a protocol; only the first c is in one
        for level in range(1, longest // (h * w)):
            for first in [level] if count == 1 else range(1, level + 1):
                for k in product(range(1, most_k + 1), repeat=count):
                    if 3 * sum(k) <= longest:
                        yield Arguments(h, w, (first, *[level] * (count - 1)), k)


def improve(
    instance: Instance,
    options: dict[str, list[Option]],
    below: Fraction | None,
    fixed: Mapping[str, tuple[int, int]] | None = None,
    relations: Iterable[tuple[str, str, str]] = (),
) -> Fraction | None:
    """Return the least cost strictly below a bound, or None if no legal placement costs less.

    `fixed` gives the corners of kernels that must not move, `relations` are (first, second, axis).
    """
    unit = 2 * instance.time_scale
    search = _Search(instance, options, None if below is None else below * unit)
    rank = {name: i for i, name in enumerate(instance.kernels)}
    for name, (x, y) in (fixed or {}).items():
        spots = search.spots[rank[name]]
        search.spots[rank[name]] = spots[(spots[:, 0] == x) & (spots[:, 1] == y)]
    search.relations = [(rank[a], rank[b], "xy".index(axis)) for a, b, axis in relations]
    search.descend([], 0, 0)
    return None if search.found is None else Fraction(search.found, unit)


class _Search:
    """Depth first over all spots of one kernel after the other; each level is one array operation.

    Spot columns: x, y, x_end, y_end (tiles), time (1 / time_scale cycles), h, w, c_in, k_out. Costs are
    2 * time_scale times the true ones.
    """

    def __init__(self, instance: Instance, options: dict[str, list[Option]], below: Fraction | None) -> None:
        self.settings, self.scale = instance.settings, instance.time_scale
        rank = {name: i for i, name in enumerate(instance.kernels)}
        self.edges = [(rank[u], rank[v], n) for u, v, n in instance.kernel_edges]
        self.spots = [self._spots(options[name]) for name in instance.kernels]
        self.relations: list[tuple[int, int, int]] = []
        self.limit: Fraction | int | None = below
        self.found: int | None = None

    def _spots(self, options: list[Option]) -> Any:
        rows = [
            (x, y, x + o.width, y + o.height, o.time, o.args.h, o.args.w, o.args.c[0], _last_k(o))
            for o in options
            for x in range(self.settings.width - o.width + 1)
            for y in range(self.settings.height - o.height + 1)
        ]
        return np.array(sorted(rows, key=lambda row: row[4]), dtype=np.int64).reshape(-1, 9)

    def descend(self, chosen: list[Any], time: int, other: int) -> None:
        level = len(chosen)
        spots = self.spots[level]
        legal = np.ones(len(spots), bool)
        for seen in chosen:
            clear_x = (spots[:, 0] >= seen[2]) | (seen[0] >= spots[:, 2])
            legal &= clear_x | (spots[:, 1] >= seen[3]) | (seen[1] >= spots[:, 3])
        for a, b, axis in self.relations:
            if max(a, b) == level:
                first, second = (spots, chosen[b]) if a == level else (chosen[a], spots)
                legal &= first[..., 2 + axis] <= second[..., axis]
        slowest = np.maximum(spots[:, 4], time)
        wires = other + sum(
            n * self._edge(spots, chosen[v], True) if u == level else n * self._edge(spots, chosen[u], False)
            for u, v, n in self.edges
            if max(u, v) == level
        )
        costs = 2 * self.settings.wdeltat * slowest + wires
        for i in np.flatnonzero(legal):
            if self.limit is not None and costs[i] >= self.limit:
                continue
            if level + 1 == len(self.spots):
                self.limit = self.found = int(costs[i])
            else:
                spent = int(costs[i]) - 2 * self.settings.wdeltat * int(slowest[i])
                self.descend([*chosen, spots[i]], int(slowest[i]), spent)

    def _edge(self, spots: Any, seen: Any, outward: bool) -> Any:
        length2 = abs(spots[:, 0] + spots[:, 2] - seen[0] - seen[2])
        length2 = length2 + abs(spots[:, 1] + spots[:, 3] - seen[1] - seen[3])
        wrong = (spots[:, 5] != seen[5]).astype(int) + (spots[:, 6] != seen[6])
        wrong += spots[:, 8] != seen[7] if outward else spots[:, 7] != seen[8]
        return self.scale * (self.settings.wlength * length2 + 2 * self.settings.wadapter * wrong)


def _last_k(option: Option) -> int:
    k = option.args.k
    return k[0] if len(k) == 1 else k[2]


def random_instance(random: Random, count: int, largest: int = 12) -> Instance:
    """Return a tiny instance with a chain, a triangle or parallel edges."""
    settings = Settings(
        width=random.randint(6, largest),
        height=random.randint(6, largest),
        wdeltat=random.choice([0, 1, 1, 3]),
        wlength=random.choice([0, 1, 1, 4, 9]),
        wadapter=random.choice([0, 0, 5, 20]),
        memlimit=random.choice([60, 200, 1000]),
    )
    if random.random() < 0.4:
        settings = Settings(**{**settings.__dict__, "height": settings.width})
    names = [f"k{i}" for i in range(1, count + 1)]
    nodes = tuple(Node(i, name, _random_kernel(random, largest > 9)) for i, name in enumerate(names))
    edges = [Edge(u, v) for u, v in pairwise(names)]
    if count > 2 and random.random() < 0.5:
        edges.append(Edge(names[0], names[2]))
    if random.random() < 0.2:
        edges.append(edges[0])
    return Instance(settings, nodes, tuple(edges))


def _random_kernel(random: Random, blocks: bool) -> Kernel:
    kind = random.random()
    if blocks and kind < 0.15:
        return DBlock(random.choice([2, 3]), 2, random.choice([4, 8]))
    if blocks and kind < 0.25:
        return CBlock(2, 2, random.choice([4, 8]))
    size, reach = random.choice([1, 2, 3, 4]), random.choice([1, 3])
    return Conv(
        size, size, reach, reach, random.randint(1, 3), random.randint(1, 4), random.choice([1, 1, 2])
    )
