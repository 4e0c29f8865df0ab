"""Every multiplication is counted once per use, whatever axis is the batch: against a run of the network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.onnx.cases import write_onnx
from wse_cp.errors import InputError
from wse_cp.kernels import work
from wse_cp.onnx import ImportedNetwork, ImportOptions, read_onnx
from wse_cp.onnx.batch import BatchChoice

onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")

from tests.onnx.counting import products  # noqa: E402


@dataclass(frozen=True)
class Case:
    """Inputs, weights and operations of a network, and the batch that it is fed with."""

    inputs: str
    weights: tuple[str, ...]
    body: str
    batch: int = 1
    output: str = "float y"


CASES = {
    "convolution with borders": Case(
        "float[1,4,9,7] x", ("float[6,4,3,3] w",), "y = Conv <pads=[1,1,1,1]> (x, w)"
    ),
    "strided": Case("float[1,4,9,7] x", ("float[6,4,3,3] w",), "y = Conv <strides=[2,2]> (x, w)"),
    "in groups": Case("float[1,4,9,7] x", ("float[6,2,3,3] w",), "y = Conv <group=2> (x, w)"),
    "depthwise": Case("float[1,4,9,7] x", ("float[4,1,3,3] w",), "y = Conv <group=4> (x, w)"),
    "dilated": Case("float[1,4,9,7] x", ("float[6,4,3,3] w",), "y = Conv <dilations=[2,2]> (x, w)"),
    "in one dimension": Case("float[1,4,20] x", ("float[6,4,3] w",), "y = Conv <strides=[2]> (x, w)"),
    "in three": Case("float[1,2,5,6,7] x", ("float[4,2,3,3,3] w",), "y = Conv(x, w)"),
    "transposed": Case("float[1,4,5,6] x", ("float[4,3,2,2] w",), "y = ConvTranspose <strides=[2,2]> (x, w)"),
    "a batch of images": Case("float[3,4,9,7] x", ("float[6,4,3,3] w",), "y = Conv(x, w)", 3),
    "frames folded into the batch": Case(
        "float[1,5,3,8,8] x",
        ("float[6,3,3,3] w",),
        "four = Constant <value_ints=[-1,3,8,8]> () f = Reshape(x, four) y = Conv(f, w)",
    ),
    "frames of two films": Case(
        "float[N,5,3,8,8] x",
        ("float[6,3,3,3] w",),
        "four = Constant <value_ints=[-1,3,8,8]> () f = Reshape(x, four) y = Conv(f, w)",
        1,
    ),
    "time first": Case("float[12,1,6] x", ("float[6,5] w",), "y = MatMul(x, w)"),
    "a batch of rows": Case("float[3,6] x", ("float[6,5] w",), "y = MatMul(x, w)", 3),
    "a batch of sequences": Case("float[2,7,6] x", ("float[6,5] w",), "y = MatMul(x, w)", 2),
    "weights on the left": Case("float[2,6,7] x", ("float[5,6] w",), "y = MatMul(w, x)", 2),
    "a stack of weights": Case("float[1,3,7,6] x", ("float[3,6,5] w",), "y = MatMul(x, w)"),
    "a stack of weights on the left": Case("float[1,3,6,7] x", ("float[3,5,6] w",), "y = MatMul(w, x)"),
    "a vector": Case("float[6] x", ("float[6,5] w",), "y = MatMul(x, w)"),
    "attention": Case(
        "float[2,3,7,4] x",
        ("float[4,4] q", "float[4,4] k"),
        "a = MatMul(x, q) b = MatMul(x, k) c = Transpose <perm=[0,1,3,2]> (b) y = MatMul(a, c)",
        2,
    ),
    "attention, time first": Case(
        "float[7,1,12] x",
        ("float[12,12] q", "float[12,12] k"),
        """
        heads = Constant <value_ints=[7,3,4]> ()
        a = MatMul(x, q) b = MatMul(x, k) c = Reshape(a, heads) d = Reshape(b, heads)
        e = Transpose <perm=[1,0,2]> (c) f = Transpose <perm=[1,2,0]> (d) y = MatMul(e, f)
        """,
    ),
    "an input without the batch": Case(
        "float[N,7,6] x, float[7,6] p",
        ("float[6,5] w", "float[6,5] v"),
        "a = MatMul(x, w) b = MatMul(p, v) y = Add(a, b)",
    ),
    "gemm": Case("float[3,6] x", ("float[5,6] w",), "y = Gemm <transB=1, alpha=0.5> (x, w)", 3),
    "gemm, input transposed": Case("float[6,1] x", ("float[6,5] w",), "y = Gemm <transA=1> (x, w)"),
    "gemm, weights on the left": Case("float[6,7] x", ("float[5,6] w",), "y = Gemm(w, x)", 7),
    "einsum with weights": Case(
        "float[2,7,6] x", ("float[6,3,4] w",), 'y = Einsum <equation="bnd,dhk->bhnk"> (x, w)', 2
    ),
    "einsum, weights for each head": Case(
        "float[1,3,7,6] x", ("float[3,6,4] w",), 'y = Einsum <equation="bhnd,hdk->bhnk"> (x, w)'
    ),
    "einsum, weights first": Case(
        "float[1,7,6] x", ("float[5,7] w",), 'y = Einsum <equation="ij,bjd->bid"> (w, x)'
    ),
    "einsum of activations": Case(
        "float[2,7,3,4] x",
        ("float[4,4] w",),
        'a = MatMul(x, w) y = Einsum <equation="bnhd,bmhd->bhnm"> (a, x)',
        2,
    ),
    "einsum with an ellipsis": Case(
        "float[1,2,7,6] x", ("float[6,5] w",), 'y = Einsum <equation="...d,dk->...k"> (x, w)'
    ),
    "einsum without an arrow": Case(
        "float[1,6] x", ("float[6,5] w",), 'y = Einsum <equation="ij,jk"> (x, w)'
    ),
    "lstm in two directions": Case(
        "float[9,1,6] x",
        ("float[2,20,6] w", "float[2,20,5] r"),
        'y = LSTM <hidden_size=5, direction="bidirectional"> (x, w, r)',
    ),
    "lstm, a batch": Case(
        "float[9,4,6] x", ("float[1,20,6] w", "float[1,20,5] r"), "y = LSTM <hidden_size=5> (x, w, r)", 4
    ),
    "gru": Case(
        "float[9,1,6] x", ("float[1,15,6] w", "float[1,15,5] r"), "y = GRU <hidden_size=5> (x, w, r)"
    ),
    "rnn": Case("float[9,1,6] x", ("float[1,5,6] w", "float[1,5,5] r"), "y = RNN <hidden_size=5> (x, w, r)"),
    "integers": Case("uint8[1,4,9,7] x", ("uint8[6,4,3,3] w",), "y = ConvInteger(x, w)", output="int32 y"),
    "integers, matrices": Case(
        "uint8[1,7,6] x", ("uint8[6,5] w",), "y = MatMulInteger(x, w)", output="int32 y"
    ),
    "the same weights twice": Case("float[1,6] x", ("float[6,6] w",), "a = MatMul(x, w) y = MatMul(a, w)"),
}


def shapes_of(inputs: str) -> dict[str, tuple[int, ...]]:
    """Return the shapes of inputs, an open batch of 1."""
    parts = [part.split("[") for part in inputs.replace(", ", ";").split(";")]
    found = [(tail.split("]")[1].strip(), tail.split("]")[0].split(",")) for _, tail in parts]
    return {name: tuple(1 if extent == "N" else int(extent) for extent in extents) for name, extents in found}


def written(tmp_path: Path, case: Case) -> Path:
    return write_onnx(tmp_path / "net.onnx", case.inputs, case.weights, case.body, case.output)


def done(found: ImportedNetwork) -> int:
    return sum(int(work(kernel)) for kernel in found.instance.kernels.values())


@pytest.mark.parametrize("name", CASES)
def test_kernels_multiply_as_often_as_a_run_of_the_network(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    path = written(tmp_path, case)
    try:
        counted = products(onnx.load(path), shapes_of(case.inputs))
    except NotImplementedError as error:
        pytest.skip(f"this version of onnx ({onnx.__version__}) does not run it: {error}")
    found = read_onnx(path)
    assert counted > 0
    assert done(found) * case.batch == counted
    assert (found.report.totals.kernels, found.report.totals.file) == (counted, counted)
    assert found.report.batch.split()[0] == str(case.batch)


def test_an_input_without_the_batch_counts_whole(tmp_path: Path) -> None:
    case = CASES["an input without the batch"]
    path = written(tmp_path, Case(case.inputs.replace("N", "4"), case.weights, case.body))
    counted = products(onnx.load(path), {"x": (4, 7, 6), "p": (7, 6)})
    asked = ImportOptions(batch=BatchChoice(axes={"x": 0, "p": None}))
    found = read_onnx(path, options=asked)
    assert done(found) == 2 * 7 * 6 * 5  # x for one input of four, and p
    assert found.report.totals.kernels == counted == 5 * 7 * 6 * 5
    silent = read_onnx(path)
    assert done(silent) == counted  # nothing is divided where the inputs differ, and the report says so
    assert silent.report.batch == (
        "1 (the inputs differ: 4 for x, 7 for p; --batch N or --batch-axis NAME=AXIS says otherwise)"
    )


@pytest.mark.parametrize(
    ("choice", "rows"),
    [
        (BatchChoice(), 6),
        (BatchChoice(size=1), 48),
        (BatchChoice(axis=1), 8),
        (BatchChoice(axes={"x": 1}), 8),
        (BatchChoice(size=6), 8),
        (BatchChoice(axes={"x": None}), 48),
    ],
)
def test_the_batch_can_be_said_where_the_file_is_silent(
    tmp_path: Path, choice: BatchChoice, rows: int
) -> None:
    path = write_onnx(tmp_path / "net.onnx", "float[8,6,4] x", ["float[4,5] w"], "y = MatMul(x, w)")
    (kernel,) = read_onnx(path, options=ImportOptions(batch=choice)).instance.kernels.values()
    assert work(kernel) == rows * 4 * 5


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (BatchChoice(size=7), "--batch: expected a batch size that is an extent of some input, found 7"),
        (BatchChoice(axis=3), "--batch-axis: expected an axis that some input has, found 3"),
        (BatchChoice(axes={"z": 0}), r"--batch-axis: expected an input of the network \(x\), found z"),
        (BatchChoice(axes={"x": 5}), "--batch-axis: expected an axis of input x from 0 to 2, found 5"),
    ],
)
def test_a_batch_that_cannot_be_is_refused(tmp_path: Path, choice: BatchChoice, message: str) -> None:
    path = write_onnx(tmp_path / "net.onnx", "float[8,6,4] x", ["float[4,5] w"], "y = MatMul(x, w)")
    with pytest.raises(InputError, match=message):
        read_onnx(path, options=ImportOptions(batch=choice))


IMAGE = """
    zero = Constant <value_int=0> () first = Constant <value_ints=[0]> () one = Constant <value_float=0.5> ()
    a = Sub(x, one) b = Unsqueeze(a, first) c = Gather <axis=0> (b, zero) d = Unsqueeze(c, first)
    e = Concat <axis=0> (d)
    y = Conv(e, w)
