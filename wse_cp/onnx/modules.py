"""The module of an operation, a path such as ``encoder.layer.0.attention.query``, alike for all exporters.

Exporters leave the path in different places: PyTorch's newer one in the node's metadata, its older one and
TensorFlow's in the node's name, the oldest only in the names of weights and biases.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING

from wse_cp.names import NAME
from wse_cp.onnx.graph import KERNELS, OnnxGraph, Operation
from wse_cp.onnx.layer import Layer

if TYPE_CHECKING:
    from onnx import NodeProto

#: Metadata of a node in which PyTorch's exporter lists the modules around it, the node itself last.
_SCOPES = "pkg.torch.onnx.name_scopes"
#: What an expansion (makers/) calls the parts of an operation: those that tell them apart, and the others.
_PART, _WHOLE = re.compile(r"qkv|scores|context|fc[123](?:_\d+)?"), ("conv", "product")
#: Last parts of a node's name that are types of operations.
_OPERATIONS = re.compile(
    rf"(?:{'|'.join(KERNELS)}|Conv[123]D|DepthwiseConv2D|Tensordot|Attention|MultiHeadAttention|MoE|QMoE|\w*Fusion)"
    r"(?:_\w+)?"
)
#: Leading parts that TensorFlow puts around a model.
_WRAPPERS = re.compile(r"(?:Stateful)?PartitionedCall(?:[:_]\d+)?")
#: How the tensors of a module's weights are called.
_WEIGHT = re.compile(
    r"(?P<module>.+?)[./](?:weight|kernel|bias|qweight|weight_quantized|weight_q|w)(?:[._]\w+)?(?:[:/].*)?"
)
_BIAS = re.compile(r"(?P<module>.+)[./]bias(?:[._]\w+)?(?:[:/].*)?")
#: Names of weights that say no more than their module's.
_USUAL = ("weight", "kernel", "w", "qweight", "weight_quantized")
#: Operations over which a constant is still the same weights.
_SAME = (
    "Transpose",
    "Reshape",
    "Cast",
    "DequantizeLinear",
    "QuantizeLinear",
    "Identity",
    "Unsqueeze",
    "Squeeze",
)

_LEGAL = re.compile(NAME)


def scope_of(node: NodeProto) -> str:
    """Return the module that a node's metadata or name tell, "" if they tell none."""
    found = next((_text(item.value) for item in node.metadata_props if item.key == _SCOPES), "")
    if found:
        try:
            scopes = [str(scope) for scope in ast.literal_eval(found)]
        except (ValueError, SyntaxError, TypeError):
            scopes = []
        inner = [scope for scope in scopes[:-1] if scope]
        part = _part(_text(node.name).split("/"))
        if inner:
            return legal(".".join([inner[-1], *part]))
    return _path(_text(node.name))


def _text(value: object) -> str:
    """Return a text of a message; a damaged file has bytes in its place."""
    return value if isinstance(value, str) else ""


def _path(name: str) -> str:
    """Return the module in a name with slashes: without the operation, and each level once."""
    parts = [part for part in name.split("/") if part]
    label = _part(parts)
    if label or (parts and parts[-1] in _WHOLE):
        parts.pop()
    elif len(parts) < 2:
        return ""
    if not label and parts:
        parts.pop()
    while parts and _OPERATIONS.fullmatch(parts[-1]):
        parts.pop()
    while parts and _WRAPPERS.fullmatch(parts[0]):
        parts.pop(0)
    kept = [a for a, b in zip(parts, [*parts[1:], ""], strict=False) if not b.startswith(f"{a}.")]
    return legal(".".join([*kept, *label])) if kept else ""


def _part(parts: Sequence[str]) -> list[str]:
    return [parts[-1]] if len(parts) > 1 and _PART.fullmatch(parts[-1]) else []


def legal(path: str) -> str:
    """Return a path with all that cannot stand in a kernel's name replaced, cut to the length of a name."""
    clean = re.sub(r"[\s'\"()\[\]=:,]+", "_", path)
    clean = "".join(character if character.isprintable() else "_" for character in clean)[-180:].strip("./_")
    return clean if _LEGAL.fullmatch(clean) else ""


class Modules:
    """Tells the module of each operation with weights of a graph."""

    def __init__(self, graph: OnnxGraph) -> None:
        self._graph = graph

    def of(self, operation: Operation, layer: Layer) -> str:
        """Return the module of a layer, "" if nothing tells it."""
        module = operation.scope or self._of_weights(layer) or self._of_bias(operation)
        if not module:
            return ""
        module = self._with_parameter(module, layer)
        label = layer.label.replace(", ", ".").replace(" ", "_")
        kind = "" if layer.weights else operation.type.lower()
        extra = "" if _PART.fullmatch(module.rpartition(".")[2]) else kind
        return legal(".".join(filter(None, (module, label or extra))))

    def _with_parameter(self, module: str, layer: Layer) -> str:
        """Return a module with the name of its weights behind it, if that is one of their own."""
        rest = self._source(layer.weights).removeprefix(f"{module}.")
        is_own = rest != self._source(layer.weights) and rest.isidentifier() and rest not in _USUAL
        return f"{module}.{rest}" if is_own else module

    def _source(self, name: str) -> str:
        """Return the constant that weights are made of."""
        while name in self._made and self._made[name].type in _SAME:
            name = self._made[name].inputs[0]
        return name

    def _of_weights(self, layer: Layer) -> str:
        match = _WEIGHT.fullmatch(self._source(layer.weights))
        return legal(match["module"].replace("/", ".")) if match else ""

    def _of_bias(self, operation: Operation) -> str:
        """Return the module whose bias is added to the result next."""
        reader = self._readers.get(operation.result)
        names: Iterable[str] = operation.inputs[2:] if operation.type == "Gemm" else ()
        if reader is not None and reader.type == "Add":
            names = [name for name in reader.inputs if name in self._graph.constants]
        matches = (_BIAS.fullmatch(name) for name in names)
        return next((legal(match["module"].replace("/", ".")) for match in matches if match), "")

    @cached_property
    def _made(self) -> dict[str, Operation]:
        return {name: op for op in self._graph.constant_operations for name in op.outputs}

    @cached_property
    def _readers(self) -> dict[str, Operation]:
        """The first operation that reads each tensor."""
        found: dict[str, Operation] = {}
        for operation in self._graph.operations:
            for name in operation.reads:
                found.setdefault(name, operation)
        return found


def common_module(paths: Iterable[str]) -> str:
    """Return the innermost module that holds all of some, "" if they have none in common."""
    split = [path.split(".") for path in paths]
    levels = [parts[0] for parts in takewhile(lambda parts: len(set(parts)) == 1, zip(*split, strict=False))]
    return ".".join(levels)


def unique_names(paths: Iterable[str], taken: Iterable[str]) -> list[str]:
    """Return a name for each path: itself, or with a number behind it if it is taken."""
    used = set(taken)
    names = []
    for path in paths:
        name, number = path, 1
        while name in used or re.fullmatch(r"k\d+", name):
            number += 1
            name = f"{path}_{number}"
        used.add(name)
        names.append(name)
    return names
