"""Instance: the network of kernels, the wafer, the weights; validated once, then immutable.

Whether a kernel has a legal shape at all, and if not, which limit excludes it (no compiled code).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import ceil, lcm
from typing import TYPE_CHECKING, Literal, TypeVar

import networkx as nx

from wse_cp.errors import InputError
from wse_cp.integers import hold_integers, integers
from wse_cp.kernels import Kernel, check_kernel, conv_memory, convs, formal_text
from wse_cp.names import check_label, check_name, text
from wse_cp.views import views

if TYPE_CHECKING:
    import pandas as pd

Part = TypeVar("Part")

#: Limits that keep all arithmetic within 64 bits and all tables within memory.
MAX_SIDE = 4096
MAX_ID = 10**9  #: largest number of a node
MAX_EDGES = 200_000
MAX_EXTENT, MAX_EXTENTS = 10**9, 16  #: largest extent of a tensor, and most extents
MAX_KERNELS = 10_000
MAX_WEIGHT = 10**9
MAX_MEMLIMIT = 10**9
MAX_TIME_SCALE = 1 << 16


@dataclass(frozen=True)
class Terminal:
    """An input or output of the network: not placed, its edges do not count."""

    kind: Literal["input", "output"]
    shape: tuple[int, ...]

    def __post_init__(self) -> None:
        if text(self.kind, "kind of a terminal") not in ("input", "output"):
            raise InputError("input or output as kind of a terminal", self.kind)
        object.__setattr__(self, "shape", _extents(self.shape, f"shape of an {self.kind}"))


@dataclass(frozen=True)
class Node:
    """A node of an instance file: number in brackets, name, and what it is."""

    id: int
    name: str
    kernel: Kernel | Terminal

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", check_name(self.name))
        hold_integers(self, ("id",), self.name)
        if not 0 <= self.id <= MAX_ID:
            raise InputError(f"a number from 0 to {MAX_ID} as id of {self.name}", str(self.id))
        if not isinstance(self.kernel, Kernel | Terminal):
            raise InputError(f"a kernel, an input or an output as {self.name}", repr(self.kernel))


@dataclass(frozen=True)
class Edge:
    """A directed edge between two node names; `shape` is the tensor's, as written in the file."""

    source: str
    target: str
    shape: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for end in ("source", "target"):
            object.__setattr__(self, end, text(getattr(self, end), f"{end} of an edge"))
        object.__setattr__(self, "shape", _extents(self.shape, f"shape of {self.source} -> {self.target}"))


@dataclass(frozen=True)
class Settings:
    """Wafer (tiles), weights of the cost, memory limit (words per tile)."""

    width: int = 633
    height: int = 633
    wdeltat: int = 1
    wlength: int = 1
    wadapter: int = 0
    memlimit: int = 24576

    def __post_init__(self) -> None:
        hold_integers(self, SETTING_RANGES)


def _extents(shape: Iterable[object], what: str) -> tuple[int, ...]:
    """Return the shape of a tensor; raises `InputError` if it is none, or no file could hold it."""
    found = integers(shape, what)
    if len(found) > MAX_EXTENTS:
        raise InputError(f"at most {MAX_EXTENTS} extents as {what}", str(len(found)))
    if not all(1 <= extent <= MAX_EXTENT for extent in found):
        raise InputError(f"extents from 1 to {MAX_EXTENT} as {what}", str(found))
    return found


#: Smallest and largest legal value of each setting.
SETTING_RANGES: dict[str, tuple[int, int]] = {
    "width": (1, MAX_SIDE),
    "height": (1, MAX_SIDE),
    "wdeltat": (0, MAX_WEIGHT),
    "wlength": (0, MAX_WEIGHT),
    "wadapter": (0, MAX_WEIGHT),
    "memlimit": (1, MAX_MEMLIMIT),
}


