"""Shape inference, operation by operation in file order, with small constants worked out on the way.

ONNX's own rules give the shapes. An If whose condition is known is replaced by its branch, an operation of
another maker by the standard operations it consists of (`makers`). Where no rule gives a shape, the shape
that the file states is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wse_cp.errors import InputError
from wse_cp.networks.network import Shape
from wse_cp.onnx.constants import (
    Array,
    constant_value,
    evaluate,
    is_small,
    range_value,
    shape_value,
    small_array,
)
from wse_cp.onnx.form import check_form, title
from wse_cp.onnx.graph import STANDARD_DOMAINS
from wse_cp.onnx.inputs import shape_text
from wse_cp.onnx.routing import Routing
from wse_cp.onnx.subgraphs import branch, captured

if TYPE_CHECKING:
    from onnx import GraphProto, NodeProto, TypeProto
    from onnx.defs import OpSchema

#: Replaces a node by others, [] if it stays as it is; asks for shapes of tensors.
Expansion = Callable[["NodeProto", "Inference"], "list[NodeProto]"]


@dataclass
class Inference:
    """What is known of a network's tensors; `visit` its nodes in order.

    Parameters
    ----------
    opsets
        Version of each domain that the file imports.
    fixed
        Shapes that the user gives for tensors within the network, which hold whatever a rule says.
    stated
        Shapes that the file states, for tensors without a rule.
    expand
        Operations of other makers in standard ones.
    routing
        Which NonZeros pick the tokens of experts, and how many these are.
    nodes
        The nodes visited, branches and expansions in place of what they replace.
    types, values
        Type of each tensor; elements of each small constant.
    constants
        Tensors that depend on no network input.
    complaints
        What ONNX's rules say of the operation that computes a tensor, where they contradict it.
    untyped
        Tensors of which only the shape is known; their elements are taken for floating-point numbers.
    replaced
        Names of operations of other makers, by what became of them.
    """

    opsets: Mapping[str, int]
    fixed: Mapping[str, Shape]
    stated: Mapping[str, Shape]
    expand: Expansion
    routing: Routing = field(default_factory=lambda: Routing((), None))
    nodes: list[NodeProto] = field(default_factory=list)
    types: dict[str, TypeProto] = field(default_factory=dict)
    values: dict[str, Array] = field(default_factory=dict)
    constants: set[str] = field(default_factory=set)
    complaints: dict[str, str] = field(default_factory=dict)
    untyped: set[str] = field(default_factory=set)
    replaced: dict[str, list[str]] = field(default_factory=dict)

    def add_constants(self, graph: GraphProto) -> None:
        """Enter the constants that a graph holds."""
        for tensor in graph.initializer:
            self._enter(tensor.name, tensor.data_type, tuple(tensor.dims))
            self.values.update((tensor.name, array) for array in small_array(tensor))
        for sparse in graph.sparse_initializer:
            self._enter(sparse.values.name, sparse.values.data_type, tuple(sparse.dims))

    def add_tensor(self, name: str, kind: int, shape: Shape) -> None:
        """Enter a tensor that is no constant, such as a network input; of unknown type if `kind` is 0."""
        from onnx import TensorProto
        from onnx.helper import make_tensor_type_proto

        if not kind:
            self.untyped.add(name)
        self.types[name] = make_tensor_type_proto(kind or TensorProto.FLOAT, shape)

    def _enter(self, name: str, kind: int, shape: Shape) -> None:
        self.add_tensor(name, kind, shape)
        self.constants.add(name)

    def kind(self, name: str) -> int:
        """Return the type of a tensor's elements, 0 if it is not known."""
        return self.types[name].tensor_type.elem_type if name in self.types else 0

    def shape(self, name: str) -> Shape | None:
        """Return the shape of a tensor if it is known."""
        kind = self.types[name].tensor_type if name in self.types else None
        if kind is None or not kind.HasField("shape"):
            return None
        if not all(dim.HasField("dim_value") for dim in kind.shape.dim):
            return None
        return tuple(dim.dim_value for dim in kind.shape.dim)

    def shapes(self) -> dict[str, Shape]:
        """Return all shapes that are known."""
        found = ((name, self.shape(name)) for name in self.types)
        return {name: shape for name, shape in found if shape is not None}

    def visit(self, nodes: Iterable[NodeProto]) -> None:
        """Infer nodes in order.

        Raises `InputError` for a tensor that is used before it is computed. A contradiction is entered in
        `complaints`: it does not matter where no shape is wanted.
        """
        for node in nodes:
            check_form(node, self._schema(node))
            replacement = self._replacement(node)
            if replacement:
                self.visit(replacement)
                continue
            self._check_order(node)
            self.nodes.append(node)
            self._infer(node)
            self._note_constants(node)

    def _replacement(self, node: NodeProto) -> list[NodeProto]:
        if node.op_type == "If" and node.domain in STANDARD_DOMAINS and node.input[0] in self.values:
            return self._branch(node, bool(self.values[node.input[0]].any()))
        return self.expand(node, self)

    def _branch(self, node: NodeProto, condition: bool) -> list[NodeProto]:
        from onnx.helper import make_node

        graph = branch(node, condition, node.name or node.output[0])
        self.add_constants(graph)
        results = zip(graph.output, node.output, strict=False)
        ends = [make_node("Identity", [result.name], [name]) for result, name in results if name]
        return [*graph.node, *ends]

    def _check_order(self, node: NodeProto) -> None:
        for name in (*node.input, *captured(node)):
            if name and name not in self.types:
                raise InputError(f"a tensor computed before {title(node)}", f"unknown {name}")

    def _infer(self, node: NodeProto) -> None:
        from onnx import TypeProto

        found: dict[str, TypeProto] = {}
        try:
            found = self._inferred(node, self._integers_assumed(node))
        except Exception as error:  # InferenceError, SchemaError and whatever else ONNX's rules raise
            self.complaints.update(dict.fromkeys(node.output, self._complaint(node, error)))
        for name in filter(None, node.output):
            self.types[name] = found.get(name, TypeProto())
            known = self.shape(name) is not None
            picked = self.routing.shape(node, self.shape) if node.op_type == "NonZero" else None
            shape = self.fixed.get(name) or picked or (None if known else self.stated.get(name))
            if shape is not None:
                self.add_tensor(name, self.types[name].tensor_type.elem_type, shape)

    def _integers_assumed(self, node: NodeProto) -> Mapping[str, TypeProto]:
        """Return other types of a node's inputs: integers for those of unknown type that are its indices."""
        from onnx import TensorProto
        from onnx.helper import make_tensor_type_proto

        if not node.op_type.startswith("Gather") or node.input[1] not in self.untyped:
            return {}
        return {node.input[1]: make_tensor_type_proto(TensorProto.INT64, self.shape(node.input[1]))}

    def _inferred(self, node: NodeProto, other_types: Mapping[str, TypeProto]) -> dict[str, TypeProto]:
        from onnx.numpy_helper import from_array
        from onnx.shape_inference import infer_node_outputs

        schema = self._schema(node)
        if schema is None:
            return {}
        names = [name for name in (*node.input, *captured(node)) if name]
        data = {name: from_array(self.values[name], name) for name in names if name in self.values}
        versions = [self._opset(domain, version) for domain, version in self.opsets.items()]
        types = {name: other_types.get(name) or self.types[name] for name in names}
        return infer_node_outputs(schema, node, types, data, opset_imports=versions)

    def _schema(self, node: NodeProto) -> OpSchema | None:
        """Return the rules for a node; for one newer than the file's opset (as runtimes allow), its first."""
        from onnx.defs import SchemaError, get_schema

        domain = "" if node.domain in STANDARD_DOMAINS else node.domain
        try:
            return get_schema(node.op_type, self.opsets.get(domain, 1), domain)
        except SchemaError:
            pass
        try:
            return get_schema(node.op_type, domain=domain)
        except SchemaError:
            return None

    def _opset(self, domain: str, version: int):  # type: ignore[no-untyped-def]
        from onnx.helper import make_opsetid

        return make_opsetid(domain, version)

    def _complaint(self, node: NodeProto, error: Exception) -> str:
        shapes = (self.shape(name) for name in node.input if name)
        read = " and ".join(
            "unknown" if shape is None else shape_text(shape) or "a scalar" for shape in shapes
        )
        return f"{' '.join(str(error).split()).removeprefix('[ShapeInferenceError] ')} ({read})"

    def _note_constants(self, node: NodeProto) -> None:
        """Record which results are constants, and the elements of small ones."""
        outputs = [name for name in node.output if name]
        read = [name for name in (*node.input, *captured(node)) if name]
        is_shape = node.op_type in ("Shape", "Size") and node.domain in STANDARD_DOMAINS
        if is_shape or self.constants.issuperset(read):
            self.constants.update(outputs)
            found = self._evaluated(node, read, is_shape)
            self.values.update(found)
            for name, value in found.items():
                if self.shape(name) is None:
                    self.add_tensor(name, self.types[name].tensor_type.elem_type, value.shape)

    def _evaluated(self, node: NodeProto, read: list[str], is_shape: bool) -> dict[str, Array]:
        if node.op_type == "Constant":
            return dict(zip(node.output, constant_value(node), strict=False))
        if is_shape:
            shape = self.shape(node.input[0])
            return {} if shape is None else {node.output[0]: shape_value(node, shape)}
        if not read or list(captured(node)) or not self.values.keys() >= set(read):
            return {}
        feeds = {name: self.values[name] for name in read}
        if node.op_type == "Range":
            return dict(
                zip(node.output, range_value([self.values[name] for name in node.input]), strict=False)
            )
        outputs = [self.shape(name) for name in node.output if name]
        return evaluate(node, self.opsets, feeds) if is_small(node, outputs) else {}
