"""Mixtures of experts in one operation of onnxruntime: a kernel for each matrix of all experts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

pytest.importorskip("onnx", reason="the extra onnx is not installed")

from onnx import ModelProto

from benchmarks.onnx_models import Builder
from wse_cp.errors import InputError
from wse_cp.kernels import Conv, Kernel, work
from wse_cp.onnx import ImportedNetwork, ImportOptions, read_model
from wse_cp.onnx.options import ExpertTokens

CHANNELS, HIDDEN = 8, 24


def read(model: ModelProto, tokens: ExpertTokens = None) -> ImportedNetwork:
    return read_model(model, options=ImportOptions(expert_tokens=tokens))


def multiplied(kernels: Iterable[Kernel]) -> int:
    return int(sum(map(work, kernels)))


def operation(kind: str, tokens: int, experts: int, k: int, fused: int = 1, **options: Any) -> ModelProto:
    """Return a router, a MoE or QMoE and a dense layer; weights as experts x outputs x inputs."""
    w = Builder()
    packed, third = options.pop("packed", 1), options.pop("third", False)
    turned = options.pop("turned", False)
    router = w.add(
        "Reshape", w.linear("x", "mlp.gate", CHANNELS, experts, bias=False), w.integers(tokens, experts)
    )

    def weights(outputs: int, inputs: int) -> str:
        shape = (experts, inputs, outputs) if turned else (experts, outputs, inputs // packed)
        return w.weight(shape)

    scale = [w.weight((experts, 1))] if kind == "QMoE" else []
    given = [weights(fused * HIDDEN, CHANNELS), *scale, "", weights(CHANNELS, HIDDEN), *scale, ""]
    given += [weights(HIDDEN, CHANNELS), *scale] if third else []
    result = w.add(kind, "x", router, *given, module="mlp.experts", domain="com.microsoft", k=k, **options)
    model = w.model({"x": (1, tokens, CHANNELS)}, w.linear(result, "head", CHANNELS, 5), ("com.microsoft",))
    return model


@pytest.mark.parametrize("turned", [False, True])
def test_a_mixture_in_one_operation_has_a_kernel_for_each_matrix(turned: bool) -> None:
    network = read(operation("MoE", 8, 4, 2, turned=turned))
    assert list(network.instance.kernels.values()) == [
        Conv(8, 1, 1, 1, CHANNELS, 4, 1),
        Conv(4, 1, 1, 1, CHANNELS, 4 * HIDDEN, 1),
        Conv(4, 1, 1, 1, HIDDEN, 4 * CHANNELS, 1),
        Conv(8, 1, 1, 1, CHANNELS, 5, 1),
    ]
    # tokens x k pass through two matrices
    assert multiplied(list(network.instance.kernels.values())[1:3]) == 8 * 2 * 2 * CHANNELS * HIDDEN
    assert network.report.totals.weights == 4 * 2 * CHANNELS * HIDDEN + CHANNELS * (4 + 5)
    report = "\n".join(network.report.lines())
    assert "8 tokens x 2 to 4 experts, 4 each (even shares)" in report
    edges = {(u, v) for u, v, _ in network.instance.kernel_edges}
    assert edges == {("k1", "k2"), ("k1", "k3"), ("k2", "k3"), ("k3", "k4")}


@pytest.mark.parametrize(
    ("options", "matrices"),
    [
        ({"fused": 2, "swiglu_fusion": 1, "activation_type": "swiglu"}, 3),
        ({"third": True, "activation_type": "silu"}, 3),
        ({}, 2),
    ],
)
@pytest.mark.parametrize(("kind", "packed"), [("MoE", 1), ("QMoE", 2)])
def test_gated_experts_have_three_matrices(
    kind: str, packed: int, options: dict[str, Any], matrices: int
) -> None:
    bits = {"expert_weight_bits": 4} if kind == "QMoE" else {}
    network = read(operation(kind, 6, 3, 1, packed=packed, **options, **bits))
    kernels = list(network.instance.kernels.values())[1:-1]
    assert multiplied(kernels) == 6 * 1 * matrices * CHANNELS * HIDDEN
    assert sum(k.C * k.K for k in kernels if isinstance(k, Conv)) == 3 * matrices * CHANNELS * HIDDEN


def test_uneven_shares_are_two_kernels_for_each_matrix() -> None:
    network = read(operation("MoE", 7, 4, 2))
    kernels = list(network.instance.kernels.values())[1:-1]
    assert sorted(k.H for k in kernels if isinstance(k, Conv)) == [3, 3, 4, 4]
    assert multiplied(kernels) == 7 * 2 * 2 * CHANNELS * HIDDEN
    assert sum(k.C * k.K for k in kernels if isinstance(k, Conv)) == 4 * 2 * CHANNELS * HIDDEN


@pytest.mark.parametrize(("tokens", "rows"), [("all", 8), (2, 2), (1, 1)])
def test_the_user_may_share_them_out_otherwise(tokens: ExpertTokens, rows: int) -> None:
    kernels = list(read(operation("MoE", 8, 4, 2), tokens).instance.kernels.values())[1:-1]
    assert [k.H for k in kernels if isinstance(k, Conv)] == [rows, rows]


def test_a_mixture_not_as_its_schema_has_it_is_refused() -> None:
    model = operation("MoE", 8, 4, 2)
    node = next(node for node in model.graph.node if node.op_type == "MoE")
    del node.input[3:]
    with pytest.raises(InputError, match=r"com\.microsoft\.MoE"):
        read(model)
