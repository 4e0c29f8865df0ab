from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.measure import measure
from benchmarks.project import instance_file
from benchmarks.runs import (
    Job,
    Row,
    add_curve,
    append_row,
    check_method,
    plan,
    read_rows,
    run_missing,
)
from benchmarks.table import (
    comparison,
    on_the_way,
    page,
    read_bounds,
    read_curves,
    read_results,
    read_variants,
    summary,
)
from tests.paths import ROOT
from wse_cp.errors import InputError

JOBS = plan(["A", "B"], [0, 1], 60.0, 2)


def row(job: Job, cost: float = 100.25) -> Row:
    return Row(
        case=job.case,
        seed=job.seed,
        time_limit=job.time_limit,
        workers=job.workers,
        method=job.method,
        cost=str(cost),
        max_time="90",
        wire_length="10.25",
        adapters="0",
        legal=True,
        wall_seconds=60.5,
        peak_memory_mb=512.0,
        commit="abc",
        date="2020-01-01",
        machine="a machine, with a comma",
        version="0.1.0",
    )


class Runner:
    """Stands in for the solver; fails (as if interrupted) when its budget is spent."""

    def __init__(self, budget: int = 99) -> None:
        self.jobs: list[Job] = []
        self.budget = budget

    def __call__(self, job: Job) -> Row:
        if len(self.jobs) == self.budget:
            raise KeyboardInterrupt
        self.jobs.append(job)
        return row(job)


def test_every_case_runs_with_every_seed(tmp_path: Path) -> None:
    runner = Runner()
    list(run_missing(JOBS, tmp_path / "x.csv", runner))
    assert [(job.case, job.seed) for job in runner.jobs] == [("A", 0), ("B", 0), ("A", 1), ("B", 1)]


def test_an_interrupted_benchmark_goes_on_where_it_stopped(tmp_path: Path) -> None:
    table = tmp_path / "x.csv"
    with pytest.raises(KeyboardInterrupt):
        list(run_missing(JOBS, table, Runner(budget=3)))
    assert len(read_rows(table)) == 3
    rest = Runner()
    list(run_missing(JOBS, table, rest))
    assert rest.jobs == JOBS[3:]
    assert len(read_rows(table)) == 4


def test_runs_with_other_options_are_other_runs(tmp_path: Path) -> None:
    table = tmp_path / "x.csv"
    list(run_missing(plan(["A"], [0], 60, 2), table, Runner()))
    for jobs in (plan(["A"], [0], 10, 2), plan(["A"], [0], 60, 1)):
        runner = Runner()
        list(run_missing(jobs, table, runner))
        assert runner.jobs == jobs


def test_rows_survive_writing_and_reading(tmp_path: Path) -> None:
    append_row(tmp_path / "x.csv", row(JOBS[0]))
    [read] = read_rows(tmp_path / "x.csv")
    assert (read["cost"], read["machine"]) == ("100.25", "a machine, with a comma")


def test_a_csv_file_of_something_else_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="columns"):
        append_row(tmp_path / "x.csv", row(JOBS[0]))
    assert (tmp_path / "x.csv").read_text() == "a,b\n1,2\n"


def test_the_summary_holds_best_median_and_ratio(tmp_path: Path) -> None:
    for seed, cost in enumerate([110.0, 100.25, 104.0]):
        append_row(tmp_path / "x.csv", row(Job("A", seed, 60, 2), cost))
    bounds = pd.DataFrame({"case": ["A"], "bound": [100.0]})
    [line] = summary(read_results(tmp_path / "x.csv"), bounds).to_dict("records")
    assert (line["best cost"], line["median cost"], line["seeds"]) == (100.25, 104.0, 3)
    assert line["median / bound"] == pytest.approx(1.04)


def test_the_page_has_a_table_for_each_set_of_options_and_the_mean_ratio(tmp_path: Path) -> None:
    for job in (*JOBS, Job("Z", 0, 10, 1)):
        append_row(tmp_path / "x.csv", row(job))
    bounds = pd.DataFrame({"case": ["A", "B"], "bound": [100.25, 50.125]})
    text = page(read_results(tmp_path / "x.csv"), bounds)
    assert text.count("## ") == 2
    assert "over 2 cases: 1.5000" in text
    [without_bound] = [line for line in text.splitlines() if line.startswith("| Z ")]
    assert without_bound.split(" | ")[8:10] == ["-", "-"]


