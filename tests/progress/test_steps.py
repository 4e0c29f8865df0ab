"""How far an import is: silent at first, a bar on a terminal, lines elsewhere."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest

from wse_cp.progress import steps
from wse_cp.progress.steps import Steps


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "PATIENCE", 0)
    monkeypatch.setattr(steps, "PAUSE", 0)
    monkeypatch.setenv("TERM", "xterm")


def test_quick_work_shows_nothing() -> None:
    for stream in (Terminal(), io.StringIO()):
        with Steps(stream) as shown:
            shown("shapes", 1, 2)
        assert stream.getvalue() == ""


@pytest.mark.usefixtures("at_once")
def test_a_stream_gets_lines() -> None:
    stream = io.StringIO()
    with Steps(stream) as shown:
        shown("shapes", 1000, 2000)
        shown("shapes", 2000, 2000)
    assert stream.getvalue() == "shapes: 1,000 of 2,000\nshapes: 2,000 of 2,000\n"


@pytest.mark.usefixtures("at_once")
def test_a_terminal_gets_a_bar_that_vanishes_even_after_an_error() -> None:
    stream = Terminal()
    with suppress(ValueError), Steps(stream) as shown:
        shown("shapes", 1, 2)
        raise ValueError("broken")
    text = stream.getvalue()
    assert "shapes" in text
    assert "1/2" in text
    assert text.rstrip().endswith("\x1b[2K")  # the line is erased


@pytest.mark.usefixtures("at_once")
def test_a_dumb_terminal_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    stream = Terminal()
    with Steps(stream) as shown:
        shown("shapes", 1, 2)
    assert stream.getvalue() == "shapes: 1 of 2\n"


@pytest.mark.usefixtures("at_once")
def test_without_a_stream_or_with_a_broken_one_the_work_goes_on() -> None:
    closed = io.StringIO()
    closed.close()
    for stream in (None, closed):
        with Steps(stream) as shown:
            shown("shapes", 1, 2)
