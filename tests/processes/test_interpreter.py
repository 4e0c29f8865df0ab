"""The program that runs Python is found, or said to be missing; an application is never started instead."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.paths import ROOT
from tests.processes.orders import MODULE, Echo
from tests.processes.waiting import ask
from wse_cp.processes.child_process import ChildProcess
from wse_cp.processes.interpreter import NoInterpreterError, find_interpreter, runs_python, search_path
from wse_cp.processes.tries import CRASHED, STILLBORN, Tries


def program(folder: Path, name: str, text: str = "#!/bin/sh\nexit 3\n") -> str:
    """Write a program; return its path."""
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Have no interpreter where this Python is installed, or says that it is."""
    for name in ("prefix", "exec_prefix", "base_prefix"):
        monkeypatch.setattr(sys, name, str(tmp_path / "none"))
    monkeypatch.setattr(sys, "_base_executable", "", raising=False)
    monkeypatch.setattr(sysconfig, "get_config_var", lambda name: None)


def test_the_interpreter_is_the_one_that_runs() -> None:
    assert find_interpreter() == sys.executable
    assert search_path(sys.executable) == {}
    assert runs_python()


@pytest.mark.parametrize("found", ["", None, "/usr/bin/qgis", "/nowhere/python3", 7])
def test_where_python_is_embedded_that_of_the_installation_is_found(
    monkeypatch: pytest.MonkeyPatch, found: object
) -> None:
    monkeypatch.setattr(sys, "executable", found)
    python = find_interpreter()
    said = subprocess.run([python, "-c", "import sys; print(sys.version)"], capture_output=True, text=True)
    assert said.stdout.strip() == sys.version
    assert not runs_python()


def test_an_application_is_never_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mark = tmp_path / "started"
    application = program(tmp_path, "viewer", f"#!/bin/sh\ntouch {mark}\n")
    monkeypatch.setattr(sys, "executable", application)
    process: ChildProcess[object, object] = ChildProcess("tests.processes.child", "the child")
    process.kill()
    assert not mark.exists()


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize("found", ["", None, "/usr/bin/qgis", "/nowhere/python3"])
def test_without_any_it_is_said_what_there_is(monkeypatch: pytest.MonkeyPatch, found: object) -> None:
    monkeypatch.setattr(sys, "executable", found)
    with pytest.raises(NoInterpreterError, match="no Python interpreter found") as caught:
        ChildProcess(MODULE, "nobody")
    assert repr(found) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not runs_python()


def test_a_frozen_application_has_none_though_one_stands_nearby(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(NoInterpreterError):
        find_interpreter()


@pytest.mark.usefixtures("nowhere")
def test_an_interpreter_of_another_name_counts_if_the_name_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in (".python3.11-wrapped", "PyPy3", "python3.13t"):
        path = program(tmp_path, name)
        monkeypatch.setattr(sys, "executable", path)
        assert find_interpreter() == path


@pytest.mark.usefixtures("nowhere")
def test_a_program_that_may_not_be_run_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "python3"
    path.write_text("")
    path.chmod(0o644)
    monkeypatch.setattr(sys, "executable", str(path))
    with pytest.raises(NoInterpreterError):
        find_interpreter()


def test_another_interpreter_finds_the_modules_that_are_found_here(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", "/usr/bin/application")
    monkeypatch.setattr(sys, "path", [str(ROOT), *sys.path, str(tmp_path), "", str(tmp_path / "none"), "."])
    known = search_path(find_interpreter())["PYTHONPATH"].split(os.pathsep)
    assert str(tmp_path) in known
    assert all(Path(path).is_absolute() and Path(path).exists() for path in known)
    process: ChildProcess[object, object] = ChildProcess(MODULE, "the child")
    try:
        assert ask(process, Echo(1)) == 1
    finally:
        process.kill()


def test_a_process_that_never_runs_is_given_up_after_a_few_tries() -> None:
    tries = Tries()
    for _ in range(STILLBORN - 1):
        tries.ended("it ended with code 3", ready=False)
        assert not tries.given_up
    tries.ended("it ended with code 3", ready=False)
    assert tries.given_up
    assert tries.verdict() == f"given up after {STILLBORN} tries: it ended with code 3"
    assert tries.verdict() == ""  # said once


def test_a_process_that_crashes_at_work_has_more_tries_and_any_work_done_counts() -> None:
    tries = Tries()
    for _ in range(3):
        for _ in range(CRASHED - 1):
            tries.ended("killed", ready=True)
        assert not tries.given_up
        tries.worked()
    for _ in range(CRASHED):
        tries.ended("killed", ready=True)
    assert tries.given_up
