"""Progress of a run: events, and the observers that show them as lines, on a terminal, in a notebook."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from wse_cp.progress.events import Activity, Event, GuardedMonitor, GuardedObserver, Monitor, Observer
from wse_cp.progress.lines import Closing, NullObserver, PlainLines, bound_cells, plain_line, score_cells

__all__ = [
    "Activity",
    "Closing",
    "Event",
    "GuardedMonitor",
    "GuardedObserver",
    "Monitor",
    "NullObserver",
    "Observer",
    "PlainLines",
    "bound_cells",
    "open_observer",
    "open_view",
    "plain_line",
    "score_cells",
]


def open_observer(stream: TextIO, quiet: bool = False, time_limit: float | None = None) -> Closing:
    """Return the observer that suits the stream, to be used in a ``with`` statement.

    `time_limit` (seconds) is shown beside the clock.
    """
    if quiet:
        return NullObserver()
    if not stream.isatty() or os.environ.get("TERM") == "dumb":
        return PlainLines(stream)
    from wse_cp.progress.live import LiveView  # late, because few commands need a terminal's tables

    return LiveView(stream, time_limit)


def open_view(wanted: bool, time_limit: float | None = None) -> Closing:
    """Return what shows progress in a notebook's cell, or else on standard error, if that is wanted."""
    if not wanted or not in_notebook():
        return open_observer(sys.stderr, not wanted, time_limit)
    from wse_cp.progress.live import NotebookView

    return NotebookView(time_limit)


def in_notebook() -> bool:
    """Tell whether this process is the kernel of a notebook (which has loaded IPython already)."""
    module = sys.modules.get("IPython")
    shell = module.get_ipython() if module is not None else None
    return shell is not None and hasattr(shell, "kernel")
