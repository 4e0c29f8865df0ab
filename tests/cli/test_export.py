from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.small_case import COST, instance, placement, write_instance, write_solution
from wse_cp.cli import run
from wse_cp.files.by_suffix import read_instance_file, read_placement_file


def export(folder: Path, *arguments: str) -> int:
    return run(["export", str(write_instance(folder)), *arguments])


def test_an_instance_goes_to_json_and_back(tmp_path: Path) -> None:
    assert export(tmp_path, "-o", str(tmp_path / "x.json")) == 0
    assert run(["export", str(tmp_path / "x.json"), "-o", str(tmp_path / "back.kgraph")]) == 0
    assert (tmp_path / "back.kgraph").read_text().startswith("(*")
    for name in ("x.json", "back.kgraph"):
        assert read_instance_file(tmp_path / name) == instance()


def test_a_placement_goes_to_json_and_back(tmp_path: Path) -> None:
    paint, path = write_solution(tmp_path), tmp_path / "p.json"
    assert export(tmp_path, str(paint), "-o", str(path)) == 0
    assert export(tmp_path, str(path), "-o", str(tmp_path / "p.paint")) == 0
    for name in ("p.json", "p.paint"):
        assert read_placement_file(tmp_path / name, instance()) == placement()


def test_commands_read_json_in_place_of_the_contests_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export(tmp_path, "-o", str(tmp_path / "x.json"))
    export(tmp_path, str(write_solution(tmp_path)), "-o", str(tmp_path / "p.json"))
    files = [str(tmp_path / "x.json"), str(tmp_path / "p.json")]
    assert run(["check", *files]) == 0
    assert f"{COST}" in capsys.readouterr().out
    assert run(["plot", *files, "-o", str(tmp_path / "p.svg")]) == 0


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("x.csv", "name,type,"),
        ("x.dot", 'digraph "small" {'),
        ("x.json", "{"),
        ("x.JSON", "{"),
        ("x.kgraph", "(*"),
    ],
)
def test_the_ending_chooses_the_format(tmp_path: Path, name: str, begins: str) -> None:
    assert export(tmp_path, "-o", str(tmp_path / name)) == 0
    assert (tmp_path / name).read_text().startswith(begins)


def test_a_format_may_be_named(tmp_path: Path) -> None:
    assert export(tmp_path, "-o", str(tmp_path / "x.txt"), "--format", "csv", "--table", "wires") == 0
    assert (tmp_path / "x.txt").read_text() == (
        "source,target,multiplicity,length,adapters,h_differs,w_differs,channels_differ,cost\nk1,k2,1,,,,,,\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "x.txt"], "expected an output name ending in .json, .kgraph, "),
        (["-o", "x.csv", "--format", "xls"], "--format: expected"),
        (["-o", "x.paint"], "x.paint: expected a SOLUTION to write as .paint, found none"),
        (["given.paint", "-o", "x.kgraph"], "x.kgraph: expected no SOLUTION"),
        (
            ["-o", "x.csv", "--max-options", "3"],
            "expected --max-options with .dzn only, found .csv",
        ),
        (["-o", "x.dot", "--model", "m.mzn"], "--model: expected --model with .dzn only, found .dot"),
        (
            ["-o", "x.dzn", "--max-options", "0"],
            "expected at least 1 option a kernel, found 0",
        ),
        (["-o", "small.kgraph"], "expected an output file of its own, found an input of this command"),
        (["-o", "no/x.csv"], "expected an existing directory for the output"),
    ],
)
def test_a_wrong_command_line_is_refused_in_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    write_solution(tmp_path)
    write_instance(tmp_path)
    assert run(["export", "small.kgraph", *arguments]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
