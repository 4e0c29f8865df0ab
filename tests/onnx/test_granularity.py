"""Merged kernels do exactly what their members did, read and write what these did, and nothing twice."""

from __future__ import annotations

from contextlib import suppress
from itertools import permutations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("onnx", reason="the extra onnx is not installed")

from onnx import ModelProto

import wse_cp as wse
from benchmarks.onnx_models import Builder, decoder, encoder, mixture
from tests.onnx.cases import counted
from wse_cp.errors import InputError
from wse_cp.instance import Settings
from wse_cp.kernels import Conv, work
from wse_cp.onnx import ImportedNetwork, ImportOptions, read_model

SIZE = (6, 8, 2)


def by_module(*merge: str, **others: object) -> ImportOptions:
    return ImportOptions(names="modules", merge=merge, **others)  # type: ignore[arg-type]


def total(network: ImportedNetwork) -> tuple[int, int]:
    """Return multiplications and weights of the kernels, from their formal arguments alone."""
    convs = [kernel for kernel in network.instance.kernels.values() if isinstance(kernel, Conv)]
    return int(sum(map(work, convs))), sum(k.C * k.K * k.R * k.S for k in convs)


def test_queries_keys_and_values_become_one_kernel() -> None:
    plain, merged = (read_model(encoder(2, SIZE), options=by_module(*words)) for words in ((), ("qkv",)))
    assert merged.instance.kernels["encoder.layer.0.attention.query+key+value"] == Conv(6, 1, 1, 1, 8, 24, 1)
    assert len(plain.instance.kernels) - len(merged.instance.kernels) == 4
    assert total(merged) == total(plain)
    assert merged.report.totals == plain.report.totals
    assert merged.layers["encoder.layer.1.attention.query+key+value"] == tuple(
        plain.layers[f"encoder.layer.1.attention.{part}"][0] for part in ("query", "key", "value")
    )


def test_the_edges_of_a_merged_kernel_are_those_of_its_members_each_once() -> None:
    merged = read_model(encoder(1, SIZE), options=by_module("qkv"))
    layer = "encoder.layer.0."
    qkv, scores, mixed, out = (
        layer + f"attention.{part}" for part in ("query+key+value", "matmul", "matmul_2", "output")
    )
    assert counted(merged) == sorted(
        [
            (qkv, scores),
            (qkv, mixed),
            (scores, mixed),
            (mixed, out),
            (out, layer + "intermediate"),
            (layer + "intermediate", layer + "output"),
            (out, layer + "output"),
        ]
    )
    inputs = [edge.target for edge in merged.instance.edges if edge.source == "k0"]
    assert sorted(inputs) == sorted([qkv, out])


@pytest.mark.parametrize("adds", ["producer", "consumer"])
def test_grouped_queries_and_gates_merge(adds: str) -> None:
    plain = read_model(decoder(SIZE, 1), options=by_module(adds=adds))
    merged = read_model(decoder(SIZE, 1), options=by_module("qkv", "gate-up", adds=adds))
    kernels = merged.instance.kernels
    assert kernels["layers.0.self_attn.query+key+value"] == Conv(6, 1, 1, 1, 8, 16, 1)
    assert kernels["layers.0.mlp.gate_proj+up_proj"] == Conv(6, 1, 1, 1, 8, 32, 1)
    assert total(merged) == total(plain)
    pairs = counted(merged)
    assert pairs.count(("layers.0.mlp.gate_proj+up_proj", "layers.0.mlp.down_proj")) == 1


def test_only_what_reads_the_same_tensor_is_merged_in_cross_attention() -> None:
    w = Builder()
    query = w.linear("x", "cross.query", 8, 8)
    key, value = (w.linear("m", f"cross.{part}", 8, 8) for part in ("key", "value"))
    scores = w.add("Softmax", w.add("MatMul", query, w.add("Transpose", key, perm=[0, 2, 1])))
    model = w.model({"x": (1, 5, 8), "m": (1, 5, 8)}, w.add("MatMul", scores, value))
    names = list(read_model(model, options=by_module("qkv")).instance.kernels)
    assert "cross.query" in names
    assert "cross.key+value" in names


