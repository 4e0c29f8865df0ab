"""Channel splits that match: each kernel may raise c in and k out within its box; choose equal ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import networkx as nx

#: A channel split to choose: kernel name and side, "in" or "out".
Door = tuple[str, str]


def choose_channels(
    edges: Iterable[tuple[str, str, int]], ranges: Mapping[Door, tuple[int, int]]
) -> dict[Door, int]:
    """Return a value within its range for every door, so that few edges have unequal ends.

    In every group of doors joined by edges the value that most edges can share is given out first, and so on
    with the doors left over.
    """
    graph: nx.Graph[Door] = nx.Graph()
    graph.add_nodes_from(ranges)
    for u, v, count in edges:
        graph.add_edge((u, "out"), (v, "in"), weight=count)
    chosen: dict[Door, int] = {}
    for group in nx.connected_components(graph):
        while group:
            value = max(
                sorted({ranges[door][0] for door in group}), key=lambda x: _shared(graph, group, ranges, x)
            )
            takers = {door for door in group if ranges[door][0] <= value <= ranges[door][1]}
            chosen.update(dict.fromkeys(takers, value))
            group = group - takers
    return chosen


def _shared(
    graph: nx.Graph[Door], group: set[Door], ranges: Mapping[Door, tuple[int, int]], value: int
) -> tuple[int, int]:
    takers = {door for door in group if ranges[door][0] <= value <= ranges[door][1]}
    weight = sum(data["weight"] for _, _, data in graph.subgraph(takers).edges(data=True))
    return weight, -value