@dataclass(frozen=True)
class Instance:
    """A contest problem. Two are equal if they mean the same (`test` and `modules` are only labels).

    Parameters
    ----------
    nodes
        Kernels and terminals in file order; unique ids and names.
    edges
        In file order; parallel edges stand as often as they count.
    test
        Label.
    modules
        For kernels by name, as far as it is known: the path of the module that they come from, such as
        ``encoder.layer.0.attention.query``.

    Raises
    ------
    InputError
        If a setting or a kernel is out of range, a name, id, edge end or module is wrong, or there is a
        cycle.
    """

    settings: Settings
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    test: str = field(default="", compare=False)
    modules: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "nodes", _all(Node, self.nodes, "nodes"))
        object.__setattr__(self, "edges", _all(Edge, self.edges, "edges"))
        object.__setattr__(self, "test", check_label(self.test))
        if not isinstance(self.settings, Settings):
            raise InputError("Settings of an instance", repr(self.settings))
        check_settings(self.settings)
        _check_nodes(self.nodes)
        _check_edges(self.edges, {node.name for node in self.nodes})
        _check_acyclic(self.graph)
        object.__setattr__(self, "modules", _checked_modules(self.modules, self.kernels))
        if self.time_scale > MAX_TIME_SCALE:
            strides = sorted({conv.T for kernel in self.kernels.values() for conv in convs(kernel)})
            raise InputError("strides T with a common multiple of at most 256", " ".join(map(str, strides)))

    def __getstate__(self) -> dict[str, object]:
        """Return the fields alone: what is derived of them is derived anew, and may be just now."""
        return {name: self.__dict__[name] for name in ("settings", "nodes", "edges", "test", "modules")}

    @cached_property
    def graph(self) -> nx.DiGraph[str]:
        """The frozen graph, with nodes by name (attribute `node`) and edges (attribute `multiplicity`)."""
        graph: nx.DiGraph[str] = nx.DiGraph()
        for node in self.nodes:
            graph.add_node(node.name, node=node)
        for edge in self.edges:
            known = graph.get_edge_data(edge.source, edge.target, {"multiplicity": 0})
            graph.add_edge(edge.source, edge.target, multiplicity=known["multiplicity"] + 1)
        nx.freeze(graph)
        return graph

    @cached_property
    def kernels(self) -> dict[str, Kernel]:
        """The kernels to place, by name, in file order."""
        return {n.name: n.kernel for n in self.nodes if not isinstance(n.kernel, Terminal)}

    @cached_property
    def kernel_graph(self) -> nx.DiGraph[str]:
        """The frozen subgraph of kernels, whose edges alone count in the cost."""
        graph: nx.DiGraph[str] = nx.DiGraph(self.graph.subgraph(self.kernels))
        nx.freeze(graph)
        return graph

    @cached_property
    def kernel_edges(self) -> tuple[tuple[str, str, int], ...]:
        """The counted edges as (producer, consumer, multiplicity)."""
        return tuple((u, v, data["multiplicity"]) for u, v, data in self.kernel_graph.edges(data=True))

    @property
    def weighs_adapters(self) -> bool:
        """Whether adapters can cost anything, which takes a weight and edges between kernels."""
        return self.settings.wadapter > 0 and bool(self.kernel_edges)

    @cached_property
    def time_scale(self) -> int:
        """Least number by which every kernel time becomes an integer (lcm of T^2)."""
        return lcm(*(conv.T**2 for kernel in self.kernels.values() for conv in convs(kernel)))

    def cost(self, max_time: Fraction, wire_length: Fraction, adapters: int) -> Fraction:
        """Return the weighted sum the contest ranks by."""
        weights = self.settings
        return weights.wdeltat * max_time + weights.wlength * wire_length + weights.wadapter * adapters

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each kernel to place: name, type, the formal arguments that its kind has."""
        return views().instance_frame(self)

    def _repr_html_(self) -> str:
        return views().instance_html(self)


def _checked_modules(modules: Mapping[str, str], kernels: Mapping[str, Kernel]) -> dict[str, str]:
    unknown = next((name for name in modules if name not in kernels), None)
    if unknown is not None:
        raise InputError("modules of kernels of the instance", repr(unknown))
    return {name: check_name(path) for name, path in modules.items()}


def check_settings(settings: Settings) -> None:
    """Raise `InputError` if a setting is out of its range."""
    for key, (low, high) in SETTING_RANGES.items():
        value = getattr(settings, key)
        if not low <= value <= high:
            raise InputError(f"{key} between {low} and {high}", str(value))


def _all(kind: type[Part], values: Iterable[Part], what: str) -> tuple[Part, ...]:
    """Return the values as a tuple; raises `InputError` unless all of them are of that kind."""
    if not isinstance(values, Iterable):
        raise InputError(f"{what} of an instance", repr(values))
    found = tuple(values)
    for value in found:
        if not isinstance(value, kind):
            raise InputError(f"{what} of an instance that are all of type {kind.__name__}", repr(value))
    return found


def _check_nodes(nodes: Iterable[Node]) -> None:
    names: set[str] = set()
    ids: set[int] = set()
    for node in nodes:
        if node.name in names:
            raise InputError("node names that occur once", f"a second {node.name}")
        if node.id in ids:
            raise InputError("node numbers that occur once", f"a second [{node.id}]")
        names.add(node.name)
        ids.add(node.id)
        if not isinstance(node.kernel, Terminal):
            check_kernel(node.kernel)
    if not any(not isinstance(node.kernel, Terminal) for node in nodes):
        raise InputError("at least one kernel", "none")
    if len(names) > MAX_KERNELS:
        raise InputError(f"at most {MAX_KERNELS} nodes", str(len(names)))


def _check_edges(edges: Collection[Edge], names: set[str]) -> None:
    if len(edges) > MAX_EDGES:
        raise InputError(f"at most {MAX_EDGES} edges", str(len(edges)))
    for edge in edges:
        for end in (edge.source, edge.target):
            if end not in names:
                raise InputError("an edge between known nodes", f"unknown node {end}")


def _check_acyclic(graph: nx.DiGraph[str]) -> None:
    if not nx.is_directed_acyclic_graph(graph):
        cycle = [u for u, _ in nx.find_cycle(graph)]
        raise InputError("a graph without cycles", "the cycle " + " -> ".join([*cycle, cycle[0]]))


def require_legal_shapes(instance: Instance) -> None:
    """Raise `InputError` unless every kernel has a legal shape (see `require_legal_shape`)."""
    for kernel in set(instance.kernels.values()):
        require_legal_shape(kernel, instance.settings)


def require_legal_shape(kernel: Kernel, settings: Settings) -> None:
    """Raise `InputError` unless some execution arguments fit both the wafer and the memory limit."""
    short, long = sorted((settings.width, settings.height))
    smallest = (2, 3 * len(convs(kernel)))
    wafer = f"{settings.width} x {settings.height} wafer"
    if smallest[0] > short or smallest[1] > long:
        raise InputError(
            f"a {kernel.type_name} that fits the {wafer}",
            f"its smallest shape has {smallest[0]} x {smallest[1]} tiles (limits: width, height)",
        )
    if not (_fits(kernel, settings.memlimit, short, long) or _fits(kernel, settings.memlimit, long, short)):
        raise InputError(
            f"a {kernel.type_name} with a shape within memlimit={settings.memlimit} on the {wafer}",
            f"none: {formal_text(kernel)} needs more memory per tile in every shape that fits"
            " (limit: memlimit)",
        )


def _fits(kernel: Kernel, memlimit: int, width: int, height: int) -> bool:
    """Tell whether the kernel, not rotated, fits with every area h * w and the largest c it leaves.

    Memory depends on h and w only by their product and falls in every argument.
    """
    for area in range(1, height // 2 + 1):
        c = height // area - 1
        k = (ceil(conv_memory(conv, 1, area, c, 1) / memlimit) for conv in convs(kernel))
        if 3 * sum(k) <= width:
            return True
    return False
