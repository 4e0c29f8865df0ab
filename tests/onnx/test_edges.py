"""What arrives at each kernel."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.onnx.cases import counted, imported
from wse_cp.instance import Terminal
from wse_cp.kernels import CBlock, Conv, DBlock
from wse_cp.onnx import ImportedNetwork, ImportOptions

IMAGE = "float[1,8,8,8] x"
ONE = "float[8,8,1,1]"


def shapes(found: ImportedNetwork) -> dict[tuple[str, str], tuple[int, ...]]:
    return {(edge.source, edge.target): edge.shape for edge in found.instance.edges}


def test_activations_pooling_and_reshapes_are_passed(tmp_path: Path) -> None:
    body = """
        a = Conv(x, u)
        b = BatchNormalization(a, s, s, s, s)
        c = Relu(b)
        d = MaxPool <kernel_shape=[2,2], strides=[2,2]> (c)
        e = Flatten(d)
        y = Gemm <transB=1> (e, w)
    """
    found = imported(tmp_path, IMAGE, [f"{ONE} u", "float[8] s", "float[5,128] w"], body)
    assert counted(found) == [("k1", "k2")]
    assert shapes(found) == {("k0", "k1"): (8, 8, 8), ("k1", "k2"): (1, 1, 128), ("k2", "k3"): (1, 1, 5)}
    assert found.report.fused == {"BatchNormalization": 1, "Relu": 1}
    assert found.report.passed == {"MaxPool": 1, "Flatten": 1}


def test_a_concat_has_an_edge_from_each_of_its_parts(tmp_path: Path) -> None:
    body = """
        a = Conv(x, u)
        b = Conv(x, v)
        c = Concat <axis=1> (a, b)
        y = Conv(c, w)
    """
    found = imported(tmp_path, IMAGE, [f"{ONE} u", "float[4,8,1,1] v", "float[3,12,1,1] w"], body)
    assert counted(found) == [("k1", "k3"), ("k2", "k3")]
    assert shapes(found)["k2", "k3"] == (8, 8, 4)


RESIDUAL = """
    a = Conv(x, u)
    b = Conv(a, v)
    s = Add(b, a)
    t = Relu(s)
    p = MaxPool <kernel_shape=[2,2]> (t)
    y = Conv(p, w)
"""


def test_a_sum_is_formed_by_the_deepest_kernel_that_produces_an_operand(tmp_path: Path) -> None:
    found = imported(tmp_path, IMAGE, [f"{ONE} u", f"{ONE} v", f"{ONE} w"], RESIDUAL)
    assert counted(found) == [("k1", "k2"), ("k2", "k3")]  # a reaches b's kernel once, for both uses


def test_or_by_each_kernel_that_reads_it(tmp_path: Path) -> None:
    options = ImportOptions(adds="consumer")
    found = imported(tmp_path, IMAGE, [f"{ONE} u", f"{ONE} v", f"{ONE} w"], RESIDUAL, options)
    assert counted(found) == [("k1", "k2"), ("k1", "k3"), ("k2", "k3")]


def test_an_operand_that_is_no_plain_result_goes_to_the_kernel_of_one_that_is(tmp_path: Path) -> None:
    body = """
        a = Conv(x, u)
        b = Conv(a, v)
        big = Resize <mode="nearest"> (b, , scales)
        s = Add(a, big)
        y = Conv(s, w)
    """
    weights = [f"{ONE} u", "float[8,8,8,8] v", f"{ONE} w"]
    body = body.replace("big = Resize", "scales = Constant <value_floats=[1.0,1.0,8.0,8.0]> () big = Resize")
    # b needs a, so a's kernel cannot wait for b: the reader forms the sum.
    assert counted(imported(tmp_path, IMAGE, weights, body)) == [("k1", "k2"), ("k1", "k3"), ("k2", "k3")]


def test_a_gate_reaches_the_reader_beside_what_it_gates(tmp_path: Path) -> None:
    body = """
        a = Conv(x, u)
        m = GlobalAveragePool(a)
        g = Conv(m, v)
        h = Sigmoid(g)
        s = Mul(a, h)
        y = Conv(s, w)
    """
    found = imported(tmp_path, IMAGE, [f"{ONE} u", f"{ONE} v", f"{ONE} w"], body)
    assert counted(found) == [("k1", "k2"), ("k1", "k3"), ("k2", "k3")]


def test_a_swish_is_no_sum(tmp_path: Path) -> None:
    found = imported(
        tmp_path,
        IMAGE,
        [f"{ONE} u", f"{ONE} w"],
        "a = Conv(x, u) g = Sigmoid(a) s = Mul(a, g) y = Conv(s, w)",
    )
    assert counted(found) == [("k1", "k2")]


def test_a_tensor_and_its_pooled_self_are_two(tmp_path: Path) -> None:
    body = """
        a = Conv(x, u)
        b = MaxPool <kernel_shape=[3,3], pads=[1,1,1,1]> (a)
        c = Concat <axis=1> (a, b)
        y = Conv(c, w)
    """
    found = imported(tmp_path, IMAGE, [f"{ONE} u", "float[8,16,1,1] w"], body)
    assert counted(found) == [("k1", "k2"), ("k1", "k2")]


SHUFFLE = """
    a = Conv <group=2> (x, u)
    r = Reshape(a, five)
    t = Transpose <perm=[0,2,1,3,4]> (r)
    b = Reshape(t, four)
    y = Conv <group=2> (b, w)
