"""Certificates made stronger by parities: never above the optimum, and verified to be what they claim."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction

import pytest

from tests.bounds.small_instances import proven_optimum, small_instance
from tests.marks import with_slow
from wse_cp.bounds.halftiles.pieces import Pieces
from wse_cp.bounds.halftiles.refinement import HalfTiles
from wse_cp.bounds.halftiles.search import RefinedSearch
from wse_cp.bounds.halftiles.trees import other_trees
from wse_cp.bounds.result import Bound
from wse_cp.bounds.search.best_first import BoundSearch
from wse_cp.bounds.search.certificate import cost_step
from wse_cp.bounds.verifier import verify
from wse_cp.errors import InputError
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv
from wse_cp.processes.reliefs import Pressure

#: Instances whose bound by multipliers alone is found soon, and is too low by half tiles.
HALF_TILES = [("chain", 1005), ("tree", 1028), ("square", 1001), ("diamond", 1007), ("chain", 1011)]


def searched(instance: Instance) -> Bound:
    """The bound that the search finds, without a proof."""
    search = BoundSearch(instance, proofs=False)
    for _ in range(2000):
        if search.finished:
            break
        search.step()
    assert search.finished
    return search.bound()


def refined(instance: Instance, certificate: str, ended: Callable[[], bool] = lambda: False) -> HalfTiles:
    """The refinement of a certificate at its end."""
    found = HalfTiles(instance, certificate, ended)
    for _ in range(1000):
        if found.finished:
            break
        found.step()
    assert found.finished
    return found


def rounded(instance: Instance, value: Fraction | float) -> Fraction:
    """A value rounded up to the next cost."""
    step = cost_step(instance)
    return -(-Fraction(value) // step) * step


@pytest.mark.parametrize(
    ("kind", "seed"), with_slow(HALF_TILES, ("chain", 1011), ("diamond", 1007), ("square", 1001))
)
def test_half_tiles_make_a_bound_stronger(kind: str, seed: int) -> None:
    instance = small_instance(kind, seed)
    before = searched(instance)
    after = refined(instance, before.certificate)
    bound = rounded(instance, after.value)
    assert bound > before.value
    assert verify(instance, after.certificate(bound)) == bound
    optimum = proven_optimum(instance, 20)
    assert optimum is None or bound <= optimum


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["chain", "tree", "triangle", "square", "diamond", "ladder"])
def test_no_refined_bound_is_above_the_optimum(kind: str) -> None:
    proven = 0
    for seed in range(3000, 3060):
        instance = small_instance(kind, seed)
        search = RefinedSearch(instance, proofs=False)
        try:
            for _ in range(400):
                search.step()
        except InputError:  # the kernels do not fit the wafer
            continue
        optimum = proven_optimum(instance, 20)
        if optimum is not None:
            proven += 1
            found = search.bound()
            assert verify(instance, found.certificate) == found.value <= optimum, seed
    assert proven >= 20


def test_another_edge_of_a_cycle_is_left_out_where_that_helps() -> None:
    instance = small_instance("square", 1001)
    certificate = searched(instance).certificate
    after = refined(instance, certificate)
    text = after.certificate(rounded(instance, after.value))
    assert json.loads(text)["tree"] != json.loads(certificate)["tree"]


def test_trees_differ_by_one_edge_and_keep_the_spine() -> None:
    instance = small_instance("square", 1001)
    pieces = Pieces(instance, searched(instance).certificate, lambda: False)
    trees = list(other_trees(instance, pieces))
    spine = {frozenset(edge) for edge in zip(pieces.spine, pieces.spine[1:], strict=False)}
    assert trees
    for tree in trees:
        assert len(set(tree) - set(pieces.tree)) == 1
        assert spine <= {frozenset(edge) for edge in tree}


def test_a_chain_has_no_other_tree() -> None:
    instance = small_instance("chain", 1005)
    assert not list(other_trees(instance, Pieces(instance, searched(instance).certificate, lambda: False)))


def test_what_is_ended_stays_as_it_was() -> None:
    instance = small_instance("chain", 1005)
    before = searched(instance)
    refinement = HalfTiles(instance, before.certificate, lambda: True)
    for _ in range(3):
        refinement.step()
    assert not refinement.finished
    assert refinement.value == before.value


def test_no_more_is_proven_than_a_placement_costs() -> None:
    instance = small_instance("chain", 1005)
    before = searched(instance)
    refinement = HalfTiles(instance, before.certificate, lambda: False)
    refinement.aim(before.value)
    assert refinement.finished


def test_intervals_that_are_not_needed_are_joined() -> None:
    instance = small_instance("chain", 1005)
    before = searched(instance)
    text = refined(instance, before.certificate).certificate(Fraction(0))
    assert len(json.loads(text)["intervals"]) == 1
    assert verify(instance, text) == 0


def chain(wlength: int) -> Instance:
    """Two kernels of one shape each but for rotations, if they are to be fast: 9 x 2 and 6 x 2 tiles."""
    nodes = (Node(0, "a", Conv(1, 1, 1, 1, 1, 3, 1)), Node(1, "b", Conv(1, 1, 1, 1, 1, 2, 1)))
    settings = Settings(width=9, height=9, wdeltat=1000, wlength=wlength)
    return Instance(settings, nodes, (Edge("a", "b"),))


def test_where_wire_is_free_nothing_is_refined() -> None:
    instance = chain(wlength=0)
    search = RefinedSearch(instance)
    for _ in range(50):
        search.step()
    assert search.finished
    assert search.bound().value == 1000


def test_a_search_goes_on_with_the_refinement_of_its_bound() -> None:
    instance = small_instance("chain", 1005)
    before = searched(instance)
    search = RefinedSearch(instance, proofs=False)
    for _ in range(3000):
        if search.finished:
            break
        search.step()
    found = search.bound()
    assert found.value == search.value > before.value
    assert found.parts is not None
    assert found.parts.time + found.parts.wire + found.parts.adapters == found.value
    assert verify(instance, found.certificate) == found.value
    ceiling = found.value - cost_step(instance)
    assert search.bound(ceiling).value == ceiling


def test_without_memory_nothing_is_refined() -> None:
    search = RefinedSearch(small_instance("chain", 1005), proofs=False)
    search.ease(Pressure.SHORT)
    for _ in range(3000):
        if search.finished:
            break
        search.step()
    assert search.finished
    assert search.value == searched(small_instance("chain", 1005)).value


@pytest.mark.parametrize(
    ("kind", "seed"), [pytest.param("chain", 3005, marks=pytest.mark.slow), ("square", 3000)]
)
def test_intervals_are_split_whose_start_has_no_placement(kind: str, seed: int) -> None:
    instance = small_instance(kind, seed)
    before = searched(instance)
    after = refined(instance, before.certificate)
    bound = rounded(instance, after.value)
    assert bound >= before.value
    assert verify(instance, after.certificate(bound)) == bound
