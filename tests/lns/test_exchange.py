"""Exchanges shorten wires, and change nothing else."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from tests.lns.small_cases import network, poor_placement
from wse_cp.incremental.state import PlacementState
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Arguments, Conv
from wse_cp.lns.exchange import exchanged
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.score import checked_score

CONV = Conv(1, 1, 1, 1, 8, 8, 1)
SMALL, LARGE = Arguments(1, 1, (2,), (1,)), Arguments(1, 1, (5,), (2,))  # 3 x 3 and 6 x 6 tiles


def row(*boxes: tuple[Arguments, int], width: int = 60, height: int = 6) -> PlacementState:
    """A chain of kernels with arguments and places along x."""
    nodes = tuple(Node(i, f"k{i}", CONV) for i in range(len(boxes)))
    edges = tuple(Edge(a.name, b.name) for a, b in pairwise(nodes))
    instance = Instance(Settings(width, height), nodes, edges)
    kernels = [PlacedKernel(f"k{i}", CONV, args, x, 0) for i, (args, x) in enumerate(boxes)]
    return PlacementState(instance, Placement(kernels))


def wire(state: PlacementState, *names: str) -> float:
    """The wire after exchanges of some kernels."""
    found = exchanged(state, names)
    return float(checked_score(state.instance, state.placement().replace(found)).wire_length)


def test_a_kernel_slides_to_its_neighbour() -> None:
    assert wire(row((SMALL, 0), (SMALL, 20)), "k0") == 3
    assert wire(row((SMALL, 0), (SMALL, 20)), "k1") == 3


def test_a_kernel_passes_one_that_is_in_its_way() -> None:
    wall = row((SMALL, 0), (SMALL, 40), (LARGE, 20))
    instance = replace(wall.instance, edges=(Edge("k0", "k1"),))
    state = PlacementState(instance, wall.placement())
    assert {kernel.name: kernel.x for kernel in exchanged(state, ["k0"])} == {"k0": 37, "k2": 17}


@pytest.mark.parametrize("other", [SMALL, LARGE])
def test_two_in_the_wrong_order_change_places(other: Arguments) -> None:
    width = 3 if other is SMALL else 6
    packed = row((SMALL, 0), (SMALL, 3 + width), (other, 3), (SMALL, 6 + width), width=9 + width)
    before = checked_score(packed.instance, packed.placement()).wire_length
    assert wire(packed, "k1") < before


def test_the_state_is_left_as_it_was() -> None:
    instance = network(12, side=90)
    state = PlacementState(instance, poor_placement(instance))
    before, rectangles = state.placement(), dict(state.grid.rectangles)
    assert exchanged(state, list(instance.kernels))
    assert state.placement() == before
    assert state.grid.rectangles == rectangles


@pytest.mark.parametrize("seed", range(5))
def test_exchanges_are_legal_and_only_the_wire_gets_less(seed: int) -> None:
    instance = network(12, side=90)
    placement = poor_placement(instance, seed)
    state, before = PlacementState(instance, placement), checked_score(instance, placement)
    found = exchanged(state, list(instance.kernels))
    after = checked_score(instance, placement.replace(found))
    assert after.wire_length < before.wire_length
    assert (after.max_time, after.adapters) == (before.max_time, before.adapters)
    assert all(replace(kernel, x=0, y=0) == replace(placement[kernel.name], x=0, y=0) for kernel in found)


def test_kernels_without_wires_stay() -> None:
    instance = replace(network(), edges=())
    assert exchanged(PlacementState(instance, poor_placement(instance)), list(instance.kernels)) == []
