"""Instance files (.kgraph): a header, a line for each node, a line for each edge (docs/formats.md).

The header is a ``(* ... *)`` comment with one ``key=value`` a line. A node is ``TYPE[ID] key=value ...
name='k1'``, an edge ``TYPE[ID]:y -> TYPE[ID]:x, shape:[14][14][512]``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields

import networkx as nx

from wse_cp.errors import InputError, located
from wse_cp.files.rules import TERMINALS, check_strides
from wse_cp.files.scanner import WORD, Scanner, split_comments
from wse_cp.files.text import parse_integer
from wse_cp.instance import (
    MAX_EDGES,
    MAX_EXTENT,
    MAX_EXTENTS,
    MAX_ID,
    MAX_KERNELS,
    SETTING_RANGES,
    Edge,
    Instance,
    Node,
    Settings,
    Terminal,
    require_legal_shape,
)
from wse_cp.kernels import KERNEL_TYPES, MAX_ARGUMENT, Conv, Kernel, check_kernel, formal_arguments
from wse_cp.names import NAME, check_label, check_name

#: Keys of the header: the instance's label, and the settings.
LABEL = "test"
HEADER_KEYS = (LABEL, *SETTING_RANGES)

#: First line of the comment that lists kernels with the modules they come from, ``k5=encoder.0.query``.
_MODULES = "modules"
_MODULE = re.compile(rf"\s*+({NAME})\s*+=\s*+({NAME})\s*+")

#: Type and number, at the beginning of a node and at both ends of an edge.
_HEAD = re.compile(rf"({WORD})\s*+\[\s*+([^\[\]\s]*+)\s*+\]")
_ATTRIBUTE = re.compile(rf"({WORD})\s*+=\s*+(?:'([^'\n]*)'|(\[[^\[\]]*\])|([^\s'\[\]]+))")
_COLON = re.compile(":")
_PORT = re.compile(r":\s*+\w+")
_ARROW = re.compile("->")
_SHAPE = re.compile(r",\s*+shape\s*+:")
_EXTENT = re.compile(r"\[\s*+([^\[\]\s]*+)\s*+\]")


@dataclass(frozen=True)
class _End:
    """``TYPE[ID]`` as written, in front of a node or at one end of an edge."""

    type_name: str
    id: int


@dataclass(frozen=True)
class _EdgeLine:
    """An edge as written; whether its ends are nodes is known only after the last line."""

    source: _End
    target: _End
    shape: tuple[int, ...]
    line: int


def parse_kgraph(text: str, source: str, overrule: Mapping[str, int] | None = None) -> Instance:
    """Return the instance in `text`; `source` is its name in errors (see `read_instance_file`)."""
    clean, comments = split_comments(text, source)
    settings, label = _parse_header(comments, source, overrule or {})
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
        with located(source, line):
            node = _parse_node(scanner, end)
            _check_new(node, nodes, lines)
        nodes[node.id], lines[node.name] = node, line
    resolved = tuple(_resolve(edge, nodes, source) for edge in edges)
    try:
        modules = _parse_modules(comments, {node.name for node in nodes.values() if not _is_terminal(node)})
        instance = Instance(settings, tuple(nodes.values()), resolved, label, modules)
    except InputError as error:
        raise error.at(source, _cycle_line(edges) or scanner.line) from None
    _check_shapes(instance, lines, source)
    return instance


def format_kgraph(instance: Instance) -> str:
    """Return the text of an instance file that reads back as `instance`."""
    by_name = {node.name: node for node in instance.nodes}
    header = _format_header(instance.settings, instance.test)
    nodes = [_format_node(node) for node in instance.nodes]
    edges = [_format_edge(edge, by_name) for edge in instance.edges]
    lines = [header, "", "(* kernels *)", *nodes, "", "(* edges *)", *edges, ""]
    if instance.modules:
        paths = (f"{kernel}={path}" for kernel, path in instance.modules.items())
        lines += [f"(* {_MODULES}", *paths, "*)", ""]
    return "\n".join(lines)


def _parse_header(
    comments: Iterable[tuple[int, str]], source: str, overrule: Mapping[str, int]
) -> tuple[Settings, str]:
    """Return the settings and the label in the comments (line, text) of an instance file.

    A comment is a header if its first line has a header's key, or if all of its several lines are
    ``key=value``. Settings of `overrule` go before what it says.

    Raises `InputError` on an unknown or repeated key, a value out of range, or a line without ``key=value``.
    """
    values: dict[str, str | int] = {}
    for line, comment in comments:
        if not _is_header(comment):
            continue
        for key_line, text in _header_lines(line, comment):
            key, value = _parse_setting(text, source, key_line)
            if key in values:
                raise InputError(f"{key} once in the header", "it again", source, key_line)
            values[key] = value
    label = str(values.pop(LABEL, ""))
    return Settings(**{**{key: int(value) for key, value in values.items()}, **overrule}), label


def _parse_modules(comments: Iterable[tuple[int, str]], kernels: Collection[str]) -> dict[str, str]:
    """Return the modules that a comment lists; it is no more than a comment, so other lines do not matter."""
    found: dict[str, str] = {}
    for _, comment in comments:
        heading, _, lines = comment.strip().partition("\n")
        if heading.strip() == _MODULES:
            matches = filter(None, map(_MODULE.fullmatch, lines.splitlines()))
            pairs = [(match[1], match[2]) for match in matches]
            found.update((name, path) for name, path in pairs if name in kernels and path.isprintable())
    return found


def _is_terminal(node: Node) -> bool:
    return isinstance(node.kernel, Terminal)


def _header_lines(first: int, comment: str) -> Iterator[tuple[int, str]]:
    return ((number, text) for number, text in enumerate(comment.split("\n"), first) if text.strip())


def _is_header(comment: str) -> bool:
    keys = [_key_and_value(text)[0] for _, text in _header_lines(0, comment)]
    if not keys:
        return False
    return keys[0] in HEADER_KEYS or (len(keys) > 1 and all(keys))


def _key_and_value(text: str) -> tuple[str, str]:
    """Return key and value of ``key=value``; the key is empty if `text` has no such form."""
    key, _, value = text.partition("=")
    key = key.strip()
    return (key if "=" in text and key.isidentifier() else ""), value.strip()


def _parse_setting(text: str, source: str, line: int) -> tuple[str, str | int]:
    key, value = _key_and_value(text)
    if key not in HEADER_KEYS:
        raise InputError("key=value with a key of " + ", ".join(HEADER_KEYS), text.strip(), source, line)
    with located(source, line):
        if key == LABEL:
            return key, check_label(value)
        return key, parse_integer(value, key, *SETTING_RANGES[key])


def _parse_end(scanner: Scanner) -> _End:
    line = scanner.line
    match = scanner.take(_HEAD, "a node like conv[1]")
    with located(scanner.source, line):
        return _End(match.group(1), parse_integer(match.group(2), "a node's number", 0, MAX_ID))


def _parse_node(scanner: Scanner, head: _End) -> Node:
    """Return the node whose ``TYPE[ID]`` has been read."""
    type_name, number = head.type_name, head.id
    if type_name not in (*TERMINALS, *KERNEL_TYPES):
        raise InputError("a node type of " + ", ".join((*TERMINALS, *KERNEL_TYPES)), type_name)
    known = ("n",) if type_name in TERMINALS else _argument_keys(type_name)
    values = _parse_attributes(scanner, type_name, known)
    name = check_name(values.pop("name", f"k{number}"))
    if type_name in KERNEL_TYPES:
        return Node(number, name, _kernel(type_name, values))
    shape = _node_shape(values.get("n"))
    return Node(number, name, Terminal("input" if type_name == "input" else "output", shape))


def _parse_attributes(scanner: Scanner, type_name: str, known: tuple[str, ...]) -> dict[str, str]:
    values: dict[str, str] = {}
    line = scanner.line
    while match := scanner.find(_ATTRIBUTE):
        key, quoted, bracketed, plain = match.groups()
        if key not in (*known, "name"):
            expected = f"an argument of {type_name} ({', '.join((*known, 'name'))})"
            raise InputError(expected, key, scanner.source, line)
        # Case B names its input twice (name='x' name='k0'): the last name holds.
        if key in values and key != "name":
            raise InputError(f"{key} once in a node", "it again", scanner.source, line)
        values[key] = next(value for value in (quoted, bracketed, plain) if value is not None)
        line = scanner.line
    if not scanner.at_end and not scanner.sees(_HEAD):
        scanner.take(_ATTRIBUTE, "an argument like H=14 or a node like conv[1]")
    return values


def _argument_keys(type_name: str) -> tuple[str, ...]:
    """Return the keys of a kernel's formal arguments: upper case for conv, lower case for blocks."""
    names = [field.name for field in fields(KERNEL_TYPES[type_name])]
    return (*names, "U") if type_name == "conv" else tuple(name.lower() for name in names)


