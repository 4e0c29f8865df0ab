"""The example heuristic: on the page as in its file, legal, and as good as the page says."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from fractions import Fraction

import pandas as pd
import pytest

import wse_cp as wse
from tests.docs.pages import blocks
from tests.paths import ROOT
from wse_cp.decimals import exact_text, percent_text
from wse_cp.result import relative_gap

EXAMPLE = ROOT / "docs/examples/shelves.py"
PAGE = ROOT / "docs/heuristic.md"


@pytest.fixture(scope="module")
def place() -> Callable[[wse.Instance], wse.Placement]:
    return runpy.run_path(str(EXAMPLE))["place"]  # type: ignore[no-any-return]


def test_the_page_shows_the_file() -> None:
    assert EXAMPLE.read_text() in blocks(PAGE, "python")


def test_it_has_thirty_lines_of_code() -> None:
    body = EXAMPLE.read_text().partition("@cache")[2].splitlines()
    code = [line for line in body if line.strip() and not line.strip().startswith('"""')]
    assert len(code) < 38


@pytest.mark.parametrize("case", ["A", "K", "T"])
def test_it_is_legal_and_costs_what_the_page_says(
    case: str, place: Callable[[wse.Instance], wse.Placement]
) -> None:
    instance = wse.load(ROOT / f"instances/{case}.kgraph")
    placement = place(instance)
    assert wse.violations(instance, placement) == []
    cost = wse.score(instance, placement).cost
    assert row(case)[:4] == [case, weights(instance), exact_text(cost), exact_text(bound(case))]
    assert row(case)[4:] == [gap(case, cost), gap(case, best(instance, case))]


def row(case: str) -> list[str]:
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith(f"| {case} |")]
    assert len(lines) == 1
    return [cell.strip() for cell in lines[0].strip("|").split("|")]


def weights(instance: wse.Instance) -> str:
    settings = instance.settings
    return f"{settings.wdeltat}, {settings.wlength}, {settings.wadapter}"


def bound(case: str) -> Fraction:
    table = pd.read_csv(ROOT / "docs/bounds.csv", dtype=str).set_index("case")
    return Fraction(str(table.loc[case, "bound"]))


def best(instance: wse.Instance, case: str) -> Fraction:
    return wse.score(instance, wse.load_placement(ROOT / f"instances/best/{case}.paint", instance)).cost


def gap(case: str, cost: Fraction) -> str:
    return percent_text(relative_gap(cost, bound(case)))
