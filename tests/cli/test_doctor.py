from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.marks import with_slow
from tests.paths import ROOT
from wse_cp import __version__, doctor
from wse_cp.ahead.parts import ALL
from wse_cp.cli import run
from wse_cp.code_cache.folders import Folders
from wse_cp.cpsat.outcome import Outcome
from wse_cp.doctor import Diagnosis, Finding, Package, examine, parsed, versions


@pytest.fixture(scope="module")
def found() -> dict[str, Finding]:
    return {finding.name: finding for finding in examine().findings}


def test_a_sound_installation_is_described(found: dict[str, Finding]) -> None:
    assert not [finding for finding in found.values() if finding.broken]
    assert found["wse-cp"].found.startswith(__version__)
    assert found["compiler"].found == "compiles"
    assert "process" in found["solver"].found
    assert "usable" in found["cores"].found
    assert "GB" in found["memory"].found


def test_the_cache_is_named_and_is_warm_or_cold(found: dict[str, Finding]) -> None:
    directory, _, state = found["compile cache"].found.partition(" (")
    assert Path(directory).is_dir()
    assert state.startswith(("warm", "cold"))


def cache_in(monkeypatch: pytest.MonkeyPatch, folders: Folders, complete: bool = False) -> Finding:
    """Return what is found of a cache in these folders; nothing is in it but what the test puts there."""
    monkeypatch.setattr("wse_cp.compiled.folders", lambda: folders)
    monkeypatch.setattr("wse_cp.compiled.is_complete", lambda: complete)
    found = doctor._cache()
    assert not found.broken
    return found


def test_a_cache_that_cannot_be_used_is_noted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for trouble in ("/x cannot be written (Read-only file system)", "other users can write to /x", "no home"):
        found = cache_in(monkeypatch, Folders(Path("/x"), None, tmp_path, trouble))
        assert trouble in found.found
        assert "NUMBA_CACHE_DIR" in found.advice
        assert "none (" in cache_in(monkeypatch, Folders(Path("/x"), None, None, trouble)).found


def test_a_damaged_cache_is_noted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "x.nbc").write_bytes(b"")
    found = cache_in(monkeypatch, Folders(tmp_path, tmp_path, tmp_path), complete=True)
    assert "damaged files: 1, such as x.nbc" in found.found
    assert found.advice


def test_a_warm_cache_is_loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    loaded: list[str] = []
    monkeypatch.setattr("wse_cp.ahead.parts.compile_part", loaded.append)
    found = cache_in(monkeypatch, Folders(tmp_path, tmp_path, tmp_path), complete=True)
    assert loaded == list(ALL)
    assert "(warm, loads in" in found.found
    found = cache_in(monkeypatch, Folders(tmp_path, tmp_path, None, "cannot be written"), complete=True)
    assert "read only: cannot be written" in found.found
    assert not found.advice


def test_a_warm_cache_that_cannot_be_loaded_is_broken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(name: str) -> None:
        raise EOFError("Ran out of input")

    monkeypatch.setattr("wse_cp.ahead.parts.compile_part", fail)
    monkeypatch.setattr("wse_cp.compiled.folders", lambda: Folders(tmp_path, tmp_path, tmp_path))
    monkeypatch.setattr("wse_cp.compiled.is_complete", lambda: True)
    assert doctor._cache().broken


def test_compiling_that_is_switched_off_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wse_cp.compiled.is_switched_off", lambda: True)
    assert doctor._cache().found == "compiling is switched off"
    assert "NUMBA_DISABLE_JIT" in doctor._cache().advice
    assert doctor._compile() == "switched off"


@pytest.mark.parametrize("value", with_slow(["1", "2"], "2"))
def test_doctor_works_where_compiling_is_switched_off(value: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_DISABLE_JIT": value}
    done = subprocess.run(
        [sys.executable, "-m", "wse_cp", "doctor"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "compiling is switched off" in done.stdout


def test_a_solver_that_fails_is_broken_and_the_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "wse_cp.cpsat.session.solve_trial", lambda _: Outcome("crashed", message="no library")
    )
    assert run(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "no library" in out
    assert "broken: reinstall ortools" in out


def test_a_missing_package_is_broken_and_an_optional_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    packages = [Package("needed", "", None), Package("nice", "onnx", None), Package("there", "", "1.2")]
    monkeypatch.setattr(doctor, "versions", lambda: packages)
    needed, nice, there = doctor._packages()
    assert (needed.broken, needed.advice) == (True, "pip install needed")
    assert (nice.broken, nice.found) == (False, "not installed (optional, for wse-cp[onnx])")
    assert (there.broken, there.found) == (False, "1.2")


def test_json_has_a_state_for_everything(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    findings = (Finding("a", "1"), Finding("b", "2", "mind it"), Finding("c", "3", "mend it", broken=True))
    monkeypatch.setattr(doctor, "examine", lambda: Diagnosis(findings))
    assert run(["doctor", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["sound"] is False
    assert [entry["state"] for entry in report["findings"]] == ["ok", "warning", "broken"]


@pytest.mark.parametrize(
    ("requirement", "name", "extra"),
    [
        ("networkx>=3.2", "networkx", ""),
        ('pytest>=8.0; extra == "test"', "pytest", "test"),
        ("a.b-c_d ; python_version > '3.8' and extra == 'onnx'", "a.b-c_d", "onnx"),
        ("both[fast]>=1,<2; python_version > '3.8'", "both", ""),
    ],
)
def test_requirements_are_taken_apart(requirement: str, name: str, extra: str) -> None:
    package = parsed(requirement, ["onnx", "test"])
    assert package is not None
    assert (package.name, package.extra) == (name, extra)


def test_what_another_system_needs_is_left_out() -> None:
    assert parsed("tomli; python_version < '3.8'", ["onnx"]) is None


def test_the_packages_of_this_one_are_found_with_their_extras() -> None:
    found = {package.name: package for package in versions()}
    assert (found["networkx"].extra, found["onnx"].extra) == ("", "onnx")
    assert "pytest" not in found


def test_it_compiles_ahead_when_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "compile_all", lambda tell: tell("compiled: rows (1 of 1)"))
    monkeypatch.setattr(doctor, "_findings", lambda: iter([Finding("all", "well")]))
    assert run(["doctor", "--compile"]) == 0
    assert "compiled: rows (1 of 1)" in capsys.readouterr().err
