"""The text of a placement that changes is that of the whole placement."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings

from tests.export.cases import placements
from wse_cp.files.json_documents import parse_placed
from wse_cp.files.paint import format_paint
from wse_cp.files.placement_text import PlacementText
from wse_cp.instance import Instance
from wse_cp.placement import Placement


def moved(placement: Placement) -> Placement:
    name = list(placement)[-1]
    return placement.replace([replace(placement[name], x=placement[name].x + 1)])


@settings(deadline=None, max_examples=40)
@given(placements())
def test_as_paint(case: tuple[Instance, Placement]) -> None:
    instance, placement = case
    text = PlacementText(instance, Path("x.paint"))
    for found in (placement, moved(placement), placement, Placement(list(placement.values())[::-1])):
        assert text.of(found) == format_paint(instance, found)


@settings(deadline=None, max_examples=40)
@given(placements())
def test_as_json(case: tuple[Instance, Placement]) -> None:
    instance, placement = case
    text = PlacementText(instance, Path("x.json"))
    for found in (placement, moved(placement), placement):
        read = parse_placed(text.of(found), "x.json")
        assert Placement(entry.placed for entry in read) == found
