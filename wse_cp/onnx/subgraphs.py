"""Graphs within operations (If, Loop, Scan): what they read from outside, and a branch put in their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnx import GraphProto, NodeProto


def graphs_of(node: NodeProto) -> Iterator[GraphProto]:
    """Yield the graphs among a node's attributes."""
    for attribute in node.attribute:
        if attribute.HasField("g"):
            yield attribute.g
        yield from attribute.graphs


def captured(node: NodeProto) -> tuple[str, ...]:
    """Return the tensors of the graph around it that a node's graphs read, at any depth."""
    names = (name for graph in graphs_of(node) for name in _read_outside(graph))
    return tuple(dict.fromkeys(names))


def _read_outside(graph: GraphProto) -> Iterator[str]:
    own = {tensor.name for tensor in graph.initializer} | {value.name for value in graph.input}
    for node in graph.node:
        yield from (name for name in (*node.input, *captured(node)) if name and name not in own)
        own.update(node.output)
    yield from (value.name for value in graph.output if value.name not in own)


def branch(node: NodeProto, condition: bool, prefix: str) -> GraphProto:
    """Return the graph that an If takes, every tensor of its own renamed to begin with `prefix`."""
    from onnx import GraphProto

    chosen = "then_branch" if condition else "else_branch"
    graph = GraphProto()
    graph.CopyFrom(next(attribute.g for attribute in node.attribute if attribute.name == chosen))
    own = [tensor.name for tensor in graph.initializer]
    own += [name for inner in graph.node for name in inner.output if name]
    _rename(graph, {name: f"{prefix}/{name}" for name in own})
    return graph


def _rename(graph: GraphProto, names: Mapping[str, str]) -> None:
    for item in (*graph.initializer, *graph.input, *graph.output):
        item.name = names.get(item.name, item.name)
    for node in graph.node:
        for inner in graphs_of(node):
            _rename(inner, names)
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
