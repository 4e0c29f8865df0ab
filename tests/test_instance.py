from dataclasses import FrozenInstanceError, replace
from fractions import Fraction

import networkx as nx
import pytest

from wse_cp.errors import InputError
from wse_cp.instance import SETTING_RANGES, Edge, Instance, Node, Settings, Terminal
from wse_cp.kernels import CBlock, Conv, DBlock

NODES = (
    Node(0, "in", Terminal("input", (8, 8, 8))),
    Node(1, "a", CBlock(8, 8, 16)),
    Node(2, "b", DBlock(4, 4, 16)),
    Node(3, "out", Terminal("output", (4, 4, 16))),
)
EDGES = (Edge("in", "a"), Edge("a", "b"), Edge("a", "b"), Edge("b", "out"))
INSTANCE = Instance(Settings(), NODES, EDGES, "label")


def test_edges_of_terminals_do_not_count_and_parallel_edges_count_each() -> None:
    assert INSTANCE.kernel_edges == (("a", "b", 2),)
    assert list(INSTANCE.kernels) == ["a", "b"]


def test_the_label_does_not_matter_for_equality() -> None:
    assert Instance(Settings(), NODES, EDGES, "another") == INSTANCE
    assert replace(INSTANCE, settings=Settings(width=632)) != INSTANCE
    assert replace(INSTANCE, edges=EDGES[1:]) != INSTANCE


def test_an_instance_is_immutable() -> None:
    with pytest.raises(FrozenInstanceError):
        INSTANCE.test = "x"  # type: ignore[misc]
    with pytest.raises(nx.NetworkXError):
        INSTANCE.graph.add_node("c")
    with pytest.raises(nx.NetworkXError):
        INSTANCE.kernel_graph.remove_node("a")


def test_time_scale_is_the_common_denominator_of_all_times() -> None:
    assert INSTANCE.time_scale == 4
    strides = tuple(Node(i, f"k{i}", Conv(6, 6, 1, 1, 1, 1, T)) for i, T in enumerate((2, 3)))
    assert Instance(Settings(), strides, ()).time_scale == 36


def test_cost_is_the_weighted_sum() -> None:
    weighted = replace(INSTANCE, settings=Settings(wdeltat=2, wlength=10, wadapter=100))
    assert weighted.cost(Fraction(7, 4), Fraction(5, 2), 3) == Fraction(7, 2) + 25 + 300


@pytest.mark.parametrize("key", list(SETTING_RANGES))
@pytest.mark.parametrize("side", [0, 1])
def test_a_setting_just_out_of_range_is_an_input_error(key: str, side: int) -> None:
    value = SETTING_RANGES[key][side] + (1 if side else -1)
    with pytest.raises(InputError, match=key):
        Instance(replace(Settings(), **{key: value}), NODES, EDGES)


@pytest.mark.parametrize(
    ("nodes", "edges", "part"),
    [
        ((*NODES, Node(1, "c", DBlock(4, 4, 16))), EDGES, "numbers"),
        ((*NODES, Node(4, "a", DBlock(4, 4, 16))), EDGES, "names"),
        ((*NODES, Node(4, "c", DBlock(4, 4, 15))), EDGES, "divisible"),
        (NODES[::3], (), "at least one kernel"),
        (NODES, (*EDGES, Edge("b", "nobody")), "nobody"),
        (NODES, (*EDGES, Edge("b", "a")), "cycle"),
        (NODES, (*EDGES, Edge("b", "b")), "cycle"),
        (tuple(Node(T, f"k{T}", Conv(9, 9, 1, 1, 1, 1, T)) for T in (7, 11, 13)), (), "strides"),
    ],
    ids=["number", "name", "kernel", "empty", "unknown", "cycle", "loop", "strides"],
)
def test_wrong_instances_are_input_errors(
    nodes: tuple[Node, ...], edges: tuple[Edge, ...], part: str
) -> None:
    with pytest.raises(InputError, match=part):
        Instance(Settings(), nodes, edges)


def test_more_nodes_than_accepted_are_an_input_error() -> None:
    nodes = tuple(Node(i, f"k{i}", Conv(1, 1, 1, 1, 1, 1, 1)) for i in range(10_001))
    with pytest.raises(InputError, match="at most 10000"):
        Instance(Settings(), nodes, ())
