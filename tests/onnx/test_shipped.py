"""The nine real networks that the package onnx ships, checked against their graphs by a walk of its own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from math import prod
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from scripts.make_onnx_instances import shipped_kgraph, shipped_networks
from tests.marks import with_slow
from tests.paths import ROOT
from wse_cp.files.kgraph import parse_kgraph
from wse_cp.instance import Instance, require_legal_shape
from wse_cp.kernels import CBlock, Conv, DBlock, convs, work
from wse_cp.networks.model import read_model
from wse_cp.onnx import ImportedNetwork, ImportOptions, read_onnx

onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")

#: Network: operations with weights in the file, kernels by type, counted edges (all by default options).
NETWORKS = {
    "bvlc_alexnet": (8, {"conv": 8}, 7),
    "densenet121": (121, {"conv": 121}, 655),
    "inception_v1": (58, {"conv": 58}, 156),
    "inception_v2": (70, {"conv": 70}, 184),
    "resnet50": (54, {"conv": 6, "dblock": 12, "cblock": 3}, 21),
    "shufflenet": (50, {"conv": 50}, 68),
    "squeezenet": (26, {"conv": 26}, 33),
    "vgg19": (19, {"conv": 19}, 18),
    "zfnet512": (8, {"conv": 8}, 7),
}
WEIGHTED = ("Conv", "Gemm")

each_network = pytest.mark.parametrize("name", with_slow(NETWORKS, "densenet121"))


def path_of(name: str) -> Path:
    found = shipped_networks()
    if name not in found:
        pytest.skip(f"this version of onnx ({onnx.__version__}) does not ship {name}")
    return found[name]


@cache
def network(name: str) -> ImportedNetwork:
    return read_onnx(path_of(name))


CONVS = ImportOptions(granularity="conv")

SPREAD = ImportOptions(granularity="conv", adds="consumer")


@dataclass(frozen=True)
class Weighted:
    """An operation with weights as the file has it."""

    type: str
    weights: tuple[int, ...]
    output: tuple[int, ...]
    attributes: dict[str, Any]

    @property
    def multiplications(self) -> int:
        per_output = prod(self.weights[1:]) if self.type == "Conv" else prod(self.weights) // self.output[-1]
        return prod(self.output) * per_output


@cache
def walked(name: str) -> tuple[dict[str, Weighted], nx.DiGraph[str]]:
    """Return the weighted operations by name, and which of them read which, straight from the file."""
    model = onnx.shape_inference.infer_shapes(onnx.load(path_of(name)), data_prop=True)
    values = [*model.graph.input, *model.graph.value_info, *model.graph.output]
    shapes = {v.name: tuple(d.dim_value for d in v.type.tensor_type.shape.dim) for v in values}
    weighted: dict[str, Weighted] = {}
    feeds: nx.DiGraph[str] = nx.DiGraph()
    sources: dict[str, set[str]] = {}
    for node in model.graph.node:
        reach = set().union(*(sources.get(tensor, set()) for tensor in node.input))
        if node.op_type in WEIGHTED:
            attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            weighted[node.name] = Weighted(
                node.op_type, shapes[node.input[1]], shapes[node.output[0]], attributes
            )
            feeds.add_node(node.name)
            feeds.add_edges_from((source, node.name) for source in reach)
            reach = {node.name}
        sources.update((tensor, reach) for tensor in node.output)
    return weighted, feeds


def layer_names(found: ImportedNetwork, kernel: str) -> list[str]:
    return [title.rpartition(" (")[0] for title in found.layers[kernel]]


def pairs(instance: Instance) -> list[tuple[str, Conv]]:
    return [(name, conv) for name, kernel in instance.kernels.items() for conv in convs(kernel)]


def test_onnx_ships_the_nine_networks() -> None:
    found = shipped_networks()
    if not found:
        pytest.skip(f"this version of onnx ({onnx.__version__}) ships no networks")
    assert set(NETWORKS) <= set(found)


@each_network
def test_the_kept_instance_is_what_the_import_writes_now(name: str, instances: Path) -> None:
    kept = (instances / "onnx" / f"{name}.kgraph").read_text()
    assert kept == shipped_kgraph(name, path_of(name))


@each_network
def test_kernels_and_edges_are_as_many_as_the_network_has(name: str) -> None:
    layers, types, edges = NETWORKS[name]
    found = network(name)
    assert len(walked(name)[0]) == layers
    assert Counter(kernel.type_name for kernel in found.instance.kernels.values()) == types
    assert sum(count for _, _, count in found.instance.kernel_edges) == edges
    assert sum(len(names) for names in found.layers.values()) == layers


@each_network
def test_each_kernel_has_the_field_channels_and_image_of_its_operation(name: str) -> None:
    found, (weighted, _) = network(name), walked(name)
    seen = []
    for kernel_name, kernel in found.instance.kernels.items():
        for layer, conv in zip(layer_names(found, kernel_name), convs(kernel), strict=True):
            seen.append(layer)
            there = weighted[layer]
            if there.type == "Gemm":
                assert there.attributes["transB"] == 1
                assert conv == Conv(1, 1, 1, 1, there.weights[1], there.weights[0], 1)
                continue
            stride = there.attributes.get("strides", [1, 1])
            K, C, R, S = there.weights
            assert (conv.R, conv.S, conv.C, conv.K) == (R, S, C, K)
            assert stride == [conv.T, conv.T]
            assert (conv.T * there.output[2], conv.T * there.output[3]) == (conv.H, conv.W)
    assert sorted(seen) == sorted(weighted)


@each_network
def test_no_multiplication_is_lost_or_added(name: str) -> None:
    total = sum(there.multiplications for there in walked(name)[0].values())
    assert sum(work(kernel) for kernel in network(name).instance.kernels.values()) == total


@each_network
def test_kernels_that_read_sums_themselves_have_exactly_the_edges_of_the_graph(name: str) -> None:
    found = read_onnx(path_of(name), options=SPREAD)
    names = {kernel: layer_names(found, kernel)[0] for kernel in found.layers}
    edges = {(names[u], names[v]) for u, v, _ in found.instance.kernel_edges}
    assert edges == set(walked(name)[1].edges)


@each_network
def test_sums_formed_by_producers_leave_every_dependence_in_place(name: str) -> None:
    found = read_onnx(path_of(name), options=CONVS)
    names = {kernel: layer_names(found, kernel)[0] for kernel in found.layers}
    graph = nx.relabel_nodes(nx.DiGraph(found.instance.kernel_graph), names)
    for layer in walked(name)[1]:
        assert nx.ancestors(walked(name)[1], layer) <= nx.ancestors(graph, layer)


@each_network
def test_each_kernel_has_a_legal_shape_and_the_text_reads_back(name: str) -> None:
    found = network(name)
    for kernel in set(found.instance.kernels.values()):
        require_legal_shape(kernel, found.settings)
    assert parse_kgraph(found.to_kgraph(), name) == found.instance


def test_resnet50_in_blocks_has_the_models_blocks_but_for_the_first() -> None:
    """The model's first block halves 112 x 112 and doubles the channels; the real one does neither."""
    root = ROOT
    model = [node.kernel for node in read_model(root / "models" / "resnet50-blocks.toml").nodes]
    described = Counter(kernel for kernel in model if isinstance(kernel, DBlock | CBlock))
    found = Counter(
        k for k in network("resnet50").instance.kernels.values() if isinstance(k, DBlock | CBlock)
    )
    assert described - found == Counter([CBlock(112, 112, 256)])
    assert not found - described


