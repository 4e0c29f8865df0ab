"""Linear orders of the kernels: what rows, stacks and spans are cut from.

Most orders are topological: the data flows along them. The bandwidth orders ignore direction and so lay the
two arms of a U-Net side by side. Finding the order with the shortest wire is the optimal linear arrangement
problem, which is NP-hard (Garey, Johnson and Stockmeyer 1976, doi 10.1016/0304-3975(76)90059-1), so several
are tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from heapq import heapify, heappop, heappush
from itertools import chain, count

import networkx as nx
import numpy as np

from wse_cp.instance import Instance
from wse_cp.shapes.arrays import IntArray

Order = tuple[str, ...]
Graph = nx.DiGraph  # kernels by name


def orders(instance: Instance, generator: np.random.Generator, shuffles: int = 2) -> list[Order]:
    """Return distinct linear orders of the kernels, the generally most useful first.

    Parameters
    ----------
    shuffles
        How many further depth-first orders with random tie-breaks to add.
    """
    return list(each_order(instance, generator, shuffles))


def each_order(instance: Instance, generator: np.random.Generator, shuffles: int = 2) -> Iterator[Order]:
    """Yield the same orders one by one, each computed when it is asked for."""
    graph = instance.kernel_graph
    found: set[Order] = set()
    for order in chain(_each_topological(graph, generator, shuffles), _each_bandwidth(graph)):
        if order not in found:
            found.add(order)
            yield order


def edges_by_position(instance: Instance, order: Sequence[str]) -> IntArray:
    """Return int64 rows (producer, consumer, multiplicity) of all edges, kernels by position in an order."""
    rank = {name: position for position, name in enumerate(order)}
    edges = [(rank[u], rank[v], count) for u, v, count in instance.kernel_edges]
    return np.array(edges, np.int64).reshape(-1, 3)


def topological_orders(graph: Graph[str], generator: np.random.Generator, shuffles: int = 2) -> list[Order]:
    """Return distinct topological orders: depth-first, narrow, by level, breadth-first, shuffled."""
    return list(dict.fromkeys(_each_topological(graph, generator, shuffles)))


def _each_topological(graph: Graph[str], generator: np.random.Generator, shuffles: int) -> Iterator[Order]:
    names = list(graph)
    backward: Graph[str] = graph.reverse()
    yield depth_first(graph, names)
    yield narrow(graph)
    yield depth_first(backward, names[::-1])[::-1]
    yield narrow(backward)[::-1]
    yield depth_first(graph, names[::-1])
    yield by_level(graph)
    yield breadth_first(graph, names)
    yield by_level(backward)[::-1]
    for _ in range(shuffles):
        yield depth_first(graph, [str(name) for name in generator.permutation(names)])


def bandwidth_orders(graph: Graph[str]) -> list[Order]:
    """Return orders in which neighbours stand close whatever the direction.

    They are those of Cuthill and McKee (1969, doi 10.1145/800195.805928), from two ends.
    """
    return list(_each_bandwidth(graph))


def _each_bandwidth(graph: Graph[str]) -> Iterator[Order]:
    plain = nx.Graph(graph)
    yield tuple(nx.utils.cuthill_mckee_ordering(plain, _first))
    yield tuple(nx.utils.cuthill_mckee_ordering(plain, _lowest_degree))


def depth_first(graph: Graph[str], names: list[str]) -> Order:
    """Return the reverse postorder of a depth-first search: branches stay together.

    Parameters
    ----------
    names
        All nodes; earlier ones are preferred early in the order where the graph allows.
    """
    rank = {name: position for position, name in enumerate(names)}
    ordered: Graph[str] = nx.DiGraph()  # with nodes and successors in the order they are visited in
    ordered.add_nodes_from(reversed(names))
    ordered.add_edges_from(sorted(graph.edges, key=lambda edge: rank[edge[1]], reverse=True))
    return tuple(nx.dfs_postorder_nodes(ordered))[::-1]


def breadth_first(graph: Graph[str], names: list[str]) -> Order:
    """Return the order in which kernels become ready, first ready first served."""
    rank = {name: position for position, name in enumerate(names)}
    arrivals: dict[str, int] = {}

    def key(name: str, placed: list[str]) -> tuple[int, int]:
        return arrivals.setdefault(name, len(placed)), rank[name]

    return _by_choice(graph, key)


def by_level(graph: Graph[str]) -> Order:
    """Return the order by longest path from a source."""
    return tuple(name for level in nx.topological_generations(graph) for name in level)


def narrow(graph: Graph[str]) -> Order:
    """Return an order that greedily keeps few edges open: first what closes edges, then the latest branch."""
    position: dict[str, int] = {}

    def key(name: str, placed: list[str]) -> tuple[int, int]:
        for index in range(len(position), len(placed)):
            position[placed[index]] = index
        opened = graph.out_degree(name) - graph.in_degree(name)
        return opened, -max((position[before] for before in graph.predecessors(name)), default=-1)

    return _by_choice(graph, key)


def _by_choice(graph: Graph[str], key: Callable[[str, list[str]], tuple[int, int]]) -> Order:
    """Return the topological order that always takes the ready kernel of least key, first come first served.

    A key is asked for when its kernel becomes ready, and never again.
    """
    waiting = dict(graph.in_degree())
    placed: list[str] = []
    arrival = count()
    ready = [(key(name, placed), next(arrival), name) for name, before in waiting.items() if not before]
    heapify(ready)
    while ready:
        chosen = heappop(ready)[-1]
        placed.append(chosen)
        for after in graph.successors(chosen):
            waiting[after] -= 1
            if not waiting[after]:
                heappush(ready, (key(after, placed), next(arrival), after))
    return tuple(placed)


def _first(graph: nx.Graph[str]) -> str:
    return str(next(iter(graph)))


def _lowest_degree(graph: nx.Graph[str]) -> str:
    return str(min(graph, key=graph.degree.__getitem__))
