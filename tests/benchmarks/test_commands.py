"""The commands: python -m benchmarks.NAME."""

from __future__ import annotations

import csv
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import typer

from benchmarks import bounds, cases
from benchmarks.bounds import BoundRow, update_bounds
from benchmarks.project import instance_file
from tests.paths import ROOT
from wse_cp.errors import InputError

BOUND = BoundRow("B", "12.5", "10", "2.5", "0", 60.0, 1.5, 0.7, 100.0, "abc", "2026-01-01", "a machine")
COMMANDS = ("bounds", "cases", "joint_model", "networks", "variants")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_explains_itself(name: str) -> None:
    command = [sys.executable, "-m", f"benchmarks.{name}", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "--time-limit" in done.stdout


def test_an_unknown_case_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError, match="instance file"):
        instance_file(tmp_path, "nothing")
    for command in (cases.main, bounds.main):
        with pytest.raises(typer.Exit) as ended:
            command("nothing")
        assert ended.value.exit_code == 2
        assert "nothing.kgraph" in capsys.readouterr().err


def test_without_cases_the_page_is_made_of_the_rows_on_record(tmp_path: Path) -> None:
    cases.main("", table=tmp_path / "page.md")
    assert (tmp_path / "page.md").read_text() == (ROOT / "docs/benchmarks.md").read_text()


def test_a_bound_takes_the_place_of_the_case_in_order(tmp_path: Path) -> None:
    table = tmp_path / "bounds.csv"
    for row in (BOUND, replace(BOUND, case="A"), replace(BOUND, bound="13", time="10.5")):
        update_bounds(table, row)
    with table.open(newline="") as file:
        rows = [(row["case"], row["bound"], row["time"]) for row in csv.DictReader(file)]
    assert rows == [("A", "12.5", "10"), ("B", "13", "10.5")]