def _kernel(type_name: str, values: dict[str, str]) -> Kernel:
    numbers: dict[str, int] = {}
    for key in _argument_keys(type_name):
        if key not in values:
            raise InputError(f"argument {key} of {type_name}", "none")
        numbers[key.upper()] = parse_integer(values[key], key, 1, MAX_ARGUMENT)
    if type_name == "conv":
        check_strides(numbers["T"], numbers.pop("U"))
    kernel = KERNEL_TYPES[type_name](**numbers)
    check_kernel(kernel)
    return kernel


def _parse_edge(scanner: Scanner, source: _End, line: int) -> _EdgeLine:
    scanner.take(_PORT, "a port like :y")
    scanner.take(_ARROW, "-> in an edge")
    target = _parse_end(scanner)
    scanner.take(_PORT, "a port like :x")
    return _EdgeLine(source, target, _edge_shape(scanner), line)


def _edge_shape(scanner: Scanner) -> tuple[int, ...]:
    if scanner.find(_SHAPE) is None:
        return ()
    line = scanner.line
    extents = [scanner.take(_EXTENT, "a shape like [14][14][512]").group(1)]
    while match := scanner.find(_EXTENT):
        extents.append(match.group(1))
    with located(scanner.source, line):
        return _extents(extents)


def _node_shape(text: str | None) -> tuple[int, ...]:
    if text is None:
        return ()
    if not text.startswith("["):
        raise InputError("n=[...] with extents", f"n={text}")
    return _extents(text[1:-1].split(None, MAX_EXTENTS))


