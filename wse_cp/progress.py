"""Progress of a run: events, and the observers that print them on standard error."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from wse_cp.bounds.result import Bound
from wse_cp.decimals import exact_text
from wse_cp.score import Score


@dataclass(frozen=True)
class Event:
    """Something worth telling: a new incumbent (with its score), a better bound, or a message (neither).

    `seconds` counts from the start of the run; `source` names what found it.
    """

    seconds: float
    source: str
    message: str = ""
    score: Score | None = None
    bound: Bound | None = None

    @property
    def is_message(self) -> bool:
        """Whether there is nothing to tell but the message."""
        return self.score is None and self.bound is None


Observer = Callable[[Event], None]


class _Closing(AbstractContextManager["_Closing"]):
    """An observer that may hold something open until the run ends."""

    def __call__(self, event: Event) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Print what is still held back."""


class NullObserver(_Closing):
    """Says nothing."""

    def __call__(self, event: Event) -> None:
        """Ignore the event."""


class PlainLines(_Closing):
    """A line per message and per incumbent or bound, of each of these at most one every `pause` seconds.

    The last one of a burst is not lost: it follows with the next message, or at the end.
    """

    def __init__(self, stream: TextIO, pause: float = 2.0) -> None:
        self._stream, self._pause = stream, pause
        self._next = {True: 0.0, False: 0.0}  # of bounds, of incumbents
        self._held: dict[bool, Event] = {}

    def __call__(self, event: Event) -> None:
        """Print the event, or hold it back if another of its kind was printed just now."""
        kind = event.bound is not None
        if event.is_message:
            self._flush()
            self._print(event)
        elif event.seconds < self._next[kind]:
            self._held[kind] = event
        else:
            self._held.pop(kind, None)
            self._next[kind] = event.seconds + self._pause
            self._print(event)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Print what was held back last."""
        self._flush()

    def _flush(self) -> None:
        for event in sorted(self._held.values(), key=lambda event: event.seconds):
            self._print(event)
        self._held.clear()

    def _print(self, event: Event) -> None:
        print(plain_line(event), file=self._stream, flush=True)


class LiveTable(_Closing):
    """A live table on a terminal: the clock, the last incumbents or bounds with their parts."""

    def __init__(self, stream: TextIO, rows: int = 6) -> None:
        self._events: deque[Event] = deque(maxlen=rows)
        self._start = time.monotonic()
        self._message = "starting"
        self._live = Live(
            console=Console(file=stream), get_renderable=self._render, refresh_per_second=4, transient=True
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __call__(self, event: Event) -> None:
        """Take the event up; the table redraws itself."""
        if event.is_message:
            self._message = event.message
        else:
            self._events.append(event)
            self._message = ""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the table and give the terminal back."""
        self._live.stop()

    def _render(self) -> RenderableType:
        clock = Text(f"{time.monotonic() - self._start:7.1f} s  {self._message}", style="dim")
        events = list(self._events)
        incumbents = [event for event in events if event.score is not None]
        bounds = [event for event in events if event.bound is not None]
        tables = [
            table(news) for table, news in ((incumbent_table, incumbents), (bound_table, bounds)) if news
        ]
        return Group(*tables, clock)


def incumbent_table(events: list[Event]) -> Table:
    """Return a table of incumbents, the last one stressed."""
    headings = ("seconds", "cost", "max time", "wire length", "adapters", "found by")
    return _table(headings, [(event, score_cells(event.score)) for event in events])


def bound_table(events: list[Event]) -> Table:
    """Return a table of bounds, the last one stressed; only the verifier makes them more than claims."""
    headings = ("seconds", "claimed bound", "of time", "of wire", "of adapters", "found by")
    return _table(headings, [(event, bound_cells(event.bound)) for event in events])


def _table(headings: Sequence[str], rows: list[tuple[Event, list[str]]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, justify="left" if heading == headings[-1] else "right")
    for event, cells in rows:
        style = "bold" if event is rows[-1][0] else "dim"
        table.add_row(f"{event.seconds:.1f}", *cells, Text(event.source), style=style)
    return table


def score_cells(score: Score | None) -> list[str]:
    """Return cost, max time, wire length and adapters as exact text."""
    if score is None:
        return ["-"] * 4
    return [exact_text(part) for part in (score.cost, score.max_time, score.wire_length, score.adapters)]


def bound_cells(bound: Bound | None) -> list[str]:
    """Return a bound and its parts of time, wire and adapters as exact text."""
    if bound is None:
        return ["-"] * 4
    parts = bound.parts
    return [exact_text(part) for part in (bound.value, parts.time, parts.wire, parts.adapters)]


def plain_line(event: Event) -> str:
    """Return the event as one line of text."""
    if event.bound is not None:
        value, time_part, wire, adapters = bound_cells(event.bound)
        parts = f"claimed bound {value}  (time {time_part}, wire {wire}, adapters {adapters})"
        return f"{event.seconds:7.1f} s  {parts}  {event.source}".rstrip()
    if event.score is None:
        return f"{event.seconds:7.1f} s  {event.source}: {event.message}"
    cost, max_time, wire, adapters = score_cells(event.score)
    parts = f"cost {cost}  (max time {max_time}, wire length {wire}, adapters {adapters})"
    return f"{event.seconds:7.1f} s  {parts}  {event.source} {event.message}".rstrip()


def open_observer(stream: TextIO, quiet: bool = False) -> NullObserver | PlainLines | LiveTable:
    """Return the observer that suits the stream, to be used in a ``with`` statement."""
    if quiet:
        return NullObserver()
    return LiveTable(stream) if stream.isatty() else PlainLines(stream)
