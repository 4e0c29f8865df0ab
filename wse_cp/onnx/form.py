"""The form of an operation: nothing is missing that ONNX's rules ask for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wse_cp.errors import InputError

if TYPE_CHECKING:
    from onnx import NodeProto
    from onnx.defs import OpSchema

_TERM = r"[A-Za-z]*(?:\.\.\.)?[A-Za-z]*"
_EQUATION = re.compile(rf"{_TERM}(?:,{_TERM})*(?:->{_TERM})?")


def title(node: NodeProto) -> str:
    """Return the name and type of a node, for people."""
    name = node.name or next((output for output in node.output if output), "unnamed")
    return f"{name} ({node.op_type})"


def check_form(node: NodeProto, schema: OpSchema | None) -> None:
    """Raise `InputError` if a node lacks what its rules, if any, ask for, or has a wrong attribute.

    ONNX's shape inference takes such things for granted: some end or hang the process.
    """
    if not any(node.output):
        raise InputError(f"an output of {title(node)}", "none")
    if schema is None:
        return
    if len(node.input) < schema.min_input:
        raise InputError(f"at least {schema.min_input} inputs of {title(node)}", str(len(node.input)))
    for formal, name in zip(schema.inputs, node.input, strict=False):
        if not name and formal.option == formal.option.Single:
            raise InputError(f"input {formal.name} of {title(node)}", "none")
    _check_attributes(node, schema)


def _check_attributes(node: NodeProto, schema: OpSchema) -> None:
    from onnx import AttributeProto

    known = schema.attributes
    for item in node.attribute:
        kind = int(known[item.name].type.value) if item.name in known else 0  # type: ignore[attr-defined]
        if kind and item.type and item.type != kind:
            expected, found = map(AttributeProto.AttributeType.Name, (kind, item.type))
            raise InputError(f"{item.name} of {title(node)} of type {expected}", found)
        if item.name == "equation" and not _EQUATION.fullmatch(_text(item.s).replace(" ", "")):
            raise InputError(f"an equation such as ij,jk->ik in {title(node)}", _text(item.s))
        if item.name == "num_outputs" and item.i != len(node.output):
            raise InputError(f"num_outputs={len(node.output)} in {title(node)}", str(item.i))
    for name, attribute in known.items():
        if attribute.required and not any(item.name == name for item in node.attribute):
            raise InputError(f"the attribute {name} of {title(node)}", "none")


def _text(data: bytes) -> str:
    return data.decode(errors="replace")
