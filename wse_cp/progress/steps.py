"""Progress of a work of known length, such as an import: nothing for a moment, then how far it is."""

from __future__ import annotations

import os
import time
from types import TracebackType
from typing import Self, TextIO, cast

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from wse_cp.streams import Guarded

#: Seconds before a terminal shows anything, and seconds to each line of another stream.
PATIENCE, PAUSE = 1.0, 5.0


class Steps:
    """Shows a step's name, how much of it is done and of how much; to be used in a ``with`` statement.

    A terminal gets a bar that vanishes at the end, another stream a line now and then, None nothing.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = None if stream is None else Guarded(stream)
        self._is_live = (
            self._stream is not None and self._stream.isatty() and os.environ.get("TERM") != "dumb"
        )
        self._due = time.monotonic() + (PATIENCE if self._is_live else PAUSE)
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __call__(self, what: str, done: int, total: int) -> None:
        """Take notice of how far the step `what` is."""
        if self._stream is None or time.monotonic() < self._due:
            return
        if self._is_live:
            self._draw(what, done, total)
            return
        print(f"{what}: {done:,} of {total:,}", file=cast(TextIO, self._stream), flush=True)
        self._due = time.monotonic() + PAUSE

    def _draw(self, what: str, done: int, total: int) -> None:
        if self._bar is None:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
            )
            console = Console(file=cast(TextIO, self._stream), markup=False, emoji=False)
            self._bar = Progress(*columns, console=console, transient=True)
            self._bar.start()
            self._task = self._bar.add_task(what)
        self._bar.update(cast(TaskID, self._task), description=what, completed=done, total=total)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.stop()
