"""README's results."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from benchmarks.readme import mean_gaps, proofs, ranges, results, table, with_results
from benchmarks.runs import Job, append_row
from benchmarks.table import read_results
from tests.benchmarks.rows import row
from tests.paths import ROOT

BOUNDS = pd.DataFrame(
    {"case": ["A", "E", "K"], "bound": [100.0, 50.0, 30.0], "time_limit": [60.0, 300.0, 60.0]}
)


def rows(path: Path, time_limit: float = 60.0, **costs: float) -> pd.DataFrame:
    for case, cost in costs.items():
        for seed in (0, 1):
            append_row(path, row(Job(case, seed, time_limit, 2), cost))
    return read_results(path)


def test_the_results_are_those_on_record() -> None:
    readme = (ROOT / "README.md").read_text()
    assert with_results(readme, results()) == readme, "run python -m benchmarks.readme"


def test_gaps_are_to_the_certified_bound(tmp_path: Path) -> None:
    best = pd.DataFrame({"case": ["A", "K"], "cost": [102.0, 30.0]})
    found = table(rows(tmp_path / "x.csv", A=105.0, K=30.0), BOUNDS, best)
    assert list(found["gap of the median"]) == ["5.00 %", "optimal"]
    assert list(found["its gap"]) == ["2.00 %", "optimal"]


def test_mean_gaps_are_told_with_and_without_adapters(tmp_path: Path) -> None:
    long, short = rows(tmp_path / "x.csv", A=104.0, E=55.0), rows(tmp_path / "y.csv", 10.0, A=110.0, E=60.0)
    text = mean_gaps(long, short, BOUNDS)
    assert text == (
        "The mean gap of A (adapters cost nothing) is 4.00 %, that of the others 10.00 %; "
        "after 10 s they are 10.00 % and 20.00 %."
    )


def test_only_what_every_seed_proves_in_time_counts_as_proven(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    for case, cost, seconds in (("A", 100.0, (5.0, 60.5)), ("E", 51.0, (5.0, 5.0)), ("K", 30.0, (7.2, 9.9))):
        for seed, wall in enumerate(seconds):
            append_row(path, replace(row(Job(case, seed, 60.0, 2), cost), wall_seconds=wall))
    assert proofs(read_results(path), BOUNDS).startswith("On K a run ends after 7 to 10 s ")


def test_letters_in_sequence_are_a_range() -> None:
    assert ranges("DBCAIKMLNXY") == "A-D, I, K-N, X, Y"
