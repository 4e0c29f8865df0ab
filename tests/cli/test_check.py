from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.small_case import COST, placement, write_instance, write_solution
from wse_cp.cli import run


def test_a_legal_solution_has_status_0_and_its_score(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", str(write_instance(tmp_path)), str(write_solution(tmp_path))]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "legal"
    assert lines[1].split() == ["cost", str(COST)]


def test_an_illegal_solution_has_status_1_and_its_violations(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = placement().replace([replace(placement()["k2"], x=39)])
    assert run(["check", str(write_instance(tmp_path)), str(write_solution(tmp_path, moved))]) == 1
    printed = capsys.readouterr().out
    assert printed.startswith("illegal: 1 violation\n")
    assert "outside" in printed


def test_an_unreadable_solution_has_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "broken.paint").write_text("k1 = ")
    assert run(["check", str(write_instance(tmp_path)), str(tmp_path / "broken.paint")]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "broken.paint" in printed.err


def test_the_json_of_an_illegal_solution_lists_violations_and_no_score(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = placement().replace([replace(placement()["k2"], x=0)])
    status = run(["check", "--json", str(write_instance(tmp_path)), str(write_solution(tmp_path, moved))])
    report = json.loads(capsys.readouterr().out)
    assert status == 1
    assert (report["legal"], report["cost"], report["max_time"]) == (False, None, None)
    assert [(v["kind"], v["kernels"]) for v in report["violations"]] == [("overlap", ["k1", "k2"])]


@pytest.mark.parametrize(
    ("case", "name", "expected"),
    [
        ("D", "D-sample", (61891.5, 56448, 5443.5)),
        ("A", "A-annealed", (74617.5, 72576, 2041.5)),
        ("C", "C-annealed", (154593.5, 144384, 10209.5)),
    ],
)
def test_the_json_of_a_known_solution_holds_its_known_score(
    contest: Path,
    capsys: pytest.CaptureFixture[str],
    case: str,
    name: str,
    expected: tuple[float, int, float],
) -> None:
    arguments = [str(contest / f"{case}.kgraph"), str(contest / f"solutions/{name}.paint")]
    assert run(["check", "--json", *arguments]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["cost"], report["max_time"], report["wire_length"]) == expected
    assert (report["lower_bound"], report["gap"]) == (None, None)


def test_checking_imports_neither_solver_nor_compiler_nor_plotting(tmp_path: Path) -> None:
    arguments = ["check", str(write_instance(tmp_path)), str(write_solution(tmp_path))]
    code = (
        f"import sys; from wse_cp.cli import run; status = run({arguments!r});"
        "print(status, [m for m in ('ortools', 'numba', 'matplotlib', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []"
