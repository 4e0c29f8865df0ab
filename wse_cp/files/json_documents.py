"""Instances and placements as JSON documents, read and written (docs/interchange.md).

`json_models` says what such a document looks like, `json_text` how JSON is read and laid out. Functions named
`..._json` return the plain values of a document, those named `..._of` what the models of one stand for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from wse_cp.files.json_models import (
    INSTANCE,
    PLACEMENT,
    RESULT,
    VERSION,
    BlockModel,
    ConvModel,
    EdgeModel,
    InstanceDocument,
    NodeModel,
    PlacedModel,
    PlacementDocument,
    TerminalModel,
    read_document,
    validated,
)
from wse_cp.files.json_text import Place, format_json, lines_of_items
from wse_cp.files.paint import ReadKernel
from wse_cp.files.rules import ROTATIONS
from wse_cp.instance import Edge, Instance, Node, Settings, Terminal, require_legal_shape
from wse_cp.kernels import KERNEL_TYPES, Arguments, Kernel, check_kernel, convs, formal_arguments
from wse_cp.names import check_label, check_name
from wse_cp.placement import PlacedKernel, Placement


def parse_instance(text: str, source: str, overrule: Mapping[str, int] | None = None) -> Instance:
    """Return the instance in a JSON text: an instance document, or a result's.

    Parameters
    ----------
    source
        Name of the text in errors.
    overrule
        Settings that go before those of the text.

    Raises
    ------
    InputError
        If it is no such document or no valid instance; names the line and the path.
    """
    data, found = read_document(text, source, INSTANCE, RESULT)
    place = Place(text, source)
    if found == RESULT:
        data, place = data.get("instance", {}), place.at("instance")
    return instance_of(validated(InstanceDocument, data, place), place, overrule)


def format_instance(instance: Instance) -> str:
    """Return the JSON text of an instance."""
    return format_json(instance_json(instance))


def instance_json(instance: Instance) -> dict[str, Any]:
    """Return the instance document as JSON values."""
    return {
        "format": INSTANCE,
        "version": VERSION,
        "label": instance.test,
        "settings": asdict(instance.settings),
        "nodes": [_node_json(node) for node in instance.nodes],
        "edges": [_edge_json(edge) for edge in instance.edges],
    }


def kernel_json(kernel: Kernel) -> dict[str, Any]:
    """Return a kernel's type and formal arguments as JSON values."""
    return {"type": kernel.type_name, **formal_arguments(kernel)}


def kernel_of(model: ConvModel | BlockModel) -> Kernel:
    """Return the kernel a model describes; raises `InputError` if the formulas do not hold for it."""
    kernel = KERNEL_TYPES[model.type](**model.model_dump(exclude={"type"}))
    check_kernel(kernel)
    return kernel


def instance_of(
    document: InstanceDocument, place: Place, overrule: Mapping[str, int] | None = None
) -> Instance:
    """Return the instance of a document (see `parse_instance`); `place` is its place in the text."""
    given = document.settings.model_dump(exclude_unset=True)
    settings = Settings(**{**given, **(overrule or {})})
    with place.at("label").errors():
        check_label(document.label)
    nodes = tuple(_node(model, place.at("nodes", i)) for i, model in enumerate(document.nodes))
    edges = tuple(Edge(edge.source, edge.target, tuple(edge.shape)) for edge in document.edges)
    _check_once(document.nodes, place)
    _check_ends(document.edges, {node.name for node in nodes}, place)
    with place.at("edges").errors():
        instance = Instance(settings, nodes, edges, document.label)
    _check_shapes(instance, place)
    return instance


def _node(model: NodeModel, place: Place) -> Node:
    with place.at("name").errors():
        check_name(model.name)
    if isinstance(model.kernel, TerminalModel):
        return Node(model.id, model.name, Terminal(model.kernel.type, tuple(model.kernel.shape)))
    with place.at("kernel").errors():
        return Node(model.id, model.name, kernel_of(model.kernel))


