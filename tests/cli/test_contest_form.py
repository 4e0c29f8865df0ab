from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.cli.small_case import StubSolver, stub_module, write_instance
from wse_cp.cli import run


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> StubSolver:
    stub = StubSolver()
    monkeypatch.setitem(sys.modules, "wse_cp.solve", stub_module(stub))
    monkeypatch.chdir(tmp_path)
    write_instance(tmp_path)
    return stub


def test_the_contest_form_solves_and_overrules_the_file(stub: StubSolver, tmp_path: Path) -> None:
    line = "width=50 kgraph=small.kgraph timelimit=3 wirepenalty=9 output=out.paint height=60"
    assert run(line.split()) == 0
    assert (tmp_path / "out.paint").is_file()
    settings = stub.given["instance"].settings
    assert (settings.width, settings.height, settings.wlength, settings.wadapter) == (50, 60, 9, 3)
    assert stub.given["time_limit"] == 3


def test_the_contest_form_serves_a_file_without_header(stub: StubSolver, tmp_path: Path) -> None:
    text = (tmp_path / "small.kgraph").read_text()
    (tmp_path / "bare.kgraph").write_text(text[text.index("conv[1]") :])
    assert run(["kgraph=bare.kgraph", "output=out.paint", "wirepenalty=4", "width=35", "height=33"]) == 0
    settings = stub.given["instance"].settings
    assert (settings.width, settings.height, settings.wlength) == (35, 33, 4)


def test_a_wafer_in_the_file_that_is_too_small_does_not_matter_where_another_is_given(
    stub: StubSolver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (tmp_path / "small.kgraph").read_text()
    wafer = re.compile(r"^(width|height)=\d+$", re.MULTILINE)
    assert len(wafer.findall(text)) == 2
    (tmp_path / "tiny.kgraph").write_text(wafer.sub(r"\1=1", text))
    assert run(["kgraph=tiny.kgraph"]) == 2
    assert "tiny.kgraph:" in capsys.readouterr().err
    assert run(["kgraph=tiny.kgraph", "width=633", "height=633"]) == 0
    settings = stub.given["instance"].settings
    assert (settings.width, settings.height) == (633, 633)


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("kgraph=small.kgraph colour=red", "colour=red"),
        ("kgraph=small.kgraph width=5 width=6", "width"),
        ("output=out.paint", "kgraph=FILE"),
        ("kgraph=small.kgraph width=wide", "width"),
        ("kgraph=small.kgraph width=-5", "width"),
        ("kgraph=small.kgraph width=" + "9" * 30, "width"),
        ("kgraph=small.kgraph timelimit=", "timelimit"),
        ("kgraph=small.kgraph timelimit=soon", "timelimit"),
        ("kgraph=small.kgraph --quiet", "--quiet"),
        ("kgraph=small.kgraph width=1", "small.kgraph"),
        ("kgraph=nothere.kgraph", "nothere.kgraph"),
    ],
)
def test_a_bad_contest_line_ends_in_one_clear_line(
    stub: StubSolver, capsys: pytest.CaptureFixture[str], line: str, hint: str
) -> None:
    assert run(line.split()) == 2
    error = capsys.readouterr().err
    assert len(error.splitlines()) == 1
    assert hint in error
    assert stub.given == {}
