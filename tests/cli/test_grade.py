from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.cli.bound_case import VALUE, StubSearch, install, write_certificate
from tests.cli.small_case import COST, instance, placement, write_instance
from wse_cp.cli import run
from wse_cp.files.by_suffix import write_placement_file
from wse_cp.placement import Placement


def far(x: int) -> Placement:
    """The placement with its second kernel moved: each tile of x costs 2."""
    return placement().replace([replace(placement()["k2"], x=x)])


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> StubSearch:
    monkeypatch.chdir(tmp_path)
    write_instance(tmp_path)
    write_certificate(tmp_path)
    for name, placed in {"best": placement(), "far": far(8), "same": placement(), "bad": far(0)}.items():
        write_placement_file(tmp_path / f"{name}.paint", instance(), placed)
    (tmp_path / "out.paint").write_text((tmp_path / "bad.paint").read_text().replace("k2 :", "[/x] :"))
    return install(monkeypatch)


def grade(*files: str) -> list[str]:
    return ["grade", "small.kgraph", *(f"{name}.paint" for name in files), "--certificate", "bound.json"]


def graded(capsys: pytest.CaptureFixture[str], *files: str) -> list[dict[str, Any]]:
    run([*grade(*files), "--json"])
    return list(json.loads(capsys.readouterr().out)["solutions"])


def test_the_table_ranks_solutions_with_their_parts_and_gaps(
    stub: StubSearch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(grade("far", "best")) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["lower", "bound", str(VALUE)]
    assert lines[-2] == ["1", "best.paint", str(COST), "576", "3.5", "1", "17.20", "%", "legal"]
    assert lines[-1] == ["2", "far.paint", str(COST + 10), "576", "8.5", "1", "19.20", "%", "legal"]


def test_equal_costs_share_a_rank(stub: StubSearch, capsys: pytest.CaptureFixture[str]) -> None:
    found = graded(capsys, "far", "best", "same")
    assert [(s["file"], s["rank"]) for s in found] == [("best.paint", 1), ("same.paint", 1), ("far.paint", 3)]


def test_an_illegal_solution_is_named_with_its_first_violation(
    stub: StubSearch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(grade("bad", "best")) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-3].split() == ["-", "bad.paint", "-", "-", "-", "-", "-", "illegal"]
    assert lines[-1] == "illegal: bad.paint: k1 and k2 overlap"


def test_further_violations_are_counted(
    stub: StubSearch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both = Placement([replace(placed, x=39) for placed in placement().values()])
    write_placement_file(tmp_path / "bad.paint", instance(), both)
    assert run(grade("bad")) == 1
    assert capsys.readouterr().out.splitlines()[-1].endswith("outside the 40 x 30 wafer (and 2 more)")


@pytest.mark.parametrize("content", ["k1 = ", "k1 = [/x]( 1 2 )", "", None])
def test_an_unreadable_solution_is_listed_with_its_reason_and_the_others_are_graded(
    stub: StubSearch, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    (tmp_path / "out.paint").unlink()
    if content is not None:
        (tmp_path / "out.paint").write_text(content)
    assert run(grade("out", "best")) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-4].split()[:2] == ["1", "best.paint"]
    assert lines[-3].split() == ["-", "out.paint", "-", "-", "-", "-", "-", "unreadable"]
    assert lines[-1].startswith("unreadable: out.paint:")


def test_the_json_has_a_solution_each(stub: StubSearch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*grade("best", "bad", "out"), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert list(report) == ["instance", "lower_bound", "certificate", "solutions"]
    assert (report["instance"], report["lower_bound"]) == ("small.kgraph", VALUE)
    assert report["certificate"] == "bound.json"
    best, bad, out = report["solutions"]
    assert best == {
        "rank": 1,
        "file": "best.paint",
        "legal": True,
        "violations": [],
        "error": None,
        "cost": COST,
        "max_time": 576,
        "wire_length": 3.5,
        "adapters": 1,
        "gap": 0.172,
    }
    assert (bad["rank"], bad["legal"], bad["cost"], bad["gap"]) == (None, False, None, None)
    assert bad["violations"][0]["kind"] == "overlap"
    assert (out["legal"], out["violations"]) == (False, [])
    assert "out.paint" in out["error"]


def test_the_csv_has_a_row_each(stub: StubSearch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*grade("best", "bad"), "--csv"]) == 1
    best, bad = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert best == {
        "rank": "1",
        "file": "best.paint",
        "verdict": "legal",
        "cost": "586",
        "max_time": "576",
        "wire_length": "3.5",
        "adapters": "1",
        "lower_bound": "500",
        "gap_percent": "17.2000",
        "reason": "",
    }
    assert (bad["rank"], bad["verdict"], bad["cost"]) == ("", "illegal", "")
    assert bad["reason"] == "k1 and k2 overlap"


@pytest.mark.parametrize(
    ("value", "gap"), [(0, "-"), (COST, "0.00"), (Fraction(COST * 10**5 - 1, 10**5), "<0.01")]
)
def test_bounds_of_zero_and_of_the_cost(
    stub: StubSearch, tmp_path: Path, capsys: pytest.CaptureFixture[str], value: int | Fraction, gap: str
) -> None:
    write_certificate(tmp_path, value)
    assert run(grade("best")) == 0
    assert capsys.readouterr().out.splitlines()[-1].split()[6] == gap


def test_without_a_certificate_a_bound_is_computed_and_checked(
    stub: StubSearch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["grade", "small.kgraph", "best.paint", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert stub.given["time_limit"] == 60
    assert (report["lower_bound"], report["certificate"]) == (VALUE, None)


def test_the_time_limit_is_passed_on(stub: StubSearch) -> None:
    assert run(["grade", "small.kgraph", "best.paint", "--time-limit", "3"]) == 0
    assert stub.given["time_limit"] == 3


def test_nothing_is_graded_against_a_refused_certificate(
    stub: StubSearch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bound.json").write_text("{}")
    assert run(grade("best")) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "wse-cp: bound.json: certificate refused: no bound in it: KeyError\n"


def test_a_legal_solution_below_the_bound_refutes_it(
    stub: StubSearch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_certificate(tmp_path, COST + 1)
    assert run(grade("far", "best")) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "best.paint" in printed.err


@pytest.mark.parametrize(
    "options",
    [
        ["--certificate", "bound.json", "--time-limit", "5"],
        ["--certificate", "bound.json", "--json", "--csv"],
        ["--certificate", "missing.json"],
        ["--time-limit", "0"],
    ],
)
def test_a_bad_option_is_one_line_and_status_2(
    stub: StubSearch, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    assert run(["grade", "small.kgraph", "best.paint", *options]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert stub.given == {}


def test_no_solution_is_a_usage_error(stub: StubSearch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["grade", "small.kgraph"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("quiet", [True, False])
def test_quiet_silences_the_search_for_a_bound(
    stub: StubSearch, capsys: pytest.CaptureFixture[str], quiet: bool
) -> None:
    assert run(["grade", "small.kgraph", "best.paint", *(["--quiet"] if quiet else [])]) == 0
    printed = capsys.readouterr()
    assert "best.paint" in printed.out
    assert bool(printed.err) != quiet
