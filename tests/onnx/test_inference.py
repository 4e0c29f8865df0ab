"""Control flow, shapes that are worked out, and shapes that cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.onnx.cases import counted, imported, kernels, the_conv, write_onnx
from wse_cp.errors import InputError
from wse_cp.kernels import Conv
from wse_cp.onnx import ImportOptions, read_onnx

IMAGE = "float[1,3,8,8] x"
FIRST = "float[4,3,1,1] u"
NEXT = "float[4,4,1,1] w"


def choice(then: str, otherwise: str, condition: str) -> str:
    """Return a convolution, an If on its result whose branches compute p or q of a, another convolution."""
    return f"""
        a = Conv(x, u)
        {condition}
        b = If (c) <
            then_branch = one () => (float[1,4,8,8] p) {{ {then} }},
            else_branch = two () => (float[1,4,8,8] q) {{ {otherwise} }}
        >
        y = Conv(b, w)
    """


BY_SIZE = """
    size = Shape(x) place = Constant <value_ints=[1]> () three = Constant <value_ints=[3]> ()
    channels = Gather(size, place) c = Equal(channels, three)
"""


@pytest.mark.parametrize(
    ("then", "layers"),
    [("p = Relu(a)", 2), ("p = Conv(a, v)", 3), ("e = Conv(a, v) p = Conv(e, v)", 4)],
)
def test_an_if_on_a_known_condition_is_its_branch(tmp_path: Path, then: str, layers: int) -> None:
    body = choice(then, "q = Identity(a)", BY_SIZE)
    found = imported(tmp_path, IMAGE, [FIRST, NEXT, "float[4,4,1,1] v"], body)
    assert len(kernels(found)) == layers
    assert counted(found) == [(f"k{i + 1}", f"k{i + 2}") for i in range(layers - 1)]


def test_branches_of_two_ifs_may_use_the_same_names(tmp_path: Path) -> None:
    twice = choice("e = Conv(a, v) p = Relu(e)", "q = Identity(a)", BY_SIZE).replace("y = Conv(b, w)", "")
    again = """
        d = If (c) <
            then_branch = one () => (float[1,4,8,8] p) { e = Conv(b, v) p = Relu(e) },
            else_branch = two () => (float[1,4,8,8] q) { q = Identity(b) }
        >
        y = Conv(d, w)
    """
    found = imported(tmp_path, IMAGE, [FIRST, NEXT, "float[4,4,1,1] v"], twice + again)
    assert counted(found) == [("k1", "k2"), ("k2", "k3"), ("k3", "k4")]


def test_an_if_on_what_the_network_computes_is_refused_by_name(tmp_path: Path) -> None:
    condition = "m = ReduceMax <keepdims=0> (a) zero = Constant <value_float=0.0> () c = Greater(m, zero)"
    body = choice("p = Conv(a, v)", "q = Identity(a)", condition)
    weights = [FIRST, NEXT, "float[4,4,1,1] v"]
    with pytest.raises(InputError, match=r"--pass-through If.*found If \(1 in all, the first at b\)"):
        imported(tmp_path, IMAGE, weights, body)
    found = imported(tmp_path, IMAGE, weights, body, ImportOptions(pass_through=frozenset({"If"})))
    # a is read by the branches and, its maximum taken, by the condition: its convolution is not lost.
    assert counted(found) == [("k1", "k2"), ("k1", "k2")]
    assert found.report.totals.unknown == 1


def test_a_loop_is_refused_by_name(tmp_path: Path) -> None:
    body = """
        a = Conv(x, u)
        times = Constant <value_int=3> () yes = Constant <value = bool {1}> ()
        b = Loop (times, yes, a) <body = one (int64 i, bool go, float[1,4,8,8] s)
            => (bool on, float[1,4,8,8] t) { on = Identity(go) t = Conv(s, w) }>
        y = Conv(b, w)
    """
    with pytest.raises(InputError, match=r"found Loop \(1 in all, the first at b\)"):
        imported(tmp_path, IMAGE, [FIRST, NEXT], body)


def test_control_flow_after_the_last_weights_is_passed_if_it_multiplies_nothing(
    tmp_path: Path,
) -> None:
    body = """
        a = Conv(x, u) m = ReduceMax <keepdims=0> (a)
        zero = Constant <value_float=0.0> () c = Greater(m, zero)
        y = If (c) <
            then_branch = one () => (float[1,4,8,8] p) { p = Relu(a) },
            else_branch = two () => (float[1,4,8,8] q) { q = Identity(a) }
        >
    """
    found = imported(tmp_path, IMAGE, [FIRST], body)
    assert the_conv(found) == Conv(8, 8, 1, 1, 3, 4, 1)
    assert found.report.passed == {"If": 1, "ReduceMax": 1}
    assert found.report.totals.unknown == 0
    with pytest.raises(InputError, match="found If"):
        imported(tmp_path, IMAGE, [FIRST, NEXT], body.replace("p = Relu(a)", "p = Conv(a, w)"))


@pytest.mark.parametrize("bounds", ["start=1, end=2", "start=-2, end=-1", "start=1, end=-1"])
def test_a_shape_may_have_a_start_and_an_end(tmp_path: Path, bounds: str) -> None:
    body = f"""
        n = Shape <{bounds}> (x) zero = Constant <value_ints=[0]> () one = Constant <value_ints=[1]> ()
        places = Slice(table, zero, n, one) a = MatMul(x, w) y = Add(a, places)
    """
    found = imported(tmp_path, "float[1,6,8] x", ["float[1,99,5] table", "float[8,5] w"], body)
    assert the_conv(found) == Conv(6, 1, 1, 1, 8, 5, 1)


@pytest.mark.filterwarnings("error")
def test_numbers_that_are_worked_out_on_the_way_cause_no_warnings(tmp_path: Path) -> None:
    body = """
        n = Shape <start=1, end=2> (x) zero = Sub(n, n) f = Cast <to=1> (zero) l = Log(f) m = Exp(l)
        k = Cast <to=7> (m) r = Add(k, n) eight = Constant <value_ints=[8]> ()
        size = Concat <axis=0> (r, eight) a = Reshape(x, size) y = MatMul(a, w)
    """
    assert the_conv(imported(tmp_path, "float[1,6,8] x", ["float[8,5] w"], body)).C == 8


def test_shapes_after_the_last_weights_do_not_matter(tmp_path: Path) -> None:
    body = """
        a = Conv(x, u) zero = Constant <value_float=0.0> () m = Greater(a, zero)
        n = NonZero(m) t = Transpose(n) y = GatherND(a, t)
    """
    found = imported(tmp_path, IMAGE, [FIRST], body)
    assert the_conv(found) == Conv(8, 8, 1, 1, 3, 4, 1)
    assert any("no weights after it" in line for line in found.report.lines())


UNKNOWN = """
    a = Conv(x, u) zero = Constant <value_float=0.0> () m = Greater(a, zero) n = NonZero(m)
    f = Cast <to=1> (n) t = Transpose(f) y = MatMul(t, v)
