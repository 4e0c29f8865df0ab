"""The commands and examples in docs/interchange.md do what the page says."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.paths import ROOT
from wse_cp.cli import run
from wse_cp.export.minizinc.data import MAX_TABLE
from wse_cp.files.json_documents import format_instance, parse_instance, parse_placed
from wse_cp.files.paint import match_names
from wse_cp.placement import Placement
from wse_cp.report.frames import KERNEL_COLUMNS, WIRE_COLUMNS
from wse_cp.score import checked_score

PAGE = (ROOT / "docs/interchange.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "instances").symlink_to(ROOT / "instances")
    (tmp_path / "tiny.json").write_text(blocks("json")[0])
    return tmp_path


def test_the_commands_run(folder: Path) -> None:
    for line in blocks("sh")[0].splitlines():
        assert run(shlex.split(line, comments=True)[1:]) == 0, line
    for name in ("A.json", "best.json", "A.csv", "A.dot", "A.pdf", "back.kgraph", "back.paint"):
        assert (folder / name).stat().st_size
    back = (folder / "back.paint").read_text()
    assert back == (ROOT / "instances/best/A.paint").read_text()


def test_minizinc_finds_a_legal_placement_no_dearer_than_the_pages(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export, solve, check = blocks("sh")[1].splitlines()
    assert run(shlex.split(export)[1:]) == 0
    if shutil.which("minizinc") is None:
        pytest.skip("MiniZinc is not installed")
    subprocess.run(solve, shell=True, check=True, capture_output=True, timeout=300)
    assert run(shlex.split(check)[1:]) == 0
    found = re.search(r"cost +([0-9.]+)", capsys.readouterr().out)
    assert found
    assert found[1] == "23"


def test_the_documents_on_the_page_fit_together() -> None:
    text, placement = blocks("json")
    instance = parse_instance(text, "page")
    assert format_instance(instance) == text
    placed = match_names(parse_placed(placement, "page"), instance)
    assert checked_score(instance, Placement(placed)).cost == 23


def test_columns_and_limits_are_those_of_the_program() -> None:
    for columns in (KERNEL_COLUMNS, WIRE_COLUMNS):
        for name in columns:
            assert re.search(rf"\b{name}\b", PAGE) or name in ("c2", "c3", "k2", "k3")
    assert f"{MAX_TABLE // 1000} thousand" in PAGE
