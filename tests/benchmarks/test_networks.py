"""The table of networks that are not the contest's."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.networks import (
    BEGIN,
    END,
    NetworkRun,
    markdown,
    network_runs,
    write_into_page,
    write_runs,
    written_problems,
)
from benchmarks.project import PROJECT
from wse_cp.errors import InputError
from wse_cp.files.by_suffix import read_instance_file

RUN = NetworkRun(
    "net", 3, 60.0, "12.5", "10", "2.5", "1", "10", "25.00", 60.1, "abc", "2026-01-01", "a machine"
)


def test_the_table_has_a_row_for_each_run_and_says_what_is_optimal() -> None:
    best = NetworkRun("low", 2, 60.0, "7", "5", "2", "0", "7", "0.00", 3.2, "abc", "2026-01-01", "a machine")
    lines = markdown([RUN, best]).splitlines()
    assert lines[2] == "| net | 3 | 12.5 | 10 | 2.5 | 10 | 25.00 % | 60 |"
    assert lines[3] == "| low | 2 | 7 | 5 | 2 | 7 | optimal | 3 |"
    assert lines[-1].endswith("a machine, 2026-01-01, commit abc.")


def test_the_line_below_names_the_networks_that_were_run_elsewhere() -> None:
    later = replace(RUN, network="late", commit="def")
    lines = markdown([later, RUN, replace(RUN, network="low")]).splitlines()
    assert lines[-1].endswith("commit abc; late: a machine, 2026-01-01, commit def.")


def test_a_table_replaces_the_one_before(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    for _ in range(2):
        write_into_page(page, [RUN])
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert text.count("| net |") == 1


def test_a_page_without_a_place_for_the_table_is_an_error(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing here\n")
    with pytest.raises(InputError):
        write_into_page(page, [RUN])
    assert page.read_text() == "nothing here\n"


@pytest.mark.slow
def test_a_run_says_what_solve_reported(tmp_path: Path, instances: Path) -> None:
    shutil.copy(instances / "K.kgraph", tmp_path / "K.kgraph")
    (run,) = network_runs(instances.parent, [tmp_path / "K.kgraph"], 30)
    assert (run.network, run.kernels, run.cost, run.lower_bound, run.gap_percent) == (
        "K",
        16,
        "1350",
        "1350",
        "0.00",
    )
    write_runs(tmp_path / "runs.csv", [run])
    assert "K,16,30,1350" in (tmp_path / "runs.csv").read_text()


def test_the_ten_problems_of_other_families_are_of_middling_size(tmp_path: Path) -> None:
    paths = written_problems(PROJECT / "benchmarks/families.toml", tmp_path)
    instances = [read_instance_file(path) for path in paths]
    assert len(instances) == 10
    assert all(30 <= len(instance.kernels) <= 150 for instance in instances)
    assert sum(instance.settings.wadapter > 0 for instance in instances) == 5
