"""Score and legality of changes are those that score.py finds for the whole placement."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.lns.small_cases import network, poor_placement
from wse_cp.errors import Violation
from wse_cp.incremental.state import Change, PlacementState
from wse_cp.instance import Instance
from wse_cp.kernels import Arguments, convs
from wse_cp.placement import PlacedKernel
from wse_cp.score import edge_adapters, score, violations


def random_change(state: PlacementState, generator: np.random.Generator) -> dict[str, PlacedKernel]:
    """Some kernels with other splits, places or rotations; often illegal."""
    names = generator.choice(state.links.names, int(generator.integers(1, 4)), replace=False)
    changed = {}
    for name in map(str, names):
        kernel = state[name]
        count = len(convs(kernel.kernel))
        h, w = (int(n) for n in generator.integers(0 if generator.random() < 0.1 else 1, 5, 2))
        c, k = (tuple(int(n) for n in generator.integers(1, 4, count)) for _ in range(2))
        changed[name] = replace(
            kernel,
            args=Arguments(h, w, c, k) if generator.random() < 0.5 else kernel.args,
            x=kernel.x + int(generator.integers(-4, 5)),
            y=kernel.y + int(generator.integers(-4, 5)),
            rotated=bool(generator.random() < 0.3) != kernel.rotated,
        )
    return changed


def state_of(instance: Instance, seed: int = 0) -> PlacementState:
    return PlacementState(instance, poor_placement(instance, seed))


def broken(state: PlacementState, change: Change) -> list[Violation]:
    return violations(state.instance, state.placement().replace(change.values()))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("wadapter", [0, 5])
def test_changes_are_judged_as_whole_placements_are(seed: int, wadapter: int) -> None:
    state = state_of(network(12, wadapter=wadapter, side=90), seed)
    generator, legal = np.random.default_rng(seed), 0
    for _ in range(150):
        change = random_change(state, generator)
        found = broken(state, change)
        fine = state.lawful(change) and not state.blockers(change)
        assert fine == (not found)
        if not fine:
            continue
        legal += 1
        parts = state.parts_after(change)
        expected = score(state.instance, state.placement().replace(change.values()))
        assert state.score_of(parts) == expected
        state.apply(change)
        assert state.parts == parts
        assert state.score_of(state.parts) == score(state.instance, state.placement())
        assert state.area == sum(
            kernel.rectangle.width * kernel.rectangle.height for kernel in state.kernels.values()
        )
    assert legal > 20


def test_blockers_are_the_kernels_in_the_way() -> None:
    state = state_of(network(9))
    a, b = state["k0"], state["k1"]
    assert state.blockers({"k0": replace(a, x=b.x, y=b.y)}) == ["k1"]
    assert state.blockers({"k0": replace(b, name="k0"), "k1": replace(a, name="k1")}) == []


def test_no_change_changes_nothing() -> None:
    state = state_of(network())
    assert state.parts_after({}) == state.parts


@pytest.mark.parametrize(("wadapter", "noted"), [(0, False), (5, True)])
def test_edges_with_adapters_are_noted_where_these_cost(wadapter: int, noted: bool) -> None:
    state = state_of(network(12, wadapter=wadapter))
    generator = np.random.default_rng(0)
    for _ in range(100):
        change = random_change(state, generator)
        if not broken(state, change):
            state.apply(change)
    edges = enumerate(state.links.edges)
    expected = {i for i, (u, v, _) in edges if edge_adapters(state[u], state[v])} if noted else set()
    assert set(state.adapted) == expected


def test_links_are_in_the_order_of_the_edges() -> None:
    links = state_of(network(9)).links
    assert links.of(["k3", "k4"]) == [edge for edge in links.edges if {"k3", "k4"} & set(edge[:2])]
    assert links.ends["k3"] == [(u if v == "k3" else v, n) for u, v, n in links.edges if "k3" in (u, v)]
    assert links.in_order({"k5", "k2", "k4"}) == ["k2", "k4", "k5"]
