"""The thread that a run searches in."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from wse_cp.running.beside import BoundBeside
from wse_cp.running.prepared import Prepared
from wse_cp.strategy import Run

#: Seconds between looks at a search that should have ended.
_PERIOD = 0.1

_log = logging.getLogger(__name__)


class SearchThread:
    """Searches until the time is up or the user asks to stop, in a thread that is left behind if it is late.

    Single steps (a table for a huge wafer, rows of a thousand kernels) can take seconds and know no
    clock.
    """

    def __init__(
        self, prepared: Prepared, run: Run, beside: BoundBeside, find: Callable[[Run], None]
    ) -> None:
        self._run, self._beside, self._find = run, beside, find
        self._over, self._watched = prepared.over, prepared.watched
        self._failures: list[Exception] = []
        self.asked = False

    def run(self) -> Exception | None:
        """Search; return what it failed with, if it did. What was stopped before stays as it is."""
        if self._over() and self._run.incumbent.best is not None:
            self._stop()
            return None
        thread = threading.Thread(target=self._work, name="search", daemon=True)
        thread.start()
        try:
            try:
                self._wait(thread)
            except KeyboardInterrupt:
                if self._run.incumbent.best is None:
                    raise
                self._stop()
                self._wait(thread)
        except BaseException:  # by Ctrl-C or a monitor: nothing may search on behind the caller's back
            self._stop()
            raise
        return next(iter(self._failures), None)

    def _work(self) -> None:
        try:
            self._beside.start()
            self._find(self._run)
        except Exception as error:
            _log.info("the search failed", exc_info=True)
            self._failures.append(error)

    def _wait(self, thread: threading.Thread) -> None:
        incumbent = self._run.incumbent
        while thread.is_alive() and not self._run.overdue():
            if self._over():
                self._stop()
            self._watched.look(incumbent.activity)
            thread.join(_PERIOD)

    def _stop(self) -> None:
        self.asked = True
        self._run.stop.set()
