"""Sets of kernels on the wafer and in the network."""

from __future__ import annotations

import numpy as np
import pytest

from tests.lns.small_cases import network, poor_placement
from wse_cp.incremental.state import PlacementState
from wse_cp.kernels import Arguments, Conv
from wse_cp.lns.neighbourhood import rooms, shifted
from wse_cp.lns.operators import Select
from wse_cp.lns.selections import (
    adapter_cluster,
    chain,
    critical,
    empty_square,
    hole,
    line,
    near,
    worst_wires,
)
from wse_cp.placement import PlacedKernel, Placement, Rectangle
from wse_cp.score import edge_adapters

INSTANCE = network(9)
PLACEMENT = poor_placement(INSTANCE)
STATE = PlacementState(INSTANCE, PLACEMENT)


@pytest.mark.parametrize("select", [near, line, hole, chain, critical, worst_wires, adapter_cluster])
@pytest.mark.parametrize("size", [1, 3, 9])
def test_names_are_distinct_and_not_too_many(select: Select, size: int) -> None:
    for seed in range(5):
        names = select(STATE, size, np.random.default_rng(seed))
        assert names
        assert len(names) == len(set(names)) <= max(2, size)
        assert set(names) <= set(INSTANCE.kernels)


@pytest.mark.parametrize("seed", range(5))
def test_critical_kernels_are_among_the_slowest(seed: int) -> None:
    first = critical(STATE, 3, np.random.default_rng(seed))[0]
    assert PLACEMENT[first].time == max(kernel.time for kernel in PLACEMENT.values())


@pytest.mark.parametrize("seed", range(5))
def test_chains_are_connected(seed: int) -> None:
    names = chain(STATE, 4, np.random.default_rng(seed))
    assert len(names) == 4
    linked = {frozenset((u, v)) for u, v, _ in INSTANCE.kernel_edges}
    for i, name in enumerate(names[1:], 1):
        assert any(frozenset((name, other)) in linked for other in names[:i])


def test_adapter_clusters_begin_with_an_edge_that_has_adapters() -> None:
    u, v = adapter_cluster(STATE, 2, np.random.default_rng(0))
    assert edge_adapters(PLACEMENT[u], PLACEMENT[v]) > 0


def blocks(*places: tuple[int, int]) -> PlacementState:
    """Kernels of 3 x 2 tiles on a wafer of 60 x 60."""
    instance = network(len(places))
    kernel = Conv(1, 1, 1, 1, 1, 1, 1)
    args = Arguments(1, 1, (1,), (1,))
    placed = (PlacedKernel(f"k{i}", kernel, args, x, y) for i, (x, y) in enumerate(places))
    return PlacementState(instance, Placement(placed))


def test_the_empty_square_is_empty_and_large() -> None:
    state = blocks((0, 0), (30, 0))
    square = empty_square(state, Rectangle(0, 0, 60, 60), np.random.default_rng(0))
    assert square.width == 29  # half of 58
    assert not any(square.overlaps(kernel.rectangle) for kernel in state.kernels.values())


def test_room_is_what_the_order_leaves() -> None:
    state = blocks((0, 0), (10, 0), (20, 0))
    found = rooms(state, shifted(state, ["k1"]))
    assert found == {"k1": (60 - 3 - 3, 60)}
    both = rooms(state, shifted(state, ["k1", "k2"]))
    assert both["k2"] == (60 - 3, 60)
