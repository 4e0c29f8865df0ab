from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wse_cp.progress.chart import step_chart, value_range


def test_a_step_goes_down_where_the_cost_fell() -> None:
    lines = step_chart([(0.0, 300.0), (5.0, 100.0)], 10.0, 27, 3, ascii_only=True)
    assert lines == [
        "300 |***********           ",
        "    |          *           ",
        "100 |          ************",
        "     0 s               10 s",
    ]


def test_braille_has_eight_dots_in_a_character() -> None:
    [top, bottom, _] = step_chart([(0.0, 200.0), (4.0, 100.0)], 8.0, 13, 2)
    assert top == "200 │⠉⠉⠉⢹    "  # sixteen columns of dots; the riser stands in the eighth
    assert bottom == "100 │   ⢸⣀⣀⣀⣀"


def test_nothing_is_drawn_before_the_first_point() -> None:
    [line, _] = step_chart([(5.0, 100.0)], 10.0, 25, 1, ascii_only=True)
    assert line == "100 |" + 9 * " " + 11 * "*"


def test_what_was_found_in_the_first_moments_does_not_flatten_the_rest() -> None:
    assert value_range([(0.0, 9e9), (0.5, 120.0), (50.0, 100.0)], 100.0) == (100.0, 120.0)


def test_an_even_line_has_one_label() -> None:
    lines = step_chart([(0.0, 100.0)], 1.0, 40, 3, ascii_only=True)
    assert [line.partition(" |")[0].strip() for line in lines[:3]] == ["", "", "100"]


def test_no_chart_where_there_is_no_room() -> None:
    assert step_chart([(0.0, 1e6)], 1.0, 14, 4) == []


def test_no_chart_where_the_clock_has_no_room() -> None:
    assert step_chart([(0.0, 1.0)], 100.0, 15, 1) != []
    assert step_chart([(0.0, 1.0)], 1000.0, 15, 1) == []


@given(
    st.lists(st.tuples(st.floats(0, 1e4), st.floats(-1e12, 1e12)), min_size=1, max_size=30).map(sorted),
    st.integers(1, 120),
    st.integers(1, 8),
    st.booleans(),
)
def test_every_chart_fits_its_room(
    points: list[tuple[float, float]], width: int, height: int, ascii_only: bool
) -> None:
    lines = step_chart(points, points[-1][0] + 1.0, width, height, ascii_only)
    assert len(lines) in (0, height + 1)
    assert all(len(line) <= width for line in lines)
    assert not ascii_only or all(line.isascii() for line in lines)


@pytest.mark.parametrize("ascii_only", [False, True])
def test_every_point_of_time_after_the_first_point_has_a_mark(ascii_only: bool) -> None:
    lines = step_chart([(0.0, 500.0), (3.0, 400.0), (8.0, 390.0)], 10.0, 60, 4, ascii_only)
    columns = zip(*(line[5:] for line in lines[:-1]), strict=True)
    assert all(set(column) != {" "} for column in columns)
