"""The rooted tree and its chords."""

from __future__ import annotations

import pytest

from tests.bounds.networks import SHAPES, instance_of
from wse_cp.bounds.network.structure import structure_of
from wse_cp.bounds.network.tree import Chord, chords_of, rooted_tree
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv

WAFER = Settings(width=20, height=20, wadapter=3)
RESIDUAL = [(0, 1), (1, 2), (0, 2), (2, 3)]


@pytest.mark.parametrize("runs", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_kernel_hangs_below_its_parent_along_a_tree_edge(shape: str, runs: bool) -> None:
    instance = instance_of(SHAPES[shape], WAFER)
    structure = structure_of(instance, runs)
    tree = rooted_tree(instance, structure)
    assert sorted(tree.order) == sorted(instance.kernels)
    for name, link in tree.links.items():
        if link is None:
            assert tree.above[name] is None
            continue
        assert tree.order.index(link.parent) < tree.order.index(name)
        assert link.ends(name) in structure.tree
        index = tree.above[name]
        assert index is not None
        assert {name, link.parent} <= set(structure.cells[index].members)
        assert name in tree.below[link.parent][index]


def test_the_last_kernel_of_the_spine_is_the_root_and_the_others_lead_to_it() -> None:
    instance = instance_of(SHAPES["head and square"], WAFER)
    structure = structure_of(instance)
    tree = rooted_tree(instance, structure)
    *others, last = structure.spine
    assert tree.links[last] is None
    for name, following in zip(others, structure.spine[1:], strict=True):
        link = tree.links[name]
        assert link is not None
        assert (link.parent, link.on_spine, link.produces) == (following, True, True)


def test_a_link_knows_multiplicity_and_the_channels_that_both_ends_compare() -> None:
    nodes = tuple(Node(i, f"k{i}", Conv(2, 2, 1, 1, 5 + i, 6 + i, 1)) for i in range(2))
    instance = Instance(WAFER, nodes, (Edge("k0", "k1"), Edge("k0", "k1")))
    link = rooted_tree(instance, structure_of(instance)).links["k0"]
    assert link is not None
    assert (link.multiplicity, link.reference) == (2, 6)


def test_an_edge_around_a_kernel_is_its_chord() -> None:
    instance = instance_of(RESIDUAL, WAFER)
    tree = rooted_tree(instance, structure_of(instance))
    assert chords_of(instance, tree) == {"k1": Chord("k0", "k2", 1, 2)}


def test_there_are_no_chords_if_adapters_are_free() -> None:
    instance = instance_of(RESIDUAL, Settings(width=20, height=20, wadapter=0))
    assert chords_of(instance, rooted_tree(instance, structure_of(instance))) == {}


def test_there_is_no_chord_if_centre_and_sink_read_different_channels() -> None:
    kernels = [Conv(2, 2, 1, 1, channels, 2, 1) for channels in (2, 2, 4, 2)]
    instance = instance_of(RESIDUAL, WAFER, kernels)
    assert chords_of(instance, rooted_tree(instance, structure_of(instance))) == {}


def test_a_centre_has_no_other_edges() -> None:
    instance = instance_of([*RESIDUAL, (1, 3)], WAFER)
    assert "k1" not in chords_of(instance, rooted_tree(instance, structure_of(instance)))
