from __future__ import annotations

import io
import threading
import time
from fractions import Fraction
from typing import Any

import pytest

from wse_cp.bounds.result import Bound, BoundParts
from wse_cp.progress import Activity, Event, NullObserver, PlainLines, open_observer
from wse_cp.progress.live import LiveView
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
    lines = plain([incumbent(0.1 * i, 900 - i) for i in range(1, 11)])
    assert [line.split()[3] for line in lines] == ["899", "890"]


def test_what_stands_at_the_start_holds_nothing_back() -> None:
    lines = plain([incumbent(0, 9), incumbent(0.1, 8), incumbent(0.2, 7), incumbent(0.3, 6)])
    assert [line.split()[3] for line in lines] == ["9", "8", "6"]


def test_incumbents_that_are_apart_are_all_shown() -> None:
    assert len(plain([incumbent(3.0 * i, 900 - i) for i in range(5)])) == 5


def test_messages_are_never_held_back_and_come_in_order() -> None:
    lines = plain([incumbent(0, 9), incumbent(0.1, 8), Event(0.2, "setup", "compiling")])
    assert ["cost 9" in lines[0], "cost 8" in lines[1], "compiling" in lines[2]] == [True] * 3


def waited_for(stream: io.StringIO, lines: int) -> list[str]:
    """The lines of a stream once it has so many, or after 20 s."""
    end = time.monotonic() + 20
    while len(stream.getvalue().splitlines()) < lines and time.monotonic() < end:
        time.sleep(0.01)
    return stream.getvalue().splitlines()


def test_what_is_held_back_is_shown_after_the_pause_though_nothing_else_comes() -> None:
    stream = io.StringIO()
    with PlainLines(stream, pause=0.05) as observer:
        for event in (bound(1, 10), bound(1.01, 20), bound(1.02, 30), incumbent(1.03, 900)):
            observer(event)
        lines = waited_for(stream, 3)
        assert [line.split()[4] for line in lines if "claimed" in line] == ["10", "30"]
        observer(bound(1.1, 40))  # within the next pause
        assert len(waited_for(stream, 4)) == 4
    assert len(stream.getvalue().splitlines()) == 4


def test_a_stream_that_nobody_reads_ends_no_pause_with_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failures: list[object] = []
    monkeypatch.setattr(threading, "excepthook", failures.append)
    stream = io.StringIO()
    observer = PlainLines(stream, pause=0.02)
    observer(bound(1, 10))
    stream.close()
    observer(bound(1.01, 20))
    timer = observer._timer
    assert timer is not None
    timer.join(20)
    assert not failures


def bound(seconds: float, value: int) -> Event:
    parts = BoundParts(Fraction(value - 2), Fraction(3, 2), Fraction(0))
    return Event(seconds, "stack", bound=Bound(Fraction(value), parts, "stack", seconds, "{}"))


def test_a_bound_is_a_line_that_calls_it_a_claim() -> None:
    [line] = plain([bound(1.25, 900)])
    expected = "1.2 s claimed bound 900 (time 898, wire 1.5, adapters 0) stack"
    assert line.split() == expected.split()


def test_a_burst_of_bounds_shows_its_first_and_its_last() -> None:
    lines = plain([bound(0.1 * i, 900 + i) for i in range(1, 11)])
    assert [line.split()[4] for line in lines] == ["901", "910"]


class Broken(io.StringIO):
    """A pipe or a terminal that nobody reads any more."""

    def __init__(self, error: Exception, terminal: bool = False) -> None:
        super().__init__()
        self.error, self.terminal = error, terminal

    def isatty(self) -> bool:
        return self.terminal

    def write(self, text: str) -> int:
        raise self.error

    def flush(self) -> None:
        raise self.error


class NoTerminal:
    """What embedding programs put in the place of standard error: it can write and no more."""

    def write(self, text: str) -> None:
        pass


def closed() -> io.StringIO:
    stream = io.StringIO()
    stream.close()
    return stream


BROKEN = {
    "pipe": Broken(BrokenPipeError(32, "Broken pipe")),
    "terminal": Broken(OSError(5, "Input/output error"), terminal=True),
    "full": Broken(OSError(28, "No space left on device")),
    "bad number": Broken(OSError(9, "Bad file descriptor"), terminal=True),
    "closed": closed(),
    "no stream": object(),
    "writes only": NoTerminal(),
    "none": None,
}


@pytest.mark.parametrize("stream", BROKEN.values(), ids=BROKEN)
def test_a_display_that_cannot_be_written_does_not_end_the_run(
    stream: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    with open_observer(stream) as observer:
        observer(incumbent(0.0, 900))
        observer(Event(0.1, "setup", "compiling"))
        observer.watch(Activity(0.2, ("rows",), ()))
        if isinstance(observer, LiveView):
            observer._live.refresh()
        observer(bound(0.3, 800))


@pytest.mark.parametrize(
    ("stream", "quiet", "kind"),
    [(io.StringIO(), False, PlainLines), (Terminal(), False, LiveView), (Terminal(), True, NullObserver)],
)
def test_the_observer_suits_the_stream(
    stream: io.StringIO, quiet: bool, kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(open_observer(stream, quiet), kind)


def test_a_dumb_terminal_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(open_observer(Terminal()), PlainLines)
