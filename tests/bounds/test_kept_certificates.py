"""The certificates in instances/bounds: verified, in step with docs/bounds.csv, below known placements."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from tests.paths import ROOT
from wse_cp.bounds.verifier import verify
from wse_cp.files.by_suffix import read_instance_file, read_placement_file
from wse_cp.instance import Instance
from wse_cp.score import checked_score

CASES = "ABCDEFGHIJKLMNOPQRST"
#: Verified within seconds.
QUICK = "ABDIKM"


def claimed(case: str) -> Fraction:
    return Fraction(*json.loads((ROOT / f"instances/bounds/{case}.json").read_text())["bound"])


def verified(case: str, instances: Path) -> Fraction:
    text = (ROOT / f"instances/bounds/{case}.json").read_text()
    return verify(read_instance_file(instances / f"{case}.kgraph"), text, workers=2)


@pytest.mark.parametrize("case", QUICK)
def test_certificate_holds(case: str, instances: Path) -> None:
    assert verified(case, instances) == claimed(case)


@pytest.mark.slow
@pytest.mark.parametrize("case", sorted(set(CASES) - set(QUICK)))
def test_certificate_of_a_larger_case_holds(case: str, instances: Path) -> None:
    assert verified(case, instances) == claimed(case)


def test_table_has_the_bounds_of_the_certificates() -> None:
    with (ROOT / "docs/bounds.csv").open(newline="") as file:
        rows = {row["case"]: Fraction(row["bound"]) for row in csv.DictReader(file)}
    assert rows == {case: claimed(case) for case in CASES}


def test_no_benchmark_run_beats_a_bound() -> None:
    with (ROOT / "docs/benchmarks.csv").open(newline="") as file:
        costs = [(row["case"], Fraction(row["cost"])) for row in csv.DictReader(file) if row["cost"]]
    assert costs
    assert all(cost >= claimed(case) for case, cost in costs)


def test_no_known_solution_beats_a_bound(contest: Path, contest_case: Callable[[str], Instance]) -> None:
    files = sorted((contest / "solutions").glob("*.paint"))
    assert files
    for path in files:
        case = path.name[0]
        instance = contest_case(case)
        assert checked_score(instance, read_placement_file(path, instance)).cost >= claimed(case)
