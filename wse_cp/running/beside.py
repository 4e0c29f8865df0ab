"""The bound beside a search, and the end of the search when the incumbent is proven optimal."""

from __future__ import annotations

import logging
import threading
from fractions import Fraction
from functools import partial

from wse_cp.bounds.background.messages import Known
from wse_cp.bounds.background.process import BoundProcess, ProcessEndedError
from wse_cp.strategy import Run

#: Seconds that the last bound is waited for at the end.
_LAST_STEP = 0.5
#: How many processes may work on the bound, one after the other: each but the last one may end.
_TRIES = 3

_log = logging.getLogger(__name__)


class BoundBeside:
    """Bounds the cost beside the search, and ends the search when the incumbent is proven optimal."""

    def __init__(self, run: Run, bound: BoundProcess) -> None:
        self._run, self.bound = run, bound
        self._thread: threading.Thread | None = None
        self.optimal = False

    def start(self) -> None:
        """Work in a thread of its own; that it fails must not end the search."""
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop working, also after a search that failed; wait a moment for the bound so far."""
        self._run.stop.set()
        if self._thread is not None:
            self._thread.join(_LAST_STEP)

    def _work(self) -> None:
        run, incumbent = self._run, self._run.incumbent
        try:
            with incumbent.working("bound"):
                self.optimal = self._proven()
        except Exception as error:
            _log.info("the bound failed", exc_info=True)
            incumbent.say("bound", f"given up: {error}")
        if self.optimal:
            run.stop.set()

    def _proven(self) -> bool:
        """Return whether the incumbent is proven optimal; a process that ends has others in its place."""
        run, incumbent, known = self._run, self._run.incumbent, self._run.memory.known
        for tries_left in reversed(range(_TRIES)):
            try:
                return self.bound.run(
                    incumbent.instance,
                    run.options.workers,
                    self._cost,
                    lambda: run.left() < 0,
                    incumbent.say_bound,
                    partial(incumbent.offer, source="proof"),
                    run.proof,
                    known,
                )
            except ProcessEndedError as error:
                if not tries_left or run.left() < 0 or not self.bound.again():
                    raise
                incumbent.say("bound", f"begun again: {error}")
                known = self._so_far()
        return False

    def _so_far(self) -> Known:
        """Return what is known by now."""
        best = self.bound.best
        if best is None:
            return self._run.memory.known
        return Known(best) if self.bound.verified else Known(certificate=best.certificate)

    def _cost(self) -> Fraction | None:
        best = self._run.incumbent.best
        return None if best is None else best.score.cost