def test_resnet50_in_convs_has_five_edges_for_a_projection_block_and_four_for_an_identity() -> None:
    instance = read_onnx(path_of("resnet50"), options=CONVS).instance
    assert len(instance.kernels) == 54
    assert sum(count for _, _, count in instance.kernel_edges) == 4 * 5 + 12 * 4 + 1


def test_densenets_layers_read_all_before_them_in_their_block() -> None:
    found = network("densenet121").instance.kernel_graph
    degrees = sorted((degree for _, degree in found.in_degree()), reverse=True)
    # Blocks of 6, 12, 24 and 16 layers: a 1 x 1 convolution after the n-th reads n + 1 tensors.
    expected = sorted((n + 1 for size in (6, 12, 24, 16) for n in range(size + 1)), reverse=True)
    assert degrees[: len(expected)] == expected


def test_alexnets_groups_can_be_kernels_of_their_own() -> None:
    found = read_onnx(path_of("bvlc_alexnet"), options=ImportOptions(groups="split"))
    edges = {(u, v) for u, v, _ in found.instance.kernel_edges}
    halves = {("k5", "k7"), ("k6", "k8")}  # each half of the last two convolutions reads its own half only
    assert len(found.instance.kernels) == 11
    assert halves <= edges
    assert not {("k5", "k8"), ("k6", "k7")} & edges
    assert sum(map(work, found.instance.kernels.values())) == sum(
        map(work, network("bvlc_alexnet").instance.kernels.values())
    )
