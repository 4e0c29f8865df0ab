from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.page.cases import PLACED, instance, moved
from wse_cp.files.by_suffix import read_instance_file, read_placement_file
from wse_cp.kernels import Arguments, Protocol, adapters
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.report.page.facts import kernel_facts, named_mismatches, wires
from wse_cp.score import score

PROTOCOLS = st.builds(Protocol, st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))


@given(PROTOCOLS, PROTOCOLS)
def test_a_mismatch_is_named_for_every_adapter(output: Protocol, input: Protocol) -> None:
    found = named_mismatches(output, input)
    assert len(found) == adapters(output, input)
    assert all(len(set(re.findall(r"\d+", text))) == 2 for text in found)


def test_a_mismatch_says_into_how_many_parts_each_end_splits() -> None:
    texts = list(named_mismatches(Protocol(2, 1, 7), Protocol(2, 4, 3)))
    assert texts == ["columns (w): 1 → 4", "channels (k to c): 7 → 3"]


@pytest.mark.parametrize("case", ["A", "F", "H", "M", "T"])
def test_wires_sum_up_to_the_score(instances: Path, case: str) -> None:
    problem = read_instance_file(instances / f"{case}.kgraph")
    placement = read_placement_file(instances / f"best/{case}.paint", problem)
    found, expected = wires(problem, list(placement.values())), score(problem, placement)
    assert sum(wire.total_length for wire in found) == expected.wire_length
    assert sum(wire.total_adapters for wire in found) == expected.adapters


def test_parallel_wires_count_each_and_every_kernel_knows_its_own() -> None:
    found = wires(instance(), PLACED)
    expected = score(instance(), Placement(PLACED))
    assert [(wire.producer, wire.consumer, wire.count) for wire in found if wire.count > 1] == [(0, 1, 2)]
    assert sum(wire.total_length for wire in found) == expected.wire_length
    group = kernel_facts(instance(), PLACED, found)
    assert sum(kernel.length for kernel in group) == 2 * expected.wire_length  # each has two ends
    assert sum(kernel.adapters for kernel in group) == 2 * expected.adapters
    assert found[0].to_json()["length"] == f"2 × {float(found[0].length):g} tiles"


def test_a_wire_needs_both_of_its_ends_and_takes_the_first_of_kernels_placed_twice() -> None:
    impossible = PlacedKernel("k3", PLACED[2].kernel, Arguments(1, 1, (1,), (1,)), 0, 0)
    assert len(wires(instance(), PLACED[:2])) == 1
    assert len(wires(instance(), (*PLACED[:2], impossible, PLACED[3]))) == 1
    twice = (*PLACED, *moved(0, 60)[-1:])
    assert wires(instance(), twice) == wires(instance(), PLACED)


def test_lengths_are_exact_halves() -> None:
    assert {wire.length.denominator for wire in wires(instance(), PLACED)} <= {1, 2}
    assert all(isinstance(wire.length, Fraction) for wire in wires(instance(), PLACED))