"""


CHOSEN = """
    a = If (c) <
        then_branch = yes () => (float[1,4] p) { p = Relu(x) },
        else_branch = no () => (float[1,4] q) { q = Identity(x) }
    >
    y = MatMul(a, w)
"""


def test_a_shape_before_weights_that_only_a_run_tells_is_named_with_ways_out(tmp_path: Path) -> None:
    weights = [FIRST, "float[4,5] v"]
    with pytest.raises(InputError, match=r"--outputs TENSOR.*--input-shape t=\.\.\..*after n \(NonZero\)"):
        imported(tmp_path, IMAGE, weights, UNKNOWN)
    for shapes in ({"n": (4, 30)}, {"t": (30, 4)}):
        stated = imported(tmp_path, IMAGE, weights, UNKNOWN, ImportOptions(input_shapes=shapes))
        assert kernels(stated)[1] == Conv(30, 1, 1, 1, 4, 5, 1)
        assert counted(stated) == [("k1", "k2")]


def test_shapes_unknown_on_the_way_to_a_known_one_do_not_matter(tmp_path: Path) -> None:
    """As the proposals of a detector: what is picked is unknown, what the next weights read is stated."""
    body = """
        a = Conv(x, u) b = Conv(a, w) zero = Constant <value_float=0.0> () m = Greater(b, zero) n = NonZero(m)
        top, rest = Split <axis=0, num_outputs=2> (n) i = Squeeze(top, first) f = Gather(flat, i)
        y = MatMul(f, v)
    """
    before = "first = Constant <value_ints=[0]> () s = Constant <value_ints=[-1,4]> () flat = Reshape(x2, s)"
    inputs = IMAGE + ", float[1,8,4] x2"
    weights = [FIRST, NEXT, "float[4,5] v"]
    asked = ImportOptions(input_shapes={"f": (30, 4)})
    path = write_onnx(tmp_path / "net.onnx", inputs, weights, before + body, opset=18)
    found = read_onnx(path, options=asked)
    assert kernels(found)[2] == Conv(30, 1, 1, 1, 4, 5, 1)
    assert counted(found) == [("k1", "k2"), ("k2", "k3")]
    assert any("any of it may come from each kernel before" in line for line in found.report.lines())


def test_an_if_that_multiplies_nothing_is_passed_before_weights_too(tmp_path: Path) -> None:
    found = imported(tmp_path, "float[1,4] x, bool c", ["float[4,4] w"], CHOSEN)
    assert the_conv(found) == Conv(1, 1, 1, 1, 4, 4, 1)
    assert "1 If" in "\n".join(found.report.lines())


def test_the_network_can_be_cut_at_outputs(tmp_path: Path) -> None:
    found = imported(tmp_path, IMAGE, [FIRST, "float[4,5] v"], UNKNOWN, ImportOptions(outputs=("m",)))
    assert len(kernels(found)) == 1
    with pytest.raises(InputError, match="--outputs: expected a tensor that the network computes, found z"):
        imported(tmp_path, IMAGE, [FIRST, "float[4,5] v"], UNKNOWN, ImportOptions(outputs=("z",)))


CHAIN = "a = Conv(x, u) b = Conv(a, w) y = Conv(b, w)"


def test_the_network_can_be_cut_at_inputs(tmp_path: Path) -> None:
    found = imported(tmp_path, IMAGE, [FIRST, NEXT], CHAIN, ImportOptions(inputs=("a",)))
    assert found.layers == {"k1": ("b (Conv)",), "k2": ("y (Conv)",)}
    open_image = "float[N,3,H,W] x"
    with pytest.raises(InputError, match="a shape for input x"):
        imported(tmp_path, open_image, [FIRST, NEXT], CHAIN, ImportOptions(inputs=("a",)))
    options = ImportOptions(inputs=("a",), input_shapes={"a": (1, 4, 6, 6)})
    assert (
        kernels(imported(tmp_path, open_image, [FIRST, NEXT], CHAIN, options))
        == [Conv(6, 6, 1, 1, 4, 4, 1)] * 2
    )


def test_the_network_can_be_cut_at_indices(tmp_path: Path) -> None:
    body = """
        a = Add(x, x) size = Constant <value_ints=[50,8]> () table = ConstantOfShape(size)
        b = Gather(table, a) y = MatMul(b, w)
    """
    options = ImportOptions(inputs=("a",), input_shapes={"a": (1, 7)})
    found = imported(tmp_path, "int64[batch,seq] x", ["float[8,5] w"], body, options)
    assert the_conv(found) == Conv(7, 1, 1, 1, 8, 5, 1)


def test_a_stated_shape_holds_where_no_rule_gives_one(tmp_path: Path) -> None:
    import onnx

    body = "m = other.Magic(x) y = Conv(m, w)"
    path = write_onnx(tmp_path / "net.onnx", "float[N,4,8,8] x", [NEXT], body)
    model = onnx.load(path)
    model.graph.value_info.append(onnx.helper.make_tensor_value_info("m", 1, ["N", 4, 6, 6]))
    onnx.save(model, path)
    options = ImportOptions(pass_through=frozenset({"Magic"}))
    assert the_conv(read_onnx(path, options=options)) == Conv(6, 6, 1, 1, 4, 4, 1)
    other = ImportOptions(pass_through=frozenset({"Magic"}), input_shapes={"x": (1, 4, 10, 10)})
    with pytest.raises(InputError, match=r"unknown after m \(Magic\)"):
        read_onnx(path, options=other)  # the file's shapes are for another image


def test_an_operation_newer_than_the_file_is_read_as_runtimes_read_it(tmp_path: Path) -> None:
    path = write_onnx(
        tmp_path / "net.onnx",
        "float[1,6,8] x",
        ["float[8] s", "float[8,5] w"],
        "a = LayerNormalization <axis=-1> (x, s) y = MatMul(a, w)",
        opset=14,
    )
    found = read_onnx(path)
    assert the_conv(found) == Conv(6, 1, 1, 1, 8, 5, 1)
    assert found.report.passed == {"LayerNormalization": 1}


def test_what_the_rules_say_of_a_contradiction_is_shown_whole(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        imported(tmp_path, "float[1,5] x", ["float[4,3] w"], "y = MatMul(x, w)")
    assert str(caught.value).endswith(
        "expected a sound ONNX network at y (MatMul), "
        "found Incompatible dimensions for matrix multiplication (1 x 5 and 4 x 3)"
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:12\n", "a Git LFS pointer"),
        (None, r"the first \d+ bytes of one \(the file is cut off\)"),
    ],
)
def test_files_that_are_not_there_whole_are_recognised(
    tmp_path: Path, data: bytes | None, message: str
) -> None:
    path = write_onnx(tmp_path / "net.onnx", IMAGE, [FIRST], "y = Conv(x, u)")
    path.write_bytes(path.read_bytes()[:-5] if data is None else data)
    with pytest.raises(InputError, match=message):
        read_onnx(path)


def test_a_file_of_ir_3_lists_its_weights_among_the_inputs(tmp_path: Path) -> None:
    import onnx

    path = write_onnx(tmp_path / "net.onnx", IMAGE, [FIRST], "y = Conv(x, u)", opset=8)
    model = onnx.load(path)
    model.ir_version = 3
    assert len(model.graph.input) == 2
    onnx.save(model, path)
    assert the_conv(read_onnx(path)) == Conv(8, 8, 1, 1, 3, 4, 1)
