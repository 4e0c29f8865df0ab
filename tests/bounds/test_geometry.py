"""Cells, runs and area together never charge more than the best arrangement of rectangles costs."""

from __future__ import annotations

import pytest
from rectangles import bound, optimum, random_rectangles
from small_instances import NETWORKS


def check(kind: str, seed: int, seconds: float) -> bool:
    instance, sizes = random_rectangles(kind, seed)
    best = optimum(instance, sizes, seconds)
    if best is None:
        return False
    for cases in (1, 2, 3):
        found = bound(instance, sizes, cases, steps=6, runs=cases > 1)
        assert found <= float(best) + 1e-6, (kind, seed, cases)
    return True


@pytest.mark.parametrize("kind", NETWORKS)
def test_no_arrangement_beats_the_bound(kind: str) -> None:
    assert sum(check(kind, seed, seconds=5) for seed in range(5)) >= 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", NETWORKS)
def test_no_arrangement_beats_the_bound_in_many_cases(kind: str) -> None:
    assert sum(check(kind, seed, seconds=10) for seed in range(100, 300)) >= 150


def test_more_cases_are_never_weaker() -> None:
    for seed in range(8):
        instance, sizes = random_rectangles("triangle", seed)
        one, two = (bound(instance, sizes, cases, steps=15) for cases in (2, 3))
        assert two >= one - 0.02 * abs(one)
