"""ONNX networks: small ones of many kinds of operations, and mutations of their messages, field by field."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from random import Random
from typing import Any

from benchmarks.mutations.damage import TEXTS

#: Inputs, weights, operations and the operator set of each network, in ONNX's own text form.
NETWORKS: dict[str, tuple[str, Sequence[str], str, int]] = {
    "residual": (
        "float[1,3,32,32] x",
        ("float[8,3,3,3] a", "float[8,8,3,3] b", "float[8,8,1,1] c", "float[8] s", "float[8] m"),
        "p = Conv<pads=[1,1,1,1]>(x, a) n = BatchNormalization(p, s, s, m, m) r = Relu(n) "
        "q = Conv<pads=[1,1,1,1], strides=[2,2]>(r, b) t = Conv<strides=[2,2]>(r, c) u = Add(q, t) "
        "v = MaxPool<kernel_shape=[2,2], strides=[2,2]>(u) y = GlobalAveragePool(v)",
        17,
    ),
    "dense": (
        "float[4,16] x",
        ("float[16,32] a", "float[32] b", "float[32,8] c"),
        "p = Gemm(x, a, b) q = Relu(p) r = MatMul(q, c) s = Dropout(r) y = Softmax<axis=1>(s)",
        17,
    ),
    "grouped": (
        "float[1,8,16,16] x",
        ("float[8,1,3,3] a", "float[16,8,1,1] b", "float[16,8,3,3] c"),
        "p = Conv<group=8, pads=[1,1,1,1]>(x, a) q = Conv(p, b) r, w = Split<axis=1, num_outputs=2>(q) "
        's = Concat<axis=1>(p, r) t = Conv<auto_pad="SAME_UPPER", dilations=[2,2]>(s, c) y = Relu(t)',
        18,
    ),
    "attention": (
        "float[1,8,16] x",
        ("float[16,16] q", "float[16,16] k", "float[16,16] v", "float[16,64] u", "float[64,16] w"),
        "a = MatMul(x, q) b = MatMul(x, k) c = MatMul(x, v) n = Shape(x) d = Transpose<perm=[0,2,1]>(b) "
        "e = MatMul(a, d) f = Softmax<axis=-1>(e) g = MatMul(f, c) h = Reshape(g, n) i = Add(h, x) "
        "j = MatMul(i, u) l = Gelu(j) o = MatMul(l, w) y = Add(o, i)",
        20,
    ),
    "recurrent": (
        "float[5,1,4] x",
        ("float[1,32,4] w", "float[1,32,8] r", "float[8,3] c"),
        "p, h, e = LSTM<hidden_size=8>(x, w, r) q = Squeeze(h) y = MatMul(q, c)",
        14,
    ),
    "open": (
        "float[n,3,32,h] x",
        ("float[4,3,3,3] a", "float[4,4,2,2] b"),
        "p = Conv(x, a) q = ConvTranspose<strides=[2,2]>(p, b) r = LeakyRelu<alpha=0.1>(q) y = Sigmoid(r)",
        17,
    ),
    "einsum": (
        "float[2,6,8] x",
        ("float[8,10] a", "float[10,4] b"),
        'p = Einsum<equation="bij,jk->bik">(x, a) q = Clip(p) r = MatMul(q, b) y = ReduceMean<keepdims=0>(r)',
        17,
    ),
    "fused": (
        "float[1,4,8,8] x",
        ("float[8,4,3,3] a", "float[512,16] b", "float[16,16] c", "float[16] d"),
        'p = com.microsoft.FusedConv<activation="Relu", pads=[1,1,1,1]>(x, a) q = Flatten<axis=1>(p) '
        "r = com.microsoft.FusedMatMul<transA=0, transB=0, alpha=1.0>(q, b) s = com.microsoft.BiasGelu(r, d) "
        "y = com.microsoft.FusedGemm<transB=1>(s, c, d)",
        17,
    ),
    "branches": (
        "float[1,4,8,8] x",
        ("float[4,4,1,1] a", "bool c"),
        "p = Conv(x, a) q = If (c) <then_branch = g () => (float r) { r = Conv(p, a) }, "
        "else_branch = h () => (float s) { s = Relu(p) }> y = Add(p, q)",
        17,
    ),
    "quantised": (
        "float[1,3,8,8] x",
        ("float e", "uint8 z", "int8[4,3,3,3] a", "float f", "int8 o", "float[144,5] b"),
        "p = QuantizeLinear(x, e, z) q = QLinearConv(p, e, z, a, f, o, e, z) r = DequantizeLinear(q, e, z) "
        "s = Flatten(r) y = MatMul(s, b)",
        17,
    ),
}
_NUMBERS = (0, 1, -1, 2, 3, 7, 8, 2**31 - 1, 2**31, -(2**31), 2**32, 2**62, 2**63 - 1, -(2**63), 4096, 10**6)
_KINDS = (
    "Conv",
    "MatMul",
    "Gemm",
    "Add",
    "Relu",
    "Reshape",
    "Loop",
    "If",
    "Scan",
    "Shape",
    "Nothing",
    "LSTM",
)


@cache
def network(name: str) -> Any:
    """Return a network as an ONNX model; its weights have no elements."""
    import onnx
    from onnx import TensorProto, parser

    inputs, weights, body, opset = NETWORKS[name]
    header = f'<ir_version: 8, opset_import: ["" : {opset}, "com.microsoft" : 1]>'
    model = parser.parse_model(f"{header} net ({', '.join([inputs, *weights])}) => (float y) {{ {body} }}")
    known = {value.name: value for value in model.graph.input}
    for weight in weights:
        value = known[weight.split()[-1]]
        extents = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
        kind = value.type.tensor_type.elem_type
        model.graph.initializer.append(TensorProto(name=value.name, data_type=kind, dims=extents))
    return onnx.shape_inference.infer_shapes(model) if len(name) % 2 else model


def damaged_network(random: Random) -> bytes:
    """Return the bytes of a network after some mutations of its fields."""
    model = type(network("dense"))()
    model.CopyFrom(network(random.choice(list(NETWORKS))))
    for _ in range(random.choice((1, 1, 2, 3))):
        messages = list(_messages(model))
        _damage(random.choice(messages if random.random() < 0.7 else messages[:60]), random, model)
    data: bytes = model.SerializeToString()
    return data


def _messages(message: Any) -> list[Any]:
    """Return a message and all those in it."""
    found, rest = [], [message]
    while rest:
        inside = rest.pop()
        found.append(inside)
        for field, value in inside.ListFields():
            if field.message_type is not None:
                rest += list(value) if hasattr(value, "append") else [value]
    return found


def _damage(message: Any, random: Random, model: Any) -> None:
    """Change one field of a message, one that is set as a rule."""
    known = message.ListFields()
    if not known or random.random() < 0.1:
        field = random.choice(message.DESCRIPTOR.fields)
        value = getattr(message, field.name)
    else:
        field, value = random.choice(known)
    if hasattr(value, "append"):
        _damage_list(message, field, value, random)
    elif field.message_type is not None:
        if random.random() < 0.5:
            message.ClearField(field.name)
        else:
            getattr(message, field.name).SetInParent()
    else:
        _set(message, field.name, _other(value, random, model))


def _damage_list(message: Any, field: Any, value: Any, random: Random) -> None:
    change = random.randrange(6)
    if not value:
        if field.message_type is not None:
            value.add()
        else:
            _extend(value, random.choice(((1,), (b"x",), ("x",), (0, 2**62))))
    elif change == 0:
        del value[random.randrange(len(value))]
    elif change == 1:
        _extend(value, [value[random.randrange(len(value))]] * random.choice((1, 1, 3, 200)))
    elif change == 2:
        items = list(value)
        random.shuffle(items)
        items = [
            type(item).FromString(item.SerializeToString()) if hasattr(item, "ListFields") else item
            for item in items
        ]
        message.ClearField(field.name)
        _extend(getattr(message, field.name), items)
    elif change == 3:
        message.ClearField(field.name)
    elif field.message_type is None:
        index = random.randrange(len(value))
        try:
            value[index] = _other(value[index], random, message)
        except (TypeError, ValueError):
            del value[index]


def _extend(values: Any, more: Any) -> None:
    try:
        values.extend(more)
    except (TypeError, ValueError):
        return


def _set(message: Any, name: str, value: Any) -> None:
    try:
        setattr(message, name, value)
    except (TypeError, ValueError):
        message.ClearField(name)


def _other(value: Any, random: Random, model: Any) -> Any:
    """Return another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return random.choice((value + 1, value - 1, 2 * value, -value, *_NUMBERS))
    if isinstance(value, float):
        return random.choice((0.0, -1.0, 1e38, float("nan"), float("inf"), value + 1))
    names = [each.name for each in _messages(model) if getattr(each, "name", "")][:200] or ["x"]
    text = random.choice((random.choice(names), random.choice(_KINDS), random.choice(TEXTS), ""))
    text = text.encode("utf-8", "ignore").decode()
    return text.encode() if isinstance(value, bytes) else text
