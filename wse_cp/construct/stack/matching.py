"""Least cost of kernels that pay for their thickness and for adapters to their neighbours."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import networkx as nx
import numpy as np

from wse_cp.construct.stack.partners import KnownGroups, cheapest_partners
from wse_cp.construct.stack.tables import INPUT, OUTPUT, StackTable
from wse_cp.instance import Instance
from wse_cp.shapes.arrays import IntArray

Chosen = dict[str, int]  #: index into each kernel's table


def match(
    instance: Instance,
    tables: Mapping[str, StackTable],
    prices: Mapping[str, float],
    generator: np.random.Generator,
    known: KnownGroups,
    rounds: int = 5,
) -> tuple[float, Chosen]:
    """Return the least cost found, and the option of each kernel.

    The first round ignores the edges outside a spanning forest; each further one keeps the choice of
    a few random kernels, one on every cycle, and is exact in all others.

    Parameters
    ----------
    prices
        Cost of a tile of each kernel's thickness.
    known
        Grows with the pairs of tables that are met.
    """
    network = nx.Graph(instance.kernel_graph.to_undirected(as_view=True))
    base = {name: tables[name].thickness * prices[name] for name in tables}
    forest = nx.minimum_spanning_tree(network)
    chosen = on_forest(instance, tables, base, forest, {}, known)
    cost = total(instance, tables, base, chosen)
    if network.number_of_edges() == forest.number_of_edges():
        return cost, chosen
    for _ in range(rounds - 1):
        kept = feedback(network, generator)
        rest = network.subgraph(name for name in network if name not in kept)
        found = on_forest(instance, tables, base, rest, {name: chosen[name] for name in kept}, known)
        new = total(instance, tables, base, found)
        if new < cost:
            cost, chosen = new, found
    return cost, chosen


def feedback(network: nx.Graph[str], generator: np.random.Generator) -> set[str]:
    """Return random kernels without which the network has no cycle; each of them would close one."""
    kept: set[str] = set()
    parts: nx.utils.UnionFind[str] = nx.utils.UnionFind()
    for name in map(str, generator.permutation(list(network))):
        roots = [parts[other] for other in network[name] if other in parts.parents and other not in kept]
        if len(set(roots)) < len(roots):
            kept.add(name)
        else:
            parts.union(name, *roots)
    return kept


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
    known: KnownGroups,
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
        _on_tree(tables, edges, costs, forest, part, chosen, known)
    return chosen


def _on_tree(
    tables: Mapping[str, StackTable],
    edges: Mapping[tuple[str, str], int],
    costs: dict[str, IntArray],
    forest: nx.Graph[str],
    part: Collection[str],
    chosen: Chosen,
    known: KnownGroups,
) -> None:
    """Choose for the kernels of one tree: costs are gathered towards a root, choices handed back."""
    root = min(part)
    links = list(nx.dfs_edges(forest, root))
    answers: dict[str, IntArray] = {}
    for parent, child in reversed(links):
        shows = (child, parent) in edges
        price = edges[child, parent] if shows else edges[parent, child]
        groups = known.between(tables[child], tables[parent], shows)
        best, answers[child] = cheapest_partners(costs[child], groups, float(price))
        costs[parent] = costs[parent] + best
    chosen[root] = int(np.argmin(costs[root]))
    for parent, child in links:
        chosen[child] = int(answers[child][chosen[parent]])


def _differing(protocols: IntArray, shown: IntArray) -> IntArray:
    count: IntArray = (protocols != shown).sum(axis=1)
    return count
