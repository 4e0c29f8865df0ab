"""Attention in one operation, of ONNX (opset 23) and of onnxruntime, as its products of matrices.

The products with the weights, if the operation has any, come first; then queries times keys, and these times
values. Heads of queries that share keys and values (grouped queries) stand as rows of one product.
"""

from __future__ import annotations

from wse_cp.onnx.makers.writer import Writer


def heads(w: Writer, name: str, count: int) -> str:
    """Return a tensor (batch, positions, channels) as (batch, heads, positions, channels of a head)."""
    batch, positions, channels = w.shape(name)
    apart = w.reshaped(name, (batch, positions, count, channels // count))
    return w.transposed(apart, (0, 2, 1, 3))


def core(w: Writer, query: str, key: str, value: str, bias: str = "", into: str = "") -> str:
    """Return the attention of queries (batch, heads, positions, channels) to keys and values."""
    batch, count, rows, channels = w.shape(query)
    _, shared, positions, _ = w.shape(key)
    depth = w.shape(value)[3]
    if shared != count:
        query = w.reshaped(query, (batch, shared, count // shared * rows, channels))
    turned = w.transposed(key, (0, 1, 3, 2))
    scores = w.add("MatMul", query, turned, label="scores")
    if bias:
        scores = w.reshaped(scores, (batch, count, rows, positions))
        scores = w.add("Add", scores, _as_scores(w, bias, (batch, count, rows, positions)))
    chances = w.add("Softmax", scores)
    if bias and shared != count:
        chances = w.reshaped(chances, (batch, shared, count // shared * rows, positions))
    mixed = w.add("MatMul", chances, value, label="context", into=into if shared == count else "")
    w.keep(mixed, (batch, shared, count // shared * rows, depth))
    if shared == count:
        return mixed
    return w.reshaped(mixed, (batch, count, rows, depth), into=into)


def _as_scores(w: Writer, bias: str, scores: tuple[int, ...]) -> str:
    """Return a mask or bias in a shape that can be added to scores: (batch, positions) stands for keys."""
    shape = w.shape(bias)
    if len(shape) == 2 and shape == (scores[0], scores[3]) and shape[0] != scores[2]:
        return w.reshaped(bias, (shape[0], 1, 1, shape[1]))
    padded = (1,) * (4 - len(shape)) + shape
    if all(extent in (1, full) for extent, full in zip(padded, scores, strict=True)):
        return w.reshaped(bias, padded) if padded != shape else bias
    return w.add("ReduceSum", bias, keepdims=0)


def together(w: Writer, name: str, into: str = "") -> str:
    """Return (batch, heads, positions, channels) as (batch, positions, all channels)."""
    batch, count, rows, channels = w.shape(name)
    turned = w.transposed(name, (0, 2, 1, 3))
    return w.reshaped(turned, (batch, rows, count * channels), into=into)


def with_past(w: Writer, name: str, past: str, into: str) -> str:
    """Return keys or values with those kept from before in front of them."""
    if past:
        return w.joined(past, name, 2, into=into)
    if into:
        w.add("Identity", name, into=into)
    return name


def standard_attention(w: Writer) -> None:
    """Write Attention of opset 23."""
    query, key, value = w.inputs[:3]
    flat = len(w.shape(query)) == 3
    if flat:
        query = heads(w, query, w.integer("q_num_heads"))
        key, value = (heads(w, name, w.integer("kv_num_heads")) for name in (key, value))
    key = with_past(w, key, w.input(4), w.output(1))
    value = with_past(w, value, w.input(5), w.output(2))
    if not flat:
        core(w, query, key, value, w.floats(3), into=w.output(0))
    else:
        together(w, core(w, query, key, value, w.floats(3)), into=w.output(0))
    if w.output(3):
        w.add("Identity", w.named("scores"), into=w.output(3))


def packed_attention(w: Writer) -> None:
    """Write Attention of onnxruntime: a product with the weights of queries, keys and values, then these."""
    batch, rows, _ = w.shape(w.input(0))
    total = w.shape(w.input(1))[1]
    sizes = [int(size) for size in w.attributes.get("qkv_hidden_sizes", ())] or [total // 3] * 3
    product = w.add("MatMul", w.input(0), w.input(1), label="qkv")
    w.keep(product, (batch, rows, total))
    product = w.keep(w.plus(product, w.input(2)), (batch, rows, total))
    count = w.integer("num_heads")
    query, key, value = (heads(w, part, count) for part in w.pieces(product, sizes, 2))
    if w.input(4):
        kept = w.pieces(w.input(4), [1, 1], 0)
        old = [w.reshaped(part, w.shape(part)[1:]) for part in kept]
        key, value = w.joined(old[0], key, 2), w.joined(old[1], value, 2)
    if w.output(1):
        stacked = [w.reshaped(name, (1, *w.shape(name))) for name in (key, value)]
        w.joined(stacked[0], stacked[1], 0, into=w.output(1))
    together(w, core(w, query, key, value, w.floats(5)), into=w.output(0))


def multi_head_attention(w: Writer) -> None:
    """Write MultiHeadAttention of onnxruntime: the three inputs apart, or packed into one or two."""
    count = w.integer("num_heads")
    query, key, value = w.input(0), w.input(1), w.input(2)
    if not key:
        query, key, value = _unpacked(w, query, 3)
    else:
        query = heads(w, query, count)
        if len(w.shape(key)) == 5:
            key, value = _unpacked(w, key, 2)
        elif len(w.shape(key)) == 3:
            key, value = heads(w, key, count), heads(w, value, count)
    key = with_past(w, key, w.input(6), w.output(1))
    value = with_past(w, value, w.input(7), w.output(2))
    together(w, core(w, query, key, value, w.floats(5)), into=w.output(0))


def _unpacked(w: Writer, name: str, parts: int) -> list[str]:
    """Return parts of (batch, positions, heads, parts, channels) as (batch, heads, positions, channels)."""
    batch, rows, count, _, channels = w.shape(name)
    found = w.pieces(name, [1] * parts, 3)
    flat = [w.reshaped(part, (batch, rows, count, channels)) for part in found]
    return [w.transposed(part, (0, 2, 1, 3)) for part in flat]


def grouped_query_attention(w: Writer) -> None:
    """Write GroupQueryAttention of onnxruntime, its inputs apart or packed into one."""
    count, shared = w.integer("num_heads"), w.integer("kv_num_heads")
    query, key, value = w.input(0), w.input(1), w.input(2)
    if not key:
        depth = w.shape(query)[2] // (count + 2 * shared)
        query, key, value = w.pieces(query, [count * depth, shared * depth, shared * depth], 2)
    query, key, value = heads(w, query, count), heads(w, key, shared), heads(w, value, shared)
    key = with_past(w, key, w.input(3), w.output(1))
    value = with_past(w, value, w.input(4), w.output(2))
    together(w, core(w, query, key, value), into=w.output(0))
