"""Names of modules: the same whoever exported the network, unique, and legal in all files."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("onnx", reason="the extra onnx is not installed")

from onnx import helper

from benchmarks.onnx_models import SCOPES, Builder, encoder
from wse_cp.files.by_suffix import read_instance_file
from wse_cp.onnx import ImportOptions, read_model
from wse_cp.onnx.merge import merged_name
from wse_cp.onnx.modules import common_module, legal, scope_of, unique_names

BY_MODULE = ImportOptions(names="modules")
LAYER = ("attention.query", "attention.key", "attention.value", "attention.matmul", "attention.matmul_2")
NAMES = [
    f"encoder.layer.{number}.{part}"
    for number in range(2)
    for part in (*LAYER, "attention.output", "intermediate", "output")
]


@pytest.mark.parametrize("style", ["path", "scopes"])
def test_kernels_are_named_for_their_modules_whoever_exported_them(style: str) -> None:
    imported = read_model(encoder(2, (6, 8, 2), style), options=BY_MODULE)
    assert list(imported.instance.kernels) == NAMES


@pytest.mark.parametrize("style", ["weights", "biases"])
def test_weights_or_biases_tell_the_module_where_no_node_does(style: str) -> None:
    imported = read_model(encoder(2, (6, 8, 2), style), options=BY_MODULE)
    told = [name for name in imported.instance.kernels if name.startswith("encoder")]
    assert told == [name for name in NAMES if "matmul" not in name]


def test_numbers_are_the_default_and_the_file_keeps_the_modules(tmp_path: Path) -> None:
    imported = read_model(encoder(1, (6, 8, 2)))
    names = list(imported.instance.kernels)
    assert names == [f"k{number}" for number in range(1, 9)]
    assert imported.instance.modules["k1"] == "encoder.layer.0.attention.query"
    path = tmp_path / "net.kgraph"
    path.write_text(imported.to_kgraph())
    read = read_instance_file(path)
    assert read == imported.instance
    assert dict(read.modules) == dict(imported.instance.modules)


def test_a_file_with_module_names_reads_back(tmp_path: Path) -> None:
    imported = read_model(encoder(1, (6, 8, 2)), options=BY_MODULE)
    path = tmp_path / "net.kgraph"
    path.write_text(imported.to_kgraph())
    assert read_instance_file(path) == imported.instance


def test_without_names_kernels_have_numbers() -> None:
    imported = read_model(encoder(1, (6, 8, 2), "none"))
    assert not imported.instance.modules
    assert all(name.startswith("k") for name in imported.instance.kernels)


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("/encoder/layer.0/attention/self/query/MatMul", "encoder.layer.0.attention.self.query"),
        ("/layer1/layer1.0/conv1/Conv", "layer1.0.conv1"),
        ("/features/features.1/conv/conv.0/conv.0.0/Conv", "features.1.conv.0.0"),
        ("/model/model/layers.0/mlp/gate_proj/MatMul", "model.model.layers.0.mlp.gate_proj"),
        ("/Mixed_5b/branch1x1/conv/Conv_3", "Mixed_5b.branch1x1.conv"),
        ("/a/query/MatMul/MatMulAddFusion", "a.query"),
        ("/a/self/Attention_0/qkv", "a.self.qkv"),
        ("/a/dense/Gemm/product", "a.dense"),
        ("/a/experts/MoE/fc1_4", "a.experts.fc1_4"),
        ("Attention_0/qkv", ""),
        ("StatefulPartitionedCall/model/layer_0/query/Tensordot/MatMul", "model.layer_0.query"),
        ("MatMul_12", ""),
        ("n68", ""),
        ("", ""),
        ("///", ""),
        ("/é [1]/c:d/MatMul", "é_1_.c_d"),
    ],
)
def test_the_name_of_a_node_tells_its_module(name: str, module: str) -> None:
    assert scope_of(helper.make_node("MatMul", ["a", "b"], ["c"], name=name)) == module


def test_metadata_come_before_names_and_broken_ones_do_not_matter() -> None:
    node = helper.make_node("MatMul", ["a", "b"], ["c"], name="/other/query/MatMul")
    node.metadata_props.add(key=SCOPES, value="['', 'layer.0', 'layer.0.query', 'linear']")
    assert scope_of(node) == "layer.0.query"
    for broken in ("['',", "7", "[]", "['']", "{", "[None]"):
        node.metadata_props[0].value = broken
        assert scope_of(node) == "other.query"


def test_names_are_unique_and_never_those_of_terminals_or_numbers() -> None:
    assert unique_names(["a", "a", "a_2", "k7", "out"], ["out"]) == ["a", "a_2", "a_2_2", "k7_2", "out_2"]


def test_a_path_is_made_legal() -> None:
    assert legal("a b'[0]=:,(c)") == "a_b_0_c"
    assert legal("x" * 300) == "x" * 180
    assert legal(" ") == ""


def test_common_and_merged_names() -> None:
    assert common_module(["a.b.c", "a.b.d"]) == "a.b"
    assert common_module(["a", ""]) == ""
    assert merged_name(["a.q", "a.k", "a.v"]) == "a.q+k+v"
    assert merged_name([f"experts.{n}.w1" for n in range(8)]) == "experts.*.w1"
    assert merged_name(["a.b.c", "a.d"]) == "a.b_c+d"


def test_two_kernels_of_one_module_have_two_names() -> None:
    w = Builder()
    first = w.linear("x", "a.proj", 4, 4)
    model = w.model({"x": (1, 3, 4)}, w.linear(first, "a.proj", 4, 4))
    assert list(read_model(model, options=BY_MODULE).instance.kernels) == ["a.proj", "a.proj_2"]