def _check_once(nodes: list[NodeModel], place: Place) -> None:
    for key in ("id", "name"):
        seen: set[str | int] = set()
        for i, node in enumerate(nodes):
            value = getattr(node, key)
            if value in seen:
                raise place.at("nodes", i, key).error(f"each {key} once", str(value))
            seen.add(value)


def _check_ends(edges: list[EdgeModel], names: set[str], place: Place) -> None:
    for i, edge in enumerate(edges):
        for key, name in (("source", edge.source), ("target", edge.target)):
            if name not in names:
                raise place.at("edges", i, key).error("the name of a node", name)


def _check_shapes(instance: Instance, place: Place) -> None:
    """Raise `InputError` with a kernel's place if it has no legal shape at all."""
    seen: set[Kernel] = set()
    for i, node in enumerate(instance.nodes):
        if not isinstance(node.kernel, Terminal) and node.kernel not in seen:
            seen.add(node.kernel)
            with place.at("nodes", i).errors():
                require_legal_shape(node.kernel, instance.settings)


def _node_json(node: Node) -> dict[str, Any]:
    kernel = node.kernel
    if isinstance(kernel, Terminal):
        body = {"type": kernel.kind, "shape": list(kernel.shape)}
    else:
        body = kernel_json(kernel)
    return {"id": node.id, "name": node.name, "kernel": body}


def _edge_json(edge: Edge) -> dict[str, Any]:
    shape = {"shape": list(edge.shape)} if edge.shape else {}
    return {"source": edge.source, "target": edge.target, **shape}


def parse_placed(text: str, source: str) -> tuple[ReadKernel, ...]:
    """Return the kernels placed by a placement document, or a result's, in its order, right or wrong.

    Raises `InputError`, with line and path, if the text is no such document.
    """
    data, found = read_document(text, source, PLACEMENT, RESULT)
    place = Place(text, source)
    if found == RESULT:
        data, place = data.get("placement", {}), place.at("placement")
    return placed_of(validated(PlacementDocument, data, place), place)


def placed_of(document: PlacementDocument, place: Place) -> tuple[ReadKernel, ...]:
    """Return the kernels a document places; `place` is its place in the text (see `parse_placed`)."""
    lines = lines_of_items(place.text, (*place.path, "kernels"))
    return tuple(
        ReadKernel(_placed(model, place.at("kernels", i)), line)
        for i, (model, line) in enumerate(zip(document.kernels, lines, strict=True))
    )


def format_placement(instance: Instance, placement: Placement) -> str:
    """Return the JSON text of a placement, its kernels in the order of the instance."""
    return format_json(placement_json(placement[name] for name in instance.kernels if name in placement))


def placement_json(kernels: Iterable[PlacedKernel]) -> dict[str, Any]:
    """Return the placement document of `kernels`, right or wrong, as JSON values."""
    return {"format": PLACEMENT, "version": VERSION, "kernels": [placed_json(placed) for placed in kernels]}


def _placed(model: PlacedModel, place: Place) -> PlacedKernel:
    with place.at("name").errors():
        check_name(model.name)
    with place.at("kernel").errors():
        kernel = kernel_of(model.kernel)
    count = len(convs(kernel))
    for key, splits in (("c", model.c), ("k", model.k)):
        if len(splits) != count:
            raise place.at(key).error(f"{count} numbers for a {kernel.type_name}", str(len(splits)))
    args = Arguments(model.h, model.w, tuple(model.c), tuple(model.k))
    return PlacedKernel(model.name, kernel, args, model.x, model.y, ROTATIONS[model.rotation])


def placed_json(placed: PlacedKernel) -> dict[str, Any]:
    """Return a placed kernel as JSON values."""
    args = placed.args
    return {
        "name": placed.name,
        "kernel": kernel_json(placed.kernel),
        "h": args.h,
        "w": args.w,
        "c": list(args.c),
        "k": list(args.k),
        "x": placed.x,
        "y": placed.y,
        "rotation": placed.rotation,
    }
