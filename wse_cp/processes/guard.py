"""Keeps the memory of this process and its children below a limit, by having their parts give it up.

Memory is looked at every second, near the limit more often. The nearer it is, the more is asked for: see
`reliefs`. At last the largest child is ended; whoever uses it starts another one, or goes on without.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

import psutil

from wse_cp.machine.memory import Member, release, tree_memory
from wse_cp.options import size_text
from wse_cp.processes.child_process import START
from wse_cp.processes.reliefs import RELIEFS, Pressure, Reliefs

_log = logging.getLogger(__name__)

#: Seconds between two looks near the limit and far from it, and between two times of the same relief.
PERIOD, _CALM_PERIOD, _PAUSE = 0.25, 1.0, 3.0
#: Share of the limit from which on it is near.
_NEAR = 0.4
#: Shares of the limit from which on memory is scarce, short, spent.
_SCARCE, _SHORT, _SPENT = 0.75, 0.85, 0.95
#: From so many bytes on what is freed is given back to the system now and then, whatever the limit is.
_MUCH, _TIDY_PAUSE = 600 * 10**6, 30.0


class MemoryGuard:
    """Looks after the memory of the process tree in a thread of its own; a context manager.

    Parameters
    ----------
    limit
        Bytes.
    tell
        Told, once each, that memory is short and that the limit cannot be kept.
    measure
        Returns the memory of this process, first, and of its children.
    reliefs
        Who is asked.
    end
        Ends a child.
    """

    def __init__(
        self,
        limit: int,
        tell: Callable[[str], object],
        measure: Callable[[], Sequence[Member]] | None = None,
        reliefs: Reliefs = RELIEFS,
        end: Callable[[int], object] | None = None,
    ) -> None:
        self._limit, self._tell, self._reliefs = limit, tell, reliefs
        self._measure = measure or partial(tree_memory, START, int(_SCARCE * limit))
        self._end = end or _kill
        self._over = threading.Event()
        self._told: set[str] = set()
        self._asked = dict.fromkeys(Pressure, float("-inf"))
        self._tidied = float("-inf")
        self._thread = threading.Thread(target=self._work, name="memory", daemon=True)

    def __enter__(self) -> MemoryGuard:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        period = PERIOD
        while not self._over.wait(period):
            try:
                period = PERIOD if self.look() > _NEAR * self._limit else _CALM_PERIOD
            except Exception:  # a defect here must not end what it looks after
                _log.info("memory could not be looked at", exc_info=True)

    def look(self) -> int:
        """Look once, ask for relief if need be; return the memory in use (bytes)."""
        members = self._measure()
        used = sum(member.memory for member in members)
        share, now = used / self._limit, time.monotonic()
        if share >= _SHORT:
            self._say(f"short (limit {size_text(self._limit)}): fewer things at the same time")
        for pressure, least in (
            (Pressure.SCARCE, _SCARCE),
            (Pressure.SHORT, _SHORT),
            (Pressure.SPENT, _SPENT),
        ):
            if share >= least and now >= self._asked[pressure] + _PAUSE:
                self._asked[pressure] = now
                self._reliefs.ask(pressure)
                if pressure == Pressure.SPENT:
                    self._end_largest(members[1:], used)
        scarce = share >= _SCARCE
        if (scarce or used >= _MUCH) and now >= self._tidied + (_PAUSE if scarce else _TIDY_PAUSE):
            self._tidied = now
            release(collect=scarce)
        return used

    def _end_largest(self, children: Sequence[Member], used: int) -> None:
        """End the largest child; say so if there is none and memory is beyond the limit."""
        if children:
            largest = max(children, key=lambda child: child.memory)
            _log.info("process %d is ended: memory is spent", largest.pid)
            self._end(largest.pid)
        elif used > self._limit:
            self._say(f"the limit of {size_text(self._limit)} cannot be kept: {size_text(used)} in use")

    def _say(self, text: str) -> None:
        key = text.partition("(")[0].partition(":")[0]
        if key not in self._told:
            self._told.add(key)
            self._tell(text)


def _kill(pid: int) -> None:
    with suppress(psutil.Error):
        psutil.Process(pid).kill()