def test_other_ways_are_compared_with_the_full_search(tmp_path: Path) -> None:
    table = tmp_path / "x.csv"
    for method, cost in (("full", 100.0), ("without trees", 120.0), ("joint model", 0.0)):
        found = row(Job("A", 0, 60, 2, method), cost)
        append_row(table, found if cost else replace(found, cost="", max_time="", legal=False))
    append_row(table, row(Job("B", 0, 60, 2), 50.0))
    [line] = comparison(read_results(table)).to_dict("records")
    assert line == {"case": "A", "full": 100.0, "joint model": 0.0, "without trees": 1.2}
    text = page(read_results(table), pd.DataFrame({"case": ["A"], "bound": [80.0]}))
    assert "| A | 100 | none | 1.2000 |" in text


def test_long_runs_are_looked_at_on_the_way(tmp_path: Path) -> None:
    table = tmp_path / "curves.csv"
    assert read_curves(table) is None
    table.write_text(
        "case,seed,time_limit,seconds,cost\n"
        "A,0,600.0,2.5,130\nA,0,600.0,70,120\nA,0,600.0,300,110\nA,0,600.0,301,100.5\n"
        "A,1,600.0,5,114\nA,1,60.0,5,90\n"
        "B,0,60.0,5,90\n"
    )
    bounds = pd.DataFrame({"case": ["A"], "bound": [100.0]})
    curves = read_curves(table)
    assert curves is not None
    [line] = on_the_way(curves, bounds).to_dict("records")
    assert line == {"case": "A", "seeds": 2, "10 s": 122, "60 s": 122, "300 s": 112, "300 s / bound": 1.12}
    append_row(tmp_path / "x.csv", row(JOBS[0]))
    text = page(read_results(tmp_path / "x.csv"), bounds, curves=curves)
    assert "| A | 2 | 122 | 122 | 112 | 1.1200 |" in text


def test_variants_stand_beside_the_case_itself(tmp_path: Path) -> None:
    table = tmp_path / "variants.csv"
    assert read_variants(table) is None
    table.write_text(
        "case,variant,seed,time_limit,bound_seconds,cost,bound,gap,commit,date,machine\n"
        "A,as it is,0,60,30,103,100,3.00 %,abc,2026-01-01,here\n"
        "A,deeper,0,60,30,105,100,5.00 %,abc,2026-01-02,here\n"
        "B,as it is,0,60,30,102,100,2.00 %,abd,2026-01-02,here\n"
    )
    append_row(tmp_path / "x.csv", row(JOBS[0]))
    bounds = pd.DataFrame({"case": ["A"], "bound": [100.0]})
    text = page(read_results(tmp_path / "x.csv"), bounds, read_variants(table))
    assert "| as it is | 3.00 % | 2.00 % |\n| deeper | 5.00 % | - |" in text
    assert "2026-01-01 to 2026-01-02, wse-cp at abc, abd. here." in text


@pytest.mark.parametrize("method", ["full", "joint model", "construction", "without spans"])
def test_methods_that_can_be_run(method: str) -> None:
    check_method(method)


@pytest.mark.parametrize("method", ["spans", "without", "without luck", "earlier", ""])
def test_methods_that_cannot(method: str) -> None:
    with pytest.raises(InputError, match="method"):
        check_method(method)


def test_curves_are_added_to(tmp_path: Path) -> None:
    (tmp_path / "trace.csv").write_text("seconds,cost\n0.50,9.5\n2.25,7\n")
    for case in "AB":
        add_curve(tmp_path / "curves.csv", Job(case, 1, 60, 2), tmp_path / "trace.csv")
    lines = (tmp_path / "curves.csv").read_text().split()
    assert lines[0] == "case,seed,time_limit,seconds,cost"
    assert lines[1:] == ["A,1,60,0.50,9.5", "A,1,60,2.25,7", "B,1,60,0.50,9.5", "B,1,60,2.25,7"]


def test_the_certified_bounds_cover_all_cases() -> None:
    path = ROOT / "docs/bounds.csv"
    assert "".join(read_bounds(path)["case"]) == "ABCDEFGHIJKLMNOPQRST"


def test_an_unknown_case_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="instance file"):
        instance_file(tmp_path, "nothing")


def test_memory_counts_the_children_of_a_command() -> None:
    child = "x = bytearray(150_000_000); import time; time.sleep(1.2)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    measured = measure([sys.executable, "-c", code])
    assert measured.status == 0
    assert measured.peak_memory_mb > 150


def test_a_failing_command_keeps_its_status_and_message() -> None:
    measured = measure([sys.executable, "-c", "import sys; sys.exit('no way')"])
    assert (measured.status, measured.stderr) == (1, "no way\n")
