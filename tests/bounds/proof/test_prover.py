"""A proof by search takes its turns beside another search, which ends with it."""

from __future__ import annotations

import json
from fractions import Fraction
from math import inf

import pytest

from tests.bounds.small_instances import small_instance
from wse_cp.bounds.background.child import BoundWork
from wse_cp.bounds.background.messages import Signs
from wse_cp.bounds.halftiles.lower_bound import lower_bound
from wse_cp.bounds.programme.ending import EndedError, until
from wse_cp.bounds.proof.listing import listings
from wse_cp.bounds.proof.prover import Prover
from wse_cp.bounds.proof.search import METHOD, proof_search
from wse_cp.bounds.result import Bound
from wse_cp.bounds.search.best_first import BoundSearch
from wse_cp.bounds.search.certificate import cost_step
from wse_cp.bounds.verifier import verify
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv
from wse_cp.placement import Placement
from wse_cp.score import checked_score

INSTANCE = small_instance("triangle", 14)
STEP = cost_step(INSTANCE)


def _chain(count: int, side: int) -> Instance:
    nodes = tuple(Node(i, f"k{i}", Conv(2, 2, 1, 1, 2, 2, 1)) for i in range(count))
    edges = tuple(Edge(f"k{i}", f"k{i + 1}") for i in range(count - 1))
    return Instance(Settings(width=side, height=side), nodes, edges)


def test_large_instances_are_left_to_others() -> None:
    assert proof_search(_chain(6, 40), Fraction(1, 2)) is not None
    assert proof_search(_chain(7, 40), Fraction(1, 2)) is None
    assert proof_search(_chain(2, 65), Fraction(1, 2)) is None
    prover = Prover(_chain(7, 40), Fraction(1, 2))
    assert not prover.turn()
    assert not prover.at_work
    assert prover.value == 0


def test_a_first_bound_does_not_wait_for_the_listing_of_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wse_cp.bounds.search.best_first._LISTING_WAITS", inf)  # however slow the machine is
    search = BoundSearch(INSTANCE)
    while search.value == 0:
        search.step()
    assert METHOD not in search.bound().method
    assert search.proving


def test_kernels_that_are_alike_share_a_listing() -> None:
    first, *others = listings(_chain(3, 20))
    assert all(listing is first for listing in others)


def test_a_listing_hears_that_the_search_is_over() -> None:
    with until(lambda: True), pytest.raises(EndedError):
        listings(INSTANCE)


def test_turns_go_on_until_there_is_a_proof() -> None:
    prover = Prover(INSTANCE, STEP)
    while prover.turn():
        assert prover.value >= 0
    assert prover.proven
    assert not prover.at_work
    assert prover.placement is not None
    assert checked_score(INSTANCE, prover.placement).cost == prover.value


def test_a_cost_that_is_known_need_not_be_found() -> None:
    least = Prover(INSTANCE, STEP)
    while least.turn():
        pass
    aimed = Prover(INSTANCE, STEP)
    aimed.turn()
    aimed.aim(least.value)
    while aimed.turn():
        pass
    assert aimed.proven
    assert aimed.value == least.value


def test_the_search_for_a_bound_ends_with_the_proof() -> None:
    found = lower_bound(INSTANCE, time_limit=60)
    assert found.method == METHOD
    assert json.loads(found.certificate)["format"] == "wse-cp proof tree"
    assert found.parts is not None
    assert found.parts.time + found.parts.wire + found.parts.adapters == found.value


def test_the_process_offers_the_placement_of_a_proof() -> None:
    offered: list[Placement] = []
    told: list[tuple[Bound, bool]] = []

    def cost() -> Fraction | None:
        return checked_score(INSTANCE, offered[0]).cost if offered else None

    signs: list[Signs] = []

    def tell(bound: Bound, verified: bool) -> None:
        told.append((bound, verified))

    assert BoundWork(INSTANCE, cost, lambda: False, tell, offered.append, signs.append).run()
    assert len(offered) == 1
    assert told[-1][1]
    assert told[-1][0].value == cost()
    assert Signs(near=True) in signs  # others leave the cores to a proof that is at work


def test_a_bound_at_most_a_ceiling() -> None:
    search = BoundSearch(INSTANCE)
    while not search.finished:
        search.step()
    assert search.bound(ceiling=search.value - 1).value == search.value - 1


@pytest.mark.slow
def test_every_bound_that_is_told_on_the_way_is_proven_by_its_certificate() -> None:
    for seed in range(6):
        instance, told = small_instance("square", seed), list[Bound]()
        last = lower_bound(instance, time_limit=60, observer=told.append)
        for bound in (*told, last):
            assert verify(instance, bound.certificate) == bound.value
        assert last.value > 0


def test_a_tree_never_proves_less_after_a_step() -> None:
    for kind, seed in (("square", 0), ("square", 7), ("triangle", 13)):
        instance = small_instance(kind, seed)
        search = proof_search(instance, cost_step(instance))
        assert search is not None
        values = [search.value]
        for _ in range(40):
            if search.finished:
                break
            search.grow()
            values.append(search.value)
        assert values == sorted(values)