"""


def test_an_image_without_a_batch_axis_is_one_input_whatever_its_channels(tmp_path: Path) -> None:
    path = write_onnx(tmp_path / "net.onnx", "float[3,8,8] x", ["float[4,3,3,3] w"], IMAGE)
    found = read_onnx(path)
    assert found.report.batch == "1"
    assert done(found) == found.report.totals.file == products(onnx.load(path), {"x": (3, 8, 8)})


def test_the_batch_axis_is_followed_where_axes_are_moved_and_put_in(tmp_path: Path) -> None:
    body = """
        third = Constant <value_ints=[3]> ()
        a = Transpose <perm=[1,2,0]> (x) b = Unsqueeze(a, third) y = Conv(b, w)
    """
    path = write_onnx(tmp_path / "net.onnx", "float[9,2,6] x", ["float[4,6,3,1] w"], body)
    found = read_onnx(path)
    assert found.report.batch == "2 (axis 1 of x; --batch 1 if that is no batch)"
    assert 2 * done(found) == products(onnx.load(path), {"x": (9, 2, 6)})


def test_a_sound_of_one_channel_is_no_sequence_with_time_first(tmp_path: Path) -> None:
    path = write_onnx(tmp_path / "net.onnx", "float[8,1,20] x", ["float[4,1,3] w"], "y = Conv(x, w)")
    found = read_onnx(path)
    assert done(found) == 18 * 3 * 4
    assert found.report.batch == "8 (axis 0 of x; --batch 1 if that is no batch)"


def test_totals_tell_what_was_left_out_and_what_was_passed(tmp_path: Path) -> None:
    body = """
        c = MatMul(u, v)
        a = MatMul(x, c)
        b = Einsum <equation="ij,jk->ik"> (a, v)
        y = MatMul(b, v)
        z = MatMul(x, v)
    """
    path = write_onnx(tmp_path / "net.onnx", "float[1,6] x", ["float[6,6] u", "float[6,6] v"], body)
    found = read_onnx(path, options=ImportOptions(pass_through=frozenset({"Einsum"})))
    totals = found.report.totals
    assert (totals.kernels, totals.passed, totals.constant, totals.unused) == (72, 36, 216, 36)
    assert totals.file == products(onnx.load(path), {"x": (1, 6)})
    assert (totals.weights, totals.repeated) == (72, 0)
    text = "\n".join(found.report.lines())
    assert "360 in the file: 72 in kernels, 36 passed, 216 on constants only, 36 unused" in text


def test_weights_of_several_kernels_are_told(tmp_path: Path) -> None:
    found = read_onnx(written(tmp_path, CASES["the same weights twice"]))
    assert (found.report.totals.weights, found.report.totals.repeated) == (36, 36)
    assert any("36 of them held again by further kernels" in line for line in found.report.lines())


def test_a_refusal_says_what_passing_through_would_leave_out(tmp_path: Path) -> None:
    inputs = "float[1,4,6,6] x, float[1,18,6,6] offset"
    body = "y = DeformConv <pads=[1,1,1,1]> (x, w, offset) z = Conv(y, v)"
    path = write_onnx(
        tmp_path / "net.onnx", inputs, ["float[5,4,3,3] w", "float[2,5,1,1] v"], body, "float z", opset=19
    )
    with pytest.raises(InputError, match="for free and leaves out 6,480 multiplications"):
        read_onnx(path)
    found = read_onnx(path, options=ImportOptions(pass_through=frozenset({"DeformConv"})))
    assert found.report.totals.passed == 36 * 5 * 4 * 9 == 6480
    assert done(found) == 36 * 5 * 2
