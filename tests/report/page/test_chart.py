from __future__ import annotations

import re
from fractions import Fraction

import pytest

from wse_cp.report.page.chart import FRAME, draw_chart, linear_ticks, log_ticks

HISTORY = ((0.2, Fraction(200)), (3.0, Fraction(120)), (40.0, Fraction(220, 2)))


def numbers(path: str) -> list[float]:
    return [float(number) for number in re.findall(r"[\d.]+", path)]


def test_the_line_goes_down_in_steps_from_axis_to_axis() -> None:
    chart = draw_chart(HISTORY, 60.0, Fraction(100))
    x, y, *rest = numbers(chart.path)
    across, down = [x, *rest[0::2]], [y, *rest[1::2]]
    assert re.fullmatch(r"M\S+ \S+?(H[\d.]+V[\d.]+){2}H[\d.]+", chart.path)
    assert across == sorted(across)
    assert down == sorted(down)
    assert across[-1] == FRAME.right
    assert FRAME.top <= y
    assert down[-1] < chart.bound == FRAME.bottom  # type: ignore[operator]


def test_ticks_lie_where_their_numbers_are() -> None:
    chart = draw_chart(HISTORY, 60.0, None)
    assert [tick.text for tick in chart.seconds] == ["0.1", "0.2", "0.5", "1", "2", "5", "10", "20", "50"]
    assert [tick.at for tick in chart.costs] == sorted((t.at for t in chart.costs), reverse=True)
    assert all(FRAME.top <= tick.at <= FRAME.bottom for tick in chart.costs)
    assert chart.bound is None


@pytest.mark.parametrize("bound", [None, Fraction(7), Fraction(3)])
def test_a_single_incumbent_is_a_flat_line(bound: Fraction | None) -> None:
    chart = draw_chart(((0.01, Fraction(7)),), 0.02, bound)
    assert re.fullmatch(r"M64 [\d.]+H510", chart.path)


def test_a_dear_beginning_does_not_squeeze_the_rest() -> None:
    chart = draw_chart(((0.2, Fraction(10**6)), *HISTORY[1:]), 60.0, Fraction(100))
    _, first, *rest = numbers(chart.path)
    assert first == FRAME.top
    assert FRAME.bottom - rest[-2] > 20


def test_what_is_said_of_the_chart_is_exact() -> None:
    summary = draw_chart(HISTORY, 60.0, Fraction(401, 4)).summary
    assert summary == "cost 200 after 0.20 s, 110 after 40.00 s; lower bound 100.25"


@pytest.mark.parametrize(("low", "high"), [(0, 1), (34228.5, 35384.5), (0.001, 0.0011), (1, 10**9)])
def test_linear_ticks_are_few_and_inside(low: float, high: float) -> None:
    ticks = linear_ticks(low, high)
    assert 2 <= len(ticks) <= 5
    assert low <= ticks[0] < ticks[-1] <= high * (1 + 1e-12)


def test_log_ticks_thin_out_over_many_decades() -> None:
    assert log_ticks(0.1, 10) == [0.1, 0.2, 0.5, 1, 2, 5, 10]
    assert log_ticks(0.1, 10**4) == [0.1, 1, 10, 100, 1000, 10000]


def test_the_last_cost_is_seen_even_if_the_end_of_the_run_is_unknown() -> None:
    *_, last, _, end = numbers(draw_chart(HISTORY, None, None).path)
    assert end - last > 10
