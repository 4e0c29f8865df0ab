"""Annealed orders: never more wire, the least for few kernels, exact changes, stopped when asked."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from wse_cp.clock import WALL
from wse_cp.construct.linear import LinearArrangement, anneal_order, annealed_orders, better_order, centres2
from wse_cp.construct.orders import edges_by_position, orders
from wse_cp.construct.random import new_random
from wse_cp.construct.rows.build import construct_rows
from wse_cp.construct.settle import adjacency
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv
from wse_cp.score import checked_score
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.curves import least_time_by_area


def random_network(seed: int, kernels: int, share: float) -> Instance:
    """Edges between random pairs, some of them twice, one part of the kernels without any."""
    generator = np.random.default_rng(seed)
    nodes = tuple(Node(i, f"k{i}", Conv(4, 4, 3, 3, 4, 1 + i % 5, 1)) for i in range(kernels))
    pairs = [(u, v) for u in range(kernels) for v in range(u + 1, kernels) if generator.random() < share]
    edges = [Edge(f"k{u}", f"k{v}") for u, v in pairs for _ in range(1 + (u + v) % 2)]
    return Instance(Settings(60, 60, 1, 1, 0, memlimit=4000), nodes, tuple(edges))


def dense_block(kernels: int) -> Instance:
    """Every other kernel is read by all the others after it, as in a DenseNet."""
    nodes = tuple(Node(i, f"k{i}", Conv(4, 4, 1, 1, 4, 4, 1)) for i in range(kernels))
    pairs = [(u, v) for v in range(kernels) for u in range(v) if u + 1 == v or (v % 2 and not u % 2)]
    edges = [Edge(f"k{u}", f"k{v}") for u, v in pairs]
    return Instance(Settings(200, 60, 1, 1, 0, memlimit=4000), nodes, tuple(edges))


def wire2_by_hand(instance: Instance, order: IntArray, sizes: IntArray) -> int:
    ends, x = {}, 0
    names = list(instance.kernels)
    for i in order:
        ends[names[i]] = 2 * x + int(sizes[i])
        x += int(sizes[i])
    return sum(count * abs(ends[u] - ends[v]) for u, v, count in instance.kernel_edges)


@pytest.mark.parametrize("seed", range(6))
def test_orders_of_few_kernels_are_the_best(seed: int) -> None:
    instance = random_network(seed, 6, 0.5)
    sizes = np.random.default_rng(seed).integers(1, 9, 6)
    arrangement = LinearArrangement(instance)
    found = arrangement.annealed(np.arange(6), sizes, seed, WALL)
    every = (np.array(order) for order in permutations(range(6)))
    assert arrangement.wire2(found, sizes) == min(wire2_by_hand(instance, order, sizes) for order in every)


@pytest.mark.parametrize("seed", range(4))
def test_changes_of_wire_are_exact(seed: int) -> None:
    instance, generator = random_network(seed, 30, 0.2), np.random.default_rng(seed)
    edges = edges_by_position(instance, list(instance.kernels))
    order, sizes = generator.permutation(30), generator.integers(1, 9, 30)
    best, costs, centre2 = order.copy(), np.zeros(2, np.int64), centres2(order, sizes)
    begin = wire2_by_hand(instance, order, sizes)
    for temperature in (100.0, 1.0):
        graph = adjacency(edges, 30)
        anneal_order(order, sizes, graph, centre2, best, costs, new_random(seed), temperature, 500)
        assert sorted(order) == sorted(best) == list(range(30))
        assert np.array_equal(centre2, centres2(order, sizes))
        assert begin + costs[0] == wire2_by_hand(instance, order, sizes)
        assert begin + costs[1] == wire2_by_hand(instance, best, sizes)
    assert costs[1] < 0


def test_dense_blocks_end_alike_and_much_better_whatever_the_seed() -> None:
    instance = dense_block(30)
    arrangement, sizes = LinearArrangement(instance), np.tile([3, 6], 15)
    begin = np.arange(30)
    found = {arrangement.wire2(arrangement.annealed(begin, sizes, seed, WALL), sizes) for seed in range(3)}
    assert max(found) <= 1.01 * min(found)
    assert max(found) < 0.95 * arrangement.wire2(begin, sizes)


def test_no_order_becomes_worse_and_stopped_it_stays() -> None:
    instance = random_network(1, 40, 0.1)
    arrangement, sizes = LinearArrangement(instance), np.ones(40, np.int64)
    best = arrangement.annealed(np.arange(40), sizes, 0, WALL)
    again = arrangement.annealed(best, sizes, 1, WALL)
    assert arrangement.wire2(again, sizes) <= arrangement.wire2(best, sizes)
    assert np.array_equal(arrangement.annealed(np.arange(40), sizes, 0, WALL, lambda: True), np.arange(40))


@pytest.mark.parametrize("kernels", [1, 2, 7])
def test_networks_without_wires_keep_their_order(kernels: int) -> None:
    instance = random_network(0, kernels, 0.0)
    sizes = np.full(kernels, 3)
    found = LinearArrangement(instance).annealed(np.arange(kernels), sizes, 0, WALL)
    assert np.array_equal(found, np.arange(kernels))


def test_annealed_orders_hold_all_kernels_and_beat_those_they_come_from() -> None:
    instance = dense_block(14)
    choice = orders(instance, np.random.default_rng(0))
    found = annealed_orders(instance, choice, least_time_by_area(instance), 0)
    arrangement, rank = LinearArrangement(instance), {name: i for i, name in enumerate(instance.kernels)}

    def least(several: list[tuple[str, ...]]) -> int:
        sizes = np.ones(14, np.int64)
        return min(arrangement.wire2(np.array([rank[name] for name in order]), sizes) for order in several)

    assert len(set(found)) == len(found) >= 1
    assert all(sorted(order) == sorted(instance.kernels) for order in found)
    assert least(found) < least(choice)


def test_better_orders_go_by_names() -> None:
    instance = dense_block(6)
    thickness = dict.fromkeys(instance.kernels, 2)
    order = [*instance.kernels][::-1]
    found = better_order(instance, order, thickness, np.random.default_rng(0))
    assert sorted(found) == sorted(order)


def test_rows_of_a_dense_block_are_cheaper_with_annealed_orders() -> None:
    instance = dense_block(14)
    choice = orders(instance, np.random.default_rng(0))
    more = annealed_orders(instance, choice, least_time_by_area(instance), 0)
    plain = construct_rows(instance, generator=np.random.default_rng(0))
    better = construct_rows(instance, generator=np.random.default_rng(0), more=more)
    costs = [checked_score(instance, rows[0][0]).cost for rows in (plain, better)]
    assert costs[1] < costs[0]
