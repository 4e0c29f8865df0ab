"""Progress of a run: events, and the observers that show them as lines, on a terminal or in a notebook.

`events` is what a run reports, to the package's observers and to the user's; `lines` prints a line for each
event, `live` redraws a view in place. `view` lays that view out, with the `chart` of the cost over time.
`steps` shows how far a work of known length is, such as an import.
Start with `open_observer`, which chooses the observer that suits the output.
"""

from __future__ import annotations

import os
import sys
from typing import TextIO, cast

from wse_cp.progress.events import Activity, Event, GuardedMonitor, GuardedObserver, Monitor, Observer
from wse_cp.progress.lines import NullObserver, PlainLines, bound_cells, plain_line, score_cells
from wse_cp.streams import Guarded

__all__ = [
    "Activity",
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


def open_observer(
    stream: TextIO | None, quiet: bool = False, time_limit: float | None = None
) -> NullObserver:
    """Return the observer that suits the stream: silent, lines or live; to be used in a ``with`` statement.

    A stream that cannot be written to any more ends the showing, not the run.

    `time_limit` (seconds) is shown beside the clock.
    """
    if quiet or stream is None:
        return NullObserver()
    shown = Guarded(stream)
    if not shown.isatty() or os.environ.get("TERM") == "dumb":
        return PlainLines(cast(TextIO, shown))
    from wse_cp.progress.live import LiveView  # late, because few commands need rich's live display

    return LiveView(cast(TextIO, shown), time_limit)


def open_view(wanted: bool, time_limit: float | None = None) -> NullObserver:
    """Return the observer for a notebook's cell or, elsewhere, standard error; a silent one if not wanted."""
    if not wanted or not in_notebook():
        return open_observer(sys.stderr, not wanted, time_limit)
    from wse_cp.progress.live import NotebookView

    return NotebookView(time_limit)


def in_notebook() -> bool:
    """Tell whether this process is the kernel of a notebook (which has loaded IPython already)."""
    module = sys.modules.get("IPython")
    shell = module.get_ipython() if module is not None else None
    return shell is not None and hasattr(shell, "kernel")
