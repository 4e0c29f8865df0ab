"""Models in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import wse_cp as wse
from tests.onnx.cases import write_onnx
from wse_cp.onnx import ImportOptions, read_model, read_onnx

onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")

BODY = "size = Constant <value_ints=[-1,192]> () a = Reshape(x, size) y = MatMul(a, w)"


def written(tmp_path: Path) -> Path:
    return write_onnx(tmp_path / "net.onnx", "float[N,3,8,8] x", ["float[192,50] w"], BODY)


def test_a_model_or_the_bytes_of_a_file_give_the_instance_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path)
    of_file = read_onnx(path).instance
    assert wse.from_onnx(onnx.load(path), test="net") == of_file
    assert wse.from_onnx(path.read_bytes(), test="net") == of_file


def test_the_model_stays_as_it_is(tmp_path: Path) -> None:
    model = onnx.load(written(tmp_path))
    weights = np.ones((192, 50), np.float32)
    model.graph.initializer[0].CopyFrom(onnx.numpy_helper.from_array(weights, "w"))
    before = model.SerializeToString()
    found = read_model(model, options=ImportOptions(input_shapes={"x": (2, 3, 8, 8)}))
    assert model.SerializeToString() == before
    assert found.report.totals.kernels == 2 * 192 * 50


def test_functions_of_a_model_are_read(tmp_path: Path) -> None:
    text = """
        <ir_version: 8, opset_import: ["" : 17, "own" : 1]>
        net (float[1,8] x, float[8,5] w) => (float y) { y = own.Dense(x, w) }
        <opset_import: ["" : 17], domain: "own">
        Dense (a, b) => (c) { d = MatMul(a, b) c = Relu(d) }
    """
    model = onnx.parser.parse_model(text)
    model.graph.initializer.append(onnx.TensorProto(name="w", data_type=1, dims=[8, 5]))
    assert len(wse.from_onnx(model).kernels) == 1


def test_settings_and_errors_name_what_is_wrong(tmp_path: Path) -> None:
    model = onnx.load(written(tmp_path))
    assert wse.from_onnx(model, {"wlength": 10}).settings.wlength == 10
    with pytest.raises(wse.InputError, match="settings among width, height"):
        wse.from_onnx(model, {"wires": 10})
    with pytest.raises(wse.InputError, match="expected an ONNX network, found bytes that are none"):
        wse.from_onnx(b"none")
    with pytest.raises(wse.InputError, match="expected an ONNX network, found a file without operations"):
        wse.from_onnx(onnx.ModelProto())
