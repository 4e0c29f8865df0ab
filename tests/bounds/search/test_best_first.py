"""Bounds of whole instances: certified, below proven optima, tight where they should be."""

from __future__ import annotations

import threading
from fractions import Fraction
from pathlib import Path

import pytest

from tests.bounds.small_instances import NETWORKS, proven_optimum, small_instance
from tests.marks import with_slow
from wse_cp.bounds.halftiles.lower_bound import lower_bound
from wse_cp.bounds.result import Bound, BoundParts
from wse_cp.bounds.search.best_first import BoundSearch
from wse_cp.bounds.verifier import verify
from wse_cp.errors import InputError
from wse_cp.files.by_suffix import read_instance_file
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv

#: Seeds whose optimum is proven quickly.
QUICK = {
    "chain": [1, 3],
    "tree": [1, 3],
    "triangle": [1, 3],
    "square": [1, 3],
    "diamond": [1, 3],
}


@pytest.mark.parametrize(
    ("kind", "seed"),
    with_slow(
        [(kind, seed) for kind, seeds in QUICK.items() for seed in seeds],
        *((kind, 3) for kind in QUICK),
        ("diamond", 1),
    ),
)
def test_bound_is_certified_and_not_above_the_optimum(kind: str, seed: int) -> None:
    instance = small_instance(kind, seed)
    try:
        found = lower_bound(instance, time_limit=1, workers=1)
    except InputError:
        pytest.skip("the kernels do not fit the wafer")
    assert verify(instance, found.certificate) == found.value
    optimum = proven_optimum(instance, 3)
    if optimum is not None:
        assert found.value <= optimum


@pytest.mark.slow
@pytest.mark.parametrize("kind", NETWORKS)
def test_bound_is_not_above_the_optimum_of_any_small_instance(kind: str) -> None:
    proven = 0
    for seed in range(1000, 1100):
        instance = small_instance(kind, seed)
        try:
            found = lower_bound(instance, time_limit=2, workers=1)
        except InputError:
            continue
        optimum = proven_optimum(instance, 30)
        if optimum is not None:
            proven += 1
            assert verify(instance, found.certificate) == found.value <= optimum, seed
    assert proven >= 20


def test_two_kernels_side_by_side_are_bounded_exactly() -> None:
    conv = Conv(1, 1, 1, 1, 1, 1, 1)
    nodes = (Node(0, "a", conv), Node(1, "b", conv))
    instance = Instance(Settings(width=9, height=9, wlength=4), nodes, (Edge("a", "b"),))
    found = lower_bound(instance, time_limit=5)
    # time 1, and two rectangles of 3 x 2 stacked along their shorter side
    assert found.value == 1 + 4 * 2
    assert found.parts == BoundParts(Fraction(1), Fraction(8), Fraction(0))


def test_a_single_kernel_costs_its_time() -> None:
    instance = Instance(Settings(width=9, height=9), (Node(0, "a", Conv(2, 2, 1, 1, 1, 1, 1)),), ())
    found = lower_bound(instance, time_limit=5)
    assert found.value == 1
    assert verify(instance, found.certificate) == 1


def test_adapters_are_part_of_the_bound() -> None:
    # One wants to read as a whole what the other must write in pieces: memory allows nothing else.
    nodes = (Node(0, "a", Conv(8, 8, 1, 1, 1, 1, 1)), Node(1, "b", Conv(1, 1, 1, 1, 1, 1, 1)))
    free = Instance(Settings(width=30, height=12, wlength=3, memlimit=40), nodes, (Edge("a", "b"),))
    dear = Instance(Settings(width=30, height=12, wlength=3, memlimit=40, wadapter=7), nodes, free.edges)
    assert lower_bound(dear, time_limit=5).value >= lower_bound(free, time_limit=5).value


@pytest.mark.parametrize(("case", "optimum"), [("K", 1350), pytest.param("L", 1968, marks=pytest.mark.slow)])
def test_contest_cases_are_bounded_exactly(case: str, optimum: int, instances: Path) -> None:
    instance = read_instance_file(instances / f"{case}.kgraph")
    search = BoundSearch(instance)
    while search.value < optimum and not search.finished:
        search.step()
    found = search.bound()
    assert found.value == optimum
    assert verify(instance, found.certificate) == optimum


@pytest.mark.slow
def test_a_bound_that_is_not_finished_holds_too(instances: Path) -> None:
    instance = read_instance_file(instances / "A.kgraph")
    search = BoundSearch(instance)
    for _ in range(60):
        search.step()
        found = search.bound()
        assert verify(instance, found.certificate) == found.value


def test_bounds_only_improve_and_stop_when_asked(instances: Path) -> None:
    instance, stop, seen = read_instance_file(instances / "A.kgraph"), threading.Event(), list[Bound]()

    def observer(bound: Bound) -> None:
        seen.append(bound)
        stop.set()

    last = lower_bound(instance, time_limit=60, stop=stop, observer=observer)
    values = [bound.value for bound in (*seen, last)]
    assert values == sorted(values)
    assert last.seconds < 30


def test_what_cannot_fit_has_no_bound() -> None:
    nodes = tuple(Node(i, f"k{i}", Conv(1, 1, 1, 1, 1, 1, 1)) for i in range(9))
    with pytest.raises(InputError):
        lower_bound(Instance(Settings(width=6, height=6), nodes, ()), time_limit=1)


def test_costs_that_are_all_free_are_bounded_by_zero() -> None:
    nodes = (Node(0, "a", Conv(1, 1, 1, 1, 1, 1, 1)),)
    instance = Instance(Settings(width=9, height=9, wdeltat=0, wlength=0), nodes, ())
    assert lower_bound(instance, time_limit=2).value == Fraction(0)