def test_a_pattern_merges_what_its_braces_or_its_last_wildcard_name() -> None:
    named = read_model(encoder(2, SIZE), options=by_module("qkv"))
    for pattern in (
        "layer.*.attention.{query,key,value}",
        "encoder.layer.*.attention.{query,key,value}",
        "*.{query,key,value}",
    ):
        found = read_model(encoder(2, SIZE), options=by_module(pattern))
        assert found.instance.kernels == named.instance.kernels
        assert found.instance.kernel_edges == named.instance.kernel_edges
    w = Builder()
    ends = [w.linear("x", f"heads.{part}", 8, 4) for part in ("box", "mask", "class")]
    model = w.model({"x": (1, 5, 8)}, w.add("Concat", *ends, axis=2))
    only = read_model(model, options=by_module("heads.*"))
    assert dict(only.instance.kernels) == {"heads.box+mask+class": Conv(5, 1, 1, 1, 8, 12, 1)}


def test_heads_that_are_computed_one_by_one_become_one_product() -> None:
    w = Builder()
    query, key, value = (w.linear("x", f"attention.{part}", 8, 8) for part in ("query", "key", "value"))
    parts = [w.add("Split", part, w.integers(4, 4), axis=2, outputs=2) for part in (query, key, value)]
    mixed = []
    for number in range(2):
        q, k, v = (f"{part}_1" if number else part for part in parts)
        scores = w.add("Softmax", w.add("MatMul", q, w.add("Transpose", k, perm=[0, 2, 1])))
        mixed.append(w.add("MatMul", scores, v))
    model = w.model({"x": (1, 6, 8)}, w.linear(w.add("Concat", *mixed, axis=2), "out", 8, 8))
    plain, merged = (read_model(model, options=ImportOptions(merge=words)) for words in ((), ("heads",)))
    assert len(plain.instance.kernels) == 8
    kernels = list(merged.instance.kernels.values())
    assert len(kernels) == 6
    assert Conv(6, 1, 1, 1, 4, 12, 1) in kernels  # queries times keys, two heads of 6
    assert Conv(6, 1, 1, 1, 6, 8, 1) in kernels  # times values
    assert int(sum(map(work, kernels))) == int(sum(map(work, plain.instance.kernels.values())))
    assert max(count for _, _, count in merged.instance.kernel_edges) == 1


def test_experts_become_one_kernel_for_each_matrix_and_send_one_tensor() -> None:
    options = by_module(expert_tokens="even")
    plain = read_model(mixture(8, 4, 2), options=options)
    merged = read_model(mixture(8, 4, 2), options=by_module("gate-up", "experts", expert_tokens="even"))
    assert dict(merged.instance.kernels) == {
        "mlp.gate": Conv(8, 1, 1, 1, 8, 4, 1),
        "mlp.experts.0+1+2+3.w1+w3": Conv(4, 1, 1, 1, 8, 4 * 2 * 24, 1),
        "mlp.experts.0+1+2+3.w2": Conv(4, 1, 1, 1, 24, 4 * 8, 1),
    }
    assert total(merged) == total(plain)
    assert merged.report.totals == plain.report.totals
    router, hidden, out = merged.instance.kernels
    # The router sends tokens their experts, and to the last product their weights, too.
    assert counted(merged) == sorted([(router, hidden), (router, out), (router, out), (hidden, out)])


@pytest.mark.parametrize("adds", ["producer", "consumer"])
def test_the_edges_of_merged_experts_do_not_depend_on_how_many_there_are(adds: str) -> None:
    found = [
        read_model(
            mixture(16, count, 2),
            options=ImportOptions(expert_tokens="even", merge=("experts",), adds=adds),  # type: ignore[arg-type]
        )
        for count in (2, 4, 8)
    ]
    assert {len(network.instance.kernels) for network in found} == {4}
    assert len({tuple(counted(network)) for network in found}) == 1
    assert len(counted(found[0])) <= 6


def test_the_report_says_what_was_merged() -> None:
    lines = list(read_model(encoder(2, SIZE), options=by_module("qkv")).report.lines())
    assert any(line.endswith("merged as asked (qkv): 2 kernels of 6") for line in lines)


def test_merging_in_python() -> None:
    instance = wse.from_onnx(encoder(1, SIZE), merge=["qkv"])
    assert len(instance.kernels) == 6
    assert instance == wse.from_onnx(encoder(1, SIZE), merge="qkv")
    assert instance.modules["k1"] == "encoder.layer.0.attention.query+key+value"


