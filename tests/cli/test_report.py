from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.cli.bound_case import VALUE, StubSearch, install, write_certificate
from tests.cli.small_case import COST, StubSolver, instance, placement, stub_module, write_instance
from wse_cp.cli import run
from wse_cp.files.by_suffix import write_placement_file

OUT = ["-o", "out.html"]


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> StubSearch:
    monkeypatch.chdir(tmp_path)
    write_instance(tmp_path)
    write_certificate(tmp_path)
    write_placement_file("best.paint", instance(), placement())
    write_placement_file("bad.paint", instance(), placement().replace([replace(placement()["k2"], x=0)]))
    Path("out.paint").write_text("k1 = ")
    return install(monkeypatch)


def page() -> str:
    return Path("out.html").read_text()


def data() -> dict[str, Any]:
    match = re.search(r'id="report-data">(.*?)</script>', page())
    assert match is not None
    return dict(json.loads(match.group(1)))


def test_report_writes_a_page_of_the_solutions_side_by_side(
    stub: StubSearch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_placement_file("far.paint", instance(), placement().replace([replace(placement()["k2"], x=8)]))
    assert run(["report", "small.kgraph", "best.paint", "far.paint", *OUT]) == 0
    assert capsys.readouterr().out == "written out.html\n"
    assert [solution["label"] for solution in data()["solutions"]] == ["best.paint", "far.paint"]
    assert f">{COST}<" in page()
    assert "+10 (+1.71 %)" in page()
    assert stub.given == {}


def test_the_command_and_the_versions_stand_on_the_page(stub: StubSearch) -> None:
    Path("a b.paint").write_text(Path("best.paint").read_text())
    run(["report", "small.kgraph", "a b.paint", *OUT])
    assert "<code>wse-cp report small.kgraph &#39;a b.paint&#39; -o out.html</code>" in page()
    assert "OR-Tools" in page()


@pytest.mark.parametrize("wrong", ["bad", "out"])
def test_wrong_solutions_are_shown_and_the_status_says_so(stub: StubSearch, wrong: str) -> None:
    assert run(["report", "small.kgraph", "best.paint", f"{wrong}.paint", *OUT]) == 1
    assert ("k1 and k2 overlap" if wrong == "bad" else "unreadable: out.paint:1") in page()
    assert len(data()["solutions"]) == 2


def test_the_bound_comes_from_a_certificate_or_from_a_search_that_is_asked_for(stub: StubSearch) -> None:
    assert run(["report", "small.kgraph", "best.paint", *OUT, "--certificate", "bound.json"]) == 0
    assert f"{VALUE} (verified)" in page()
    assert "17.20 %" in page()
    assert stub.given == {}
    assert run(["report", "small.kgraph", "best.paint", *OUT, "--time-limit", "3"]) == 0
    assert f"{VALUE} (verified)" in page()
    assert stub.given["time_limit"] == 3
    assert run(["report", "small.kgraph", "best.paint", *OUT]) == 0
    assert "none given" in page()


def test_nothing_is_written_with_a_bound_that_does_not_hold(
    stub: StubSearch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for text in ("{}", json.dumps({"bound": [COST + 1, 1]})):
        Path("bound.json").write_text(text)
        assert run(["report", "small.kgraph", "best.paint", *OUT, "--certificate", "bound.json"]) == 1
    assert "best.paint is legal" in capsys.readouterr().err
    assert not Path("out.html").exists()


def test_traces_belong_to_the_solutions_in_order(stub: StubSearch) -> None:
    Path("t.csv").write_text(f"seconds,cost\n0.10,700\n2.00,{COST}\n")
    assert run(["report", "small.kgraph", "best.paint", "bad.paint", *OUT, "--trace", "t.csv"]) == 1
    assert page().count("Cost over time") == 1
    assert f"cost 700 after 0.10 s, {COST} after 2.00 s" in page()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--certificate", "bound.json", "--time-limit", "3"], "both"),
        (["--time-limit", "0"], "time limit"),
        (["--trace", "t.csv", "--trace", "t.csv"], "2 traces of 1"),
        (["--trace", "t.csv"], f"ends at {COST}"),
        (["--certificate", "missing.json"], "missing.json"),
        (["-o", "best.paint"], "an input of this command"),
        (["-o", "no/out.html"], "directory"),
    ],
)
def test_a_bad_option_is_one_line_and_status_2(
    stub: StubSearch, capsys: pytest.CaptureFixture[str], options: list[str], reason: str
) -> None:
    Path("t.csv").write_text("seconds,cost\n0.10,700\n")
    assert run(["report", "small.kgraph", "best.paint", *OUT, *options]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert reason in line
    assert not Path("out.html").exists()


def test_solutions_of_the_same_name_are_told_apart_by_their_folders(stub: StubSearch) -> None:
    Path("in").mkdir()
    write_placement_file("in/best.paint", instance(), placement())
    assert run(["report", "small.kgraph", "best.paint", "in/best.paint", *OUT]) == 0
    assert [solution["label"] for solution in data()["solutions"]] == ["best.paint", "in/best.paint"]


def test_solve_writes_a_page_with_the_run(stub: StubSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    solver = StubSolver()
    solver.lower_bound, solver.history = Fraction(500), ((0.1, Fraction(600)), (0.2, Fraction(COST)))
    monkeypatch.setitem(sys.modules, "wse_cp.solve", stub_module(solver))
    assert run(["solve", "small.kgraph", "--seed", "5", "--report", "out.html"]) == 0
    assert "cost 600 after 0.10 s" in page()
    assert "500 (as claimed by its certificate, not yet verified)" in page()
    assert "<code>wse-cp solve small.kgraph --seed 5 --report out.html</code>" in page()
    assert [solution["label"] for solution in data()["solutions"]] == ["small.paint"]


def test_solve_refuses_a_page_it_could_not_write_before_it_searches(
    stub: StubSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    solver = StubSolver()
    monkeypatch.setitem(sys.modules, "wse_cp.solve", stub_module(solver))
    assert run(["solve", "small.kgraph", "--report", "small.paint"]) == 2
    assert solver.given == {}
