"""Which kernel forms a sum: as many edges as data travels, however deep the network."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.onnx.cases import counted, imported
from wse_cp.onnx import ImportedNetwork

ROWS = "float[1,6,8] x"
SQUARE = "float[8,8]"


def deep(
    tmp_path: Path, block: str, depth: int, weights: tuple[str, ...], inputs: str = ROWS, first: str = ""
) -> ImportedNetwork:
    """Return a network of blocks, which read a{i} and write a{i+1}; {n} is the next number."""
    body = (first or "a0 = MatMul(x, w)") + " ".join(
        block.replace("{n}", str(i + 1)).replace("{i}", str(i)) for i in range(depth)
    )
    shapes = [f"{weight}{i}" for i in range(depth) for weight in weights]
    closing = f"{body} y = MatMul(a{depth}, w)"
    return imported(tmp_path, inputs, [f"{SQUARE} w", *shapes], closing)


LAYER = "u{i}_ = MatMul(a{i}, u{i}) r{i} = Relu(u{i}_) b{i} = MatMul(r{i}, v{i})"
TWO = (f"{SQUARE} u", f"{SQUARE} v")
NORM = """
    s{i} = Add(a{i}, b{i}) m{i} = ReduceMean <axes=[-1]> (s{i}) c{i} = Sub(s{i}, m{i})
    p{i} = Mul(c{i}, c{i}) q{i} = ReduceMean <axes=[-1]> (p{i}) d{i} = Sqrt(q{i}) a{n} = Div(c{i}, d{i})
"""
FLAT = """
    flat = Constant <value_ints=[-1,8]> () full = Constant <value_ints=[1,6,8]> ()
    a0 = MatMul(x, w)
