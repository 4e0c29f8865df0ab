"""Transformers built node by node, as exporters write them: names of nodes and weights can be chosen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import onnx
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

SCOPES = "pkg.torch.onnx.name_scopes"


class Builder:
    """A model in the making.

    `style` is who names nodes and weights: "path" (PyTorch's older exporter), "scopes" (its newer one),
    "weights" (weights alone bear names), "biases" (biases alone), "none".
    """

    def __init__(self, style: str = "path") -> None:
        self.nodes: list[NodeProto] = []
        self.weights: list[TensorProto] = []
        self.style = style

    def add(self, kind: str, *inputs: str, module: str = "", outputs: int = 1, **attributes: Any) -> str:
        """Add an operation of a module; return its (first) result."""
        number = len(self.nodes)
        results = [f"t{number}" + (f"_{i}" if i else "") for i in range(outputs)]
        path = "/".join(["", *module.split("."), f"{kind}_{number}"]) if module else ""
        node = helper.make_node(
            kind, inputs, results, name=path if self.style == "path" else "", **attributes
        )
        if self.style == "scopes":
            node.name = f"node_{kind}_{number}"
            levels = module.split(".")
            scopes = ["", *(".".join(levels[: end + 1]) for end in range(len(levels))), "linear"]
            node.metadata_props.add(key=SCOPES, value=repr(scopes))
        self.nodes.append(node)
        return results[0]

    def weight(self, shape: Iterable[int], name: str = "") -> str:
        """Add weights, of which only the shape is in the file."""
        found = name or f"onnx::w_{len(self.weights)}"
        self.weights.append(TensorProto(name=found, data_type=TensorProto.FLOAT, dims=list(shape)))
        return found

    def integers(self, *values: int) -> str:
        """Add a list of integers."""
        name = f"i{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.array(values, dtype=np.int64), name))
        return name

    def linear(self, data: str, module: str, channels: int, outputs: int, bias: bool = True) -> str:
        """Add a product with weights and a bias."""
        named = self.style == "weights"
        weight = self.weight((channels, outputs), f"{module}.weight" if named else "")
        result = self.add("MatMul", data, weight, module=module)
        if not bias:
            return result
        name = f"{module}.bias" if self.style in ("weights", "biases") else ""
        return self.add("Add", self.weight((outputs,), name), result, module=module)

    def model(
        self, inputs: dict[str, tuple[int, ...]], output: str, domains: Iterable[str] = ()
    ) -> ModelProto:
        """Return the model."""
        given = [helper.make_tensor_value_info(name, TensorProto.FLOAT, s) for name, s in inputs.items()]
        graph = helper.make_graph(
            self.nodes, "net", given, [onnx.ValueInfoProto(name=output)], initializer=self.weights
        )
        opsets = [helper.make_opsetid("", 17), *(helper.make_opsetid(domain, 1) for domain in domains)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8)

    def attention(self, data: str, module: str, size: tuple[int, int, int], shared: int = 0) -> str:
        """Add the attention of tokens to each other; `size` is tokens, channels, heads."""
        tokens, channels, count = size
        depth, fewer = channels // count, (shared or count) * (channels // count)
        query = self.linear(data, f"{module}.query", channels, channels)
        key = self.linear(data, f"{module}.key", channels, fewer)
        value = self.linear(data, f"{module}.value", channels, fewer)
        query, key, value = (
            self.add(
                "Transpose",
                self.add("Reshape", part, self.integers(1, tokens, n, depth)),
                perm=perm,
            )
            for part, n, perm in (
                (query, count, [0, 2, 1, 3]),
                (key, shared or count, [0, 2, 3, 1]),
                (value, shared or count, [0, 2, 1, 3]),
            )
        )
        if shared:
            query = self.add("Reshape", query, self.integers(1, shared, count // shared * tokens, depth))
        scores = self.add("Softmax", self.add("MatMul", query, key, module=module), axis=-1)
        mixed = self.add("MatMul", scores, value, module=module)
        if shared:
            mixed = self.add("Reshape", mixed, self.integers(1, count, tokens, depth))
        flat = self.add(
            "Reshape", self.add("Transpose", mixed, perm=[0, 2, 1, 3]), self.integers(1, tokens, channels)
        )
        return self.linear(flat, f"{module}.output", channels, channels)

    def norm(self, data: str, channels: int) -> str:
        """Add a LayerNormalization."""
        return self.add("LayerNormalization", data, self.weight((channels,)), self.weight((channels,)))


def encoder(layers: int, size: tuple[int, int, int], style: str = "path") -> ModelProto:
    """Return a transformer like BERT; `size` is tokens, channels, heads."""
    w, (tokens, channels, _) = Builder(style), size
    data = "x"
    for number in range(layers):
        module = f"encoder.layer.{number}"
        data = w.norm(w.add("Add", data, w.attention(data, f"{module}.attention", size)), channels)
        hidden = w.add("Tanh", w.linear(data, f"{module}.intermediate", channels, 4 * channels))
        data = w.norm(
            w.add("Add", w.linear(hidden, f"{module}.output", 4 * channels, channels), data), channels
        )
    return w.model({"x": (1, tokens, channels)}, data)


def decoder(size: tuple[int, int, int], shared: int, style: str = "path") -> ModelProto:
    """Return a layer of a decoder with grouped queries and a gated feed-forward part."""
    w, (tokens, channels, _) = Builder(style), size
    data = w.norm(w.add("Add", "x", w.attention("x", "layers.0.self_attn", size, shared)), channels)
    gate = w.linear(data, "layers.0.mlp.gate_proj", channels, 2 * channels, bias=False)
    up = w.linear(data, "layers.0.mlp.up_proj", channels, 2 * channels, bias=False)
    gated = w.add("Mul", w.add("Mul", gate, w.add("Sigmoid", gate)), up)
    down = w.linear(gated, "layers.0.mlp.down_proj", 2 * channels, channels, bias=False)
    return w.model({"x": (1, tokens, channels)}, w.add("Add", down, data))


def mixture(tokens: int, experts: int, k: int, channels: int = 8) -> ModelProto:
    """Return a loop over experts as PyTorch exports it: each picks its tokens by a NonZero."""
    w, hidden = Builder(), 3 * channels
    data = w.add("Squeeze", "x", w.integers(0))
    logits = w.linear(data, "mlp.gate", channels, experts, bias=False)
    w.add("TopK", w.add("Softmax", logits, axis=-1), w.integers(k), module="mlp", outputs=2)
    values = w.nodes[-1].output[0]
    numbers = [w.integers(number) for number in range(experts)]
    total = w.weight((tokens, channels))
    for number in range(experts):
        mask = w.add("Cast", w.add("Equal", _chosen(w), numbers[number]), to=TensorProto.INT64)
        where = w.add("Transpose", w.add("NonZero", mask, module="mlp"), perm=[1, 0])
        token = w.add("Squeeze", w.add("Slice", where, *(w.integers(v) for v in (0, 1, 1))), w.integers(1))
        rows = w.add("Gather", data, token, axis=0)
        module = f"mlp.experts.{number}"
        gate = w.linear(rows, f"{module}.w1", channels, hidden, bias=False)
        up = w.linear(rows, f"{module}.w3", channels, hidden, bias=False)
        gated = w.add("Mul", w.add("Mul", gate, w.add("Sigmoid", gate)), up)
        down = w.linear(gated, f"{module}.w2", hidden, channels, bias=False)
        weighted = w.add("Mul", down, w.add("Unsqueeze", w.add("GatherND", values, where), w.integers(1)))
        total = w.add("ScatterND", total, w.add("Unsqueeze", token, w.integers(1)), weighted)
    return w.model({"x": (1, tokens, channels)}, total)


def _chosen(w: Builder) -> str:
    return str(next(node.output[1] for node in w.nodes if node.op_type == "TopK"))
