from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest

from wse_cp.errors import InputError
from wse_cp.files.by_suffix import read_instance_file
from wse_cp.instance import Instance, Settings, Terminal
from wse_cp.kernels import CBlock, Conv, formal_arguments
from wse_cp.networks.graph import instance_from_graph

CONV = {"kind": "conv", "H": 8, "W": 8, "R": 3, "S": 3, "C": 4, "K": 16, "T": 1}


def small() -> nx.DiGraph[Any]:
    graph: nx.DiGraph[Any] = nx.DiGraph()
    graph.add_node("image", kind="input", shape=(8, 8, 4))
    graph.add_node("first", **CONV)
    graph.add_node("second", kind="cblock", h=8, w=8, f=32)
    graph.add_edge("image", "first")
    graph.add_edge("first", "second", shape=(8, 8, 16), multiplicity=2)
    return graph


def test_nodes_are_kernels_and_terminals_with_their_labels_for_names() -> None:
    instance = instance_from_graph(small(), Settings(wlength=3), "mine")
    assert instance.kernels == {"first": Conv(8, 8, 3, 3, 4, 16, 1), "second": CBlock(8, 8, 32)}
    assert instance.nodes[0].kernel == Terminal("input", (8, 8, 4))
    assert instance.kernel_edges == (("first", "second", 2),)
    assert (instance.settings.wlength, instance.test) == (3, "mine")


def test_integer_labels_are_numbers_and_parallel_edges_count() -> None:
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    graph.add_node(3, **{**CONV, "H": np.int64(8), "U": 1})
    graph.add_node(7, **CONV)
    graph.add_edges_from([(3, 7), (3, 7)])
    instance = instance_from_graph(graph)
    assert [(node.id, node.name) for node in instance.nodes] == [(3, "k3"), (7, "k7")]
    assert instance.kernel_edges == (("k3", "k7", 2),)


def as_graph(instance: Instance) -> nx.MultiDiGraph[int]:
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    ids = {node.name: node.id for node in instance.nodes}
    for node in instance.nodes:
        if isinstance(node.kernel, Terminal):
            graph.add_node(node.id, kind=node.kernel.kind, shape=node.kernel.shape)
        else:
            graph.add_node(node.id, kind=node.kernel.type_name, **formal_arguments(node.kernel))
    for edge in instance.edges:
        graph.add_edge(ids[edge.source], ids[edge.target], shape=edge.shape)
    return graph


@pytest.mark.parametrize("letter", "ADMN")
def test_an_instance_comes_back_from_its_graph(instances: Any, letter: str) -> None:
    instance = read_instance_file(instances / f"{letter}.kgraph")
    back = instance_from_graph(as_graph(instance), instance.settings)
    assert back.nodes == instance.nodes
    assert sorted(back.edges, key=repr) == sorted(instance.edges, key=repr)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": None}, r"node first: expected kind, one of input, output, conv.*found None|none"),
        ({"kind": "dense"}, r"node first: expected kind, one of .*found 'dense'"),
        ({"H": 2.5}, r"node first: expected H as an integer of at least 1, found 2\.5"),
        ({"H": True}, r"node first: expected H as an integer"),
        ({"K": 0}, r"node first: expected K as an integer of at least 1, found 0"),
        ({"K": 1 << 30}, r"node first: expected K between 1 and"),
        ({"U": 2}, r"node first: expected U equal to T, found T=1 U=2"),
        ({"stride": 2}, r"node first: expected an attribute of conv .*found STRIDE"),
    ],
)
def test_a_wrong_attribute_is_named_with_its_node(change: dict[str, Any], message: str) -> None:
    graph = small()
    graph.nodes["first"].update(change)
    with pytest.raises(InputError, match=message):
        instance_from_graph(graph)


def test_a_missing_argument_is_named() -> None:
    graph = small()
    del graph.nodes["second"]["f"]
    with pytest.raises(InputError, match="node second: expected F as an integer of at least 1, found none"):
        instance_from_graph(graph)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shape": 5}, r"edge first -> second: expected shape as a tuple"),
        ({"multiplicity": 0}, r"edge first -> second: expected multiplicity"),
        ({"multiplicity": 10**9}, r"edge first -> second: expected multiplicity of at most"),
        ({"weight": 1}, r"edge first -> second: expected an attribute of an edge"),
    ],
)
def test_a_wrong_edge_is_named(change: dict[str, Any], message: str) -> None:
    graph = small()
    graph.edges["first", "second"].update(change)
    with pytest.raises(InputError, match=message):
        instance_from_graph(graph)


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(InputError, match="a directed graph"):
        instance_from_graph(nx.Graph())  # type: ignore[arg-type]
    with pytest.raises(InputError, match="at least one kernel"):
        instance_from_graph(nx.DiGraph())
    graph = small()
    graph.add_edge("second", "first")
    with pytest.raises(InputError, match="without cycles"):
        instance_from_graph(graph)
    graph = small()
    graph.add_node("two words", **CONV)
    with pytest.raises(InputError, match="two words"):
        instance_from_graph(graph)
