"""The best placements kept in instances/best: re-scored, as their table says, behind every cost on record."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.runs import EARLIER
from scripts.keep_best import keep_if_better, read_table
from tests.paths import ROOT
from wse_cp.files.by_suffix import read_instance_file, read_placement_file, write_placement_file
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Arguments, Conv
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.score import checked_score

BEST = ROOT / "instances/best"
CASES = "ABCDEFGHIJKLMNOPQRST"


@pytest.mark.parametrize("case", CASES)
def test_the_placement_scores_what_the_table_says(case: str, instances: Path) -> None:
    instance = read_instance_file(instances / f"{case}.kgraph")
    score = checked_score(instance, read_placement_file(BEST / f"{case}.paint", instance))
    row = read_table(BEST)[case]
    assert score.cost == Fraction(row["cost"])
    assert score.max_time == Fraction(row["max_time"])
    assert score.wire_length == Fraction(row["wire_length"])
    assert score.adapters == int(row["adapters"])


@pytest.mark.parametrize("case", CASES)
def test_no_cost_is_on_record_without_a_placement_as_good(case: str) -> None:
    rows = pd.read_csv(ROOT / "docs/benchmarks.csv", dtype=str)
    rows = rows[(rows["case"] == case) & (rows["method"] != EARLIER)]  # older versions kept no placements
    costs = [Fraction(cost) for cost in rows["cost"].dropna()]
    assert costs
    assert Fraction(read_table(BEST)[case]["cost"]) <= min(costs)


def small() -> tuple[Instance, Placement]:
    conv = Conv(2, 2, 1, 1, 2, 2, 1)
    nodes = (Node(0, "k1", conv), Node(1, "k2", conv))
    instance = Instance(Settings(20, 20), nodes, (Edge("k1", "k2"),))
    args = Arguments(1, 1, (1,), (1,))
    return instance, Placement([PlacedKernel("k1", conv, args, 0, 0), PlacedKernel("k2", conv, args, 9, 0)])


def test_only_better_placements_are_kept(tmp_path: Path) -> None:
    instance, placement = small()
    folder, paint = tmp_path / "best", tmp_path / "x.paint"
    kept = []
    for x in (9, 9, 12, 5):
        moved = placement.replace([replace(placement["k2"], x=x)])
        write_placement_file(paint, instance, moved)
        kept.append(keep_if_better(folder, "X", instance, paint))
    assert kept == [True, False, False, True]
    assert checked_score(instance, read_placement_file(folder / "X.paint", instance)).wire_length == 5
    assert read_table(folder)["X"]["wire_length"] == "5"
