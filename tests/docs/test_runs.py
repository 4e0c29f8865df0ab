"""Blocks marked to be run do run, word for word, one after the other; searches are only given less time."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import blocks
from tests.docs.test_commands import commands
from tests.paths import ROOT
from wse_cp.cli import run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that looks like the project's, so that what the commands write stays out of it."""
    for name in ("docs", "instances", "models"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run_page(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for block in blocks(ROOT / f"docs/{name}.md", "sh", "python", marked=True):
        hurried = re.sub(r"--time-limit \d+", "--time-limit 1", block)
        if "import " in block and "$(" not in block:
            exec(hurried, {})
            continue
        for line in hurried.splitlines():
            run_line(line, monkeypatch)


def run_line(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a line for the shell; the program and Python scripts in this process, which is quicker."""
    (words,) = commands(line) if "$(" not in line else ([],)
    if words[:1] == ["wse-cp"]:
        assert run(words[1:]) == 0, line
    elif words[:1] == ["python"]:
        monkeypatch.setattr(sys, "argv", words[1:])
        runpy.run_path(words[1], run_name="__main__")
    else:
        python = f'python() {{ "{sys.executable}" "$@"; }}; '
        subprocess.run(["bash", "-euc", python + line], check=True)


def test_the_tutorial_runs(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("onnx", reason="onnx is not installed (wse-cp[onnx])")
    run_page("tutorial", monkeypatch)
    for name in ("A.paint", "A.png", "A.html", "compare.html", "shelves.paint", "squeezenet.kgraph"):
        assert (folder / name).stat().st_size > 0
    printed = capsys.readouterr().out
    assert re.search(r"shelves.paint +39889 +39312 +577 +18", printed)


def test_the_page_on_heuristics_runs(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run_page("heuristic", monkeypatch)
    (table,) = blocks(ROOT / "docs/heuristic.md", "text")
    assert table in capsys.readouterr().out


def test_the_page_that_explains_bounds_runs(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run_page("bounds_explained", monkeypatch)
    printed = capsys.readouterr().out
    assert "proven: no placement costs less than 28\n" in printed
    assert re.search(r"tiny.paint +28 +16 +3 +\d+ +0.00 % +legal", printed)
