from __future__ import annotations

import json
import signal
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from tests.cli.bound_case import VALUE, StubSearch, certificate, install
from tests.cli.small_case import write_instance
from tests.marks import with_slow
from wse_cp.cli import run
from wse_cp.machine.memory import own_memory


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> StubSearch:
    monkeypatch.chdir(tmp_path)
    write_instance(tmp_path)
    return install(monkeypatch)


def test_compiling_comes_before_the_time_that_bound_is_given(stub: StubSearch) -> None:
    assert run(["bound", "small.kgraph", "--quiet"]) == 0
    assert stub.order == ["compile", "search"]


def test_bound_prints_value_parts_method_and_seconds(
    stub: StubSearch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["bound", "small.kgraph"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        ["lower", "bound", "500"],
        ["of", "time", "375"],
        ["of", "wire", "125"],
        ["of", "adapters", "0"],
        ["seconds", "0.2"],
        ["method", "whole"],
    ]


def test_bound_passes_its_options_on(stub: StubSearch) -> None:
    assert run(["bound", "small.kgraph", "--time-limit", "1.5", "--workers", "3"]) == 0
    assert (stub.given["time_limit"], stub.given["workers"]) == (1.5, 3)


def test_with_little_memory_one_thread_searches(stub: StubSearch) -> None:
    own = own_memory()
    assert run(["bound", "small.kgraph", "--workers", "3", "--memory-limit", str(own + 250_000_000)]) == 0
    assert stub.given["workers"] == 1


def test_a_limit_below_what_the_process_has_ends_with_status_2(
    stub: StubSearch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["bound", "small.kgraph", "--memory-limit", "5MB"]) == 2
    error = capsys.readouterr().err
    assert "expected a memory limit of at least" in error
    assert len(error.splitlines()) == 1


def test_the_json_has_the_keys_of_the_specification(
    stub: StubSearch, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.value = Fraction(2, 3)
    assert run(["bound", "small.kgraph", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "instance": "small.kgraph",
        "lower_bound": "2/3",
        "parts": {"time": 0.5, "wire": "1/6", "adapters": 0},
        "method": "whole",
        "seconds": 0.25,
        "certificate": None,
    }


def test_the_certificate_is_written_and_named(
    stub: StubSearch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["bound", "small.kgraph", "--certificate", "out.json", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["certificate"] == "out.json"
    assert (tmp_path / "out.json").read_text() == certificate(VALUE)


def test_progress_goes_to_stderr_as_claims(stub: StubSearch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bound", "small.kgraph", "--json"]) == 0
    printed = capsys.readouterr()
    assert "claimed bound 250 " in printed.err
    assert "checking the certificate" in printed.err
    json.loads(printed.out)


def test_quiet_silences_the_progress(stub: StubSearch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bound", "small.kgraph", "--quiet"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_search_and_keeps_the_bound(
    stub: StubSearch, tmp_path: Path, capfd: pytest.CaptureFixture[str], number: signal.Signals
) -> None:
    stub.during = lambda: signal.raise_signal(number)
    assert run(["bound", "small.kgraph", "--certificate", "out.json"]) == 0
    printed = capfd.readouterr()
    assert "stopping with the best bound" in printed.err
    assert "stopped" in printed.out
    assert (tmp_path / "out.json").is_file()


@pytest.mark.parametrize("text", with_slow(["", "{}", "not JSON", certificate(VALUE - 1)], "", "not JSON"))
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_bound_that_the_verifier_does_not_agree_to_is_neither_printed_nor_written(
    stub: StubSearch, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, form: list[str]
) -> None:
    stub.text = text
    assert run(["bound", "small.kgraph", "--quiet", "--certificate", "out.json", *form]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert "certificate" in printed.err
    assert not (tmp_path / "out.json").exists()


@pytest.mark.parametrize(
    "options",
    [
        ["--certificate", "nowhere/out.json"],
        ["--certificate", "."],
        ["--certificate", "small.kgraph"],
        ["--time-limit", "0"],
        ["--time-limit", "nan"],
        ["--workers", "0"],
        ["--frobnicate"],
    ],
)
def test_a_bad_option_ends_before_the_search_in_one_line_with_status_2(
    stub: StubSearch, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    assert run(["bound", "small.kgraph", *options]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert stub.given == {}


def test_the_help_imports_neither_solver_nor_compiler_nor_plotting() -> None:
    code = (
        "import sys; from wse_cp.cli import run; run(['bound', '--help']); run(['grade', '--help']);"
        "print([m for m in ('ortools', 'numba', 'matplotlib', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
