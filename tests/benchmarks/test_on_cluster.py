"""Benchmarks on a cluster: a row for each run, as without one, and nothing is run twice."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

pytest.importorskip("distributed", reason="distributed is not installed (wse-cp[cluster])")

from benchmarks.on_cluster import run_missing_on
from benchmarks.runs import plan
from tests.cluster.clusters import inside


@pytest.mark.slow
def test_runs_are_spread_and_each_has_a_row_a_placement_and_a_curve(tmp_path: Path) -> None:
    table, keep, curves = tmp_path / "rows.csv", tmp_path / "kept", tmp_path / "curves.csv"
    keep.mkdir()
    jobs = plan(["N"], [0, 1], 1.0, 1)
    with inside(2) as (_, client):
        rows = list(run_missing_on(client, jobs, table, keep, curves))
        assert {row.seed for row in rows} == {0, 1}
        assert all(row.legal for row in rows)
        assert {path.name for path in keep.iterdir()} == {"N-0-1.paint", "N-1-1.paint"}
        with curves.open(newline="") as file:
            assert {line["seed"] for line in csv.DictReader(file)} == {"0", "1"}
        assert list(run_missing_on(client, jobs, table, keep, curves)) == []
