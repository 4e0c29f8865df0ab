"""The live view on a terminal."""

from __future__ import annotations

from types import TracebackType
from typing import Self, TextIO

from rich.console import Console, RenderableType
from rich.live import Live

from wse_cp.progress.events import Activity, Event
from wse_cp.progress.lines import Closing
from wse_cp.progress.story import Story
from wse_cp.progress.view import Frame, view

#: Times a second that the view is drawn anew.
_REFRESH = 4


class LiveView(Closing):
    """Redraws the view of a run in place, and removes it at the end.

    Parameters
    ----------
    stream
        The terminal.
    time_limit
        Of the run (seconds), if it has one.
    """

    def __init__(self, stream: TextIO, time_limit: float | None = None) -> None:
        self._story, self._limit = Story(), time_limit
        self._console = Console(file=stream)
        self._live = Live(
            console=self._console, get_renderable=self._render, refresh_per_second=_REFRESH, transient=True
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __call__(self, event: Event) -> None:
        """Take the event up; the view redraws itself."""
        self._story.take(event)

    def watch(self, activity: Activity) -> None:
        """Take up who searches."""
        self._story.watch(activity)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the view and give the terminal back."""
        self._live.stop()

    def _render(self) -> RenderableType:
        console = self._console
        frame = Frame(console.width, console.height, console.options.ascii_only)
        return view(self._story, frame, self._limit)
