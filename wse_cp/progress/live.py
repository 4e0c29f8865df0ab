"""Observers that redraw the view of a run in place: on a terminal, and in a notebook's cell."""

from __future__ import annotations

import logging
import time
from importlib import import_module
from io import StringIO
from typing import Any, Self, TextIO

from rich.console import Console, RenderableType
from rich.live import Live

from wse_cp.progress.events import Activity, Event
from wse_cp.progress.lines import NullObserver
from wse_cp.progress.view import Frame, RunState, view

_log = logging.getLogger(__name__)

#: Redraws per second.
_REFRESH = 4


class LiveView(NullObserver):
    """Redraws the view of a run in place, and removes it at the end.

    Parameters
    ----------
    stream
        The terminal.
    time_limit
        Of the run (seconds), if it has one.
    """

    def __init__(self, stream: TextIO, time_limit: float | None = None) -> None:
        self._state, self._limit = RunState(), time_limit
        self._console = Console(file=stream, markup=False, emoji=False)
        self._live = Live(
            console=self._console, get_renderable=self._render, refresh_per_second=_REFRESH, transient=True
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __call__(self, event: Event) -> None:
        """Record the event; the view redraws itself."""
        self._state.record(event)

    def watch(self, activity: Activity) -> None:
        """Record the activity."""
        self._state.watch(activity)

    def __exit__(self, *_: object) -> None:
        """Remove the view and give the terminal back."""
        self._live.stop()

    def _render(self) -> RenderableType:
        console = self._console
        frame = Frame(console.width, console.height, console.options.ascii_only)
        return view(self._state, frame, self._limit)


_FRAME = Frame(width=90, height=30)
#: Seconds between two drawings.
_PAUSE = 0.5
_HTML = '<pre style="line-height:1.15;white-space:pre;overflow-x:auto">{code}</pre>'


def view_html(state: RunState, time_limit: float | None = None) -> str:
    """Return the view of a run as HTML; texts in it are escaped."""
    console = Console(
        file=StringIO(),
        record=True,
        width=_FRAME.width,
        markup=False,
        emoji=False,
        color_system="truecolor",
        force_terminal=True,
        force_jupyter=False,  # else it would display what it prints
    )
    console.print(view(state, _FRAME, time_limit))
    return console.export_html(inline_styles=True, code_format=_HTML)


class NotebookView(NullObserver):
    """Keeps one output of the cell up to date; drawn from the thread that called the solver.

    The last state stays when the run is over.
    """

    def __init__(self, time_limit: float | None = None) -> None:
        display = import_module("IPython.display")  # a notebook has it
        self._html: Any = display.HTML
        self._state, self._limit = RunState(), time_limit
        self._next = time.monotonic() + _PAUSE
        self._broken = False
        self._output: Any = display.display(self._drawing(), display_id=True)

    def __call__(self, event: Event) -> None:
        """Record the event; draw at once if it is a message, because a wait may follow."""
        self._state.record(event)
        if event.is_message:
            self._draw()

    def watch(self, activity: Activity) -> None:
        """Record the activity, and draw if the last drawing is long enough ago."""
        self._state.watch(activity)
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _PAUSE
            self._draw()

    def __exit__(self, *_: object) -> None:
        """Draw the final state."""
        if self._state.activity is not None:
            ended = Activity(self._state.activity.seconds, (), self._state.activity.statistics)
            self._state.activity = ended
        self._draw()

    def _draw(self) -> None:
        """Draw as long as that is possible: a notebook that has gone does not end the run."""
        if not self._broken:
            try:
                self._output.update(self._drawing())
            except Exception:
                self._broken = True
                _log.info("the view could not be drawn", exc_info=True)

    def _drawing(self) -> Any:
        return self._html(view_html(self._state, self._limit))
