"""Protocol matching: against brute force, and the options it chooses from."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise, product

import numpy as np
import pytest

from wse_cp.construct.rows.build import adapter_count, construct_rows
from wse_cp.construct.rows.choose import width_weights
from wse_cp.construct.rows.matching import Choices, match
from wse_cp.construct.rows.options import protocol_option, row_options
from wse_cp.construct.rows.program import plan_rows
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv, DBlock, Kernel, input_protocol, output_protocol, performance
from wse_cp.score import score
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.curves import kernel_curve
from wse_cp.shapes.splits import split_values


def chain(kernels: list[Kernel], settings: Settings) -> Instance:
    nodes = tuple(Node(i, f"n{i}", kernel) for i, kernel in enumerate(kernels))
    return Instance(settings, nodes, tuple(Edge(f"n{i}", f"n{i + 1}") for i in range(len(kernels) - 1)))


def problem(rng: np.random.Generator, tree: bool) -> Choices:
    count = 5
    first = np.cumsum([0, *rng.integers(1, 5, count)])
    size = int(first[-1])
    options = np.stack([rng.integers(0, high, size) for high in (3, 3, 3)], axis=1)
    pairs = (
        [(int(rng.integers(0, v)), v) for v in range(1, count)]
        if tree
        else [pair for pair in combinations(range(count), 2) if rng.random() < 0.6]
    )
    edges = np.array([(u, v, int(rng.integers(1, 4)) * 5) for u, v in pairs], dtype=np.int64).reshape(-1, 3)
    splits = np.array([(0, 0), (0, 1), (1, 1)])
    return Choices(first, options, rng.integers(0, 12, size), edges, splits, channels=3)


def total_cost(chosen: IntArray, choices: Choices) -> int:
    _, options, unary, edges, splits, _ = choices
    total = int(unary[chosen].sum())
    for producer, consumer, price in edges.tolist():
        u, v = options[chosen[producer]], options[chosen[consumer]]
        total += price * int((splits[u[0]] != splits[v[0]]).sum() + (u[2] != v[1]))
    return total


def least(choices: Choices) -> int:
    every = product(*(range(a, b) for a, b in pairwise(choices.first)))
    return min(int(total_cost(np.array(chosen), choices)) for chosen in every)


@pytest.mark.parametrize("seed", range(15))
def test_matching_is_exact_on_trees_in_one_round(seed: int) -> None:
    rng = np.random.default_rng(seed)
    choices = problem(rng, tree=True)
    chosen = match(choices, rng.permutation(5)[None, :])
    assert total_cost(chosen, choices) == least(choices)


@pytest.mark.parametrize("seed", range(15))
def test_more_rounds_never_make_a_matching_on_a_cyclic_graph_worse(seed: int) -> None:
    rng = np.random.default_rng(seed)
    choices = problem(rng, tree=False)
    orders = np.array([rng.permutation(5) for _ in range(8)])
    costs = []
    for rounds in (2, 4, 8):
        chosen = match(choices, orders[:rounds])
        assert all(a <= i < b for a, i, b in zip(choices.first[:-1], chosen, choices.first[1:], strict=True))
        costs.append(int(total_cost(chosen, choices)))
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] >= least(choices)


@pytest.mark.parametrize("kernel", [Conv(14, 14, 3, 3, 32, 24, 1), DBlock(14, 14, 32)])
def test_row_options_are_legal_and_as_narrow_as_the_forced_curve(kernel: Kernel) -> None:
    instance = chain([kernel], Settings(100, 100, memlimit=6000))
    time, height = 4000, 60
    values = split_values(instance)
    rows = row_options(kernel, instance, time, values, height, 50)
    assert len(rows)
    for h, w, c, k, width in rows[:: max(len(rows) // 40, 1)].tolist():
        protocol = int(values.h[h]), int(values.w[w]), int(values.channels[c]), int(values.channels[k])
        curve = kernel_curve(kernel, instance.settings, 1, time, protocol[:2], protocol[2:])
        assert curve[height] == width
        option = protocol_option(kernel, instance, time, protocol, width, height)
        assert option is not None
        found = performance(kernel, option.args)
        assert found.time <= time
        assert found.memory <= 6000
        assert {found.width, found.height} == {option.width, option.height}
        assert (input_protocol(option.args).channels, output_protocol(option.args).channels) == protocol[2:]


@pytest.mark.parametrize("seed", range(8))
def test_width_weights_are_the_slopes_of_the_row_programme(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pairs = [(u, v, 1) for u, v in combinations(range(5), 2) if v == u + 1 or rng.random() < 0.5]
    edges = np.array(sorted(pairs, key=lambda edge: edge[1::-1]))
    curves = np.repeat(rng.integers(2, 7, (5, 1)), 2, axis=1)
    curves[:, 0] = 1 << 20
    plan = plan_rows(curves, edges, 15, 1)
    if plan is None:
        plan = plan_rows(curves, edges, 40, 1)
    assert plan is not None
    weights = width_weights(plan.starts, edges)
    assert int(weights @ curves[:, 1]) == plan.cost2


def test_adapters_vanish_from_a_chain_of_equal_kernels_where_they_are_dear() -> None:
    settings = Settings(200, 200, 1, 1, 10**6)
    instance = chain([Conv(14, 14, 3, 3, 32, 32, 1)] * 5, settings)
    placement, layout = construct_rows(instance, seconds=1, generator=np.random.default_rng(0))[0]
    found = score(instance, placement)
    assert found.adapters == 0
    assert found.max_time <= layout.time
    protocols = {
        name: (p.args.h, p.args.w, p.args.c[0], output_protocol(p.args).channels)
        for name, p in placement.items()
    }
    assert adapter_count(instance, protocols) == 0
    assert found.cost < Fraction(10**6)
