"""How a network is taken apart: spine, spanning tree, named cycles and cells."""

from __future__ import annotations

from itertools import combinations, pairwise

import networkx as nx
import pytest

from tests.bounds.networks import SHAPES, Pairs, instance_of
from wse_cp.bounds.network.cells import Pair, edges_of
from wse_cp.bounds.network.structure import LONGEST_CYCLE, chosen_cycles, in_order, structure_of
from wse_cp.bounds.verifier.network import CYCLE_SIZES
from wse_cp.instance import Settings

WAFER = Settings(width=20, height=20)


def pairs_of(*edges: str) -> list[Pair]:
    return [frozenset(edge) for edge in edges]


def ring(count: int) -> Pairs:
    return [*pairwise(range(count)), (0, count - 1)]


def test_the_spine_is_a_longest_directed_path() -> None:
    structure = structure_of(instance_of(SHAPES["head and square"], WAFER))
    assert structure.spine in (("k0", "k1", "k2", "k4"), ("k0", "k1", "k3", "k4"))


def test_a_part_of_the_path_is_the_spine_and_the_tree_stays() -> None:
    instance = instance_of(SHAPES["chain"], WAFER)
    whole, part = structure_of(instance), structure_of(instance, part=(1, 3))
    assert part.spine == ("k1", "k2")
    assert (part.path, part.tree) == (whole.path, whole.tree)
    assert {edge for cell in part.cells for edge in cell.spine} == {frozenset(("k1", "k2"))}


def test_without_runs_there_is_no_spine() -> None:
    structure = structure_of(instance_of(SHAPES["chain"], WAFER), runs=False)
    assert structure.spine == ()
    assert not any(cell.spine for cell in structure.cells)


@pytest.mark.parametrize("runs", [True, False])
@pytest.mark.parametrize("cycles", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_tree_spans_the_network_with_the_spine_in_it(shape: str, cycles: bool, runs: bool) -> None:
    instance = instance_of(SHAPES[shape], WAFER)
    structure = structure_of(instance, runs, cycles)
    tree: nx.Graph[str] = nx.Graph(list(structure.tree))
    assert nx.is_tree(tree)
    assert set(tree) == set(instance.kernels)
    assert set(structure.tree) <= set(instance.kernel_graph.edges)
    assert all(tree.has_edge(*pair) for pair in pairwise(structure.spine))


@pytest.mark.parametrize("shape", SHAPES)
def test_every_edge_is_in_one_cell_or_its_ends_are_cells(shape: str) -> None:
    structure = structure_of(instance_of(SHAPES[shape], WAFER), cycles=True)
    found = [edge for cell in structure.cells for edge in cell.patterns[0].labels]
    assert len(found) == len(set(found))
    ends = sum(cell.multiplicities[0] for cell in structure.cells if len(cell.members) == 1)
    assert len(found) + ends / 2 == len(SHAPES[shape])


def test_a_triangle_is_a_cell_and_so_is_its_tail() -> None:
    structure = structure_of(instance_of(SHAPES["triangle and tail"], WAFER))
    assert {frozenset(cell.members) for cell in structure.cells} == {
        frozenset(("k0", "k1", "k2")),
        frozenset(("k2", "k3")),
    }
    assert structure.has_cycles


def test_a_large_component_falls_into_bridges_and_ends() -> None:
    structure = structure_of(instance_of(SHAPES["diamond"], WAFER))
    sizes = sorted(len(cell.members) for cell in structure.cells)
    assert sizes == [1, 1, 1, 2, 2, 2]  # two of the ends are at one kernel


def test_a_named_cycle_has_one_edge_outside_the_tree() -> None:
    structure = structure_of(instance_of(SHAPES["ring of five"], WAFER), cycles=True)
    (cycle,) = structure.cycles
    tree = {frozenset(edge) for edge in structure.tree}
    assert len(set(edges_of(cycle)) - tree) == 1
    assert frozenset(cycle) in {frozenset(cell.members) for cell in structure.cells}


def test_cycles_are_named_up_to_the_longest_only() -> None:
    for count, named in ((LONGEST_CYCLE, 1), (LONGEST_CYCLE + 1, 0)):
        structure = structure_of(instance_of(ring(count), WAFER), cycles=True)
        assert len(structure.cycles) == named


def test_no_cycle_is_longer_than_the_verifier_accepts() -> None:
    assert CYCLE_SIZES[-1] == LONGEST_CYCLE


def test_chosen_cycles_share_no_edges_and_long_ones_come_first() -> None:
    square_with_roof = pairs_of("ab", "bc", "cd", "da", "ce", "de")
    (chosen,) = chosen_cycles([square_with_roof], [])
    assert frozenset(chosen) == frozenset("abcd")


def test_chosen_cycles_leave_room_for_the_spine_in_the_tree() -> None:
    two_triangles = pairs_of("ab", "bc", "ca", "ax", "xc")
    (free,) = chosen_cycles([two_triangles], [])
    assert set(free) == set("abc")
    # with the spine a, x, c in the tree the triangle abc would lose two edges
    (beside,) = chosen_cycles([two_triangles], pairs_of("ax", "xc"))
    assert set(beside) == set("axc")


@pytest.mark.parametrize("count", [3, 5, 8])
def test_the_order_around_a_cycle_is_found_from_its_edges(count: int) -> None:
    names = "abcdefgh"[:count]
    edges = {frozenset((names[i], names[(i + 1) % count])) for i in range(count)}
    for first, second in combinations(sorted(map(sorted, edges)), 2):
        shuffled = [frozenset(first), frozenset(second), *edges]
        assert set(edges_of(in_order(shuffled))) == edges
