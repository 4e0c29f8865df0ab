"""CSV tables have the exact numbers of the score."""

from __future__ import annotations

import csv
from fractions import Fraction
from io import StringIO
from pathlib import Path

from hypothesis import given, settings

from tests.export.cases import placements
from wse_cp.files.by_suffix import read_instance_file
from wse_cp.instance import Instance
from wse_cp.placement import Placement
from wse_cp.report.frames import KERNEL_COLUMNS, WIRE_COLUMNS, format_table
from wse_cp.score import score


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))


@settings(deadline=None, max_examples=20)
@given(placements())
def test_the_tables_add_up_to_the_score(case: tuple[Instance, Placement]) -> None:
    instance, placement = case
    found = score(instance, placement)
    kernels, wires = (rows(format_table(table, instance, placement)) for table in ("kernels", "wires"))
    assert max(Fraction(row["time"]) for row in kernels) == found.max_time  # exact, strides of 3 included
    counted = [(int(row["multiplicity"]), row) for row in wires]
    assert sum(count * Fraction(row["length"]) for count, row in counted) == found.wire_length
    assert sum(count * int(row["adapters"]) for count, row in counted) == found.adapters
    time = instance.settings.wdeltat * found.max_time
    assert sum(Fraction(row["cost"]) for row in wires) + time == found.cost


def test_without_a_placement_there_are_the_formal_arguments(instances: Path) -> None:
    text = format_table("kernels", read_instance_file(instances / "T.kgraph"), None)
    first = rows(text)[0]
    assert text.splitlines()[0].split(",") == list(KERNEL_COLUMNS)
    assert (first["name"], first["type"]) == ("k1", "conv")
    assert first["C"]
    assert not any(first[key] for key in ("h", "x", "time", "area"))
    wires = format_table("wires", read_instance_file(instances / "T.kgraph"), None)
    assert wires.splitlines()[0].split(",") == list(WIRE_COLUMNS)
