"""Quantised operations of onnxruntime as the standard operations on the numbers they stand for."""

from __future__ import annotations

from wse_cp.onnx.makers.writer import Writer


def dynamic_matmul(w: Writer) -> None:
    """Write DynamicQuantizeMatMul: a product and a bias."""
    w.plus(w.add("MatMul", w.floats(0), w.floats(1), label="product"), w.input(4), into=w.output(0))


def integer_matmul(w: Writer) -> None:
    """Write MatMulIntegerToFloat: a product of integers, scales that the network may compute, a bias."""
    product = w.add("Cast", w.add("MatMulInteger", *w.inputs[:2], label="product"), to=1)
    for scale in filter(None, (w.input(2), w.input(3))):
        product = w.add("Mul", product, scale)
    w.plus(product, w.input(6), into=w.output(0))


def gemm(w: Writer) -> None:
    """Write QGemm: the factors are inputs 0 and 3, the bias is input 6; floating-point without a scale."""
    turned = w.integer("transA"), w.integer("transB")
    factors = w.floats(0), w.floats(3), w.floats(6)
    result = w.add("Gemm", *factors, label="product", transA=turned[0], transB=turned[1])
    w.as_input(result, 0 if w.input(7) else None)


def sum_or_product(w: Writer) -> None:
    """Write QLinearAdd or QLinearMul: the operands are inputs 0 and 3."""
    kind = w.node.op_type.removeprefix("QLinear")
    w.as_input(w.add(kind, w.floats(0), w.floats(3)), 0)


def one_operand(w: Writer) -> None:
    """Write an operation element by element, or over the image, on input 0."""
    kind = w.node.op_type.removeprefix("QLinear")
    kept = {key: value for key, value in w.attributes.items() if key != "channels_last"}
    if not w.integer("channels_last"):
        w.as_input(w.add(kind, w.floats(0), **kept if "Pool" in kind else {}), 0)
        return
    rank = len(w.shape(w.input(0)))
    turned = w.transposed(w.floats(0), (0, rank - 1, *range(1, rank - 1)))
    pooled = w.add(kind, turned, **kept)
    w.as_input(w.add("Transpose", pooled, perm=[0, *range(2, rank), 1]), 0)


def concat(w: Writer) -> None:
    """Write QLinearConcat: each operand is followed by its scale and zero point, from input 2 on."""
    operands = map(w.floats, range(2, len(w.inputs), 3))
    w.as_input(w.add("Concat", *operands, axis=w.integer("axis")), 2)


def few_bits(w: Writer) -> None:
    """Write MatMulNBits: a product with K x N weights, packed into bytes."""
    weights = w.zeros((w.integer("K"), w.integer("N")))
    w.plus(w.add("MatMul", w.input(0), weights, label="product"), w.input(5), into=w.output(0))


def lstm(w: Writer) -> None:
    """Write DynamicQuantizeLSTM, whose weights stand the other way round than LSTM's."""
    weights, recurrent = (w.transposed(w.floats(number), (0, 2, 1)) for number in (1, 2))
    kept = {key: w.attributes[key] for key in ("direction", "hidden_size") if key in w.attributes}
    w.add("LSTM", w.input(0), weights, recurrent, *w.inputs[3:8], into=w.output(0), **kept)
    w.nodes[-1].output[:] = w.outputs
