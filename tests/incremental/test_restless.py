"""Restless kernels: near each other, each once, until they change again."""

from __future__ import annotations

import numpy as np

from tests.lns.small_cases import network, poor_placement
from wse_cp.incremental.restless import Restless
from wse_cp.incremental.state import PlacementState

INSTANCE = network(30, side=150)
STATE = PlacementState(INSTANCE, poor_placement(INSTANCE))


def taken(restless: Restless, count: int = 4) -> list[list[str]]:
    """All that is taken until all rest."""
    generator, found = np.random.default_rng(0), []
    while names := restless.take(STATE.grid, count, generator):
        found.append(names)
    return found


def test_at_first_all_rest() -> None:
    assert taken(Restless(STATE.links)) == []


def test_each_is_taken_once_with_some_that_are_close() -> None:
    restless = Restless(STATE.links)
    restless.disturb_all()
    found = taken(restless)
    assert sorted(name for names in found for name in names) == sorted(INSTANCE.kernels)
    for names in found:
        assert set(names) <= {names[0], *STATE.grid.closest(STATE[names[0]].rectangle, 4)}
    assert max(map(len, found)) > 1


def test_what_changes_disturbs_what_it_is_wired_to() -> None:
    restless = Restless(STATE.links)
    restless.disturb(["k5", "k20"])
    expected = {"k5", "k20", *(other for name in ("k5", "k20") for other, _ in STATE.links.ends[name])}
    assert {name for names in taken(restless) for name in names} == expected
