"""Proof trees of random decisions and random multipliers, all of them allowed."""

from __future__ import annotations

from itertools import combinations
from random import Random
from typing import Any

from wse_cp.bounds.verifier.proof_choice import forest_of
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import CBlock, Conv, DBlock, Kernel

Pair = tuple[int, int]


def tree_instance(random: Random) -> Instance:
    """Two or three kernels, at times a block, on a small wafer, with adapters."""
    count = random.choice([2, 3, 3])
    blocks: list[Kernel] = [DBlock(2, 2, 4), CBlock(2, 2, 4)]
    block = random.choice(blocks)
    convs = [
        Conv(random.randint(1, 3), 1, 1, 1, random.randint(1, 4), random.randint(1, 4), 1)
        for _ in range(count)
    ]
    kernels: list[Kernel] = [*convs]
    if random.random() < 0.4:
        kernels[random.randrange(count)] = block
    edges = (
        [(0, 1), (1, 2), (0, 2)][: count if random.random() < 0.6 else count - 1] if count > 2 else [(0, 1)]
    )
    settings = Settings(
        width=random.choice([13, 14, 16]),
        height=random.choice([13, 14]),
        wdeltat=random.choice([0, 1, 3]),
        wlength=random.choice([1, 2, 4]),
        wadapter=random.choice([0, 5, 20]),
        memlimit=random.choice([8, 30, 1000]),
    )
    nodes = tuple(Node(i, f"k{i}", kernel) for i, kernel in enumerate(kernels))
    return Instance(settings, nodes, tuple(Edge(f"k{u}", f"k{v}") for u, v in edges))


def random_tree(
    random: Random,
    instance: Instance,
    axes: dict[Pair, int] | None = None,
    orders: dict[Pair, int] | None = None,
    depth: int = 0,
) -> list[list[Any]]:
    """The nodes of a tree below a path on which axes and orders have been decided."""
    axes, orders = axes or {}, orders or {}
    count = len(instance.kernels)
    free = [pair for pair in combinations(range(count), 2) if pair not in axes]
    loose = [pair for pair in axes if pair not in orders]
    kinds = ["leaf", "time", "shape", "axis", "order", "order", "sieve"]
    what = random.choice(kinds) if depth < 3 else "leaf"

    def child(axes: dict[Pair, int], orders: dict[Pair, int]) -> list[list[Any]]:
        return random_tree(random, instance, axes, orders, depth + 1)

    if what == "time":
        node = ["time", random.randint(1, 12) * instance.time_scale]
        return [node, *child(axes, orders), *child(axes, orders)]
    if what == "shape":
        node = ["shape", random.randrange(count), random.randrange(9), random.randint(0, 9)]
        return [node, *child(axes, orders), *child(axes, orders)]
    if what == "sieve":
        return [["sieve", *_leaf(random, instance, axes, orders)[1:]], *child(axes, orders)]
    if what == "axis" and free:
        pair = random.choice(free)
        sides = (child({**axes, pair: axis}, orders) for axis in (0, 1))
        return [["axis", *pair, 0], *(node for side in sides for node in side)]
    if what == "order" and loose:
        pair = random.choice(loose)
        sides = (child(axes, {**orders, pair: first}) for first in pair)
        return [["order", *pair, axes[pair], 0], *(node for side in sides for node in side)]
    return [_leaf(random, instance, axes, orders)]


def _leaf(random: Random, instance: Instance, axes: dict[Pair, int], orders: dict[Pair, int]) -> list[Any]:
    settings, count = instance.settings, len(instance.kernels)
    number = {name: i for i, name in enumerate(sorted(instance.kernels))}
    left = 2 * settings.wdeltat
    times = []
    for _ in range(count):
        times.append(random.randint(0, left))
        left -= times[-1]
    wires = sorted((number[u], number[v], many) for u, v, many in instance.kernel_edges)
    flows = [
        _flow(random, many * settings.wlength * instance.time_scale, axes.get((u, v))) for u, v, many in wires
    ]
    adapter = 2 * settings.wadapter * instance.time_scale
    potentials = [
        [wire, split, [[value, random.randint(0, wires[wire][2] * adapter)] for value in range(5)]]
        for wire in set(range(len(wires))) - set(forest_of(count, wires))
        for split in range(3)
        if random.random() < 0.5
    ]
    used = [
        [first, pair[0] + pair[1] - first, axes[pair], random.choice([0, 1, 5])]
        for pair, first in orders.items()
    ]
    apart = [[axis, list(pair), random.choice([0, 1, 5])] for pair, axis in axes.items()]
    return ["leaf", times, random.choice([0, 0, 1, 5]), flows, used, apart, potentials]


def _flow(random: Random, most: int, axis: int | None) -> list[int]:
    """Multipliers of a wire within what it costs."""
    short = random.choice([0, random.randint(0, most)])
    apart = random.randint(0, most - short) if axis is not None else 0
    along = [random.randint(0, most - short - (apart if axis == i else 0)) for i in (0, 1)]
    signs = [random.choice([-1, 0, 1]) * amount for amount in along]
    return [*signs, short, *(apart if axis == i else 0 for i in (0, 1))]
