"""Channel splits of both ends of an edge: within their ranges, and equal where they can be."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest

from wse_cp.construct.slicing.realise import Port, choose_channels

Ranges = dict[Port, tuple[int, int]]
Edges = list[tuple[str, str, int]]
NAMES = "abcd"


def random_case(seed: int, common: bool = False) -> tuple[Edges, Ranges]:
    rng = np.random.default_rng(seed)
    names = NAMES[: int(rng.integers(2, 5))]
    edges = [(u, v, int(rng.integers(1, 3))) for u, v in combinations(names, 2) if rng.random() < 0.7]
    ranges = {}
    for port in product(names, ("in", "out")):
        low = int(rng.integers(1, 5))
        ranges[port] = (low, int(rng.integers(4 if common else low, 7)))
    return edges, ranges


def differing(edges: Edges, chosen: dict[Port, int]) -> int:
    return sum(count for u, v, count in edges if chosen[u, "out"] != chosen[v, "in"])


def least_differing(edges: Edges, ranges: Ranges) -> int:
    ports = [port for port in ranges if any(port in ((u, "out"), (v, "in")) for u, v, _ in edges)]
    values = product(*(range(ranges[port][0], ranges[port][1] + 1) for port in ports))
    return min(differing(edges, dict(zip(ports, pick, strict=True))) for pick in values)


@pytest.mark.parametrize("seed", range(30))
def test_every_door_gets_a_value_in_its_range(seed: int) -> None:
    edges, ranges = random_case(seed)
    chosen = choose_channels(edges, ranges)
    assert chosen.keys() == ranges.keys()
    assert all(low <= chosen[port] <= high for port, (low, high) in ranges.items())


@pytest.mark.parametrize("seed", range(20))
def test_a_value_that_suits_all_is_found(seed: int) -> None:
    edges, ranges = random_case(seed, common=True)
    assert differing(edges, choose_channels(edges, ranges)) == 0


@pytest.mark.parametrize("seed", range(30))
def test_never_fewer_differ_than_the_least_possible_and_one_edge_is_always_optimal(seed: int) -> None:
    edges, ranges = random_case(seed)
    if not edges:
        pytest.skip("no edges")
    assert differing(edges, choose_channels(edges, ranges)) >= least_differing(edges, ranges)
    for edge in edges:
        assert differing([edge], choose_channels([edge], ranges)) == least_differing([edge], ranges)


def test_doors_left_over_may_share_another_value() -> None:
    ranges: Ranges = {("a", "in"): (1, 1), ("a", "out"): (1, 9)}
    ranges |= {("b", "in"): (1, 2), ("b", "out"): (5, 5), ("c", "in"): (5, 6), ("c", "out"): (1, 1)}
    edges = [("a", "b", 3), ("a", "c", 1), ("b", "c", 1)]
    chosen = choose_channels(edges, ranges)
    assert chosen["a", "out"] == chosen["b", "in"] == 1
    assert chosen["b", "out"] == chosen["c", "in"] == 5


def test_parallel_edges_weigh_as_often_as_they_count() -> None:
    ranges: Ranges = {("a", "out"): (1, 9), ("b", "in"): (2, 2), ("c", "in"): (3, 3)}
    for heavy, value in (("b", 2), ("c", 3)):
        edges = [("a", name, 5 if name == heavy else 1) for name in "bc"]
        assert choose_channels(edges, ranges)["a", "out"] == value


def test_doors_without_edges_keep_their_least_value() -> None:
    assert choose_channels([], {("a", "in"): (3, 8), ("a", "out"): (2, 2)}) == {
        ("a", "in"): 3,
        ("a", "out"): 2,
    }
