"""Attention of opset 23: its kernels against the products that its definition has."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.onnx.cases import counted, write_onnx
from wse_cp.instance import Terminal
from wse_cp.kernels import work
from wse_cp.onnx import ImportedNetwork, read_onnx

onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")
pytestmark = pytest.mark.skipif(onnx.defs.onnx_opset_version() < 23, reason="onnx has no opset 23")


def imported(tmp_path: Path, inputs: str, body: str, output: str = "float y") -> ImportedNetwork:
    return read_onnx(write_onnx(tmp_path / "net.onnx", inputs, [], body, output, opset=23))


FOUR = "float[1,{q},6,4] q, float[1,{k},9,4] k, float[1,{k},9,5] v"


@pytest.mark.parametrize(("queries", "keys"), [(3, 3), (6, 2), (4, 1)])
@pytest.mark.parametrize("mask", ["", "float[6,9] m", "float[1,1,6,9] m", "bool[6,9] m"])
def test_the_two_products_are_kernels(tmp_path: Path, queries: int, keys: int, mask: str) -> None:
    inputs = FOUR.replace("{q}", str(queries)).replace("{k}", str(keys)) + (f", {mask}" if mask else "")
    found = imported(tmp_path, inputs, f"y = Attention(q, k, v{', m' if mask else ''})")
    scores, context = (int(work(kernel)) for kernel in found.instance.kernels.values())
    assert (scores, context) == (queries * 6 * 9 * 4, queries * 6 * 9 * 5)
    assert counted(found) == [("k1", "k2")]
    assert found.instance.nodes[3].kernel == Terminal("output", (queries, 6, 5))


def test_rows_of_all_heads_together_are_cut_into_heads(tmp_path: Path) -> None:
    inputs = "float[2,6,24] q, float[2,9,8] k, float[2,9,8] v"
    found = imported(tmp_path, inputs, "y = Attention <q_num_heads=6, kv_num_heads=2> (q, k, v)")
    assert [int(work(kernel)) for kernel in found.instance.kernels.values()] == [6 * 6 * 9 * 4] * 2
    assert found.report.batch.split()[0] == "2"


def test_keys_and_values_kept_from_before_are_read_too(tmp_path: Path) -> None:
    inputs = "float[1,2,1,4] q, float[1,2,1,4] k, float[1,2,1,4] v, float[1,2,7,4] pk, float[1,2,7,4] pv"
    found = imported(
        tmp_path, inputs, "y, nk, nv = Attention(q, k, v, , pk, pv)", "float y, float nk, float nv"
    )
    assert [int(work(kernel)) for kernel in found.instance.kernels.values()] == [2 * 8 * 4] * 2


def test_a_mask_of_another_type_than_the_numbers_is_added_all_the_same(tmp_path: Path) -> None:
    inputs = FOUR.replace("{q}", "2").replace("{k}", "2").replace("float[", "bfloat16[") + ", float[6,9] m"
    found = imported(tmp_path, inputs, "y = Attention(q, k, v, m)", "bfloat16 y")
    assert [int(work(kernel)) for kernel in found.instance.kernels.values()] == [2 * 54 * 4, 2 * 54 * 5]
