"""The tables of kernels and wires add up to the score."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from wse_cp.files.by_suffix import read_instance_file, read_placement_file
from wse_cp.instance import Instance
from wse_cp.placement import Placement
from wse_cp.report.frames import KERNEL_COLUMNS, WIRE_COLUMNS, kernel_frame, wire_frame
from wse_cp.score import score

CASES = ["A", "H", "M", "T"]


def case(instances: Path, letter: str) -> tuple[Instance, Placement]:
    instance = read_instance_file(instances / f"{letter}.kgraph")
    return instance, read_placement_file(instances / f"best/{letter}.paint", instance)


@pytest.mark.parametrize("letter", CASES)
def test_lengths_and_adapters_add_up_to_the_score(instances: Path, letter: str) -> None:
    instance, placement = case(instances, letter)
    wires, found = wire_frame(instance, placement), score(instance, placement)
    assert (wires["multiplicity"] * wires["length"]).sum() == found.wire_length
    assert (wires["multiplicity"] * wires["adapters"]).sum() == found.adapters
    time = instance.settings.wdeltat * found.max_time
    assert Fraction(float(wires["cost"].sum())) + time == found.cost


@pytest.mark.parametrize("letter", CASES)
def test_the_slowest_kernel_and_the_area_are_the_placements(instances: Path, letter: str) -> None:
    instance, placement = case(instances, letter)
    kernels = kernel_frame(instance, placement)
    assert kernels["time"].max() == score(instance, placement).max_time
    assert kernels["area"].equals(kernels["width"] * kernels["height"])
    assert list(kernels["name"]) == list(instance.kernels)
    assert not kernels[["h", "w", "c1", "k1", "x", "y", "rotation", "memory"]].isna().any(axis=None)
    assert (kernels["memory"] <= instance.settings.memlimit).all()


def test_a_row_says_what_the_placed_kernel_says(instances: Path) -> None:
    instance, placement = case(instances, "A")
    for row in kernel_frame(instance, placement).itertuples():
        placed = placement[str(row.name)]
        assert (row.x, row.y, row.width, row.height) == placed.rectangle
        assert (row.h, row.w, row.c1, row.k3) == (
            placed.args.h,
            placed.args.w,
            placed.args.c[0],
            placed.args.k[2],
        )
        assert (row.rotation == "R90") == placed.rotated
        assert getattr(placed.kernel, "F", None) == row.F
        assert row.C is pd.NA  # a block has no C of its own


def test_what_is_not_placed_is_missing(instances: Path) -> None:
    instance, placement = case(instances, "A")
    without = Placement(placed for name, placed in placement.items() if name != "k2")
    kernels, wires = kernel_frame(instance, without), wire_frame(instance, without)
    assert list(kernels.loc[kernels["x"].isna(), "name"]) == ["k2"]
    unplaced = wires[wires["length"].isna()]
    assert len(unplaced) == 2
    assert all("k2" in pair for pair in zip(unplaced["source"], unplaced["target"], strict=True))


def test_columns_and_types_do_not_depend_on_the_placement(instances: Path) -> None:
    instance, placement = case(instances, "T")
    for given in (None, placement):
        for frame, columns in (
            (kernel_frame(instance, given), KERNEL_COLUMNS),
            (wire_frame(instance, given), WIRE_COLUMNS),
        ):
            assert {name: str(kind) for name, kind in frame.dtypes.items()} == columns
