"""Certificates from arbitrary multipliers, and networks small enough to look at every placement."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random
from typing import Any

import networkx as nx

from tests.cpsat.brute_force import all_options
from wse_cp.instance import Edge, Instance, Node, Settings, Terminal
from wse_cp.kernels import CBlock, Conv, DBlock, Kernel, convs, formal_arguments
from wse_cp.shapes.options import Option


def instance_text(instance: Instance) -> str:
    s = instance.settings
    lines = [f"{s.width} {s.height} {s.wdeltat} {s.wlength} {s.wadapter} {s.memlimit}"]
    for name in sorted(instance.kernels):
        kernel = instance.kernels[name]
        lines.append(" ".join(map(str, [name, kernel.type_name, *formal_arguments(kernel).values()])))
    lines += [f"{u} {v} {count}" for u, v, count in sorted(instance.kernel_edges)]
    return "".join(line + "\n" for line in lines)


def signed(contents: dict[str, Any]) -> dict[str, Any]:
    """The object with its digest (again) in place."""
    rest = {key: value for key, value in contents.items() if key != "sha256"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"))
    return {**rest, "sha256": hashlib.sha256(text.encode()).hexdigest()}


def contents(
    instance: Instance,
    intervals: Sequence[tuple[int, Sequence[Sequence[int]]]],
    *,
    unit: int = 1,
    spine: Sequence[str] = (),
    tree: Sequence[Sequence[str]] | None = None,
    cycles: Sequence[Sequence[str]] = (),
    parts: Sequence[tuple[int, int]] = (),
    bound: tuple[int, int] = (-(10**12), 1),
    version: int = 4,
) -> dict[str, Any]:
    """A certificate's object from (start, multipliers by case) and the part of the spine of each interval.

    From version 10 on parities are compared in all intervals.
    """
    parts = parts or [(0, len(spine))] * len(intervals)
    more: dict[str, Any] = {} if version < 10 else {"wire": unit, "cover": -1, "parities": True}
    return signed(
        {
            **({} if version < 10 else {"adapters": True, "covers": []}),
            "format": "wse-cp lower bound",
            "version": version,
            "instance": hashlib.sha256(instance_text(instance).encode()).hexdigest(),
            "unit": unit,
            "spine": list(spine),
            "tree": [list(pair) for pair in (some_tree(instance, spine, cycles) if tree is None else tree)],
            "cycles": [list(cycle) for cycle in cycles],
            "cases": len(intervals[0][1]),
            "intervals": [
                {"from": start, "spine": list(part), "multipliers": [list(row) for row in rows], **more}
                for (start, rows), part in zip(intervals, parts, strict=True)
            ],
            "bound": list(bound),
        }
    )


def some_tree(
    instance: Instance, spine: Sequence[str] = (), cycles: Sequence[Sequence[str]] = ()
) -> list[tuple[str, str]]:
    """A spanning forest with the spine's edges in it, and as many edges of the cycles as can be."""
    tree: nx.Graph[str] = nx.Graph()
    tree.add_nodes_from(instance.kernels)
    around = [pair for cycle in cycles for pair in ring(cycle)]
    for u, v in [*pairwise(spine), *around, *((u, v) for u, v, _ in instance.kernel_edges)]:
        if not nx.has_path(tree, u, v):
            tree.add_edge(u, v)
    return list(tree.edges)


def ring(cycle: Sequence[str]) -> list[tuple[str, str]]:
    """The edges of a cycle."""
    return list(pairwise([*cycle, cycle[0]]))


def random_cycles(random: Random, instance: Instance, spine: Sequence[str]) -> list[list[str]]:
    """Cycles without common edges that some tree with the spine has all edges of but one each."""
    graph = nx.Graph(instance.kernel_graph)
    every = [cycle for cycle in nx.simple_cycles(graph, 8) if len(cycle) > 2]
    found: list[list[str]] = []
    for cycle in random.sample(every, len(every)):
        trial = [*found, cycle]
        edges = [frozenset(pair) for one in trial for pair in ring(one)]
        tree = {frozenset(pair) for pair in some_tree(instance, spine, trial)}
        once = all(len(tree.intersection(map(frozenset, ring(one)))) == len(one) - 1 for one in trial)
        if len(set(edges)) == len(edges) and once and random.random() < 0.8:
            found = trial
    return found


def text_of(contents: dict[str, Any]) -> str:
    return json.dumps(contents)


def options_of(instance: Instance) -> dict[str, list[Option]]:
    return {name: all_options(instance, kernel) for name, kernel in instance.kernels.items()}


