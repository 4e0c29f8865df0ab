"""Instance files (.kgraph): the nodes and edges of a network of kernels, and the contest's numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import networkx as nx

from wse_cp.errors import InputError
from wse_cp.files.nodes import (
    HEAD,
    format_header,
    format_node,
    node_type,
    parse_extents,
    parse_header,
    parse_node,
)
from wse_cp.files.text import Scanner, parse_integer, read_text, split_comments, write_atomically
from wse_cp.instance import MAX_KERNELS, Edge, Instance, Node, Terminal, require_legal_shape

#: Largest number of a node.
MAX_ID = 10**9
#: Most edges of an instance.
MAX_EDGES = 200_000

_COLON = re.compile(":")
_PORT = re.compile(r":\s*+\w+")
_ARROW = re.compile("->")
_SHAPE = re.compile(r",\s*+shape\s*+:")
_EXTENT = re.compile(r"\[\s*+([^\[\]\s]*+)\s*+\]")


@dataclass(frozen=True)
class _End:
    """One end of an edge as written: type and number of a node."""

    type_name: str
    id: int


@dataclass(frozen=True)
class _EdgeLine:
    source: _End
    target: _End
    shape: tuple[int, ...]
    line: int


def read_kgraph(path: str | Path, overrule: Mapping[str, int] | None = None) -> Instance:
    """Return the instance in a file; settings of `overrule` go before those of its header.

    Raises
    ------
    InputError
        If the file cannot be read or is not a valid instance; names the file and the line.
    """
    return parse_kgraph(read_text(path), str(path), overrule)


def write_kgraph(path: str | Path, instance: Instance) -> None:
    """Write an instance file; raises `InputError` if that is not possible."""
    write_atomically(path, format_kgraph(instance))


def parse_kgraph(text: str, source: str, overrule: Mapping[str, int] | None = None) -> Instance:
    """Return the instance in `text`; `source` is its name in errors (see `read_kgraph`)."""
    clean, comments = split_comments(text, source)
    settings, label = parse_header(comments, source, overrule or {})
    nodes: dict[int, Node] = {}
    lines: dict[str, int] = {}
    edges: list[_EdgeLine] = []
    scanner = Scanner(clean, source)
    while not scanner.at_end:
        line = scanner.line
        end = _parse_end(scanner)
        if scanner.sees(_COLON):
            if len(edges) >= MAX_EDGES:
                raise InputError(f"at most {MAX_EDGES} edges", "more", source, line)
            edges.append(_parse_edge(scanner, end, line))
            continue
        node = parse_node(scanner, end.type_name, end.id, line)
        _check_new(node, nodes, lines, source, line)
        nodes[node.id], lines[node.name] = node, line
    resolved = tuple(_resolve(edge, nodes, source) for edge in edges)
    try:
        instance = Instance(settings, tuple(nodes.values()), resolved, label)
    except InputError as error:
        raise error.at(source, _cycle_line(edges) or scanner.line) from None
    _check_shapes(instance, lines, source)
    return instance


def format_kgraph(instance: Instance) -> str:
    """Return the text of an instance file that reads back as `instance`."""
    by_name = {node.name: node for node in instance.nodes}
    header = format_header(instance.settings, instance.test)
    nodes = [format_node(node) for node in instance.nodes]
    edges = [_format_edge(edge, by_name) for edge in instance.edges]
    return "\n".join([header, "", "(* kernels *)", *nodes, "", "(* edges *)", *edges, ""])


def _parse_end(scanner: Scanner) -> _End:
    line = scanner.line
    match = scanner.take(HEAD, "a node like conv[1]")
    try:
        return _End(match.group(1), parse_integer(match.group(2), "a node's number", 0, MAX_ID))
    except InputError as error:
        raise error.at(scanner.source, line) from None


def _parse_edge(scanner: Scanner, source: _End, line: int) -> _EdgeLine:
    scanner.take(_PORT, "a port like :y")
    scanner.take(_ARROW, "-> in an edge")
    target = _parse_end(scanner)
    scanner.take(_PORT, "a port like :x")
    return _EdgeLine(source, target, _parse_shape(scanner), line)


def _parse_shape(scanner: Scanner) -> tuple[int, ...]:
    if scanner.find(_SHAPE) is None:
        return ()
    line = scanner.line
    extents = [scanner.take(_EXTENT, "a shape like [14][14][512]").group(1)]
    while match := scanner.find(_EXTENT):
        extents.append(match.group(1))
    try:
        return parse_extents(extents)
    except InputError as error:
        raise error.at(scanner.source, line) from None


def _check_new(node: Node, nodes: dict[int, Node], lines: dict[str, int], source: str, line: int) -> None:
    if node.id in nodes:
        found = f"a second {node_type(node)}[{node.id}] (first on line {lines[nodes[node.id].name]})"
        raise InputError("node numbers that occur once", found, source, line)
    if node.name in lines:
        found = f"a second {node.name} (first on line {lines[node.name]})"
        raise InputError("node names that occur once", found, source, line)
    if len(nodes) >= MAX_KERNELS:
        raise InputError(f"at most {MAX_KERNELS} nodes", "more", source, line)


def _check_shapes(instance: Instance, lines: dict[str, int], source: str) -> None:
    """Raise `InputError` with a kernel's line if it has no legal shape at all."""
    first = {kernel: name for name, kernel in reversed(instance.kernels.items())}
    for kernel, name in reversed(first.items()):
        try:
            require_legal_shape(kernel, instance.settings)
        except InputError as error:
            raise error.at(source, lines[name]) from None


def _resolve(edge: _EdgeLine, nodes: dict[int, Node], source: str) -> Edge:
    names = []
    for end in (edge.source, edge.target):
        written, node = f"{end.type_name}[{end.id}]", nodes.get(end.id)
        if node is None:
            raise InputError("an edge between known nodes", f"unknown {written}", source, edge.line)
        if node_type(node) != end.type_name:
            raise InputError(f"{node_type(node)}[{end.id}] as defined", written, source, edge.line)
        names.append(node.name)
    return Edge(names[0], names[1], edge.shape)


def _cycle_line(edges: list[_EdgeLine]) -> int | None:
    """Return the last line that takes part in a cycle, if there is one."""
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_edges_from((edge.source.id, edge.target.id) for edge in edges)
    if nx.is_directed_acyclic_graph(graph):
        return None
    cycle = {(u, v) for u, v, *_ in nx.find_cycle(graph)}
    return max(edge.line for edge in edges if (edge.source.id, edge.target.id) in cycle)


def _format_edge(edge: Edge, nodes: dict[str, Node]) -> str:
    u, v = nodes[edge.source], nodes[edge.target]
    ports = ["_" if isinstance(node.kernel, Terminal) else port for node, port in ((u, "y"), (v, "x"))]
    shape = "".join(f"[{extent}]" for extent in edge.shape)
    text = f"{node_type(u)}[{u.id}]:{ports[0]} -> {node_type(v)}[{v.id}]:{ports[1]}"
    return f"{text}, shape:{shape}" if shape else text