@pytest.mark.parametrize(
    ("words", "expected", "found"),
    [
        (("layer.*.attention.*",), "none needs another's result", "that reads"),
        (("gate-up",), "pairs of products", "none"),
        (("experts",), "several experts", "none"),
        (("heads",), "products of two activations", "none"),
        (("qkv", "qkv"), "read one tensor", "none"),
        (
            ("decoder.*",),
            "a pattern of modules such as encoder.layer.0.attention.query",
            "no kernel that matches",
        ),
        (("qvk",), "qkv, gate-up, experts, heads, or a pattern", "qvk"),
        (("layer.*.{a",), "braces in pairs", ""),
    ],
)
def test_what_cannot_be_one_kernel_is_refused_in_one_line(
    words: tuple[str, ...], expected: str, found: str
) -> None:
    with pytest.raises(InputError) as caught:
        read_model(encoder(2, SIZE), options=by_module(*words))
    text = str(caught.value)
    assert "--merge" in text
    assert expected in text
    assert found in text
    assert "\n" not in text


def test_unlike_kernels_are_refused() -> None:
    w = Builder()
    ends = [w.linear("x", "a.one", 8, 4), w.linear(w.add("Concat", "x", "x", axis=2), "a.two", 16, 4)]
    model = w.model({"x": (1, 5, 8)}, w.add("Add", *ends))
    with pytest.raises(InputError, match="equal H, W, R, S, C and T") as caught:
        read_model(model, options=by_module("a.*"))
    assert "C=8" in str(caught.value)
    assert "C=16" in str(caught.value)


def test_a_circle_over_other_kernels_is_refused() -> None:
    w = Builder()
    first = w.linear("x", "a.first", 8, 8)
    between = w.linear(first, "b.between", 8, 8)
    model = w.model({"x": (1, 5, 8)}, w.linear(between, "a.second", 8, 8))
    with pytest.raises(InputError, match="come back to them over others"):
        read_model(model, options=by_module("a.{first,second}"))


def test_a_merged_kernel_that_fits_nowhere_is_refused() -> None:
    # Alone each of them fits the wafer: the three together do not.
    small = Settings(width=12, height=10, memlimit=500)
    assert read_model(encoder(1, (6, 64, 2)), small).instance.kernels["k1"] == Conv(6, 1, 1, 1, 64, 64, 1)
    with pytest.raises(InputError, match="merged") as caught:
        read_model(encoder(1, (6, 64, 2)), small, by_module("qkv"))
    assert "\n" not in str(caught.value)


@st.composite
def networks(draw: st.DrawFn) -> tuple[ModelProto, set[str]]:
    """Return layers that read one or two tensors before them, and the names of some to merge."""
    w, tensors, chosen = Builder(), ["x"], set()
    for number in range(draw(st.integers(2, 7))):
        read = draw(st.lists(st.sampled_from(tensors), min_size=1, max_size=2, unique=True))
        data = read[0] if len(read) == 1 else w.add("Add", *read)
        is_chosen = draw(st.booleans())
        module = f"{'pick' if is_chosen else 'net'}.n{number}"
        chosen |= {module} if is_chosen else set()
        tensors.append(w.linear(data, module, 4, 4, bias=False))
    return w.model({"x": (1, 3, 4)}, w.add("Concat", *tensors[1:], axis=2)), chosen


@given(networks(), st.sampled_from(["producer", "consumer"]))
@settings(max_examples=60, deadline=None)
def test_a_merge_contracts_the_graph_or_is_refused(case: tuple[ModelProto, set[str]], adds: str) -> None:
    model, chosen = case
    plain = read_model(model, options=by_module(adds=adds))
    graph = plain.instance.kernel_graph
    merged = None
    with suppress(InputError):
        merged = read_model(model, options=by_module("pick.*", adds=adds))
    if merged is None:
        assert len(chosen) < 2 or any(nx.has_path(graph, u, v) for u, v in permutations(chosen, 2))
        return
    names = {name: name for name in plain.instance.kernels}
    (one,) = merged.instance.kernels.keys() - names.keys()
    names |= dict.fromkeys(chosen, one)
    contracted = {(names[u], names[v]) for u, v, _ in plain.instance.kernel_edges}
    found = {(u, v) for u, v, _ in merged.instance.kernel_edges}
    assert found == {(u, v) for u, v in contracted if u != v}
    assert total(merged) == total(plain)
    assert merged.report.totals == plain.report.totals