#: Edges between kernels 1, 2, ... by the kind of network.
NETWORKS: dict[str, list[tuple[int, int]]] = {
    "one": [],
    "chain": [(1, 2), (2, 3), (3, 4)],
    "triangle": [(1, 2), (2, 3), (1, 3)],
    "tailed": [(1, 2), (2, 3), (1, 3), (3, 4)],
    "headed": [(4, 1), (1, 2), (2, 3), (1, 3)],
    "bow": [(1, 2), (2, 3), (1, 3), (3, 4), (4, 5), (3, 5)],
    "ring": [(1, 2), (2, 3), (3, 4), (1, 4)],
    "diamond": [(1, 2), (1, 3), (2, 4), (3, 4)],
    "tailed ring": [(1, 2), (2, 3), (3, 4), (1, 4), (4, 5)],
    "star": [(1, 2), (1, 3), (4, 1), (1, 5)],
    "dense": [(1, 2), (2, 3), (3, 4), (1, 3), (2, 4), (1, 4)],
    "five": [(1, 2), (2, 3), (3, 4), (4, 5), (1, 5)],
    "ladder": [(1, 2), (2, 3), (3, 4), (1, 4), (3, 5), (4, 5)],
    "fan": [(1, 2), (1, 3), (2, 3), (3, 4), (2, 4)],
    "two": [(1, 2), (2, 3), (4, 5)],
    "long": [(1, 2), (2, 3), (3, 4), (4, 5), (5, 6)],
    "kite": [(4, 1), (1, 2), (2, 3), (1, 3), (3, 5)],
    "long kite": [(5, 4), (4, 1), (1, 2), (2, 3), (1, 3), (3, 6)],
    "held ring": [(5, 1), (1, 2), (2, 3), (3, 4), (1, 4), (3, 6)],
    "long held ring": [(7, 5), (5, 1), (1, 2), (2, 3), (3, 4), (1, 4), (3, 6)],
    "held five": [(6, 1), (1, 2), (2, 3), (3, 4), (4, 5), (1, 5), (3, 7)],
    "kites": [(7, 1), (1, 2), (2, 3), (1, 3), (3, 4), (4, 5), (5, 6), (4, 6)],
}


#: Extents (tiles) of rigid kernels.
SIDES = (3, 6, 9, 15, 30, 60)


def random_network(
    random: Random, kind: str, adapters: bool, blocks: bool = False, largest: int = 9
) -> Instance:
    side = (12, 13) if blocks else (5, largest)
    settings = Settings(
        width=random.randint(*side),
        height=random.randint(*side),
        wdeltat=random.choice([0, 1, 1, 3]),
        wlength=random.choice([0, 1, 2, 5]),
        wadapter=random.choice([1, 5, 20]) if adapters else 0,
        memlimit=random.choice([60, 200, 1000]),
    )
    pairs = NETWORKS[kind]
    count = max((v for pair in pairs for v in pair), default=1)
    kernels: list[Kernel] = [random_conv(random) for _ in range(count)]
    if blocks:
        some: list[Kernel] = [DBlock(2, 3, 8), DBlock(3, 3, 4), CBlock(2, 2, 8)]
        kernels[random.randrange(count)] = random.choice(some)
    nodes = tuple(Node(i, f"k{i}", kernel) for i, kernel in enumerate(kernels, 1))
    edges = [Edge(f"k{u}", f"k{v}") for u, v in pairs for _ in range(random.choice([1, 1, 1, 2, 3]))]
    return Instance(settings, nodes, tuple(edges))


def with_channels(kernel: Kernel | Terminal, channels: int) -> Kernel | Terminal:
    return replace(kernel, C=channels) if isinstance(kernel, Conv) else kernel


def with_equal_channels(instance: Instance) -> Instance:
    """The instance with as many input channels of all kernels as of the last one."""
    channels = convs(instance.kernels[instance.nodes[-1].name])[0].C
    nodes = tuple(replace(node, kernel=with_channels(node.kernel, channels)) for node in instance.nodes)
    return replace(instance, nodes=nodes)


def square(instance: Instance) -> Instance:
    """The instance on a square wafer."""
    return replace(instance, settings=replace(instance.settings, height=instance.settings.width))


@dataclass(frozen=True)
class Drawn:
    """A certificate of random multipliers for a random instance; lists are by interval."""

    instance: Instance
    unit: int
    spine: list[str]
    tree: list[tuple[str, str]]
    cycles: list[list[str]]
    starts: list[int]
    rows: list[list[list[int]]]
    parts: list[tuple[int, int]]
    shown: int = 0  #: how many intervals are looked at; 0 for all, and the bound as well

    def contents(self, version: int = 4) -> dict[str, Any]:
        """The certificate's object."""
        return contents(
            self.instance,
            list(zip(self.starts, self.rows, strict=True)),
            unit=self.unit,
            spine=self.spine,
            tree=self.tree,
            cycles=self.cycles,
            parts=self.parts,
            version=version,
        )


