"""Relations of an incumbent hold in it, cover every pair and are reduced."""

from __future__ import annotations

import random
from itertools import combinations

import networkx as nx
import pytest

from wse_cp.cpsat.problem import AXES, Relation
from wse_cp.cpsat.relations import closure, longest_before, reduced, relations_of
from wse_cp.placement import Rectangle

ROW = {"a": Rectangle(0, 0, 2, 2), "b": Rectangle(2, 0, 2, 2), "c": Rectangle(5, 1, 2, 2)}


def test_a_row_is_a_chain() -> None:
    assert set(relations_of(ROW)) == {Relation("a", "b", "x"), Relation("b", "c", "x")}


def test_the_axis_of_the_larger_gap_is_chosen() -> None:
    corners = {"a": Rectangle(0, 0, 2, 2), "b": Rectangle(3, 9, 2, 2)}
    assert relations_of(corners) == (Relation("a", "b", "y"),)


def test_loose_kernels_get_no_relation() -> None:
    assert relations_of(ROW, loose=["b"]) == (Relation("a", "c", "x"),)


def test_fixed_kernels_get_none_among_each_other() -> None:
    assert relations_of(ROW, fixed=["a", "b", "c"]) == ()


def test_implied_relations_are_dropped_and_found_again() -> None:
    chain = [Relation("a", "b", "x"), Relation("b", "c", "x"), Relation("a", "c", "x")]
    assert set(reduced(chain)) == set(chain[:2])
    assert closure(chain[:2]) == {("a", "b"): "x", ("b", "c"): "x", ("a", "c"): "x"}


def test_relations_along_different_axes_imply_nothing() -> None:
    bend = [Relation("a", "b", "x"), Relation("b", "c", "y")]
    assert ("a", "c") not in closure(bend)


@pytest.mark.parametrize("seed", range(5))
def test_closure_and_reduction_are_those_of_the_graphs(seed: int) -> None:
    generator = random.Random(seed)
    pairs = [pair for pair in combinations("abcdefghij", 2) if generator.random() < 0.5]
    known = [Relation(a, b, generator.choice(AXES)) for a, b in pairs]
    for axis in AXES:
        graph = nx.DiGraph([(r.first, r.second) for r in known if r.axis == axis])
        kept = {(r.first, r.second) for r in reduced(known) if r.axis == axis}
        assert kept == set(nx.transitive_reduction(graph).edges)
        along = [relation for relation in known if relation.axis == axis]
        assert closure(along) == dict.fromkeys(nx.transitive_closure(graph).edges, axis)


def test_the_longest_chain_before_a_kernel_counts_extents() -> None:
    bow = [Relation("a", "c", "x"), Relation("b", "c", "x"), Relation("c", "d", "x")]
    assert longest_before(bow, {"a": 3, "b": 5, "c": 1, "d": 9}) == {"a": 0, "b": 0, "c": 5, "d": 6}