"""


@pytest.mark.parametrize(
    ("body", "edges"),
    [
        (SHUFFLE, [("k1", "k3"), ("k1", "k4"), ("k2", "k3"), ("k2", "k4")]),
        ("a = Conv <group=2> (x, u) b = Relu(a) y = Conv <group=2> (b, w)", [("k1", "k3"), ("k2", "k4")]),
    ],
)
def test_groups_read_only_the_channels_they_need(
    tmp_path: Path, body: str, edges: list[tuple[str, str]]
) -> None:
    constants = "five = Constant <value_ints=[1,2,4,8,8]> () four = Constant <value_ints=[1,8,8,8]> ()"
    weights = ["float[8,4,1,1] u", "float[8,4,1,1] w"]
    assert (
        counted(imported(tmp_path, IMAGE, weights, constants + body, ImportOptions(groups="split"))) == edges
    )


@pytest.mark.parametrize(
    "cut",
    [
        "p, q = Split <axis=1> (c, sizes)",
        "p = Slice(c, zero, eight, one) q = Slice(c, eight, end, one)",
    ],
)
def test_a_part_of_the_channels_comes_from_those_that_supply_it(tmp_path: Path, cut: str) -> None:
    body = f"""
        sizes = Constant <value_ints=[8,8]> ()
        zero = Constant <value_ints=[0]> ()
        one = Constant <value_ints=[1]> ()
        eight = Constant <value_ints=[8]> ()
        end = Constant <value_ints=[999]> ()
        a = Conv(x, u)
        b = Conv(x, v)
        c = Concat <axis=1> (a, b)
        {cut}
        d = Conv(p, w)
        e = Conv(q, w)
        y = Concat <axis=1> (d, e)
    """
    found = imported(tmp_path, IMAGE, [f"{ONE} u", f"{ONE} v", f"{ONE} w"], body)
    assert counted(found) == [("k1", "k3"), ("k2", "k4")]


def test_inputs_and_outputs_are_terminals(tmp_path: Path) -> None:
    body = "a = Conv(x, u) b = Conv(z, v) y = Add(a, b) q = Relu(b)"
    found = imported(
        tmp_path, f"{IMAGE}, float[1,8,8,8] z", [f"{ONE} u", f"{ONE} v"], body, output="float y, float q"
    )
    kinds = {n.name: n.kernel.kind for n in found.instance.nodes if isinstance(n.kernel, Terminal)}
    assert kinds == {"k0": "input", "k3": "output", "k4": "output", "k5": "input"}
    pairs = {(edge.source, edge.target) for edge in found.instance.edges}
    assert pairs == {("k0", "k1"), ("k5", "k2"), ("k1", "k2"), ("k2", "k3"), ("k2", "k4")}


def bottleneck(stride: int, projection: bool) -> str:
    pads = "pads=[1,1,1,1]"
    branch = f"p = Conv <strides=[{stride},{stride}]> (x, d)" if projection else "p = Relu(x)"
    return f"""
        m = Relu(x)
        f = Conv(m, a)
        g = Relu(f)
        h = Conv <{pads}, strides=[{stride},{stride}]> (g, b)
        i = Conv(h, c)
        {branch}
        s = Add(p, i)
        y = Relu(s)
    """


IDENTITY = ["float[2,8,1,1] a", "float[2,2,3,3] b", "float[8,2,1,1] c"]
PROJECTION = ["float[4,8,1,1] a", "float[4,4,3,3] b", "float[16,4,1,1] c", "float[16,8,1,1] d"]


def test_an_identity_bottleneck_is_a_dblock(tmp_path: Path) -> None:
    found = imported(tmp_path, IMAGE, IDENTITY, bottleneck(1, False))
    assert list(found.instance.kernels.values()) == [DBlock(8, 8, 8)]
    assert found.layers["k1"] == ("f (Conv)", "h (Conv)", "i (Conv)")


def test_a_halving_bottleneck_with_a_projection_is_a_cblock(tmp_path: Path) -> None:
    found = imported(tmp_path, IMAGE, PROJECTION, bottleneck(2, True))
    assert list(found.instance.kernels.values()) == [CBlock(8, 8, 16)]


@pytest.mark.parametrize(
    ("body", "weights", "reason"),
    [
        (bottleneck(1, True), PROJECTION, "second convolution"),
        (bottleneck(1, False) + "z = Conv(f, e)", [*IDENTITY, "float[2,2,1,1] e"], "other use of f"),
        (
            bottleneck(1, False) + "w = MaxPool <kernel_shape=[2,2]> (h) z = Conv(w, e)",
            [*IDENTITY, "float[2,2,1,1] e"],
            "other use of h",
        ),
    ],
)
def test_a_bottleneck_that_is_no_block_stays_single_convolutions(
    tmp_path: Path, body: str, weights: list[str], reason: str
) -> None:
    output = "float y, float z" if "z =" in body else "float y"
    found = imported(tmp_path, IMAGE, weights, body, output=output)
    assert all(isinstance(kernel, Conv) for kernel in found.instance.kernels.values())
    assert any(reason in line for line in found.report.decisions)


def test_single_convolutions_are_kept_if_asked_for(tmp_path: Path) -> None:
    found = imported(tmp_path, IMAGE, IDENTITY, bottleneck(1, False), ImportOptions(granularity="conv"))
    assert [kernel.type_name for kernel in found.instance.kernels.values()] == ["conv"] * 3
