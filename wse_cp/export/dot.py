"""The network as a Graphviz graph: kernels by type, edges with multiplicity and tensor.

With a placement, every kernel also has its position and size, one point for a tile: then ``neato -n`` draws
the floorplan.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from wse_cp.decimals import exact_text
from wse_cp.instance import Instance, Node, Terminal
from wse_cp.kernels import formal_text
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.report.picture.style import TYPES

Attributes = dict[str, str]

#: Graphviz shapes by type: the block that halves the image is a trapezium.
SHAPES = {"conv": "box", "dblock": "box", "cblock": "invtrapezium", "input": "ellipse", "output": "ellipse"}
#: Points per inch in Graphviz's sizes.
INCH = 72


def format_dot(instance: Instance, placement: Placement | None = None) -> str:
    """Return the network in Graphviz's language, edges of inputs and outputs dashed.

    Raises `InputError` if a placed kernel has impossible execution arguments.
    """
    name = quoted(instance.test or "network")
    return "\n".join([f"digraph {name} {{", *_lines(instance, placement), "}", ""])


def quoted(text: str) -> str:
    """Return a text as a quoted string that Graphviz shows as it is; line ends break lines."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n") + '"'


def _lines(instance: Instance, placement: Placement | None) -> Iterator[str]:
    yield "  graph [rankdir=TB, outputorder=edgeslast, notranslate=true];"
    yield '  node [fontname="Helvetica", fontsize=10, margin="0.08,0.04"];'
    yield '  edge [fontname="Helvetica", fontsize=8, arrowsize=0.6];'
    for rank, node in enumerate(instance.nodes):
        attributes = _node_attributes(node)
        if placement is not None:
            placed = placement.get(node.name)
            attributes |= _beside(rank) if placed is None else _geometry(placed, attributes["label"])
        yield f"  {quoted(node.name)} {_listed(attributes)};"
    shapes = _shapes(instance)
    for source, target, data in instance.graph.edges(data=True):
        counted = source in instance.kernels and target in instance.kernels
        shape = shapes[(source, target)] if placement is None else ()  # a floor plan has no room for it
        attributes = _edge_attributes(shape, data["multiplicity"], counted)
        yield f"  {quoted(source)} -> {quoted(target)}{attributes and ' ' + _listed(attributes)};"


def _listed(attributes: Attributes) -> str:
    return "[" + ", ".join(f"{key}={quoted(value)}" for key, value in attributes.items()) + "]"


def _node_attributes(node: Node) -> Attributes:
    kernel = node.kernel
    if isinstance(kernel, Terminal):
        extents = "x".join(map(str, kernel.shape))
        return {"label": f"{node.name}\n{kernel.kind} {extents}".rstrip(), "shape": SHAPES[kernel.kind]}
    label = f"{node.name}\n{kernel.type_name} {formal_text(kernel)}"
    type_name = kernel.type_name
    return {"label": label, "shape": SHAPES[type_name], "style": "filled", "fillcolor": TYPES[type_name]}


def _geometry(placed: PlacedKernel, label: str) -> Attributes:
    """Return position and size on the wafer, and a font size at which the label's three lines fit."""
    box = placed.rectangle
    x, y = (exact_text(Fraction(twice, 2)) for twice in box.center2)
    return {
        "label": f"{label}\n{box.width} x {box.height}, time {exact_text(placed.time)}",
        "pos": f"{x},{y}!",
        "shape": "box",
        "width": f"{box.width / INCH:.4f}",
        "height": f"{box.height / INCH:.4f}",
        "fixedsize": "true",
        "fontsize": f"{max(1.0, min(10.0, box.height / 4, box.width / 14)):.1f}",
    }


def _beside(rank: int) -> Attributes:
    """Return a position left of the wafer, for nodes not on it: ``neato -n`` needs one for every node."""
    return {"pos": f"-100,{40 * rank}!"}


def _edge_attributes(shape: tuple[int, ...], multiplicity: int, counted: bool) -> Attributes:
    times = f"{multiplicity} x " if multiplicity > 1 else ""
    label = times + "x".join(map(str, shape)) if shape else times.removesuffix(" x ")
    width = {"penwidth": str(min(multiplicity, 5))} if multiplicity > 1 else {}
    return {**({"label": label} if label else {}), **width, **({} if counted else {"style": "dashed"})}


def _shapes(instance: Instance) -> dict[tuple[str, str], tuple[int, ...]]:
    """Return the tensor of each pair of nodes; of parallel edges the first that has one."""
    shapes: dict[tuple[str, str], tuple[int, ...]] = {}
    for edge in instance.edges:
        key = (edge.source, edge.target)
        shapes[key] = shapes.get(key) or edge.shape
    return shapes
