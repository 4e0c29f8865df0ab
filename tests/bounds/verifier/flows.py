"""Flows of stars, and what they take of the edges, by a literal reading of docs/bounds.md, section 10."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise
from random import Random
from typing import Any

import networkx as nx

Pair = frozenset[int]
#: Shares of a flow are in thousandths.
WHOLE = 1000


def loads(hub: int, leaves: Sequence[int], flow: Sequence[int]) -> dict[Pair, int]:
    """What a star of weight 1 takes of each edge, in thousandths."""
    found: dict[Pair, int] = {}
    ways = list(zip(flow[::3], flow[1::3], flow[2::3], strict=True))
    for u, v, share in ways or [(hub, leaf, WHOLE) for leaf in leaves]:
        pair = frozenset((u, v))
        found[pair] = found.get(pair, 0) + share
    return found


def random_demands(random: Random, leaves: int) -> list[int]:
    """How often a weight counts at each leaf, in thousandths; at times not at all, at times the same."""
    most = random.choice([1, 700, WHOLE, 3 * WHOLE, 9 * WHOLE])
    alike = random.randint(0, most)
    return [random.choice([alike, alike, random.randint(0, most), 0]) for _ in range(leaves)]


def random_flow(
    random: Random,
    pairs: Sequence[Pair],
    hub: int,
    leaves: Sequence[int] | None = None,
    demands: Sequence[int] | None = None,
) -> tuple[list[int], list[int]]:
    """Leaves (some of all that can be reached, unless they are given) and a flow that brings their demands.

    What goes to a leaf is cut in up to three parts, each with a way of its own. Some of these make a detour,
    back through the hub or other leaves. An edge may have several shares, in both directions.
    """
    graph: nx.Graph[int] = nx.Graph()
    graph.add_node(hub)
    graph.add_edges_from((min(pair), max(pair)) for pair in pairs)
    reached = sorted(nx.node_connected_component(graph, hub))
    if leaves is None:
        others = [v for v in reached if v != hub]
        leaves = random.sample(others, random.randint(0, len(others)))
    flow: list[int] = []
    for leaf, demand in zip(leaves, demands or [WHOLE] * len(leaves), strict=True):
        cuts = sorted(random.randint(0, demand) for _ in range(random.choice([0, 0, 1, 2])))
        for start, end in pairwise([0, *cuts, demand]):
            via = [random.choice(reached)] if random.random() < 0.15 else []
            for one, other in pairwise([hub, *via, leaf]):
                way = _way(random, graph, one, other)
                flow += [number for u, v in pairwise(way) for number in (u, v, end - start)]
    return list(leaves), _merged(flow) if random.random() < 0.5 else flow


def _way(random: Random, graph: nx.Graph[int], start: int, end: int) -> list[int]:
    """The shortest way when edges have random lengths."""
    for edge in sorted(graph.edges):
        graph.edges[edge]["length"] = random.random()
    found: list[int] = nx.shortest_path(graph, start, end, "length")
    return found


def _merged(flow: Sequence[int]) -> list[int]:
    """The flow with one share for each edge and direction."""
    shares: dict[tuple[int, int], int] = {}
    for u, v, share in zip(flow[::3], flow[1::3], flow[2::3], strict=True):
        shares[u, v] = shares.get((u, v), 0) + share
    return [number for (u, v), share in shares.items() for number in (u, v, share)]


def demands_of(star: Sequence[Any]) -> list[tuple[int, int]]:
    """Each leaf of a star, with how often its weight counts there (thousandths)."""
    leaves = star[3][::2]
    demands = star[14] if len(star) > 14 else []
    return list(zip(leaves, demands or [WHOLE] * len(leaves), strict=True))


def worst_cut(stars: Sequence[Sequence[Any]], wires: dict[Pair, int], kernels: int) -> int:
    """By how much stars may ask for more than the wires have; 0 if they never do.

    All kernels are in one of two places, at a distance of 1: the worst of all divisions is taken. Distances
    along x, and along y, are sums of such ones. `wires` are in the unit of the stars' weights, what is found
    in thousandths of it.
    """
    worst = 0
    for size in range(1, kernels // 2 + 1):
        for side in map(set, combinations(range(kernels), size)):
            asked = sum(
                star[1] * sum(((star[0] in side) != (v in side)) * often for v, often in demands_of(star))
                for star in stars
            )
            there = sum(count for pair, count in wires.items() if len(pair & side) == 1)
            worst = max(worst, asked - WHOLE * there)
    return worst