def drawn(
    random: Random,
    kind: str,
    adapters: bool,
    *,
    blocks: bool = False,
    alike: bool = False,
    alike_axes: bool = False,
) -> Drawn:
    """A certificate for a network of a kind; `alike` and `alike_axes` are for equal channels, equal axes."""
    instance = random_network(random, kind, adapters, blocks)
    instance = with_equal_channels(instance) if alike else instance
    instance = square(instance) if alike_axes else instance
    spine = random_spine(random, instance)
    cycles = random_cycles(random, instance, spine)
    tree = some_tree(instance, spine, cycles)
    unit = random.choice([1, 3, 8])
    cases = random.randint(1, 4) if spine else 1
    starts = sorted({0, *(random.randint(1, 60) * instance.time_scale for _ in range(random.randint(0, 2)))})
    top = (random.choice([0, 1, 4]), random.choice([0, 3, 12]))
    rows = [
        [
            [random.randint(0, top[0] * unit), *(random.randint(0, top[1] * unit) for _ in "xy")]
            for _ in range(cases)
        ]
        for _ in starts
    ]
    if alike_axes:
        rows = [[[area, run, run] for area, run, _ in own] for own in rows]
    parts = [random_part(random, spine) for _ in starts]
    return Drawn(instance, unit, spine, tree, cycles, starts, rows, parts)


def rigid_drawn(random: Random, kind: str, tries: int = 1, oblong: bool = False) -> Drawn:
    """A certificate for rectangles, one shape each while max time is 1, in an interval for that time.

    The spine is the longest of some. An oblong wafer may be too low for a wide kernel to be rotated.
    """
    pairs = NETWORKS[kind]
    count = max(v for pair in pairs for v in pair)
    sides = [(random.choice(SIDES), random.choice(SIDES[:4] if oblong else SIDES)) for _ in range(count)]
    rooms = [max(column) if oblong else max(map(max, sides)) for column in zip(*sides, strict=True)]
    width, height = (room + random.randint(0, 60) for room in rooms)
    settings = Settings(width, height, wlength=4, memlimit=10**6)
    nodes = tuple(Node(i, f"k{i}", Conv(1, 1, 1, 1, h - 1, w // 3, 1)) for i, (w, h) in enumerate(sides, 1))
    most = random.choice([1, 1, 3])
    edges = tuple(Edge(f"k{u}", f"k{v}") for u, v in pairs for _ in range(random.randint(1, most)))
    instance = Instance(settings, nodes, edges)
    instance = square(instance) if random.random() < 0.5 and not oblong else instance
    spine = max((random_spine(random, instance) for _ in range(tries)), key=len)
    cycles = random_cycles(random, instance, spine)
    cases = random.randint(2, 4) if spine else 1
    rows = []
    for _ in range(cases):
        run_x, run_y = (random.choice([0, 1, 3, 10, 100]) for _ in "xy")
        rows.append([0, run_x, run_x if instance.settings.width == instance.settings.height else run_y])
    tree = some_tree(instance, spine, cycles)
    none = [[0, 0, 0]] * cases
    parts = [(0, len(spine))] * 2
    return Drawn(instance, 1, spine, tree, cycles, [0, 2], [rows, none], parts, shown=1)


def random_part(random: Random, spine: Sequence[str]) -> tuple[int, int]:
    """A part of a spine that has two kernels at least, or all of it."""
    if len(spine) <= 2 or random.random() < 0.4:
        return 0, len(spine)
    first = random.randint(0, len(spine) - 2)
    return first, random.randint(first + 2, len(spine))


def random_conv(random: Random) -> Kernel:
    size, reach = random.choice([1, 2, 3, 4]), random.choice([1, 3])
    stride = random.choice([1, 1, 2])
    return Conv(
        size, random.choice([1, 2, 5]), reach, reach, random.randint(1, 4), random.randint(1, 4), stride
    )


def random_spine(random: Random, instance: Instance) -> list[str]:
    """A random path, or none."""
    graph = nx.Graph(instance.kernel_graph)
    path = [random.choice(list(graph))]
    while fresh := [v for v in graph[path[-1]] if v not in path]:
        path.append(random.choice(fresh))
        if random.random() < 0.1:
            break
    return path if len(path) > 1 and random.random() < 0.85 else []
