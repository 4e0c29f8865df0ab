"""Help and completion: at once, complete, and fit for a terminal of 80 columns."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from wse_cp.cli import app, run
from wse_cp.cli.app import examples
from wse_cp.cli.completing import instance_files, parts, solution_files

HEAVY = ("numba", "pandas", "ortools", "matplotlib", "rich", "numpy", "networkx", "scipy", "psutil")
COMMANDS = [command.name or command.callback.__name__ for command in app.registered_commands]  # type: ignore[union-attr]


def help_text(command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys, "argv", ["wse-cp"])
    assert run([*command, "--help"]) == 0
    return capsys.readouterr().out


def test_help_imports_nothing_heavy() -> None:
    code = f"""
import sys
from wse_cp.cli import run
run(["--help"]); run(["solve", "--help"])
print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_every_help_text_has_examples_and_fits_80_columns(
    command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = help_text(command, capsys, monkeypatch)
    assert max(map(len, text.splitlines())) <= 80
    lines = [line.strip() for line in text.partition("Examples:")[2].splitlines() if line.strip()]
    assert lines
    assert all(line.startswith(" ".join(["wse-cp", *command])) for line in lines)


def test_the_list_of_commands_cuts_no_description_short(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = help_text([], capsys, monkeypatch)
    assert "..." not in text.partition("Commands:")[2].partition("Examples:")[0]


def test_remarks_stand_in_line() -> None:
    text = examples("short # one", "much longer # two", "no remark at all, but very long indeed")
    first, second, _ = text.splitlines()[2:]
    assert first.index("#") == second.index("#")


def completions(words: str, cwd: Path) -> list[str]:
    """Return what the shell is told for a command line that ends where the cursor stands."""
    environment = {
        **os.environ,
        "_WSE_CP_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    code = "from wse_cp.cli import main; main()"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=environment)
    return done.stdout.split()


def test_the_shell_completes_commands_files_and_values(tmp_path: Path) -> None:
    for name in ("A.kgraph", "A.paint", "notes.txt"):
        (tmp_path / name).touch()
    assert completions("wse-cp so", tmp_path) == ["solve"]
    assert completions("wse-cp solve ", tmp_path) == ["A.kgraph"]
    assert completions("wse-cp plot --colour t", tmp_path) == ["type", "time"]


def test_a_script_for_the_shell_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    command = [sys.executable, "-m", "wse_cp", "--show-completion", "bash"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert "_WSE_CP_COMPLETE=complete_bash" in done.stdout


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "instances").mkdir()
    (tmp_path / "instances/best").mkdir()
    for name in ("A.kgraph", "B.kgraph", "best/A.paint"):
        (tmp_path / "instances" / name).touch()
    (tmp_path / ".hidden.kgraph").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("incomplete", "found"),
    [
        ("", ["instances/A.kgraph", "instances/B.kgraph", "instances/best/"]),
        ("instances/A", ["instances/A.kgraph"]),
        ("none", []),
        ("nowhere/", []),
        (".h", [".hidden.kgraph"]),
    ],
)
def test_instances_are_completed_through_directories(folder: Path, incomplete: str, found: list[str]) -> None:
    assert instance_files(incomplete) == found


def test_solutions_are_completed_by_their_own_suffix(folder: Path) -> None:
    assert solution_files("in") == ["instances/best/A.paint"]


def test_lists_of_parts_are_completed_at_their_end() -> None:
    assert parts("st") == ["stacks"]
    assert parts("stacks,caps,rows,") == [
        f"stacks,caps,rows,{part}" for part in ("spans", "trees", "neighbourhoods")
    ]
