"""Least cost of kernels that pay for their thickness and for adapters to their neighbours."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import networkx as nx
import numpy as np

from wse_cp.construct.stack.tables import C_IN, K_OUT, H, StackTable, W
from wse_cp.instance import Instance
from wse_cp.shapes.arrays import IntArray

#: Columns of a producer's and a consumer's protocol that an edge compares.
OUTPUT, INPUT = [H, W, K_OUT], [H, W, C_IN]
#: Larger than any split: packs three of them into one integer.
BASE = 1 << 13

Chosen = dict[str, int]  #: index into each kernel's table


def match(
    instance: Instance,
    tables: Mapping[str, StackTable],
    prices: Mapping[str, float],
    generator: np.random.Generator,
    rounds: int = 5,
) -> tuple[float, Chosen]:
    """Return the least cost found, and the option of each kernel.

    The first round ignores the edges outside a spanning forest; each further one keeps the choice of
    a few random kernels, one on every cycle, and is exact in all others.

    Parameters
    ----------
    prices
        Cost of a tile of each kernel's thickness.
    """
    network = nx.Graph(instance.kernel_graph.to_undirected(as_view=True))
    base = {name: tables[name].thickness * prices[name] for name in tables}
    forest = nx.minimum_spanning_tree(network)
    chosen = on_forest(instance, tables, base, forest, {})
    cost = total(instance, tables, base, chosen)
    if network.number_of_edges() == forest.number_of_edges():
        return cost, chosen
    for _ in range(rounds - 1):
        kept = feedback(network, generator)
        rest = network.subgraph(name for name in network if name not in kept)
        found = on_forest(instance, tables, base, rest, {name: chosen[name] for name in kept})
        new = total(instance, tables, base, found)
        if new < cost:
            cost, chosen = new, found
    return cost, chosen


def feedback(network: nx.Graph[str], generator: np.random.Generator) -> set[str]:
    """Return random kernels without which the network has no cycle."""
    kept: set[str] = set()
    rest = network.copy()
    while True:
        try:
            cycle = nx.find_cycle(rest)
        except nx.NetworkXNoCycle:
            return kept
        name = cycle[int(generator.integers(len(cycle)))][0]
        kept.add(name)
        rest.remove_node(name)


def total(
    instance: Instance, tables: Mapping[str, StackTable], base: Mapping[str, IntArray], chosen: Chosen
) -> float:
    """Return the cost of a choice."""
    cost = float(sum(base[name][i] for name, i in chosen.items()))
    for u, v, count in instance.kernel_edges:
        shown, wanted = tables[u].protocols[chosen[u], OUTPUT], tables[v].protocols[chosen[v], INPUT]
        cost += instance.settings.wadapter * count * int(np.count_nonzero(shown != wanted))
    return cost


def on_forest(
    instance: Instance,
    tables: Mapping[str, StackTable],
    base: Mapping[str, IntArray],
    forest: nx.Graph[str],
    kept: Chosen,
) -> Chosen:
    """Return the best choice that counts the edges of a forest and those to kernels whose choice is kept."""
    edges = {(u, v): instance.settings.wadapter * n for u, v, n in instance.kernel_edges}
    costs = {name: base[name].astype(float) for name in forest}
    for (u, v), price in edges.items():
        if u in kept and v in costs:
            costs[v] += price * _differing(
                tables[v].protocols[:, INPUT], tables[u].protocols[kept[u], OUTPUT]
            )
        elif v in kept and u in costs:
            costs[u] += price * _differing(
                tables[u].protocols[:, OUTPUT], tables[v].protocols[kept[v], INPUT]
            )
    chosen = dict(kept)
    for part in nx.connected_components(forest):
        _on_tree(tables, edges, costs, forest, part, chosen)
    return chosen


def _on_tree(
    tables: Mapping[str, StackTable],
    edges: Mapping[tuple[str, str], int],
    costs: dict[str, IntArray],
    forest: nx.Graph[str],
    part: Collection[str],
    chosen: Chosen,
) -> None:
    """Choose for the kernels of one tree: costs are gathered towards a root, choices handed back."""
    root = min(part)
    links = list(nx.dfs_edges(forest, root))
    answers: dict[str, IntArray] = {}
    for parent, child in reversed(links):
        shows = (child, parent) in edges
        price = edges[child, parent] if shows else edges[parent, child]
        ours, theirs = (OUTPUT, INPUT) if shows else (INPUT, OUTPUT)
        best, answers[child] = cheapest_partners(
            costs[child], tables[child].protocols[:, ours], tables[parent].protocols[:, theirs], price
        )
        costs[parent] = costs[parent] + best
    chosen[root] = int(np.argmin(costs[root]))
    for parent, child in links:
        chosen[child] = int(answers[child][chosen[parent]])


def cheapest_partners(
    costs: IntArray, protocols: IntArray, partners: IntArray, price: float
) -> tuple[IntArray, IntArray]:
    """Return for every partner's protocol the least cost, adapters included, and the option that has it.

    For each set of parts that agree only the cheapest option with these parts can be the one.
    """
    best = np.full(len(partners), np.inf)
    option = np.zeros(len(partners), np.int64)
    for agreeing in range(8):
        parts = [i for i in range(3) if agreeing >> i & 1]
        ours, theirs = _packed(protocols, parts), _packed(partners, parts)
        order = np.lexsort((costs, ours))
        values, first = np.unique(ours[order], return_index=True)
        at = np.minimum(np.searchsorted(values, theirs), len(values) - 1)
        found = order[first[at]]
        cost = np.where(values[at] == theirs, costs[found] + price * (3 - len(parts)), np.inf)
        better = cost < best
        best[better], option[better] = cost[better], found[better]
    return best, option


def _packed(protocols: IntArray, parts: Collection[int]) -> IntArray:
    packed: IntArray = np.zeros(len(protocols), np.int64)
    for part in parts:
        packed = packed * BASE + protocols[:, part]
    return packed


def _differing(protocols: IntArray, shown: IntArray) -> IntArray:
    count: IntArray = (protocols != shown).sum(axis=1)
    return count
