"""The scan of straight stacks: exact for a limit and an order, near the proven optima of whole cases."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from wse_cp.construct.cycle_limits import ascending_limits
from wse_cp.construct.orders import orders
from wse_cp.construct.stacks.scan import cheapest_plain_stack, plain_cost
from wse_cp.files.by_suffix import read_instance_file
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv
from wse_cp.shapes.curves import least_time_by_area
from wse_cp.shapes.options import pareto_shapes


def random_network(seed: int, wadapter: int = 0) -> Instance:
    generator = np.random.default_rng(seed)
    side = int(generator.integers(4, 15))
    channels, features = generator.integers(4, 40, 2).tolist()
    convs = [Conv(side, side, 3, 3, channels, features, 1)] * 2
    convs += [Conv(7, 7, 1, 1, int(generator.integers(4, 40)), 8, 1) for _ in range(3)]
    nodes = tuple(Node(i, f"k{i}", conv) for i, conv in enumerate(convs))
    links = [(u, v) for u, v in combinations(range(5), 2) if v == u + 1 or generator.random() < 0.3]
    settings = Settings(90, 70, 1, int(generator.integers(1, 40)), wadapter, memlimit=4000)
    return Instance(settings, nodes, tuple(Edge(f"k{u}", f"k{v}") for u, v in links))


def stack_by_hand(instance: Instance, order: list[str], limit: int) -> Fraction | None:
    """The thinnest shape of every kernel, one beside the other, as the rules say it."""
    settings, x2, centre2 = instance.settings, 0, {}
    for name in order:
        shapes = pareto_shapes(instance.kernels[name], settings, instance.time_scale, limit)
        fitting = [shape.width for shape in shapes if shape.height <= settings.height]
        if not fitting:
            return None
        centre2[name] = x2 + min(fitting)
        x2 += 2 * min(fitting)
    if x2 > 2 * settings.width:
        return None
    wire = sum(n * Fraction(abs(centre2[u] - centre2[v]), 2) for u, v, n in instance.kernel_edges)
    return settings.wdeltat * Fraction(limit, instance.time_scale) + settings.wlength * wire


@pytest.mark.parametrize("seed", range(8))
def test_a_plain_stack_costs_what_the_rules_say(seed: int) -> None:
    instance = random_network(seed)
    order = orders(instance, np.random.default_rng(seed))[-1]
    for time in (30, 100, 400, 3000):
        limit = time * instance.time_scale
        assert plain_cost(instance, order, limit) == stack_by_hand(instance, list(order), limit)


@pytest.mark.parametrize("seed", range(8))
def test_no_limit_of_the_grid_is_cheaper_than_the_scan(seed: int) -> None:
    instance, generator = random_network(seed, wadapter=9), np.random.default_rng(seed)
    least, choice = least_time_by_area(instance), orders(instance, generator)
    found = cheapest_plain_stack(instance, choice, least, generator)
    grid = [int(limit * instance.time_scale) for limit in ascending_limits(instance, least)]
    costs = [stack_by_hand(instance, list(order), limit) for order in choice for limit in grid]
    known = [cost for cost in costs if cost is not None]
    assert (found is None) == (not known)
    if found is not None:
        assert found.cost <= min(known)
        assert found.cost == stack_by_hand(instance, list(found.order), found.limit)


def test_what_fits_no_stack_has_none() -> None:
    nodes = tuple(Node(i, f"k{i}", Conv(1, 1, 1, 1, 1, 1, 1)) for i in range(4))
    instance = Instance(Settings(width=6, height=6), nodes, (Edge("k0", "k1"),))
    generator = np.random.default_rng(0)
    assert cheapest_plain_stack(instance, orders(instance, generator), Fraction(1), generator) is None


@pytest.mark.parametrize(("case", "optimum"), [("K", 1350), ("L", 1968), ("N", 3385)])
def test_where_stacks_are_optimal_the_scan_is_within_two_percent(
    case: str, optimum: int, instances: Path
) -> None:
    instance, generator = read_instance_file(instances / f"{case}.kgraph"), np.random.default_rng(0)
    choice = orders(instance, generator)
    found = cheapest_plain_stack(instance, choice, least_time_by_area(instance), generator)
    assert found is not None
    assert optimum <= found.cost <= Fraction(102, 100) * optimum
