"""The page of results."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.runs import Job, append_row
from benchmarks.table import (
    comparison,
    mean_gap,
    mean_gaps,
    on_the_way,
    page,
    read_bounds,
    read_curves,
    read_results,
    read_variants,
    summary,
)
from tests.benchmarks.rows import JOBS, row
from tests.paths import ROOT


def test_the_summary_holds_best_median_and_ratio(tmp_path: Path) -> None:
    for seed, cost in enumerate([110.0, 100.25, 104.0]):
        append_row(tmp_path / "x.csv", row(Job("A", seed, 60, 2), cost))
    bounds = pd.DataFrame({"case": ["A"], "bound": [100.0]})
    [line] = summary(read_results(tmp_path / "x.csv"), bounds).to_dict("records")
    assert (line["best cost"], line["median cost"], line["seeds"]) == (100.25, 104.0, 3)
    assert line["median / bound"] == pytest.approx(1.04)


def test_the_page_has_a_table_for_each_set_of_options_and_the_mean_ratio(tmp_path: Path) -> None:
    for job in (*JOBS, Job("Z", 0, 10, 1)):
        append_row(tmp_path / "x.csv", row(job))
    bounds = pd.DataFrame({"case": ["A", "B"], "bound": [100.25, 50.125]})
    text = page(read_results(tmp_path / "x.csv"), bounds)
    assert text.count("## ") == 2
    assert "over 2 cases: 1.5000" in text
    [without_bound] = [line for line in text.splitlines() if line.startswith("| Z ")]
    assert without_bound.split(" | ")[8:10] == ["-", "-"]


def test_other_ways_are_compared_with_the_full_search(tmp_path: Path) -> None:
    table = tmp_path / "x.csv"
    for method, cost in (("full", 100.0), ("without trees", 120.0), ("joint model", 0.0)):
        found = row(Job("A", 0, 60, 2, method), cost)
        append_row(table, found if cost else replace(found, cost="", max_time="", legal=False))
    append_row(table, row(Job("B", 0, 60, 2), 50.0))
    [line] = comparison(read_results(table)).to_dict("records")
    assert line == {"case": "A", "full": 100.0, "joint model": 0.0, "without trees": 1.2}
    text = page(read_results(table), pd.DataFrame({"case": ["A"], "bound": [80.0]}))
    assert "| A | 100 | none | 1.2000 |" in text


def test_long_runs_are_looked_at_on_the_way(tmp_path: Path) -> None:
    table = tmp_path / "curves.csv"
    assert read_curves(table) is None
    table.write_text(
        "case,seed,time_limit,seconds,cost\n"
        "A,0,600.0,2.5,130\nA,0,600.0,70,120\nA,0,600.0,300,110\nA,0,600.0,301,100.5\n"
        "A,1,600.0,5,114\nA,1,60.0,5,90\n"
        "B,0,60.0,5,90\n"
    )
    bounds = pd.DataFrame({"case": ["A"], "bound": [100.0]})
    curves = read_curves(table)
    assert curves is not None
    [line] = on_the_way(curves, bounds).to_dict("records")
    assert line == {"case": "A", "seeds": 2, "10 s": 122, "60 s": 122, "300 s": 112, "300 s / bound": 1.12}
    append_row(tmp_path / "x.csv", row(JOBS[0]))
    text = page(read_results(tmp_path / "x.csv"), bounds, curves=curves)
    assert "| A | 2 | 122 | 122 | 112 | 1.1200 |" in text


def test_the_mean_gap_is_that_of_each_step_by_the_logarithm_of_its_time() -> None:
    run = pd.DataFrame({"time_limit": 100.0, "seconds": [0.5, 10.0], "cost": [150.0, 120.0]})
    assert mean_gap(run, 100.0) == pytest.approx((0.5 + 0.2) / 2)
    late = pd.DataFrame({"time_limit": 100.0, "seconds": [10.0], "cost": [120.0]})
    assert mean_gap(late, 100.0) == pytest.approx((1 + 0.2) / 2)
    assert mean_gap(pd.concat([late, run]), 100.0) == mean_gap(run, 100.0)


def test_areas_are_medians_of_seeds_and_have_a_mean(tmp_path: Path) -> None:
    table = tmp_path / "curves.csv"
    table.write_text(
        "case,seed,time_limit,seconds,cost\n"
        "A,0,100.0,0.1,110\nA,1,100.0,0.1,130\nA,2,100.0,0.1,120\nB,0,100.0,0.2,140\nC,0,100.0,1,1\n"
    )
    curves, bounds = read_curves(table), pd.DataFrame({"case": ["A", "B"], "bound": [100.0, 100.0]})
    assert curves is not None
    assert mean_gaps(curves, bounds).to_dict("records") == [
        {"case": "A", "100 s": "20.00"},
        {"case": "B", "100 s": "40.00"},
        {"case": "mean", "100 s": "30.00"},
    ]


def test_variants_stand_beside_the_case_itself(tmp_path: Path) -> None:
    table = tmp_path / "variants.csv"
    assert read_variants(table) is None
    table.write_text(
        "case,variant,seed,time_limit,bound_seconds,cost,bound,gap,commit,date,machine\n"
        "A,as it is,0,60,30,103,100,3.00 %,abc,2026-01-01,here\n"
        "A,deeper,0,60,30,105,100,5.00 %,abc,2026-01-02,here\n"
        "B,as it is,0,60,30,102,100,2.00 %,abd,2026-01-02,here\n"
    )
    append_row(tmp_path / "x.csv", row(JOBS[0]))
    bounds = pd.DataFrame({"case": ["A"], "bound": [100.0]})
    text = page(read_results(tmp_path / "x.csv"), bounds, read_variants(table))
    assert "| as it is | 3.00 % | 2.00 % |\n| deeper | 5.00 % | - |" in text
    assert "2026-01-01 to 2026-01-02, wse-cp at abc, abd. here." in text


def test_the_certified_bounds_cover_all_cases() -> None:
    path = ROOT / "docs/bounds.csv"
    assert "".join(read_bounds(path)["case"]) == "ABCDEFGHIJKLMNOPQRST"
