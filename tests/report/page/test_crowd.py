"""Large solutions: outlines instead of elements, and data in which no text stands twice."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from tests.report.page.cases import many, view
from wse_cp.report.page.crowd import CROWD, CROWDED_WIRES, Texts, groups, is_crowd, profile_outline
from wse_cp.report.page.facts import tip_lines
from wse_cp.report.page.render import render
from wse_cp.report.page.view import SolutionView, page_view

BOX = re.compile(r"M(-?\d+) (-?\d+)h(\d+)v(\d+)h-(\d+)z")


@pytest.fixture(scope="module")
def crowd() -> SolutionView:
    problem, solution = many(CROWD + 1)
    return page_view(problem, [solution], None, "", "").solutions[0]


@pytest.fixture(scope="module")
def data(crowd: SolutionView) -> Any:
    return crowd.to_json()


def test_outlines_are_those_of_all_kernels_by_type_and_shade() -> None:
    shapes = view().solutions[0].plan.shapes
    found = groups(shapes)
    boxes = {
        (group.type_name, *group.shades.values(), *map(int, box[:4]))
        for group in found
        for box in BOX.findall(group.outline)
    }
    assert boxes == {(shape.type_name, *shape.shades.values(), *shape.box) for shape in shapes}
    assert len({(group.type_name, *group.shades.values()) for group in found}) == len(found)


def test_only_a_crowd_is_drawn_in_groups() -> None:
    problem, solution = many(CROWD)
    plan = page_view(problem, [solution], None, "", "").solutions[0].plan
    assert plan.groups == ()
    assert len(plan.lines) > CROWD


def test_many_wires_make_a_crowd_too() -> None:
    assert not is_crowd(CROWD, CROWDED_WIRES)
    assert is_crowd(CROWD + 1, 0)
    assert is_crowd(10, CROWDED_WIRES + 1)


def test_no_text_of_a_crowd_stands_twice_and_every_tip_can_be_read(crowd: SolutionView, data: Any) -> None:
    texts = data["texts"]
    assert max(Counter(texts).values()) == 1
    assert [tuple(texts[n] for n in line) for line in data["tips"]] == [tip_lines(k) for k in crowd.kernels]
    assert [tuple(texts[n] for n in row) for row in data["rows"]] == list(crowd.rows)
    for (producer, consumer, length, needs, adapters, mismatches), wire in zip(
        data["wires"], crowd.wires, strict=True
    ):
        packed = {"producer": producer, "consumer": consumer, "adapters": adapters}
        told = {"length": texts[length], "needs": texts[needs]}
        assert {**packed, **told, "mismatches": tuple(texts[n] for n in mismatches)} == wire.to_json()


def test_shapes_of_a_crowd_hold_type_shades_box_and_label(crowd: SolutionView, data: Any) -> None:
    for packed, shape in zip(data["shapes"], crowd.plan.shapes, strict=True):
        kind, time, memory, *numbers = packed
        label = shape.label
        assert data["texts"][kind] == shape.type_name
        assert {"time": time, "memory": memory} == shape.shades
        assert numbers == [*shape.box, label.x, label.y, label.size, int(label.upright)]


def test_texts_are_numbered_in_the_order_they_come() -> None:
    texts = Texts()
    assert texts.numbers(["b", "a", "b"]) == [0, 1, 0]
    assert texts.all == ["b", "a"]


def test_the_profile_of_a_crowd_steps_where_the_time_changes() -> None:
    assert profile_outline([1.0, 1.0, 0.5]) == "M0 100H0V0H20V50H30V100Z"


def test_the_page_of_a_crowd_has_the_first_rows_and_says_what_it_lacks() -> None:
    problem, solution = many(CROWD + 1)
    text = render(page_view(problem, [solution], None, "", ""))
    assert text.count("<tr data-k=") == CROWD
    assert f"shows the first {CROWD} rows" in text
    assert 'class="wire"' not in text[text.index("<main>") : text.index('<div class="legend">')]
    assert "shows the first" not in render(view())


def test_a_page_of_thousands_stays_small() -> None:
    problem, solution = many(3000)
    assert len(render(page_view(problem, [solution], None, "", ""))) < 1_700_000
