"""Networks in instances/onnx/files, as PyTorch wrote them: a transformer, a detector, one for speech."""

from __future__ import annotations

from collections import Counter
from functools import cache
from math import prod
from pathlib import Path

import pytest

from scripts.make_onnx_instances import kept_networks, shipped_kgraph
from wse_cp.files.kgraph import parse_kgraph
from wse_cp.instance import require_legal_shape
from wse_cp.kernels import convs, work
from wse_cp.onnx import ImportedNetwork, read_onnx

onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")

from tests.onnx.counting import products  # noqa: E402

#: Network: operations with weights or of two activations in the file, counted edges.
NETWORKS = {"bert_base": (97, 141), "whisper_tiny": (91, 130), "yolo_with_nms": (58, 93)}

each_network = pytest.mark.parametrize("name", NETWORKS)


@cache
def network(name: str) -> ImportedNetwork:
    return read_onnx(kept_networks()[name])


def test_the_kept_files_are_these() -> None:
    assert set(kept_networks()) == set(NETWORKS)


@each_network
def test_the_kept_instance_is_what_the_import_writes_now(name: str, instances: Path) -> None:
    kept = (instances / "onnx" / f"{name}.kgraph").read_text()
    assert kept == shipped_kgraph(name, kept_networks()[name])


@each_network
def test_kernels_and_edges_are_as_many_as_the_network_has(name: str) -> None:
    operations, edges = NETWORKS[name]
    found = network(name)
    types = Counter(node.op_type for node in onnx.load(kept_networks()[name]).graph.node)
    assert types["Conv"] + types["MatMul"] + types["Gemm"] == operations
    assert sum(len(names) for names in found.layers.values()) == operations
    assert sum(count for _, _, count in found.instance.kernel_edges) == edges


def shapes_by_onnx(name: str) -> dict[str, tuple[int, ...]]:
    """Return the shapes that onnx's own inference gives."""
    graph = onnx.shape_inference.infer_shapes(onnx.load(kept_networks()[name]), data_prop=True).graph
    values = [*graph.input, *graph.value_info, *graph.output]
    known = {v.name: tuple(d.dim_value for d in v.type.tensor_type.shape.dim) for v in values}
    return known | {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}


def multiplications_by_shapes(name: str) -> int:
    shapes, total = shapes_by_onnx(name), 0
    for node in onnx.load(kept_networks()[name]).graph.node:
        if node.op_type == "Conv":
            total += prod(shapes[node.output[0]]) * prod(shapes[node.input[1]][1:])
        elif node.op_type in ("MatMul", "Gemm"):
            assert all(a.name != "transA" or not a.i for a in node.attribute)
            total += prod(shapes[node.output[0]]) * shapes[node.input[0]][-1]
    return total


@pytest.mark.parametrize("name", ["bert_base", "whisper_tiny"])
def test_no_multiplication_is_lost_or_added(name: str) -> None:
    total = multiplications_by_shapes(name)
    assert sum(work(kernel) for kernel in network(name).instance.kernels.values()) == total
    assert network(name).report.totals.file == total


def test_the_detector_multiplies_as_often_as_a_run_of_it() -> None:
    counted = products(onnx.load(kept_networks()["yolo_with_nms"]), {"image": (1, 3, 320, 320)})
    assert sum(work(kernel) for kernel in network("yolo_with_nms").instance.kernels.values()) == counted


@each_network
def test_each_kernel_has_a_legal_shape_and_the_text_reads_back(name: str) -> None:
    found = network(name)
    for kernel in set(found.instance.kernels.values()):
        require_legal_shape(kernel, found.settings)
    assert parse_kgraph(found.to_kgraph(), name) == found.instance


def test_berts_layers_are_alike() -> None:
    """Eight products in each of the twelve layers, and the pooler's at the end."""
    kernels = [conv for kernel in network("bert_base").instance.kernels.values() for conv in convs(kernel)]
    assert Counter(kernels[:8] * 12) == Counter(kernels[:96])


def test_no_path_of_a_machine_is_in_a_kept_file() -> None:
    for path in kept_networks().values():
        graph = onnx.load(path).graph
        assert not any(node.metadata_props or node.doc_string for node in graph.node)