def _extents(texts: Iterable[str]) -> tuple[int, ...]:
    """Return the extents of a tensor; raises `InputError` if one is not a positive integer."""
    extents = tuple(texts)
    if len(extents) > MAX_EXTENTS:
        raise InputError(f"at most {MAX_EXTENTS} extents", "more")
    return tuple(parse_integer(text, "an extent", 1, MAX_EXTENT) for text in extents)


def _check_new(node: Node, nodes: dict[int, Node], lines: dict[str, int]) -> None:
    if node.id in nodes:
        found = f"a second {_node_type(node)}[{node.id}] (first on line {lines[nodes[node.id].name]})"
        raise InputError("node numbers that occur once", found)
    if node.name in lines:
        found = f"a second {node.name} (first on line {lines[node.name]})"
        raise InputError("node names that occur once", found)
    if len(nodes) >= MAX_KERNELS:
        raise InputError(f"at most {MAX_KERNELS} nodes", "more")


def _check_shapes(instance: Instance, lines: dict[str, int], source: str) -> None:
    """Raise `InputError` with a kernel's line if it has no legal shape at all."""
    first = {kernel: name for name, kernel in reversed(instance.kernels.items())}
    for kernel, name in reversed(first.items()):
        with located(source, lines[name]):
            require_legal_shape(kernel, instance.settings)


def _resolve(edge: _EdgeLine, nodes: dict[int, Node], source: str) -> Edge:
    names = []
    for end in (edge.source, edge.target):
        written, node = f"{end.type_name}[{end.id}]", nodes.get(end.id)
        if node is None:
            raise InputError("an edge between known nodes", f"unknown {written}", source, edge.line)
        if _node_type(node) != end.type_name:
            raise InputError(f"{_node_type(node)}[{end.id}] as defined", written, source, edge.line)
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


def _format_header(settings: Settings, label: str) -> str:
    """Return the header as a comment, without a line end."""
    if "*)" in label:
        raise InputError("a label without *)", label)
    check_label(label)
    numbers = [f"{key}={getattr(settings, key)}" for key in SETTING_RANGES]
    return "\n".join(["(*", f"{LABEL}={label}", *numbers, "*)"])


def _format_node(node: Node) -> str:
    """Return the line of a node; raises `InputError` if its name cannot be written."""
    check_name(node.name)
    if isinstance(node.kernel, Terminal):
        extents = " ".join(map(str, node.kernel.shape))
        attributes = [f"n=[{extents}]"] if extents else []
    else:
        attributes = [f"{key}={value}" for key, value in _written_arguments(node.kernel).items()]
    return " ".join([f"{_node_type(node)}[{node.id}]", *attributes, f"name='{node.name}'"])


def _written_arguments(kernel: Kernel) -> dict[str, int]:
    values = formal_arguments(kernel)
    numbers = [*values.values(), kernel.T] if isinstance(kernel, Conv) else list(values.values())
    return dict(zip(_argument_keys(kernel.type_name), numbers, strict=True))


def _format_edge(edge: Edge, nodes: dict[str, Node]) -> str:
    u, v = nodes[edge.source], nodes[edge.target]
    ports = ["_" if isinstance(node.kernel, Terminal) else port for node, port in ((u, "y"), (v, "x"))]
    shape = "".join(f"[{extent}]" for extent in edge.shape)
    text = f"{_node_type(u)}[{u.id}]:{ports[0]} -> {_node_type(v)}[{v.id}]:{ports[1]}"
    return f"{text}, shape:{shape}" if shape else text


def _node_type(node: Node) -> str:
    """Return the keyword in front of a node's number."""
    return node.kernel.kind if isinstance(node.kernel, Terminal) else node.kernel.type_name
