"""Files that are read, and what is said of those that cannot be."""

from __future__ import annotations

import builtins
import random
from pathlib import Path
from typing import Any

import pytest

from tests.onnx.cases import imported, the_conv, write_onnx
from wse_cp.errors import InputError
from wse_cp.kernels import Conv
from wse_cp.onnx import ImportOptions, read_onnx
from wse_cp.onnx.options import parse_input_shape

WEIGHTS = ["float[4,3,1,1] w"]
CONV = "y = Conv(x, w)"


def test_an_open_batch_size_is_one(tmp_path: Path) -> None:
    found = imported(tmp_path, "float[N,3,8,8] x", WEIGHTS, CONV)
    assert the_conv(found) == Conv(8, 8, 1, 1, 3, 4, 1)
    assert any("open batch size N" in line for line in found.report.lines())


def test_other_open_sizes_must_be_given(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--input-shape x=.*found N x 3 x H x W"):
        imported(tmp_path, "float[N,3,H,W] x", WEIGHTS, CONV)
    options = ImportOptions(input_shapes={"x": (1, 3, 10, 12)})
    assert the_conv(imported(tmp_path, "float[N,3,H,W] x", WEIGHTS, CONV, options)) == Conv(
        10, 12, 1, 1, 3, 4, 1
    )


def test_a_shape_for_an_unknown_input_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"an input of the network \(x\), found z"):
        imported(tmp_path, "float[1,3,8,8] x", WEIGHTS, CONV, ImportOptions(input_shapes={"z": (1,)}))


def test_shapes_that_the_network_computes_are_evaluated(tmp_path: Path) -> None:
    body = """
        shape = Shape(x)
        first = Constant <value_ints=[0]> ()
        head = Gather(shape, first)
        all = ReduceProd <keepdims=1> (shape)
        one = Constant <value_ints=[1]> ()
        rest = Div(all, one)
        target = Concat <axis=0> (head, rest)
        flat = Reshape(x, target)
        y = MatMul(flat, w)
    """
    found = imported(tmp_path, "float[1,3,8,8] x", ["float[192,5] w"], body)
    assert the_conv(found) == Conv(1, 1, 1, 1, 192, 5, 1)


def test_operations_without_a_way_to_an_output_are_left_out(tmp_path: Path) -> None:
    found = imported(tmp_path, "float[1,3,8,8] x", WEIGHTS, CONV + " z = Conv(x, w)")
    assert found.report.unused_operations == 1
    assert len(found.instance.kernels) == 1


def test_operations_on_constants_become_nothing(tmp_path: Path) -> None:
    body = "v = Relu(w) y = Conv(x, v)"
    found = imported(tmp_path, "float[1,3,8,8] x", WEIGHTS, body)
    assert (found.report.operations, found.report.constant_operations) == (2, 1)


WAVES = "s = STFT(x, step, window) t = ReduceSum <keepdims=0> (s, axes) y = MatMul(t, v)"
WAVES = "step = Constant <value_int=4> () axes = Constant <value_ints=[3]> () " + WAVES
WAVE_WEIGHTS = ["float[8] window", "float[8,2] v"]


def test_operations_that_no_kernel_stands_for_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--pass-through STFT.*found STFT \(1 in all, the first at s\)"):
        imported(tmp_path, "float[1,64,1] x", WAVE_WEIGHTS, WAVES)


def test_and_taken_for_free_if_asked(tmp_path: Path) -> None:
    options = ImportOptions(pass_through=frozenset({"STFT"}))
    found = imported(tmp_path, "float[1,64,1] x", WAVE_WEIGHTS, WAVES, options)
    assert found.report.passed == {"STFT": 1, "ReduceSum": 1}
    assert the_conv(found).C == 8


def test_what_is_not_there_cannot_be_passed_through(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="in the network to pass through, found Stft"):
        imported(
            tmp_path, "float[1,64,1] x", WAVE_WEIGHTS, WAVES, ImportOptions(pass_through=frozenset({"Stft"}))
        )


def test_an_input_without_any_shape_must_be_given_one(tmp_path: Path) -> None:
    import onnx

    path = write_onnx(tmp_path / "net.onnx", "float[1,3,8,8] x", WEIGHTS, CONV)
    model = onnx.load(path)
    model.graph.input[0].type.tensor_type.ClearField("shape")
    onnx.save(model, path)
    with pytest.raises(InputError, match="--input-shape x="):
        read_onnx(path)
    options = ImportOptions(input_shapes={"x": (1, 3, 8, 8)})
    assert the_conv(read_onnx(path, options=options)) == Conv(8, 8, 1, 1, 3, 4, 1)


def test_operations_of_other_makers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Magic"):
        imported(tmp_path, "float[1,3,8,8] x", WEIGHTS, "m = other.Magic(x) y = Conv(m, w)")


def test_a_network_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="operation with weights"):
        imported(tmp_path, "float[1,3,8,8] x", [], "y = Relu(x)")


def test_a_block_must_be_there_if_only_blocks_are_asked_for(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a bottleneck"):
        imported(tmp_path, "float[1,3,8,8] x", WEIGHTS, CONV, ImportOptions(granularity="block"))


def test_a_network_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"at y \(Conv\), found 1 x 5 x 8 x 8 and 4 x 3 x 1 x 1"):
        imported(tmp_path, "float[1,5,8,8] x", WEIGHTS, CONV)
    with pytest.raises(InputError, match="sound ONNX network"):
        imported(tmp_path, "float[1,5] x", ["float[4,3] w"], "y = MatMul(x, w)")


@pytest.mark.parametrize("data", [b"", b"no network at all\n", b"\x00\x01\x02"])
def test_other_files_are_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"net\.onnx: expected an ONNX network"):
        read_onnx(path)


def test_damaged_files_are_input_errors_or_networks(tmp_path: Path) -> None:
    path = write_onnx(tmp_path / "net.onnx", "float[1,3,8,8] x", WEIGHTS, "a = Relu(x) y = Conv(a, w)")
    whole = path.read_bytes()
    choose = random.Random(0)
    errors = []
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(choose.choice((1, 2, 5))):
            damaged[choose.randrange(len(damaged))] = choose.randrange(256)
        path.write_bytes(damaged)
        try:
            read_onnx(path)
        except InputError as error:
            errors.append(str(error))
    assert len(errors) > 20
    assert all(error.startswith(str(path)) and "\n" not in error for error in errors)


def test_the_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_onnx(tmp_path / "net.onnx", "float[1,3,8,8] x", WEIGHTS, CONV)
    real = builtins.__import__

    def without_onnx(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == "onnx":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_onnx)
    with pytest.raises(InputError, match=r"pip install 'wse-cp\[onnx\]'"):
        read_onnx(path)


def test_input_shapes_are_parsed() -> None:
    assert parse_input_shape("a=b=1, 3,224") == ("a=b", (1, 3, 224))
    for text in ("x", "x=", "x=1,,2", "x=0", "x=-1", "=1"):
        with pytest.raises(InputError, match="NAME=1,3,224,224"):
            parse_input_shape(text)
