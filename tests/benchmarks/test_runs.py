"""Runs of cases: which, in which order, and that none is made twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.runs import Job, Row, add_curve, append_row, check_method, plan, read_rows, run_missing
from tests.benchmarks.rows import JOBS, row
from wse_cp.errors import InputError


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
