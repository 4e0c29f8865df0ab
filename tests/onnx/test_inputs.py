"""Shapes of inputs: what the file leaves open is asked for at once, with options that settle it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.onnx.cases import imported, kernels, the_conv
from wse_cp.errors import InputError
from wse_cp.kernels import Conv
from wse_cp.onnx import ImportOptions
from wse_cp.onnx.options import parse_batch, parse_dim

TEXT = "int64[batch,seq] ids, int64[batch,seq] mask"
TEXT_BODY = """
    size = Constant <value_ints=[50,8]> () table = ConstantOfShape(size)
    a = Gather(table, ids) b = Gather(table, mask) c = Add(a, b) y = MatMul(c, w)
"""
WEIGHTS = ["float[8,5] w"]


def error_of(tmp_path: Path, inputs: str, body: str, weights: list[str]) -> str:
    with pytest.raises(InputError) as caught:
        imported(tmp_path, inputs, weights, body)
    return str(caught.value)


def test_all_open_inputs_are_named_at_once_with_their_ranks(tmp_path: Path) -> None:
    message = error_of(tmp_path, TEXT, TEXT_BODY, WEIGHTS)
    assert "2 inputs (--dim seq=128 or --input-shape ids=1,128 --input-shape mask=1,128)" in message
    assert message.endswith("found batch x seq (ids, mask)")
    assert "\n" not in message


def test_a_named_dimension_settles_all_inputs_that_have_it(tmp_path: Path) -> None:
    found = imported(tmp_path, TEXT, WEIGHTS, TEXT_BODY, ImportOptions(dims={"seq": 12}))
    assert the_conv(found) == Conv(12, 1, 1, 1, 8, 5, 1)
    assert any(
        "the open batch size batch of 2 inputs (ids, ...) is 1" in line for line in found.report.lines()
    )


def test_a_named_batch_can_be_more_than_one(tmp_path: Path) -> None:
    found = imported(tmp_path, TEXT, WEIGHTS, TEXT_BODY, ImportOptions(dims={"seq": 12, "batch": 4}))
    assert the_conv(found).H == 12
    assert found.report.batch == "4 (axis 0 of ids, axis 0 of mask)"


@pytest.mark.parametrize("name", ["tokens", "num_nodes", "seq_len"])
def test_an_open_first_axis_that_is_not_named_like_a_batch_is_asked_for(tmp_path: Path, name: str) -> None:
    message = error_of(tmp_path, f"float[{name},1,8] x", "y = MatMul(x, w)", WEIGHTS)
    assert f"(--dim {name}=128 or --input-shape x=128,1,8), found {name} x 1 x 8" in message


@pytest.mark.parametrize(
    ("extents", "hint"),
    [
        ("unk__24,64,64,3", "(--dim unk__24=1 or --input-shape x=1,64,64,3)"),
        ("unk__24,unk__25,8", "(--dim unk__24=1 --dim unk__25=128 or --input-shape x=1,128,8)"),
        ("?,?,64,64", "(--input-shape x=1,3,64,64)"),
    ],
)
def test_a_first_axis_without_a_name_of_its_own_is_tried_as_a_batch(
    tmp_path: Path, extents: str, hint: str
) -> None:
    body = "s = Constant <value_ints=[-1,8]> () a = Reshape(x, s) y = MatMul(a, w)"
    assert hint in error_of(tmp_path, f"float[{extents}] x", body, WEIGHTS)


@pytest.mark.parametrize("name", ["N", "b", "batch", "batch_size", "decoder_batch", "bs"])
def test_a_batch_goes_by_many_names(tmp_path: Path, name: str) -> None:
    found = imported(tmp_path, f"float[6,{name},8] x", WEIGHTS, "y = MatMul(x, w)")
    assert the_conv(found).H == 6
    assert found.report.batch == "1 (axis 1 of x)"


def test_many_open_inputs_make_one_line(tmp_path: Path) -> None:
    names = [f"past{i}" for i in range(20)]
    inputs = ", ".join(f"float[batch,past,8] {name}" for name in names)
    message = error_of(tmp_path, inputs, f"a = Sum({', '.join(names)}) y = MatMul(a, w)", WEIGHTS)
    assert "20 inputs (--dim past=128 or --input-shape past0=1,128,8" in message
    assert "and 14 more), found batch x past x 8 (past0, past1, past2 and 17 more)" in message


def test_a_dimension_that_no_input_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--dim: expected a named dimension of the inputs \(batch, seq\)"):
        imported(tmp_path, TEXT, WEIGHTS, TEXT_BODY, ImportOptions(dims={"sequence": 12}))


def test_an_input_that_nothing_reads_is_not_asked_for(tmp_path: Path) -> None:
    found = imported(tmp_path, "float[1,8] x, float[a,b] unused", WEIGHTS, "y = MatMul(x, w)")
    assert len(kernels(found)) == 1


def test_words_of_the_options() -> None:
    assert parse_dim("a=b=12") == ("a=b", 12)
    choice = parse_batch(4, ["1", "x=0", "y=none"])
    assert (choice.size, choice.axis, choice.axes) == (4, 1, {"x": 0, "y": None})
    for text in ("seq", "=3", "seq=0", "seq=x"):
        with pytest.raises(InputError, match="--dim: expected NAME=128"):
            parse_dim(text)
    for text in ("x", "none", "x=", "x=-1"):
        with pytest.raises(InputError, match="--batch-axis: expected AXIS, NAME=AXIS or NAME=none"):
            parse_batch(None, [text])
    with pytest.raises(InputError, match="--batch: expected a batch of at least 1, found 0"):
        parse_batch(0, [])
