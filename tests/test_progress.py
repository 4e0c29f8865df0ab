from __future__ import annotations

import io
from fractions import Fraction

import pytest
from rich.console import Console

from wse_cp.bounds.result import Bound, BoundParts
from wse_cp.progress import Event, LiveTable, NullObserver, PlainLines, incumbent_table, open_observer
from wse_cp.score import Score


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def incumbent(seconds: float, cost: int) -> Event:
    return Event(seconds, "windows", score=Score(Fraction(cost), Fraction(cost), Fraction(1, 2), 3))


def plain(events: list[Event]) -> list[str]:
    stream = io.StringIO()
    with PlainLines(stream) as observer:
        for event in events:
            observer(event)
    return stream.getvalue().splitlines()


def test_an_incumbent_is_a_line_with_its_parts_and_its_source() -> None:
    [line] = plain([incumbent(1.25, 900)])
    expected = "1.2 s cost 900 (max time 900, wire length 0.5, adapters 3) windows"
    assert line.split() == expected.split()


def test_a_burst_of_incumbents_shows_its_first_and_its_last() -> None:
    lines = plain([incumbent(0.1 * i, 900 - i) for i in range(10)])
    assert [line.split()[3] for line in lines] == ["900", "891"]


def test_incumbents_that_are_apart_are_all_shown() -> None:
    assert len(plain([incumbent(3.0 * i, 900 - i) for i in range(5)])) == 5


def test_messages_are_never_held_back_and_come_in_order() -> None:
    lines = plain([incumbent(0, 9), incumbent(0.1, 8), Event(0.2, "setup", "compiling")])
    assert ["cost 9" in lines[0], "cost 8" in lines[1], "compiling" in lines[2]] == [True] * 3


def test_the_table_of_incumbents_shows_all_parts() -> None:
    console = Console(file=io.StringIO(), width=120)
    with console.capture() as capture:
        console.print(incumbent_table([incumbent(1, 900), incumbent(2, 800)]))
    last = capture.get().splitlines()[-1]
    assert last.split() == ["2.0", "800", "800", "0.5", "3", "windows"]


def bound(seconds: float, value: int) -> Event:
    parts = BoundParts(Fraction(value - 2), Fraction(3, 2), Fraction(0))
    return Event(seconds, "stack", bound=Bound(Fraction(value), parts, "stack", seconds, "{}"))


def test_a_bound_is_a_line_that_calls_it_a_claim() -> None:
    [line] = plain([bound(1.25, 900)])
    expected = "1.2 s claimed bound 900 (time 898, wire 1.5, adapters 0) stack"
    assert line.split() == expected.split()


def test_a_burst_of_bounds_shows_its_first_and_its_last() -> None:
    lines = plain([bound(0.1 * i, 900 + i) for i in range(10)])
    assert [line.split()[4] for line in lines] == ["900", "909"]


def test_the_live_table_shows_bounds() -> None:
    stream = Terminal()
    with LiveTable(stream) as table:
        table(bound(0.0, 900))
    printed = stream.getvalue()
    assert "claimed bound" in printed
    assert "max time" not in printed


def test_the_live_table_shows_the_last_incumbents() -> None:
    stream = Terminal()
    with LiveTable(stream, rows=2) as table:
        for cost in (903, 902, 901):
            table(incumbent(0.0, cost))
    printed = stream.getvalue()
    assert "901" in printed
    assert "902" in printed


@pytest.mark.parametrize(
    ("stream", "quiet", "kind"),
    [(io.StringIO(), False, PlainLines), (Terminal(), False, LiveTable), (Terminal(), True, NullObserver)],
)
def test_the_observer_suits_the_stream(stream: io.StringIO, quiet: bool, kind: type) -> None:
    assert isinstance(open_observer(stream, quiet), kind)
