from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.small_case import write_instance, write_solution
from wse_cp import __version__
from wse_cp.cli import run


def test_info_shows_network_weights_and_a_line_per_kernel(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["info", str(write_instance(tmp_path))]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["wafer", "40", "x", "30", "tiles"] in lines
    assert ["weights", "time", "1,", "wire", "2,", "adapter", "3"] in lines
    assert ["counted", "edges", "1"] in lines
    [kernel] = [line for line in lines if line[:2] == ["k2", "conv"]]
    assert kernel[-2:] == ["576", "6"]  # work; least area 3 x 2


def test_info_of_many_kernels_has_a_line_for_those_alike(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["info", "large:inception-308"]) == 0
    lines = capsys.readouterr().out.splitlines()
    rows = [line for line in lines if re.search(r"\bconv +H=", line)]
    assert len(rows) < 50
    counted = [re.match(r"k\d+( and (\d+) alike)? ", row) for row in rows]
    assert sum(1 + int(found[2] or 0) for found in counted if found) == 308


def test_info_names_only_some_of_many_sources_and_sinks(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["info", "large:layered-800"]) == 0
    (sinks,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("sinks"))
    assert re.fullmatch(r"sinks( +k\d+){24} and \d+ more", sinks)


def test_info_in_a_pipe_is_plain_text(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "wse_cp", "info", str(write_instance(tmp_path))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "\x1b" not in done.stdout
    assert all(line == line.rstrip() for line in done.stdout.splitlines())


@pytest.mark.parametrize(("suffix", "magic"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
@pytest.mark.parametrize("colour", ["type", "time"])
def test_plot_writes_the_format_its_name_asks_for(
    tmp_path: Path, suffix: str, magic: bytes, colour: str
) -> None:
    out = tmp_path / f"out.{suffix}"
    files = [str(write_instance(tmp_path)), str(write_solution(tmp_path))]
    assert run(["plot", *files, "-o", str(out), "--colour", colour]) == 0
    assert out.read_bytes().startswith(magic)


@pytest.mark.parametrize("output", ["out.gif", "nowhere/out.png"])
def test_plot_refuses_what_it_cannot_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], output: str
) -> None:
    files = [str(write_instance(tmp_path)), str(write_solution(tmp_path))]
    assert run(["plot", *files, "-o", str(tmp_path / output)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("command", ["solve", "check", "info", "plot"])
def test_a_missing_instance_is_one_line_and_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    missing = str(tmp_path / "missing.kgraph")
    rest = {"check": [missing], "plot": [missing, "-o", str(tmp_path / "x.png")]}.get(command, [])
    rest += ["-o", str(tmp_path / "x.paint")] if command == "solve" else []
    assert run([command, missing, *rest]) == 2
    error = capsys.readouterr().err
    assert len(error.splitlines()) == 1
    assert "missing.kgraph" in error


def test_an_unknown_command_is_one_line_and_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["frobnicate"]) == 2
    assert "frobnicate" in capsys.readouterr().err


def test_no_arguments_print_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    assert "solve" in capsys.readouterr().out


def test_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"wse-cp {__version__}\n"


def test_a_reader_that_goes_away_causes_no_traceback(instances: Path) -> None:
    command = [sys.executable, "-m", "wse_cp", "info", str(instances / "A.kgraph")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""


def test_names_that_the_output_cannot_show_are_escaped(tmp_path: Path) -> None:
    out = tmp_path / "größe.svg"
    command = [sys.executable, "-m", "wse_cp", "plot"]
    command += [str(write_instance(tmp_path)), str(write_solution(tmp_path)), "-o", str(out)]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert "gr\\xf6\\xdfe.svg" in done.stdout
    assert out.exists()
