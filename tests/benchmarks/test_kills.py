"""Kills are judged by what a run had told of, and by nothing else; the slow test kills some runs."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from benchmarks.kills import PROMISE, Told, faults, main, search_instance
from tests.checkpoint.cases import KEPT, chain, placed
from wse_cp.checkpoint.document import CheckpointText
from wse_cp.files.by_suffix import write_placement_file
from wse_cp.score import score

INSTANCE = chain()
PLACEMENT = placed(INSTANCE)
COST = score(INSTANCE, PLACEMENT).cost


def test_what_was_told_a_second_before_is_due() -> None:
    told = Told([(10.0, Fraction(9)), (11.0, Fraction(8)), (12.0, Fraction(7))])
    assert told.due(10.5) is None
    assert told.due(11.0 + PROMISE / 2) == 9
    assert told.due(12.1 + PROMISE) == 7


def test_time_with_a_full_disk_does_not_count() -> None:
    costs = [(10.0, Fraction(9)), (11.5, Fraction(8))]
    assert Told(costs, [(11.7, True)]).due(20.0) == 9
    assert Told(costs, [(11.7, True), (13.0, False)]).due(13.5) == 9
    assert Told(costs, [(11.7, True), (13.0, False)]).due(14.5) == 8
    assert Told(costs, [(10.5, True), (11.0, False)]).due(11.8) is None


def left(folder: Path) -> Path:
    """Write what a run leaves."""
    (folder / "run").mkdir()
    (folder / "run/checkpoint.json").write_text(CheckpointText(INSTANCE).of(KEPT))
    write_placement_file(folder / "run/placement.paint", INSTANCE, PLACEMENT)
    write_placement_file(folder / "x.json", INSTANCE, PLACEMENT)
    return folder


def test_files_as_they_should_be_have_no_faults(tmp_path: Path) -> None:
    assert list(faults(left(tmp_path), INSTANCE, None)) == []
    assert list(faults(tmp_path, INSTANCE, COST)) == []
    assert list(faults(tmp_path, INSTANCE, COST + 1)) == []


def test_a_run_that_had_told_nothing_may_leave_nothing(tmp_path: Path) -> None:
    assert list(faults(tmp_path, INSTANCE, None)) == []
    assert len(list(faults(tmp_path, INSTANCE, COST))) >= 3


def test_what_is_worse_missing_or_cut_short_is_a_fault(tmp_path: Path) -> None:
    folder = left(tmp_path)
    assert len(list(faults(folder, INSTANCE, COST - 1))) == 2
    text = (folder / "x.json").read_text()
    (folder / "x.json").write_text(text[: len(text) // 2])
    assert len(list(faults(folder, INSTANCE, None))) == 1
    (folder / "run/checkpoint.json").unlink()
    assert len(list(faults(folder, INSTANCE, COST))) == 2


@pytest.mark.slow
def test_killed_runs_leave_what_they_had_told_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--kills", "20", "--full", "10", "--searches", "4", "--jobs", "2", "--folder", str(tmp_path)]
    assert main(arguments) == 0
    assert "20 killed" in capsys.readouterr().out


def test_the_instance_that_is_searched_has_room() -> None:
    assert placed(search_instance())
