"""Operations that onnxruntime's optimiser puts together, as the standard operations they were made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wse_cp.onnx.makers.writer import Writer

#: Attributes of a Conv.
_CONV = ("auto_pad", "dilations", "group", "kernel_shape", "pads", "strides")
#: Activations that stand in a fused operation under the name of their own.
_ACTIVATIONS = (
    "Relu",
    "Tanh",
    "Sigmoid",
    "LeakyRelu",
    "Clip",
    "HardSigmoid",
    "Elu",
    "Softplus",
    "HardSwish",
)


def _some(w: Writer, keys: Sequence[str]) -> dict[str, Any]:
    return {key: w.attributes[key] for key in keys if key in w.attributes}


def _activated(w: Writer, name: str) -> None:
    """Write the activation of a fused operation."""
    kind = w.text("activation")
    w.add(kind if kind in _ACTIVATIONS else "Identity", name, into=w.output(0))


def fused_conv(w: Writer) -> None:
    """Write a Conv, the sum with a fourth input if there is one, and the activation."""
    image = w.add("Conv", *w.inputs[:3], label="conv", **_some(w, _CONV))
    _activated(w, w.plus(image, w.input(3)))


def nhwc_conv(w: Writer) -> None:
    """Write a Conv on images whose channels stand last; its weights may stand so too."""
    rank = len(w.shape(w.input(0)))
    first, last = (0, rank - 1, *range(1, rank - 1)), (0, *range(2, rank), 1)
    image = w.add("Conv", w.transposed(w.input(0), first), *w.inputs[1:3], label="conv", **_some(w, _CONV))
    moved = w.add("Transpose", image, perm=list(last))
    _activated(w, w.plus(moved, w.input(3)))


def fused_matmul(w: Writer) -> None:
    """Write a MatMul whose factors may be transposed."""
    factors = []
    for name, key in ((w.input(0), "transA"), (w.input(1), "transB")):
        rank = len(w.shape(name))
        turned = w.integer(key) and rank > 1
        batch_last = w.integer(key.replace("trans", "transBatch")) and rank > 2
        order = [*range(1, rank - 1), 0, rank - 1] if batch_last else list(range(rank))
        if turned:
            order[-2:] = order[:-3:-1]
        factors.append(w.transposed(name, order) if turned or batch_last else name)
    w.add("MatMul", *factors, into=w.output(0), label="product")


def fused_gemm(w: Writer) -> None:
    """Write a Gemm and its activation."""
    _activated(w, w.add("Gemm", *w.inputs[:3], label="product", **_some(w, ("transA", "transB"))))


def product_and_gelu(w: Writer) -> None:
    """Write GemmFastGelu: a MatMul, a bias and an activation."""
    total = w.plus(w.add("MatMul", *w.inputs[:2], label="product"), w.input(2))
    w.add("Tanh", total, into=w.output(0))


def bias_and_gelu(w: Writer) -> None:
    """Write BiasGelu, FastGelu, Gelu or QuickGelu: a bias, perhaps, and an activation."""
    w.add("Tanh", w.plus(w.input(0), w.input(1)), into=w.output(0))


def sums(w: Writer) -> None:
    """Write BiasAdd: a sum of all inputs."""
    total = w.input(0)
    for name in w.inputs[1:-1]:
        total = w.plus(total, name)
    w.plus(total, w.inputs[-1], into=w.output(0))


def bias_and_softmax(w: Writer) -> None:
    """Write BiasSoftmax."""
    w.add("Softmax", w.plus(w.input(0), w.input(1)), into=w.output(0))


def norm(w: Writer) -> None:
    """Write a normalisation that ONNX does not have under this name: the shape stays."""
    w.add("LayerNormalization", w.input(0), w.input(1), into=w.output(0))
    _means(w, w.input(0), 1)


def skip_norm(w: Writer) -> None:
    """Write SkipLayerNormalization: a sum, which may be an output too, and a norm."""
    bias = 4 if w.node.op_type == "SkipLayerNormalization" else 3
    total = w.plus(w.plus(w.input(0), w.input(1)), w.input(bias), into=w.output(3))
    w.add("LayerNormalization", total, w.input(2), into=w.output(0))
    _means(w, total, 1)


def _means(w: Writer, name: str, first: int) -> None:
    """Write the mean and the deviation, of one value for each position."""
    for number in (first, first + 1):
        if w.output(number):
            w.add("ReduceMean", name, axes=[-1], into=w.output(number))


def embedding_norm(w: Writer) -> None:
    """Write EmbedLayerNormalization: embeddings of words, positions and segments, their sum, a norm."""
    ids, segments = w.input(0), w.input(1)
    total = w.add("Gather", w.input(2), ids)
    if segments:
        total = w.add("Add", total, w.add("Gather", w.input(4), segments))
    if w.input(8):
        total = w.add("Add", total, w.add("Gather", w.input(3), w.input(8)))
    if w.output(2):
        w.add("Identity", total, into=w.output(2))
    w.add("LayerNormalization", total, w.input(5), into=w.output(0))
    if w.output(1):
        w.add("ReduceMin", w.input(7) or ids, axes=[1], keepdims=0, into=w.output(1))


def same_shape(w: Writer) -> None:
    """Write an operation without weights whose result has the shape of its first input."""
    w.add("Identity", w.input(0), into=w.output(0))
