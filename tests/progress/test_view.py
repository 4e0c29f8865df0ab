"""The view of a run: what it says, and that it suits terminals of all kinds."""

from __future__ import annotations

import io
import time
from fractions import Fraction

import pytest
from rich.console import Console

from wse_cp.bounds.result import Bound, BoundParts
from wse_cp.progress import Activity, Event
from wse_cp.progress.live import LiveView, view_html
from wse_cp.progress.view import Frame, RunState, view
from wse_cp.result import OperatorStatistics
from wse_cp.score import Score


def incumbent(seconds: float, cost: int, source: str = "slicing+align") -> Event:
    return Event(seconds, source, score=Score(Fraction(cost), Fraction(34048), Fraction(2673, 2), 23))


def bound(seconds: float, value: int) -> Event:
    parts = BoundParts(Fraction(34048), Fraction(value - 34048), Fraction(0))
    return Event(seconds, "bound", bound=Bound(Fraction(value), parts, "method", seconds, "{}"))


ACTIVITY = Activity(
    12.0,
    ("slicing", "lns:near-window", "bound"),
    (
        OperatorStatistics("rows", 1, 3, Fraction(20000), 3.0),
        OperatorStatistics("lns:near-window", 22, 2, Fraction(31, 2), 4.0),
        OperatorStatistics("slicing", 12, 5, Fraction(900), 8.0),
    ),
)


def run_state() -> RunState:
    told = RunState()
    for seconds, cost in ((0.1, 60000), (3.0, 40000), (11.0, 36000)):
        told.record(incumbent(seconds, cost))
    told.record(bound(11.5, 35000))
    told.watch(ACTIVITY)
    return told


def shown(told: RunState, width: int = 80, height: int = 30, ascii_only: bool = False) -> list[str]:
    console = Console(file=io.StringIO(), width=width, height=height, color_system=None)
    with console.capture() as capture:
        console.print(view(told, Frame(width, height, ascii_only), 60.0))
    return [line.rstrip() for line in capture.get().splitlines()]


def test_the_view_shows_incumbent_bound_and_gap_with_their_parts() -> None:
    lines = [" ".join(line.split()) for line in shown(run_state())]
    assert lines[:4] == [
        "cost 36000 max time 34048, wire length 1336.5, adapters 23",
        "found by slicing+align after 11.0 s",
        "claimed bound 35000 time 34048, wire 952, adapters 0",
        "gap 2.86 %",
    ]


def test_ways_of_improving_are_listed_by_gain_and_those_at_work_marked() -> None:
    lines = [line.split() for line in shown(run_state())]
    table = lines[next(i for i, line in enumerate(lines) if line[:1] == ["way"]) + 1 :]
    assert table[:3] == [
        ["rows", "1", "3", "20000", "3.0"],
        ["▸", "slicing", "12", "5", "900", "8.0"],
        ["▸", "lns:near-window", "22", "2", "15.5", "4.0"],
    ]


def test_the_last_line_has_the_clock_and_who_is_at_work() -> None:
    last = shown(run_state())[-1]
    assert last.startswith("12.0 s of 60 s")
    assert last.endswith("at work: slicing, lns:near-window, bound")


def test_a_message_stands_there_until_something_is_found() -> None:
    told = run_state()
    told.record(Event(12.5, "compiler", "compiling"))
    assert shown(told)[-1].endswith("compiling")
    told.record(incumbent(13.0, 35900))
    assert "compiling" not in shown(told)[-1]


def test_the_chart_shows_the_cost_over_time() -> None:
    lines = shown(run_state())
    chart = [line for line in lines if "│" in line]
    assert len(chart) == 5
    assert chart[0].startswith("60000 │")
    assert chart[-1].startswith("36000 │")


def test_a_single_point_has_no_chart() -> None:
    told = RunState()
    told.record(incumbent(1.0, 36000))
    assert not any("│" in line for line in shown(told))


def test_a_bound_alone_has_a_chart_of_its_own() -> None:
    told = RunState()
    for seconds, value in ((1.0, 34100), (5.0, 34500), (10.0, 35000)):
        told.record(bound(seconds, value))
    lines = shown(told)
    assert lines[0].split()[:3] == ["claimed", "bound", "35000"]
    assert any(line.startswith("34100 │") for line in lines)
    assert not any(line.startswith(("cost", "gap")) for line in lines)


def test_a_bound_above_the_incumbent_shows_no_gap() -> None:
    told = run_state()
    told.record(bound(12.0, 37000))
    assert not any(line.startswith("gap") for line in shown(told))


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_no_line_is_wider_than_the_terminal(width: int, ascii_only: bool) -> None:
    assert all(len(line) <= width for line in shown(run_state(), width, ascii_only=ascii_only))


@pytest.mark.parametrize("height", [10, 16, 18, 24, 50])
def test_the_view_is_no_higher_than_the_terminal(height: int) -> None:
    many = tuple(OperatorStatistics(f"way {i}", 1, 1, Fraction(i), 1.0) for i in range(30))
    told = run_state()
    told.watch(Activity(12.0, ("way 3",), many))
    assert len(shown(told, height=height)) <= height


def test_in_ascii_nothing_else_is_shown() -> None:
    assert all(line.isascii() for line in shown(run_state(), ascii_only=True))


class Terminal(io.TextIOWrapper):
    """A terminal of a given encoding."""

    def __init__(self, encoding: str) -> None:
        self.bytes = io.BytesIO()
        super().__init__(self.bytes, encoding=encoding, errors="strict", write_through=True)

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_a_live_view_suits_the_encoding_of_its_terminal(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal(encoding)
    with LiveView(stream, 60.0) as live:
        live(incumbent(0.5, 36000))
        live.watch(ACTIVITY)
        time.sleep(0.3)
    text = stream.bytes.getvalue().decode(encoding)
    assert "36000" in text
    assert "slicing" in text


def test_no_colours_where_none_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal("utf-8")
    with LiveView(stream) as live:
        live(incumbent(0.5, 36000))
    text = stream.bytes.getvalue().decode()
    assert "36000" in text
    assert "\x1b[1m" in text  # bold is no colour
    assert not any(f"\x1b[{code}m" in text for code in ("32", "1;32", "36"))


def test_the_view_of_a_notebook_escapes_what_it_quotes() -> None:
    told = RunState()
    told.record(Event(0.0, "compiler", "<script>alert(1)</script>"))
    html = view_html(told)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
