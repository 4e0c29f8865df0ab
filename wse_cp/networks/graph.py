"""Instances from networkx graphs, for networks that are built in Python (docs/onnx.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import fields
from typing import Any, SupportsIndex

import networkx as nx

from wse_cp.errors import InputError, located
from wse_cp.files.rules import TERMINALS, check_strides
from wse_cp.instance import MAX_EXTENT, MAX_EXTENTS, Edge, Instance, Node, Settings, Terminal
from wse_cp.integers import integer
from wse_cp.kernels import KERNEL_TYPES, Kernel, check_kernel
from wse_cp.names import check_name
from wse_cp.networks.network import Shape

#: Most parallel edges that one edge may stand for.
MOST_PARALLEL = 1000


def instance_from_graph(graph: nx.DiGraph[Any], settings: Settings | None = None, test: str = "") -> Instance:
    """Return the contest problem that a directed graph describes.

    Parameters
    ----------
    graph
        Each node has the attribute `kind`: "conv", "dblock", "cblock", "input" or "output". Kernels have
        their formal arguments (H, W, R, S, C, K, T of a conv; H, W, F of a block; in either case, so
        attributes as in a .kgraph file do, with U equal to T), terminals may have `shape`. Node 7 is named
        k7, node "k7" k7, too. Edges may have `shape` and `multiplicity`; parallel edges of a
        MultiDiGraph count each.
    settings
        Wafer, weights, memory limit; the contest's by default.
    test
        Label of the instance.

    Raises
    ------
    InputError
        If the graph is not directed, an attribute is missing, unknown or out of range, or the instance
        is not valid; names the node or the edge.
    """
    if not isinstance(graph, nx.Graph) or not graph.is_directed():
        raise InputError("a directed graph (networkx DiGraph or MultiDiGraph)", type(graph).__name__)
    names = {label: _name(label) for label in graph}
    numbers = _numbers(list(graph))
    nodes = [_node(numbers[label], names[label], data) for label, data in graph.nodes(data=True)]
    edges = (edge for u, v, data in graph.edges(data=True) for edge in _edges(names[u], names[v], data))
    return Instance(settings or Settings(), tuple(nodes), tuple(edges), test)


def _name(label: object) -> str:
    if (number := _number(label)) is not None and number >= 0:
        return f"k{number}"
    if not isinstance(label, str):
        raise InputError("nodes that are strings or integers of at least 0", repr(label))
    return check_name(label)


def _number(label: object) -> int | None:
    """Return a label of any integer type as `int`, None if it is none."""
    return (
        integer(label, "a node") if isinstance(label, SupportsIndex) and not isinstance(label, bool) else None
    )


def _numbers(labels: list[object]) -> dict[object, int]:
    """Return the number of each node: itself if all are integers, else its position."""
    numbers = {label: number for label in labels if (number := _number(label)) is not None}
    if len(numbers) == len(labels):
        return numbers
    return {label: position for position, label in enumerate(labels)}


def _node(number: int, name: str, data: Mapping[str, Any]) -> Node:
    with located(f"node {name}"):
        values = dict(data)
        kind = values.pop("kind", None)
        if kind in TERMINALS:
            shape = _shape(values.pop("shape", ()))
            _refuse_others(values, f"an attribute of {kind} (kind, shape)")
            return Node(number, name, Terminal("input" if kind == "input" else "output", shape))
        if kind not in KERNEL_TYPES:
            found = "none" if kind is None else repr(kind)
            raise InputError(f"kind, one of {', '.join((*TERMINALS, *KERNEL_TYPES))}", found)
        return Node(number, name, _kernel(kind, values))


def _kernel(kind: str, values: dict[str, Any]) -> Kernel:
    names = [field.name for field in fields(KERNEL_TYPES[kind])]
    given = {str(key).upper(): value for key, value in values.items()}
    numbers = {key: _integer(key, given.pop(key, None)) for key in names}
    if kind == "conv" and "U" in given:
        check_strides(numbers["T"], _integer("U", given.pop("U")))
    _refuse_others(given, f"an attribute of {kind} ({', '.join(('kind', *names))})")
    kernel = KERNEL_TYPES[kind](**numbers)
    check_kernel(kernel)
    return kernel


def _integer(key: str, value: object, low: int = 1) -> int:
    with suppress(InputError):
        if (found := integer(value, key)) >= low:
            return found
    raise InputError(f"{key} as an integer of at least {low}", "none" if value is None else repr(value))


def _shape(value: object) -> Shape:
    if not isinstance(value, tuple | list) or len(value) > MAX_EXTENTS:
        raise InputError(f"shape as a tuple of at most {MAX_EXTENTS} integers", repr(value))
    extents = tuple(_integer("an extent", extent) for extent in value)
    if max(extents, default=0) > MAX_EXTENT:
        raise InputError(f"extents of at most {MAX_EXTENT}", repr(value))
    return extents


def _edges(source: str, target: str, data: Mapping[str, Any]) -> Iterator[Edge]:
    with located(f"edge {source} -> {target}"):
        values = dict(data)
        shape = _shape(values.pop("shape", ()))
        count = _integer("multiplicity", values.pop("multiplicity", 1))
        if count > MOST_PARALLEL:
            raise InputError(f"multiplicity of at most {MOST_PARALLEL}", str(count))
        _refuse_others(values, "an attribute of an edge (shape, multiplicity)")
    yield from (Edge(source, target, shape) for _ in range(count))


def _refuse_others(values: Mapping[str, Any], expected: str) -> None:
    for key in values:
        raise InputError(expected, str(key))
