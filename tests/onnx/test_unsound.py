"""Networks that are not sound end in one line, where the rules of ONNX would end or hang the process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from wse_cp.errors import MOST_EXPECTED, InputError

pytest.importorskip("onnx", reason="the extra onnx is not installed")

import onnx
from onnx import TensorProto, helper, parser

from wse_cp.api import from_onnx
from wse_cp.onnx import file as reading


def network(body: str, *weights: str, opset: int = 18, inputs: str = "float[1,4,8,8] x") -> Any:
    """A network in ONNX's text form, its weights without elements."""
    header = f'<ir_version: 8, opset_import: ["" : {opset}, "com.microsoft" : 1]>'
    model = parser.parse_model(f"{header} net ({', '.join([inputs, *weights])}) => (float y) {{ {body} }}")
    known = {value.name: value for value in model.graph.input}
    for weight in weights:
        kind = known[weight.split()[-1]].type.tensor_type
        dims = [dim.dim_value for dim in kind.shape.dim]
        model.graph.initializer.append(
            TensorProto(name=weight.split()[-1], data_type=kind.elem_type, dims=dims)
        )
    return model


def conv() -> Any:
    return network("p = Conv(x, a) y = Relu(p)", "float[4,4,1,1] a")


def refused(model: Any) -> str:
    """The line by which a network is refused."""
    with pytest.raises(InputError) as caught:
        from_onnx(model.SerializeToString())
    assert str(caught.value).isprintable()
    return str(caught.value)


def test_the_networks_of_these_tests_are_sound_otherwise() -> None:
    assert len(from_onnx(conv()).kernels) == 1


def no_outputs(model: Any) -> None:
    del model.graph.node[0].output[:]


def empty_output(model: Any) -> None:
    model.graph.node[0].output[0] = ""


def no_inputs(model: Any) -> None:
    del model.graph.node[0].input[:]


def missing_data(model: Any) -> None:
    model.graph.node[0].input[0] = ""


def constant_data(model: Any) -> None:
    model.graph.initializer[0].name = "x"


def text_for_integers(model: Any) -> None:
    model.graph.node[0].attribute.append(helper.make_attribute("strides", "two"))


def tensor_for_integer(model: Any) -> None:
    tensor = helper.make_tensor("t", TensorProto.FLOAT, [1], [1.0])
    model.graph.node[0].attribute.append(helper.make_attribute("group", tensor))


def late_version(model: Any) -> None:
    model.opset_import[0].version = 2**40


def negative_version(model: Any) -> None:
    model.opset_import[0].version = -(2**40)


def another_output(model: Any) -> None:
    output = model.graph.output.add()
    output.CopyFrom(model.graph.output[0])
    output.name = "nobody's"


DAMAGE: dict[str, tuple[Callable[[Any], None], str]] = {
    "no outputs": (no_outputs, "an output of unnamed (Conv)"),
    "an output without a name": (empty_output, "an output of unnamed (Conv)"),
    "no inputs": (no_inputs, "at least 2 inputs of p (Conv), found 0"),
    "data left out": (missing_data, "input X of p (Conv), found none"),
    "constant data": (constant_data, "data of p (Conv) that depend on an input"),
    "a text for integers": (text_for_integers, "strides of p (Conv) of type INTS, found STRING"),
    "a tensor for an integer": (tensor_for_integer, "group of p (Conv) of type INT, found TENSOR"),
    "a version of the future": (late_version, "a version of the operators from 0 to"),
    "an output of nobody": (another_output, "outputs that the network computes, found nobody's"),
    "a negative version": (negative_version, "a version of the operators from 0 to"),
}


@pytest.mark.parametrize(("damage", "said"), DAMAGE.values(), ids=DAMAGE)
def test_what_is_wrong_with_a_node_is_said(damage: Callable[[Any], None], said: str) -> None:
    model = conv()
    damage(model)
    assert said in refused(model)


