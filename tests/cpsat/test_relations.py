"""Relations of an incumbent hold in it, cover every pair and are reduced."""

from __future__ import annotations

from wse_cp.cpsat.problem import Relation, closure, reduced, relations_of
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
