from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from tests.report.page.cases import PLACED, instance, moved, small, view
from wse_cp.decimals import difference_text, exact_text, full_text, short_text
from wse_cp.kernels import Arguments
from wse_cp.placement import Placement
from wse_cp.report.page.facts import COLUMNS, natural_key
from wse_cp.report.page.model import KnownBound
from wse_cp.report.page.plan import SHADES, Scale, scale_for
from wse_cp.report.page.view import versions
from wse_cp.score import score

SCORE = score(instance(), Placement(PLACED))


def column(title: str) -> int:
    return [column.title for column in COLUMNS].index(title)


def test_the_summary_holds_the_score_and_how_the_cost_is_made_up() -> None:
    summary = view().solutions[0].summary
    time, wire, adapter = summary.parts
    assert summary.cost == exact_text(SCORE.cost)
    assert (time.amount, wire.amount) == (exact_text(SCORE.max_time), exact_text(SCORE.wire_length))
    assert adapter.amount == str(SCORE.adapters)
    assert (time.weight, wire.weight, adapter.weight) == (1, 3, 7)
    assert sum(Fraction(part.cost) for part in summary.parts) == SCORE.cost
    assert sum(part.share for part in summary.parts) == pytest.approx(1)
    assert dict(summary.facts) == {"seconds": "2.5 (finished)", "seed": "4"}


def test_the_gap_is_that_to_the_bound_and_only_a_verified_one_proves_a_placement_optimal() -> None:
    half = KnownBound(SCORE.cost / 2, verified=True)
    assert view(bound=half).solutions[0].summary.gap == "100.00 %"
    assert view(bound=KnownBound(SCORE.cost, verified=True)).solutions[0].summary.gap == "optimal"
    claimed = view(bound=KnownBound(SCORE.cost, verified=False))
    assert claimed.solutions[0].summary.gap == "0.00 %"
    assert "not yet verified" in claimed.bound
    assert view().solutions[0].summary.gap == "-"


def test_solutions_are_measured_by_the_best_of_them() -> None:
    far = small(label="far", placed=moved(100, 61))
    best, other = view(small(), far).solutions
    assert (best.summary.difference, other.summary.difference) == (
        "best",
        difference_text(SCORE.cost + 3, SCORE.cost),
    )
    assert difference_text(Fraction(201), Fraction(200)) == "+1 (+0.50 %)"


def test_an_illegal_solution_has_violations_and_no_cost() -> None:
    legal, illegal = view(small(), small(label="bad", placed=moved(60, 30))).solutions
    assert (legal.found.verdict, illegal.found.verdict) == ("legal", "illegal")
    assert (illegal.summary.cost, illegal.summary.parts, illegal.summary.utilisation) == ("-", (), "-")
    assert [violation.kernels for violation in illegal.found.violations] == [("k3", "k10")]
    assert len(illegal.plan.overlaps) == 1
    assert legal.summary.difference == "best"


def test_an_unreadable_solution_is_kept_with_its_reason() -> None:
    found = view(small(), small(label="bad", placed=(), error="bad:1: no")).solutions[1].found
    assert (found.verdict, found.score, found.violations) == ("unreadable", None, ())


def test_impossible_execution_arguments_leave_a_row_without_numbers() -> None:
    wrong = replace(PLACED[0], args=Arguments(1, 1, (1, 1), (1,)))
    found = view(small(placed=(wrong, *PLACED[1:]))).solutions[0]
    assert found.rows[0][column("time (cycles)")] == "-"
    assert found.rows[0][column("execution arguments")] == "h=1 w=1 c1=1 c2=1 k=1"
    assert found.to_json()["ranks"][column("time (cycles)")][0] == 0  # type: ignore[index]
    assert {shape.name for shape in found.plan.shapes} == {"k2", "k3", "k10"}


def test_the_rows_hold_what_the_kernels_say() -> None:
    rows = view().solutions[0].rows
    for placed, row in zip(PLACED, rows, strict=True):
        assert row[0] == placed.name
        assert row[column("time (cycles)")] == exact_text(placed.time)
        assert row[column("size (tiles)")] == f"{placed.rectangle.width} × {placed.rectangle.height}"
        assert Fraction(row[column("of max time")].split()[0]) == round(100 * placed.time / SCORE.max_time, 2)
    assert rows[1][column("execution arguments")] == "h=2 w=1 c1=1 c2=2 c3=3 c4=2 k1=1 k2=2 k3=2 k4=1"
    assert (rows[1][column("reads")], rows[1][column("writes")]) == ("h=2 w=1 c=1", "h=2 w=1 k=2")


def test_ranks_follow_the_exact_values_and_names_their_numbers() -> None:
    ranks = view().solutions[0].to_json()["ranks"]
    times = [placed.time for placed in PLACED]
    by_rank = sorted(range(4), key=lambda i: ranks[column("time (cycles)")][i])  # type: ignore[index]
    assert [times[i] for i in by_rank] == sorted(times)
    assert ranks[0] == (1, 2, 3, 4)  # type: ignore[index]
    assert sorted(["k10", "k9", "a", "10", "k9b"], key=natural_key) == ["10", "a", "k9", "k9b", "k10"]


def test_tooltips_are_exact_where_the_table_rounds() -> None:
    third = Fraction(10, 3)
    assert (short_text(third), full_text(third)) == ("≈ 3.33", "10/3 (≈ 3.33)")
    assert (short_text(Fraction(5, 2)), full_text(Fraction(5, 2))) == ("2.5", "2.5")


def test_shades_are_equal_steps_that_cover_all_kernels() -> None:
    scale = scale_for([Fraction(93, 100), Fraction(1), None])
    assert scale == Scale(90)
    assert scale.labels == ("90-92 %", "92-94 %", "94-96 %", "96-98 %", "98-100 %")
    assert [scale.shade(Fraction(n, 100)) for n in (90, 92, 93, 98, 100)] == [0, 1, 1, 4, 4]
    assert scale_for([Fraction(1)]).shade(Fraction(3, 2)) == SHADES - 1
    assert scale_for([]).low == 0


def test_bars_stand_in_the_order_of_time() -> None:
    bars = view().solutions[0].bars
    assert [bar.share for bar in bars] == sorted((bar.share for bar in bars), reverse=True)
    assert bars[0].share == 1
    assert "100.00 % of max time" in bars[0].text


def test_versions_of_what_a_result_depends_on() -> None:
    assert [name for name, _ in versions()] == ["wse-cp", "Python", "OR-Tools", "NumPy"]


def test_kernels_stand_in_the_order_of_the_instance() -> None:
    found = view(small(placed=PLACED[::-1])).solutions[0]
    assert [row[0] for row in found.rows] == ["k1", "k2", "k3", "k10"]
