"""The benchmark of the large instances: its rows and the exponents of growth."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks import large
from benchmarks.large import (
    BEGIN,
    END,
    Run,
    exponent,
    read_runs,
    read_yardstick,
    run_once,
    runs,
    write_into_page,
)
from benchmarks.measure import Measured
from benchmarks.project import PROJECT, write_csv
from wse_cp.errors import InputError
from wse_cp.networks.large import large_names


def stub(command: Sequence[str]) -> Measured:
    """Write what a run of the solver would write."""
    options = dict(pairwise(command))
    report = {
        "cost": 150,
        "max_time": 100,
        "wire_length": 50,
        "adapters": 3,
        "lower_bound": "400/3",
        "gap": 0.125,
    }
    Path(options["--json"]).write_text(json.dumps(report))
    Path(options["--trace"]).write_text("seconds,cost\n0.25,300\n4.5,180\n30.0,150\n")
    return Measured(0, "", "", 61.0, 512.4)


def test_a_row_tells_when_which_cost_was_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "measure", stub)
    run = run_once("transformer-384", 0, 60.0, 200.0)
    assert (run.first_seconds, run.first) == (0.25, 1.5)
    assert (run.early_seconds, run.early) == (5.0, 0.9)
    assert (run.last, run.cost, run.gap_percent) == (0.75, 150.0, 12.5)
    assert (run.kernels, run.peak_memory_mb) == (384, 512)


def test_only_small_instances_get_several_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "measure", stub)
    found = [(run.instance, run.seed) for run in runs(["inception-308", "layered-2000"], [0, 1], 60.0)]
    assert found == [("inception-308", 0), ("layered-2000", 0), ("inception-308", 1)]


def test_rows_are_read_as_they_were_written_and_make_a_table(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(large, "measure", stub)
    found = list(runs(["inception-308", "layered-2000"], [0, 1], 60.0))
    write_csv(tmp_path / "large.csv", [field.name for field in fields(Run)], map(asdict, found))
    assert read_runs(tmp_path / "large.csv") == found
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_into_page(page, found)
    text = page.read_text()
    assert "| `layered-2000` | 2,000 | 0.25 |" in text
    assert "old" not in text
    assert text.endswith(f"{END}\nafter\n")
    page.write_text("no marks")
    with pytest.raises(InputError, match="large: begin"):
        write_into_page(page, found)


def test_the_exponent_of_a_power_is_found() -> None:
    kernels = [300.0, 1000.0, 10_000.0]
    assert exponent(kernels, [7 * n**1.2 for n in kernels]) == pytest.approx(1.2)


def test_the_yardstick_has_all_large_instances() -> None:
    assert {*read_yardstick(PROJECT / "docs/large_yardstick.csv")} == {*large_names()}
