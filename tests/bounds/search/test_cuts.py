"""Spines that are cut short where a bound is weakest."""

from __future__ import annotations

from math import inf
from pathlib import Path

import pytest

from wse_cp.bounds.network.structure import structure_of
from wse_cp.bounds.search.best_first import BoundSearch
from wse_cp.bounds.search.cuts import shortened
from wse_cp.bounds.search.intervals import Intervals
from wse_cp.bounds.search.limit import relaxation_of
from wse_cp.bounds.search.limits import Limits
from wse_cp.bounds.verifier import read_certificate, verify
from wse_cp.files.by_suffix import read_instance_file
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv
from wse_cp.shapes.curves import least_time_by_area

#: Twelve alike on a small wafer: too many for a stack within the first times.
LARGE, SMALL = Conv(8, 8, 3, 3, 8, 8, 1), Conv(1, 1, 1, 1, 1, 1, 1)


def chain(*kernels: Conv) -> Instance:
    nodes = tuple(Node(i, f"k{i}", kernel) for i, kernel in enumerate(kernels))
    edges = tuple(Edge(f"k{i}", f"k{i + 1}") for i in range(len(kernels) - 1))
    return Instance(Settings(width=60, height=60, wlength=3), nodes, edges)


def solved(instance: Instance) -> BoundSearch:
    search = BoundSearch(instance)
    while not search.finished:
        search.step()
    return search


def test_a_small_kernel_at_an_end_makes_no_turn_cheap() -> None:
    """What a turn among the large kernels costs is proven with and without small ones before and after."""
    large = [LARGE] * 12
    found = solved(chain(SMALL, *large, SMALL)).bound()
    parts = {interval.part for interval in read_certificate(found.certificate).intervals}
    assert any(part != (0, 14) for part in parts)
    assert verify(chain(SMALL, *large, SMALL), found.certificate) == found.value


@pytest.mark.slow
def test_a_shorter_spine_proves_more_where_the_bound_is_weakest(instances: Path) -> None:
    instance = read_instance_file(instances / "J.kgraph")
    first = int(least_time_by_area(instance) * instance.time_scale)
    relaxation = relaxation_of(instance, structure_of(instance))
    intervals = Intervals(Limits(relaxation, first, cut=False))
    for _ in range(40):
        intervals.improve()
    limit = min(intervals.all()).limit
    better = shortened(limit)
    assert better is not None
    assert limit.value < better.value < inf
    assert len(better.relaxation.structure.spine) < len(relaxation.structure.spine)
    assert better.relaxation.structure.tree == relaxation.structure.tree


def test_nothing_is_cut_where_a_stack_is_weakest(instances: Path) -> None:
    search = solved(read_instance_file(instances / "K.kgraph"))
    parts = {interval.part for interval in read_certificate(search.bound().certificate).intervals}
    assert parts == {(0, 16)}
