"""Progress as lines of text, for pipes and files."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager, suppress
from typing import TYPE_CHECKING, Self, TextIO

from wse_cp.decimals import exact_text
from wse_cp.progress.events import Activity, Event

if TYPE_CHECKING:
    from wse_cp.bounds.result import Bound
    from wse_cp.score import Score


class NullObserver(AbstractContextManager["NullObserver"]):
    """An observer and monitor that shows nothing; those that show something derive from it.

    To use in a ``with`` statement, which ends what it holds open or held back.
    """

    def __call__(self, event: Event) -> None:
        """Show or record an event."""

    def watch(self, activity: Activity) -> None:
        """Show or record the current activity."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Print what is still held back."""


class PlainLines(NullObserver):
    """Prints a line for each message, incumbent and bound.

    Of incumbents, and of bounds, at most one is printed every `pause` seconds, besides what there is at
    second 0; the latest of those held back is printed with the next message, after the pause or at the end.
    """

    def __init__(self, stream: TextIO, pause: float = 2.0) -> None:
        self._stream, self._pause = stream, pause
        self._next = {True: 0.0, False: 0.0}  # of bounds, of incumbents
        self._held: dict[bool, Event] = {}
        self._lock = threading.RLock()
        self._timer: threading.Timer | None = None  # that ends the pause of what is held back

    def __call__(self, event: Event) -> None:
        """Print the event, or hold it back if another of its kind was printed just now."""
        kind = event.bound is not None
        with self._lock:
            if event.is_message:
                self._flush()
                self._print(event)
            elif event.seconds < self._next[kind]:
                self._hold(event)
            else:
                self._held.pop(kind, None)
                self._next[kind] = event.seconds + self._pause if event.seconds else 0.0
                self._print(event)

    def __exit__(self, *_: object) -> None:
        """Print what was held back last."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._flush()

    def _hold(self, event: Event) -> None:
        """Hold an event back; it is shown when the pause is over, if nothing shows it sooner."""
        kind = event.bound is not None
        self._held[kind] = event
        if self._timer is None:
            self._timer = threading.Timer(self._next[kind] - event.seconds, self._show_held)
            self._timer.daemon = True
            self._timer.start()

    def _show_held(self) -> None:
        """Print what is held back, as the pause is over; if nobody reads any more, the next line says so."""
        with self._lock, suppress(OSError, ValueError):
            self._timer = None
            for kind, event in self._held.items():
                self._next[kind] = max(self._next[kind], event.seconds) + self._pause
            self._flush()

    def _flush(self) -> None:
        for event in sorted(self._held.values(), key=lambda event: event.seconds):
            self._print(event)
        self._held.clear()

    def _print(self, event: Event) -> None:
        print(plain_line(event), file=self._stream, flush=True)


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
    if parts is None:
        return [exact_text(bound.value), *["-"] * 3]
    return [exact_text(part) for part in (bound.value, parts.time, parts.wire, parts.adapters)]


def plain_line(event: Event) -> str:
    """Return the event as one line of text."""
    if event.bound is not None:
        value, time_part, wire, adapters = bound_cells(event.bound)
        parts = f"claimed bound {value}  (time {time_part}, wire {wire}, adapters {adapters})"
        if event.bound.parts is None:
            parts = f"known bound {value}"
        return f"{event.seconds:7.1f} s  {parts}  {event.source}".rstrip()
    if event.score is None:
        return f"{event.seconds:7.1f} s  {event.source}: {event.message}"
    cost, max_time, wire, adapters = score_cells(event.score)
    parts = f"cost {cost}  (max time {max_time}, wire length {wire}, adapters {adapters})"
    return f"{event.seconds:7.1f} s  {parts}  {event.source} {event.message}".rstrip()
