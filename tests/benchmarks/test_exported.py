"""The table of exported networks: counts from a profile, rows, and what is left out of kept files."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from benchmarks.exported import BEGIN, END, ExportedRow, markdown, write_into_page
from benchmarks.imported import imported
from benchmarks.profiled import counted, multiplications
from scripts.export_networks import strip
from tests.onnx.cases import write_onnx
from wse_cp.errors import InputError

ROW = asdict(
    ExportedRow(
        "net",
        "dynamo",
        "",
        multiplications="12000",
        counted="12000",
        kernels="3",
        area="0.50",
        time_limit="30",
    )
)


def event(name: str, inputs: list[list[int]], output: list[int]) -> dict[str, Any]:
    shapes = {
        "input_type_shape": [{"float": shape} for shape in inputs],
        "output_type_shape": [{"float": output}],
    }
    return {"cat": "Node", "name": f"{name}_kernel_time", "args": shapes}


def node(kind: str, domain: str = "", **attributes: Any) -> Any:
    from onnx.helper import make_node

    return make_node(kind, ["a", "b", "c"], ["y"], domain=domain, **attributes)


@pytest.mark.parametrize(
    ("made", "inputs", "output", "count"),
    [
        (("Conv", {}), [[1, 4, 9, 9], [8, 2, 3, 3], [8]], [1, 8, 7, 7], 8 * 49 * 2 * 9),
        (("ConvTranspose", {}), [[1, 4, 9, 9], [4, 8, 2, 2]], [1, 8, 18, 18], 4 * 81 * 8 * 4),
        (("MatMul", {}), [[2, 7, 6], [6, 5]], [2, 7, 5], 2 * 7 * 5 * 6),
        (("Gemm", {"transA": 1}), [[6, 7], [6, 5]], [7, 5], 7 * 5 * 6),
        (("Einsum", {"equation": "bnd,dk->bnk"}), [[2, 7, 6], [6, 5]], [2, 7, 5], 2 * 7 * 6 * 5),
        (("LSTM", {}), [[9, 2, 6], [2, 20, 6], [2, 20, 5]], [9, 2, 2, 5], 9 * 2 * 2 * 20 * 11),
        (("Relu", {}), [[2, 7]], [2, 7], 0),
    ],
)
def test_a_profile_tells_the_multiplications(
    made: tuple[str, dict[str, Any]], inputs: list[list[int]], output: list[int], count: int
) -> None:
    pytest.importorskip("onnx", reason="the extra onnx is not installed")
    nodes = {"node0": node(made[0], **made[1])}
    events = [event("node0", inputs, output), event("a copy", [[3]], [3])] * 2
    assert multiplications(events, nodes) == (2 * count, [])


def test_an_operation_without_a_rule_is_named() -> None:
    pytest.importorskip("onnx", reason="the extra onnx is not installed")
    nodes = {"node0": node("Magic", "other"), "node1": node("FastGelu", "com.microsoft")}
    events = [event(name, [[3]], [3]) for name in nodes]
    assert multiplications(events, nodes) == (0, ["Magic"])


def test_a_run_counts_what_the_import_says(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason="the package onnxruntime is not installed")
    body = "a = Conv <pads=[1,1,1,1]> (x, w) b = Relu(a) y = ConvTranspose <strides=[2,2]> (b, v)"
    path = write_onnx(
        tmp_path / "net.onnx", "float[N,3,8,8] x", ["float[4,3,3,3] w", "float[4,2,2,2] v"], body
    )
    found = imported(path, tmp_path / "net.kgraph", [])
    assert counted(path, {}) == (found["multiplications"], [])
    assert (tmp_path / "net.kgraph").exists()


def test_options_reach_the_import(tmp_path: Path) -> None:
    pytest.importorskip("onnx", reason="the extra onnx is not installed")
    path = write_onnx(tmp_path / "net.onnx", "float[N,rows,8] x", ["float[8,5] w"], "y = MatMul(x, w)")
    found = imported(path, tmp_path / "net.kgraph", ["--dim", "rows=6"])
    assert (found["kernels"], found["multiplications"], found["batch"]) == (1, 6 * 8 * 5, "1")
    with pytest.raises(InputError, match="a shape for input x"):
        imported(path, tmp_path / "net.kgraph", [])


def test_rows_say_equal_or_the_other_count() -> None:
    other = {**ROW, "network": "more", "counted": "12001"}
    refused = {**ROW, "network": "none", "refused": "no", "time_limit": ""}
    lines = markdown([ROW, other, refused]).splitlines()
    assert lines[2].startswith("| net | dynamo | 12,000 | equal | 3 |")
    assert lines[3].startswith("| more | dynamo | 12,000 | 12,001 | 3 |")
    assert lines[4].startswith("| none | dynamo | refused | 12,000 |")
    assert "Time limit 30 s" in lines[-1]


def test_the_table_stands_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_into_page(page, "new")
    assert page.read_text() == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"
    page.write_text("nothing")
    with pytest.raises(InputError, match="not both"):
        write_into_page(page, "new")


def test_large_weights_and_the_exporters_notes_are_left_out() -> None:
    onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")
    helper, kind = onnx.helper, onnx.TensorProto
    weights = helper.make_tensor("w", kind.FLOAT, [8, 9], [0.5] * 72)
    sizes = helper.make_tensor("s", kind.INT64, [72], list(range(72)))
    inner = helper.make_node("MatMul", ["x", "w"], ["y"], doc_string="from a file of mine")
    graph = helper.make_graph([inner], "g", [], [], [weights, sizes])
    strip(graph)
    assert [(t.name, list(t.dims), bool(t.float_data or t.int64_data)) for t in graph.initializer] == [
        ("w", [8, 9], False),
        ("s", [72], True),
    ]
    assert not graph.node[0].doc_string
