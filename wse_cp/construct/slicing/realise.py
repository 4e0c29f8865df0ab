"""From a laid-out tree to a placement; where splits are forced, with channel splits that match.

A kernel may raise the channel splits of its input and its output within its box; equal ones along an edge
save an adapter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import networkx as nx

from wse_cp.construct.slicing.state import LEAST_C, TIME_INDEX, H, Model, Tree, W
from wse_cp.instance import Instance
from wse_cp.kernels import Arguments, Kernel
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.shapes.arrays import IntArray, conv_rows
from wse_cp.shapes.loops import least_k, smallest_c
from wse_cp.shapes.options import Option, fit

#: A channel split to choose: kernel name and side, "in" or "out".
Port = tuple[str, str]


def choose_channels(
    edges: Iterable[tuple[str, str, int]], ranges: Mapping[Port, tuple[int, int]]
) -> dict[Port, int]:
    """Return a value within its range for every port, so that few edges have unequal ends.

    In every group of ports joined by edges the value that most edges can share is given out first, and so on
    with the ports left over.
    """
    graph: nx.Graph[Port] = nx.Graph()
    graph.add_nodes_from(ranges)
    for u, v, count in edges:
        graph.add_edge((u, "out"), (v, "in"), weight=count)
    chosen: dict[Port, int] = {}
    for group in nx.connected_components(graph):
        while group:
            value = max(
                sorted({ranges[port][0] for port in group}), key=lambda x: _shared(graph, group, ranges, x)
            )
            takers = {port for port in group if ranges[port][0] <= value <= ranges[port][1]}
            chosen.update(dict.fromkeys(takers, value))
            group = group - takers
    return chosen


def _shared(
    graph: nx.Graph[Port], group: set[Port], ranges: Mapping[Port, tuple[int, int]], value: int
) -> tuple[int, int]:
    takers = {port for port in group if ranges[port][0] <= value <= ranges[port][1]}
    weight = sum(data["weight"] for _, _, data in graph.subgraph(takers).edges(data=True))
    return weight, -value


def realise(instance: Instance, model: Model, tree: Tree) -> Placement:
    """Return the placement of a laid-out tree that fits the wafer."""
    placed = _forced_kernels(instance, model, tree) if tree.forced[H].any() else _free(instance, model, tree)
    return Placement(placed)


def _free(instance: Instance, model: Model, tree: Tree) -> list[PlacedKernel]:
    time = int(model.times[tree.scalars[TIME_INDEX]])
    known: dict[tuple[Kernel, int, int], Option] = {}
    found = []
    for i, (name, kernel) in enumerate(instance.kernels.items()):
        x, y, width, height = map(int, tree.rects[:, i])
        key = (kernel, width, height)
        if key not in known:
            option = fit(kernel, instance.settings, instance.time_scale, time, width, height)
            assert option is not None, f"no shape of {kernel} within {width} x {height}"
            known[key] = option
        found.append(PlacedKernel(name, kernel, known[key].args, x, y, known[key].rotated))
    return found


def _forced_kernels(instance: Instance, model: Model, tree: Tree) -> list[PlacedKernel]:
    ranges: dict[Port, tuple[int, int]] = {}
    for i, name in enumerate(instance.kernels):
        low_c, high_c, low_k, high_k = map(int, tree.channels[:, i])
        ranges[name, "in"], ranges[name, "out"] = (low_c, high_c), (low_k, high_k)
    chosen = choose_channels(instance.kernel_edges, ranges)
    found = []
    for i, name in enumerate(instance.kernels):
        args = _arguments(instance, model, tree, i, name, (chosen[name, "in"], chosen[name, "out"]))
        found.append(_centred(tree, i, name, instance.kernels[name], args))
    return found


def _centred(tree: Tree, leaf: int, name: str, kernel: Kernel, args: Arguments) -> PlacedKernel:
    rotated = bool(tree.level[leaf, tree.rects[2, leaf]] < 0)
    size = PlacedKernel(name, kernel, args, 0, 0, rotated).rectangle
    x, y, width, height = map(int, tree.boxes[:, leaf])
    corner = x + (width - size.width) // 2, y + (height - size.height) // 2
    return PlacedKernel(name, kernel, args, *corner, rotated)


def _arguments(
    instance: Instance, model: Model, tree: Tree, leaf: int, name: str, channels: tuple[int, int]
) -> Arguments:
    """Return the arguments behind a leaf's rectangle, with the channels chosen for its ports.

    The other convolutions get the least k at the height level and the least c that allows it.
    """
    kernel, memlimit = instance.kernels[name], instance.settings.memlimit
    trips: IntArray = model.trips[tree.scalars[TIME_INDEX], model.kernel_class[leaf]]
    h, w = int(tree.forced[H, leaf]), int(tree.forced[W, leaf])
    level = abs(int(tree.level[leaf, tree.rects[2, leaf]]))
    c, k = [], []
    rows, least_c = conv_rows(kernel), int(tree.forced[LEAST_C, leaf])
    for i, row in enumerate(rows):
        own = least_c if i == 0 and len(rows) > 1 and least_c else level
        k.append(int(least_k(row, trips[i], memlimit, h, w, own)))
        c.append(int(smallest_c(row, trips[i], memlimit, h, w, own, k[-1])))
    c[0], k[min(2, len(k) - 1)] = channels
    return Arguments(h, w, tuple(c), tuple(k))
