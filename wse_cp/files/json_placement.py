"""Placements as JSON documents (docs/interchange.md)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wse_cp.files.documents import (
    PLACEMENT,
    RESULT,
    VERSION,
    PlacedModel,
    PlacementDocument,
    read_document,
    validated,
)
from wse_cp.files.json_instance import kernel_json, kernel_of
from wse_cp.files.json_text import Place, format_json, lines_of_items
from wse_cp.files.scanner import check_name
from wse_cp.files.statements import ROTATIONS, PaintedKernel
from wse_cp.instance import Instance
from wse_cp.kernels import Arguments, convs
from wse_cp.placement import PlacedKernel, Placement


def parse_placed(text: str, source: str) -> tuple[PaintedKernel, ...]:
    """Return the kernels placed by a placement document, or a result's, in its order, right or wrong.

    Raises
    ------
    InputError
        If the text is no such document; names the line and the path.
    """
    data, found = read_document(text, source, PLACEMENT, RESULT)
    place = Place(text, source)
    if found == RESULT:
        data, place = data.get("placement", {}), place.at("placement")
    return placed_of(validated(PlacementDocument, data, place), place)


def placed_of(document: PlacementDocument, place: Place) -> tuple[PaintedKernel, ...]:
    """Return the kernels a document places; `place` is its place in the text (see `parse_placed`)."""
    lines = lines_of_items(place.text, (*place.path, "kernels"))
    return tuple(
        PaintedKernel(_placed(model, place.at("kernels", i)), line)
        for i, (model, line) in enumerate(zip(document.kernels, lines, strict=True))
    )


def format_placement(instance: Instance, placement: Placement) -> str:
    """Return the JSON text of a placement, its kernels in the order of the instance."""
    return format_json(placement_json(placement[name] for name in instance.kernels if name in placement))


def placement_json(kernels: Iterable[PlacedKernel]) -> dict[str, Any]:
    """Return the placement document of `kernels`, right or wrong, as JSON values."""
    return {"format": PLACEMENT, "version": VERSION, "kernels": [_placed_json(placed) for placed in kernels]}


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


def _placed_json(placed: PlacedKernel) -> dict[str, Any]:
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
        "rotation": "R90" if placed.rotated else "R0",
    }
