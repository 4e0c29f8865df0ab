"""Writing standard nodes in the place of one node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from wse_cp.errors import InputError
from wse_cp.networks.network import Shape
from wse_cp.onnx.form import title
from wse_cp.onnx.options import ExpertTokens

if TYPE_CHECKING:
    from onnx import NodeProto

    from wse_cp.onnx.inference import Inference


class UnknownShapeError(Exception):
    """A shape that a replacement needs is not known."""


class Writer:
    """The nodes that replace `node`; tensors between them are named for it."""

    def __init__(self, node: NodeProto, inference: Inference) -> None:
        from onnx.helper import get_attribute_value

        self.node = node
        self.nodes: list[NodeProto] = []
        self.inputs: list[str] = list(node.input)
        self.outputs: list[str] = list(node.output)
        own = (item for item in node.attribute if item.type and not item.ref_attr_name)
        self.attributes: dict[str, Any] = {item.name: get_attribute_value(item) for item in own}
        self._inference = inference
        self._name = node.name or next((name for name in node.output if name), "unnamed")
        self._shapes: dict[str, Shape] = {}

    @property
    def expert_tokens(self) -> ExpertTokens:
        """What the user says of the tokens of experts."""
        return self._inference.routing.tokens

    def note(self, text: str) -> None:
        """Record what was assumed of the node."""
        self._inference.replaced.setdefault(text, []).append(self._name)

    def input(self, number: int) -> str:
        """Return the name of an input, "" if it is left out."""
        return self.inputs[number] if number < len(self.inputs) else ""

    def floats(self, number: int) -> str:
        """Return the name of an input as floating-point numbers, of the first input's type if that is one."""
        from onnx import TensorProto

        name, kinds = self.input(number), (TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.DOUBLE)
        first = self._inference.kind(self.input(0))
        target = first if first in kinds else TensorProto.FLOAT
        if not name or self._inference.kind(name) in (target, TensorProto.UNDEFINED):
            return name
        result = self.add("Cast", name, to=target)
        shape = self._inference.shape(name)
        return result if shape is None else self.keep(result, shape)

    def as_input(self, name: str, number: int | None) -> None:
        """Write the first output: a tensor with elements of the type that an input has, or as it is."""
        kind = self._inference.kind(self.input(number)) if number is not None else 0
        if kind:
            self.add("Cast", name, to=kind, into=self.output(0))
        else:
            self.add("Identity", name, into=self.output(0))

    def output(self, number: int) -> str:
        """Return the name of an output, "" if it is left out."""
        return self.outputs[number] if number < len(self.outputs) else ""

    def integer(self, key: str, default: int = 0) -> int:
        """Return an attribute that is an integer."""
        found = self.attributes.get(key, default)
        if not isinstance(found, int):
            raise InputError(f"{key} of {title(self.node)} as an integer", type(found).__name__)
        return found

    def text(self, key: str) -> str:
        """Return an attribute that is a text, "" if it is missing."""
        found = self.attributes.get(key, b"")
        if not isinstance(found, bytes):
            raise InputError(f"{key} of {title(self.node)} as a text", type(found).__name__)
        return found.decode(errors="replace")

    def named(self, label: str) -> str:
        """Return the name of what the label stands for."""
        return f"{self._name}/{label}"

    def shape(self, name: str) -> Shape:
        """Return the shape of an input of the node, or of a tensor written with one."""
        found = self._shapes.get(name) or self._inference.shape(name)
        if found is None:
            raise UnknownShapeError(name)
        return found

    def add(self, kind: str, *inputs: str, into: str = "", label: str = "", **attributes: Any) -> str:
        """Write a node; return its result, which is named `into` if that is given."""
        from onnx.helper import make_node

        suffix = label or f"{kind.lower()}{len(self.nodes)}"
        result = into or self.named(suffix)
        given = list(inputs)
        while given and not given[-1]:
            given.pop()
        title = self.named(label) if label else self._name
        self.nodes.append(make_node(kind, given, [result], name=title, **attributes))
        return result

    def integers(self, values: Sequence[int]) -> str:
        """Write a constant list of integers."""
        from onnx.numpy_helper import from_array

        return self.add("Constant", value=from_array(np.array(values, dtype=np.int64)))

    def zeros(self, shape: Shape) -> str:
        """Write a constant of which only the shape matters."""
        result = self.add("ConstantOfShape", self.integers(shape))
        self._shapes[result] = shape
        return result

    def reshaped(self, name: str, shape: Shape, into: str = "") -> str:
        """Write a Reshape."""
        result = self.add("Reshape", name, self.integers(shape), into=into)
        self._shapes[result] = shape
        return result

    def transposed(self, name: str, order: Sequence[int], into: str = "") -> str:
        """Write a Transpose."""
        result = self.add("Transpose", name, perm=list(order), into=into)
        self._shapes[result] = tuple(self.shape(name)[axis] for axis in order)
        return result

    def joined(self, first: str, second: str, axis: int, into: str = "") -> str:
        """Write a Concat of two."""
        result = self.add("Concat", first, second, axis=axis, into=into)
        a, b = self.shape(first), self.shape(second)
        self._shapes[result] = (*a[:axis], a[axis] + b[axis], *a[axis + 1 :])
        return result

    def pieces(self, name: str, sizes: Sequence[int], axis: int) -> list[str]:
        """Write Slices that cut a tensor along an axis."""
        found, low, shape = [], 0, self.shape(name)
        for size in sizes:
            bounds = [self.integers([value]) for value in (low, low + size, axis)]
            found.append(self.add("Slice", name, *bounds))
            self._shapes[found[-1]] = (*shape[:axis], size, *shape[axis + 1 :])
            low += size
        if low != shape[axis]:
            raise InputError(f"{low} channels to cut at {self._name}", str(shape[axis]))
        return found

    def plus(self, name: str, other: str, into: str = "") -> str:
        """Write a sum, of nothing if `other` is left out."""
        if not other:
            return self.add("Identity", name, into=into) if into else name
        return self.add("Add", name, other, into=into)

    def keep(self, name: str, shape: Shape) -> str:
        """Note the shape of a tensor that a node gives; return its name."""
        self._shapes[name] = shape
        return name
