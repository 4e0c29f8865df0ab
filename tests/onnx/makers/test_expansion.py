"""Operations of other makers become the kernels of the standard operations that they were made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.onnx.cases import counted, write_onnx
from wse_cp.errors import InputError
from wse_cp.kernels import Conv, Kernel
from wse_cp.onnx import ImportedNetwork, read_onnx

ROWS = "float[1,6,8] x"
IMAGE = "float[1,4,8,8] x"


def imported(tmp_path: Path, inputs: str, weights: list[str], body: str, opset: int = 17) -> ImportedNetwork:
    """Import a network in which ``ms.`` stands for onnxruntime's domain."""
    import onnx

    path = write_onnx(tmp_path / "net.onnx", inputs, weights, body.replace("ms.", "other."), opset=opset)
    model = onnx.load(path)
    for node in model.graph.node:
        node.domain = node.domain.replace("other", "com.microsoft")
    model.opset_import[1].domain = "com.microsoft"
    onnx.save(model, path)
    return read_onnx(path)


def dense(rows: int, inner: int, columns: int, stacks: int = 1) -> Conv:
    return Conv(rows, 1, 1, 1, inner, columns * stacks, 1)


#: Inputs, weights, operations, kernels, edges between them.
CASES: dict[str, tuple[str, list[str], str, list[Kernel], int]] = {
    "FusedConv": (
        IMAGE,
        ["float[5,4,3,3] w"],
        'y = ms.FusedConv <activation="Relu", strides=[2,2], pads=[1,1,1,1]> (x, w)',
        [Conv(8, 8, 3, 3, 4, 5, 2)],
        0,
    ),
    "FusedConv with a sum": (
        IMAGE,
        ["float[4,4,1,1] u", "float[4,4,1,1] w"],
        'a = Conv(x, u) b = ms.FusedConv <activation="Relu"> (a, w, , a) y = Conv(b, u)',
        [Conv(8, 8, 1, 1, 4, 4, 1)] * 3,
        2,
    ),
    "NhwcFusedConv": (
        "float[1,8,8,4] x",
        ["float[5,4,3,3] w"],
        "y = ms.NhwcFusedConv <pads=[1,1,1,1]> (x, w)",
        [Conv(8, 8, 3, 3, 4, 5, 1)],
        0,
    ),
    "FusedMatMul": (
        ROWS,
        ["float[5,8] w"],
        "y = ms.FusedMatMul <transB=1, alpha=0.5> (x, w)",
        [dense(6, 8, 5)],
        0,
    ),
    "FusedMatMul of activations": (
        ROWS,
        ["float[8,8] w"],
        "a = MatMul(x, w) y = ms.FusedMatMul <transA=1> (a, a)",
        [dense(6, 8, 8), dense(8, 6, 8)],
        1,
    ),
    "FusedGemm": (
        "float[1,8] x",
        ["float[5,8] w"],
        'y = ms.FusedGemm <transB=1, activation="Relu"> (x, w)',
        [dense(1, 8, 5)],
        0,
    ),
    "GemmFastGelu": (
        ROWS,
        ["float[8,5] w", "float[5] b"],
        "y = ms.GemmFastGelu(x, w, b)",
        [dense(6, 8, 5)],
        0,
    ),
    "activations with a bias": (
        ROWS,
        ["float[8,8] w", "float[8] b"],
        "a = MatMul(x, w) c = ms.BiasGelu(a, b) d = ms.FastGelu(c) e = ms.QuickGelu(d) y = MatMul(e, w)",
        [dense(6, 8, 8)] * 2,
        1,
    ),
    "SkipLayerNormalization": (
        ROWS,
        ["float[8,8] w", "float[8] g"],
        "a = MatMul(x, w) b, m, v, s = ms.SkipLayerNormalization(a, x, g, g, g) "
        "c = MatMul(b, w) d = Add(c, s) y = MatMul(d, w)",
        [dense(6, 8, 8)] * 3,
        3,
    ),
    "EmbedLayerNormalization": (
        "int32[1,6] x, int32[1,6] t, int32[1,6] mask",
        ["float[50,8] e", "float[9,8] p", "float[2,8] s", "float[8] g", "float[8,5] w"],
        "a, i = ms.EmbedLayerNormalization(x, t, e, p, s, g, g, mask) y = MatMul(a, w)",
        [dense(6, 8, 5)],
        0,
    ),
    "Attention": (
        ROWS,
        ["float[8,24] w", "float[24] b", "float[8,5] v"],
        "a = ms.Attention <num_heads=2> (x, w, b) y = MatMul(a, v)",
        [dense(6, 8, 24), dense(6, 4, 6, 2), dense(6, 6, 4, 2), dense(6, 8, 5)],
        4,
    ),
    "MultiHeadAttention": (
        ROWS,
        ["float[8,8] q", "float[8,8] k", "float[8,8] v"],
        "a = MatMul(x, q) b = MatMul(x, k) c = MatMul(x, v) "
        "y = ms.MultiHeadAttention <num_heads=2> (a, b, c)",
        [*[dense(6, 8, 8)] * 3, dense(6, 4, 6, 2), dense(6, 6, 4, 2)],
        4,
    ),
    "GroupQueryAttention": (
        "float[1,6,8] x, float[1,1,3,2] pk, float[1,1,3,2] pv, int32[1,1] n, int32[1] m",
        ["float[8,8] q", "float[8,2] k", "float[8,2] v"],
        "a = MatMul(x, q) b = MatMul(x, k) c = MatMul(x, v) "
        "y, nk, nv = ms.GroupQueryAttention <num_heads=4, kv_num_heads=1> (a, b, c, pk, pv, n, m)",
        [dense(6, 8, 8), dense(6, 8, 2), dense(6, 8, 2), dense(4 * 6, 2, 9), dense(4 * 6, 9, 2)],
        4,
    ),
    "DynamicQuantizeMatMul": (
        ROWS,
        ["uint8[8,5] w", "float[1] s"],
        "y = ms.DynamicQuantizeMatMul(x, w, s)",
        [dense(6, 8, 5)],
        0,
    ),
    "MatMulIntegerToFloat": (
        ROWS,
        ["uint8[8,8] w", "float s"],
        "q, a, z = DynamicQuantizeLinear(x) b = ms.MatMulIntegerToFloat(q, w, a, s, z) "
        "r, c, t = DynamicQuantizeLinear(b) y = ms.MatMulIntegerToFloat(r, w, c, s, t)",
        [dense(6, 8, 8)] * 2,
        1,
    ),
    "QGemm": (
        "uint8[1,8] x",
        ["float s", "uint8 z", "uint8[5,8] w"],
        "y = ms.QGemm <transB=1> (x, s, z, w, s, z, , s, z)",
        [dense(1, 8, 5)],
        0,
    ),
    "QLinearAdd and QLinearConcat": (
        ROWS,
        ["float s", "uint8 z", "float[8,8] u", "float[16,5] w"],
        "a = MatMul(x, u) b = MatMul(x, u) c = ms.QLinearAdd(a, s, z, b, s, z, s, z) "
        "d = ms.QLinearConcat <axis=2> (s, z, c, s, z, b, s, z) e = ms.QLinearSigmoid(d, s, z, s, z) "
        "y = MatMul(e, w)",
        [dense(6, 8, 8), dense(6, 8, 8), dense(6, 16, 5)],
        3,
    ),
    "QLinearAveragePool, channels last": (
        "uint8[1,8,8,4] x",
        ["float s", "uint8 z", "float[4,5] w"],
        "a = ms.QLinearAveragePool <kernel_shape=[2,2], strides=[2,2], channels_last=1> (x, s, z, s, z) "
        "b = DequantizeLinear(a, s, z) y = MatMul(b, w)",
        [dense(16, 4, 5)],
        0,
    ),
    "quantised throughout": (
        "uint8[1,4,8,8] x",
        ["float s", "uint8 z", "uint8[4,4,1,1] w"],
        "a = QLinearConv(x, s, z, w, s, z, s, z) b = ms.QLinearAdd(a, s, z, x, s, z, s, z) "
        "c = ms.QLinearLeakyRelu(b, s, z, s, z) y = QLinearConv(c, s, z, w, s, z, s, z)",
        [Conv(8, 8, 1, 1, 4, 4, 1)] * 2,
        1,
    ),
    "MatMulNBits": (
        ROWS,
        ["uint8[5,1,16] w", "float[5] s"],
        "y = ms.MatMulNBits <K=8, N=5, bits=4, block_size=32> (x, w, s)",
        [dense(6, 8, 5)],
        0,
    ),
    "DynamicQuantizeLSTM": (
        "float[9,1,6] x",
        ["int8[1,6,20] w", "int8[1,5,20] r", "float[1] s", "int8[1] z"],
        "y = ms.DynamicQuantizeLSTM <hidden_size=5> (x, w, r, , , , , , s, z, s, z)",
        [dense(9, 6, 20), dense(9, 5, 20)],
        1,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_it_becomes_the_kernels_of_what_it_was_made_of(name: str, tmp_path: Path) -> None:
    inputs, weights, body, kernels, edges = CASES[name]
    found = imported(tmp_path, inputs, weights, body)
    assert list(found.instance.kernels.values()) == kernels
    assert len(counted(found)) == edges
    assert any(
        "com.microsoft" in line and "read as standard operations" in line for line in found.report.lines()
    )


def test_other_operations_of_other_makers_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"--pass-through BeamSearch.*found com.microsoft.BeamSearch \(1 in all"
    ):
        imported(tmp_path, ROWS, ["float[8,5] w"], "a = ms.BeamSearch(x) y = MatMul(a, w)")


def test_what_does_not_follow_its_schema_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"found com.microsoft.Attention \(1 in all, the first at a\)"):
        imported(tmp_path, ROWS, ["float[8,24] w"], "a = ms.Attention <num_heads=0> (x, w) y = MatMul(a, w)")
