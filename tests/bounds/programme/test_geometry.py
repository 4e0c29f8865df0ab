"""Cells, runs and area together never charge more than the best arrangement of rectangles costs."""

from __future__ import annotations

from itertools import product

import pytest

from tests.bounds.programme.rectangles import (
    TURNING,
    best_arrangement,
    bound,
    long_rectangles,
    random_rectangles,
)
from tests.bounds.small_instances import NETWORKS
from tests.marks import with_slow


def check(kind: str, seed: int, seconds: float) -> bool:
    """Whether the best arrangement is known, or for cycles, which take too long for that, a good one."""
    instance, sizes = random_rectangles(kind, seed)
    best, proven = best_arrangement(instance, sizes, seconds)
    if best is None:
        return False
    for cases, cycles in product((1, 2, 3), (False, True)):
        found = bound(instance, sizes, cases, steps=6, runs=cases > 1, cycles=cycles)
        assert found <= float(best) + 1e-6, (kind, seed, cases, cycles)
    return proven or kind == "ladder"


@pytest.mark.parametrize("kind", with_slow(NETWORKS, "triangle", "square", "diamond", "ladder"))
def test_no_arrangement_beats_the_bound(kind: str) -> None:
    assert sum(check(kind, seed, seconds=3) for seed in range(2 if kind == "ladder" else 4)) >= 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", NETWORKS)
def test_no_arrangement_beats_the_bound_in_many_cases(kind: str) -> None:
    assert sum(check(kind, seed, seconds=10) for seed in range(100, 300)) >= 150


def check_turning(kind: str, seed: int) -> bool:
    """Whether there is an arrangement; if so it must not beat the bound."""
    instance, sizes = long_rectangles(kind, seed)
    best, _ = best_arrangement(instance, sizes, seconds=4)
    for cases in (2, 3, 4) if best is not None else ():
        assert bound(instance, sizes, cases, steps=5) <= float(best or 0) + 1e-6, (kind, seed, cases)
    return best is not None


@pytest.mark.parametrize("kind", with_slow(TURNING, *(set(TURNING) - {"chain", "head and triangle"})))
def test_no_turning_arrangement_beats_the_bound(kind: str) -> None:
    assert sum(check_turning(kind, seed) for seed in range(4)) >= 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", TURNING)
def test_no_turning_arrangement_beats_the_bound_in_many_cases(kind: str) -> None:
    assert sum(check_turning(kind, seed) for seed in range(100, 160)) >= 30


@pytest.mark.parametrize("count", with_slow([5, 12], 12))
def test_named_cycles_make_rings_dearer(count: int) -> None:
    """Single edges say less than the cycle that they make."""
    gains = []
    for seed in range(count):
        instance, sizes = random_rectangles("ladder", seed)
        loose, ringed = (bound(instance, sizes, 1, runs=False, cycles=cycles) for cycles in (False, True))
        assert ringed >= loose - 1e-6, seed
        gains.append(ringed > loose + 1e-6)
    assert sum(gains) >= count // 2


@pytest.mark.parametrize("seeds", with_slow([range(3), range(3, 8)], range(3, 8)))
def test_more_cases_are_never_weaker(seeds: range) -> None:
    for seed in seeds:
        instance, sizes = random_rectangles("triangle", seed)
        one, two = (bound(instance, sizes, cases, steps=15) for cases in (2, 3))
        assert two >= one - 0.02 * abs(one)
