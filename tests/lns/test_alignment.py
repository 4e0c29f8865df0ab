"""Alignment: half tiles saved by parity, legality kept."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.lns.small_cases import network, poor_placement
from wse_cp.incremental.state import PlacementState
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Arguments, Conv
from wse_cp.lns.alignment import aligned, aligned_kernels, raised
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.score import checked_score

CONV = Conv(1, 1, 1, 1, 8, 8, 1)


def pair(wafer_height: int, wadapter: int = 0) -> tuple[Instance, Placement]:
    """Two convs side by side, 4 and 5 tiles high: their centres are half a tile apart."""
    nodes = tuple(Node(i, f"n{i}", CONV) for i in range(2))
    settings = Settings(width=12, height=wafer_height, wlength=4, wadapter=wadapter)
    instance = Instance(settings, nodes, (Edge("n0", "n1"),))
    first = PlacedKernel("n0", CONV, Arguments(1, 1, (3,), (2,)), 0, 0)
    second = PlacedKernel("n1", CONV, Arguments(1, 1, (4,), (2,)), 6, 0)
    return instance, Placement([first, second])


def test_half_a_tile_of_parity_is_saved_by_raising_a_split() -> None:
    instance, placement = pair(wafer_height=8)
    before = checked_score(instance, placement)
    assert before.wire_length == Fraction(13, 2)
    better = aligned(instance, placement)
    assert better is not None
    after = checked_score(instance, better)
    assert after.wire_length == 6
    assert after.max_time <= before.max_time


def test_nothing_is_changed_where_there_is_no_room() -> None:
    kernel = PlacedKernel("n0", CONV, Arguments(1, 1, (3,), (2,)), 0, 0)
    other = PlacedKernel("n1", CONV, Arguments(1, 1, (4,), (2,)), 0, 4)
    instance, _ = pair(wafer_height=9)
    tight = Instance(Settings(width=6, height=9, wlength=4), instance.nodes, instance.edges)
    assert aligned(tight, Placement([kernel, other])) is None


def test_an_adapter_is_never_bought_for_half_a_tile() -> None:
    instance, placement = pair(wafer_height=8, wadapter=50)
    matched = placement.replace(
        [PlacedKernel("n1", CONV, Arguments(1, 1, (2,), (2,)), 6, 0)],
    )
    before = checked_score(instance, matched)
    better = aligned(instance, matched)
    after = before if better is None else checked_score(instance, better)
    assert after.adapters <= before.adapters
    assert after.cost <= before.cost


@pytest.mark.parametrize("args", [Arguments(1, 1, (3,), (2,)), Arguments(2, 1, (1, 2, 3), (1, 1, 4))])
def test_raised_arguments_differ_in_one_split_only(args: Arguments) -> None:
    for new in raised(args):
        old_values, new_values = (*args.c, *args.k), (*new.c, *new.k)
        grown = [b - a for a, b in zip(old_values, new_values, strict=True) if a != b]
        assert len(grown) == 1
        assert grown[0] > 0
        assert (new.h, new.w) == (args.h, args.w)


@pytest.mark.parametrize("wadapter", [0, 5])
@pytest.mark.parametrize("seed", range(4))
def test_alignment_is_legal_and_costs_nothing_but_wire(seed: int, wadapter: int) -> None:
    instance = network(12, wadapter=wadapter, side=90)
    placement = poor_placement(instance, seed)
    better = aligned(instance, placement)
    assert better is not None
    before, after = checked_score(instance, placement), checked_score(instance, better)
    assert after.wire_length < before.wire_length
    assert after.max_time <= before.max_time
    assert wadapter == 0 or after.adapters <= before.adapters


def test_only_the_kernels_asked_for_are_aligned_and_the_state_is_left() -> None:
    instance = network(12, wadapter=0, side=90)
    placement = poor_placement(instance)
    state = PlacementState(instance, placement)
    rectangles = dict(state.grid.rectangles)
    names = ["k1", "k4", "k7"]
    found = aligned_kernels(state, names)
    assert found
    assert {kernel.name for kernel in found} <= set(names)
    assert all(kernel != placement[kernel.name] for kernel in found)
    assert state.grid.rectangles == rectangles
    assert checked_score(instance, placement.replace(found)).cost < checked_score(instance, placement).cost