def test_a_concat_with_an_input_that_has_no_name_is_refused() -> None:
    model = network(
        "p = Conv(x, a) q = Concat <axis=1> (p, p) y = Conv(q, b)", "float[4,4,1,1] a", "float[4,8,1,1] b"
    )
    model.graph.value_info.append(helper.make_tensor_value_info("q", TensorProto.FLOAT, [1, 8, 8, 8]))
    model.graph.node[1].input[1] = ""
    assert "named inputs of" in refused(model)


@pytest.mark.parametrize(
    "equation", ["&amp;", "ij", "->", "i j,,", "....", "ij,jk->i-k", "", "ij;jk->ik", "é,b->c"]
)
def test_an_equation_that_is_none_is_refused(equation: str) -> None:
    weights = ("float[8,4] a",)
    model = network('p = Einsum<equation="bchw,wk->bchk">(x, a) y = Relu(p)', *weights)
    assert len(from_onnx(model).kernels) == 1
    model.graph.node[0].attribute[0].s = equation.encode()
    refused(model)


@pytest.mark.parametrize("outputs", [1, 2, 4])
def test_a_split_into_another_number_of_outputs_is_refused(outputs: int) -> None:
    body = "p = Conv(x, a) q, r = Split<axis=1, num_outputs=2>(p) y = Add(q, r)"
    model = network(body, "float[4,4,1,1] a")
    assert len(from_onnx(model).kernels) == 1
    del model.graph.node[1].output[:]
    model.graph.node[1].output.extend(["q", "r", "s", "t"][:outputs])
    model.graph.node[1].attribute[1].i = 3 if outputs == 2 else 2
    assert "num_outputs=" in refused(model)


@pytest.mark.parametrize("kind", [-1, 99, 1_000_000, -(2**31)])
def test_a_tensor_of_an_unknown_type_counts_by_its_shape(kind: int) -> None:
    model = conv()
    model.graph.initializer.append(TensorProto(name="odd", data_type=kind, dims=[2]))
    assert from_onnx(model.SerializeToString()).kernels == from_onnx(conv()).kernels


def test_a_reference_outside_of_a_function_has_no_value() -> None:
    model = conv()
    attribute = helper.make_attribute("group", 1)
    attribute.ref_attr_name = "of_a_function"
    model.graph.node[0].attribute.append(attribute)
    assert from_onnx(model.SerializeToString()).kernels == from_onnx(conv()).kernels


def test_a_fused_operation_with_attributes_of_other_types_is_refused() -> None:
    body = "p = com.microsoft.FusedMatMul<transA=0>(x, a) y = Relu(p)"
    model = network(body, "float[8,8] a")
    assert len(from_onnx(model).kernels) == 1
    model.graph.node[0].attribute[0].CopyFrom(helper.make_attribute("transA", "no"))
    assert "transA of p (FusedMatMul) as an integer" in refused(model)


@pytest.mark.parametrize("old", [b"Conv", b"Relu"])
def test_a_text_that_is_no_text_is_refused(old: bytes) -> None:
    data = conv().SerializeToString().replace(old, b"\xff\xfe\xfd\xfc")
    with pytest.raises(InputError, match="UTF-8 as op_type"):
        from_onnx(data)


@pytest.mark.parametrize("name", ["\n", "\x1b[31m", "\x7f", "\u2028", "a" * 100_000])
def test_names_of_any_kind_are_shown_in_a_line(name: str) -> None:
    model = network("p = Conv(x, a) y = Relu(p)", "float[4,4,1,1] a", inputs="float[1,4,h,8] x")
    model.graph.input[0].type.tensor_type.shape.dim[2].dim_param = name
    line = refused(model)
    assert "a shape for input x" in line
    assert len(line) < 2 * MOST_EXPECTED


def test_a_file_larger_than_any_network_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    path = tmp_path / "net.onnx"
    onnx.save(conv(), path)
    monkeypatch.setattr(reading, "MOST_BYTES", path.stat().st_size)
    assert reading.read_bytes(path)
    monkeypatch.setattr(reading, "MOST_BYTES", path.stat().st_size - 1)
    with pytest.raises(InputError, match="a file of at most"):
        reading.read_bytes(path)