"""
NUMBERS = " ".join(
    f"{name} = Constant <value_ints=[{number}]> ()"
    for name, number in (("zero", 0), ("one", 1), ("two", 2), ("four", 4), ("six", 6))
)
NUMBERS += " a0 = MatMul(x, w)"
EMBEDDING = "size = Constant <value_ints=[9,8]> () table = ConstantOfShape(size) a0 = Gather(table, x)"
IMAGE = "float[1,8,4,4] x"
CONV = "float[8,8,1,1]"

BLOCKS = {
    "a plain sum": (LAYER + " a{n} = Add(a{i}, b{i})", TWO, ROWS, "", 36),
    "after an embedding": (
        LAYER + " a{n} = Add(a{i}, b{i})",
        TWO,
        "int64[1,6] x",
        EMBEDDING,
        36,
    ),
    "a norm written out": (LAYER + NORM, TWO, ROWS, "", 36),
    "a norm written out, after an embedding": (LAYER + NORM, TWO, "int64[1,6] x", EMBEDDING, 36),
    "a product put back in shape": (
        "f{i} = Reshape(a{i}, flat) g{i} = Gemm(f{i}, u{i}) "
        "b{i} = Reshape(g{i}, full) a{n} = Add(a{i}, b{i})",
        TWO[:1],
        ROWS,
        FLAT,
        12,
    ),
    "a product on the other axis": (
        "t{i} = Transpose <perm=[0,2,1]> (a{i}) g{i} = MatMul(t{i}, u{i}) "
        "b{i} = Transpose <perm=[0,2,1]> (g{i}) a{n} = Add(a{i}, b{i})",
        ("float[6,6] u",),
        ROWS,
        "",
        12,
    ),
    "quantised while it runs": (
        "q{i}, s{i}, z{i} = DynamicQuantizeLinear(a{i}) "
        "m{i} = MatMulInteger(q{i}, u{i}, z{i}) "
        "c{i} = Cast <to=1> (m{i}) b{i} = Mul(c{i}, s{i}) a{n} = Relu(b{i})",
        ("uint8[8,8] u",),
        ROWS,
        "",
        12,
    ),
    "a product on shifted rows": (
        "p{i} = Slice(a{i}, two, six, one) q{i} = Slice(a{i}, zero, two, one) "
        "r{i} = Concat <axis=1> (p{i}, q{i}) g{i} = MatMul(r{i}, u{i}) "
        "s{i} = Slice(g{i}, four, six, one) t{i} = Slice(g{i}, zero, four, one) "
        "b{i} = Concat <axis=1> (s{i}, t{i}) a{n} = Add(a{i}, b{i})",
        TWO[:1],
        ROWS,
        NUMBERS,
        12,
    ),
    "a gate": (
        "m{i} = ReduceMean <axes=[1]> (a{i}) g{i} = MatMul(m{i}, u{i}) h{i} = Sigmoid(g{i}) "
        "b{i} = MatMul(a{i}, v{i}) c{i} = Mul(b{i}, h{i}) a{n} = Add(a{i}, c{i})",
        TWO,
        ROWS,
        "",
        36,
    ),
    "gates and nothing else": (
        "m{i} = ReduceMean <axes=[1]> (a{i}) g{i} = MatMul(m{i}, u{i}) a{n} = Mul(a{i}, g{i})",
        TWO[:1],
        ROWS,
        "",
        30,
    ),
    "another operation on both": (
        "b{i} = MatMul(a{i}, u{i}) p{i} = ReduceMax <axes=[1]> (b{i}) a{n} = Add(a{i}, p{i})",
        TWO[:1],
        ROWS,
        "",
        18,
    ),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_edges_grow_with_the_depth_and_no_faster(name: str, tmp_path: Path) -> None:
    block, weights, inputs, first, growth = BLOCKS[name]
    few, many = (len(counted(deep(tmp_path, block, depth, weights, inputs, first))) for depth in (12, 24))
    assert many - few == growth


@pytest.mark.parametrize("name", ["a plain sum", "a norm written out"])
def test_a_norm_written_out_has_the_edges_of_one_operation(name: str, tmp_path: Path) -> None:
    block = LAYER + " s{i} = Add(a{i}, b{i}) a{n} = LayerNormalization(s{i}, one)"
    first = "one = Constant <value_floats=[1.0,1.0,1.0,1.0,1.0,1.0,1.0,1.0]> () a0 = MatMul(x, w)"
    written_out, weights, inputs, _, _ = BLOCKS[name]
    assert counted(deep(tmp_path, block, 4, TWO, ROWS, first)) == counted(
        deep(tmp_path, written_out, 4, weights, inputs)
    )


def test_no_edges_close_a_circle(tmp_path: Path) -> None:
    import networkx as nx

    for block, weights, inputs, first, _ in BLOCKS.values():
        found = deep(tmp_path, block, 6, weights, inputs, first)
        assert nx.is_directed_acyclic_graph(nx.DiGraph(found.instance.kernel_graph))


def test_keys_kept_from_before_bring_no_edges_but_their_own(tmp_path: Path) -> None:
    body = """
        q = MatMul(x, a) k = MatMul(x, b) v = MatMul(x, c)
        ks = Concat <axis=1> (old, k) vs = Concat <axis=1> (old, v)
        t = Transpose <perm=[0,2,1]> (ks) s = MatMul(q, t) p = Softmax(s) o = MatMul(p, vs)
        r = MatMul(o, d) e = Add(x, r) y = MatMul(e, f)
    """
    weights = [f"{SQUARE} {name}" for name in "abcdf"]
    found = imported(tmp_path, f"{ROWS}, float[1,5,8] old", weights, body)
    # q and k to their product, that and v to the second, then one after the other.
    expected = [("k1", "k4"), ("k2", "k4"), ("k3", "k5"), ("k4", "k5"), ("k5", "k6"), ("k6", "k7")]
    assert counted(found) == sorted(expected)


def test_a_sum_that_no_kernel_forms_is_told_with_the_reason(tmp_path: Path) -> None:
    gate = """
        a = Conv(x, u) m = GlobalAveragePool(a) g = Conv(m, v) s = Mul(a, g) y = Conv(s, w)
    """
    found = imported(tmp_path, IMAGE, [f"{CONV} u", f"{CONV} v", f"{CONV} w"], gate)
    assert any("no kernel forms" in line and "depends on each" in line for line in found.report.decisions)
    pooled = """
        a = Conv(x, u) b = Conv(x, v) p = GlobalAveragePool(a) q = GlobalAveragePool(b)
        s = Add(p, q) y = Conv(s, w)
    """
    found = imported(tmp_path, IMAGE, [f"{CONV} u", f"{CONV} v", f"{CONV} w"], pooled)
    assert counted(found) == [("k1", "k3"), ("k2", "k3")]
    assert any("no operand is the result of one kernel): 1" in line for line in found.report.decisions)


def test_a_residual_kept_channels_last_is_formed_by_its_product(tmp_path: Path) -> None:
    body = """
        a = Conv(x, u)
        t = Transpose <perm=[0,2,3,1]> (a) b = MatMul(t, m) s = Transpose <perm=[0,3,1,2]> (b)
        c = Add(x, s) y = Conv(c, w)
    """
    found = imported(tmp_path, IMAGE, [f"{CONV} u", f"{CONV} w", f"{SQUARE} m"], body)
    assert counted(found) == [("k1", "k2"), ("k2", "k3")]


def test_a_class_token_before_the_patches_keeps_the_sum_with_its_kernel(tmp_path: Path) -> None:
    body = """
        a = MatMul(x, u) s = Concat <axis=1> (token, a) p = Add(s, places)
        b = MatMul(p, v) c = Add(p, b) y = MatMul(c, w)
    """
    weights = [f"{SQUARE} u", f"{SQUARE} v", f"{SQUARE} w", "float[1,1,8] token", "float[1,7,8] places"]
    assert counted(imported(tmp_path, ROWS, weights, body)) == [("k1", "k2"), ("k2", "k3")]


def test_a_mask_on_the_scores_of_heads_is_added_by_their_kernel(tmp_path: Path) -> None:
    body = """
        heads = Constant <value_ints=[1,6,2,4]> ()
        a = MatMul(x, u) r = Reshape(a, heads) q = Transpose <perm=[0,2,1,3]> (r)
        k = Transpose <perm=[0,2,3,1]> (r) s = MatMul(q, k) h = Mul(s, half)
        m = Add(h, mask) p = Softmax(m) v = MatMul(p, q) y = MatMul(v, w)
    """
    weights = [f"{SQUARE} u", "float[4,5] w", "float half"]
    found = imported(tmp_path, f"{ROWS}, float[1,1,6,6] mask", weights, body)
    assert counted(found) == [("k1", "k2"), ("k1", "k3"), ("k2", "k3"), ("k3", "k4")]
    assert not any("no kernel forms" in line for line in found.report.decisions)
