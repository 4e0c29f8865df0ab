"""The client's side of a run on a cluster: a search that goes on elsewhere."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from threading import Event
from typing import TYPE_CHECKING, Any

from wse_cp.checkpoint.memory import Memory
from wse_cp.cluster.connection import connected
from wse_cp.cluster.desk import Desk
from wse_cp.cluster.members import Members
from wse_cp.cluster.spread_bound import Bounding
from wse_cp.incumbent import Incumbent
from wse_cp.options import RunOptions
from wse_cp.strategy import Run

if TYPE_CHECKING:
    from distributed import Client

#: Seconds that the other workers are waited for once the first one is ready to begin.
_OTHERS = 5.0
#: Seconds without any worker after which a run that has not begun ends.
NOBODY = 60.0
#: Seconds between looks.
_PERIOD = 0.05
#: Seconds for the last reports.
_LAST_REPORTS = 4.0


class Portfolio:
    """A search that goes on elsewhere: `prepare` once, then `search` for one run.

    Parameters
    ----------
    client
        Of a cluster of Dask.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._desk: Desk | None = None
        self._members: Members | None = None
        self._attending: Future[None] | None = None
        self._ended = False

    @property
    def lost(self) -> str:
        """Why the cluster is of no use any more; empty as long as it is."""
        return "" if self._members is None else self._members.lost

    def prepare(
        self, incumbent: Incumbent, options: RunOptions, memory: Memory, over: Callable[[], bool]
    ) -> None:
        """Give tasks to all workers, and wait until some are ready to search, or `over`."""
        self._desk = Desk(incumbent, options, memory)
        members = self._members = Members(self._client, self._desk)
        self._attending = self._on_loop(members.run())
        began = time.monotonic()
        first: float | None = None
        while not (over() or self.lost):
            now, states = time.monotonic(), [member.state for member in members.all]
            ready = [state for state in states if state not in ("unknown", "loading", "compiling")]
            if first is None and ready:
                first = now
            if first is not None and (len(ready) == len(states) or now - first > _OTHERS):
                return
            if not states and now - began > NOBODY:
                members.lost = f"no worker of this version within {NOBODY:.0f} s"
            time.sleep(_PERIOD)

    def search(self, run: Run, bounding: Bounding) -> None:
        """Let the workers search until the time is up, the run is stopped, or nobody can search any more."""
        assert self._desk is not None
        self._desk.begin(run, bounding)
        while run.left() > 0 and not (self.lost or self._through()):
            time.sleep(_PERIOD)
        self._end()
        if self.lost:
            self._desk.say(f"{self.lost}; the run ends with the best placement so far")

    def _through(self) -> bool:
        """Tell whether all who search for placements have ended, as when there is nothing left to search."""
        members = [] if self._members is None else self._members.all
        states = [member.state for member in members if not member.bounds]
        return bool(states) and all(state == "ended" for state in states)

    def close(self) -> None:
        """Let nothing go on at the workers, however the run ended."""
        self._end()
        if self._attending is not None:
            self._attending.cancel()

    def _end(self) -> None:
        if self._ended or self._members is None:
            return
        self._ended = True
        with suppress(Exception):  # a loop that is closed, an end that takes too long
            self._on_loop(self._members.finish()).result(_LAST_REPORTS)

    def _on_loop(self, coroutine: Any) -> Future[None]:
        loop: Any = self._client.loop
        return asyncio.run_coroutine_threadsafe(coroutine, loop.asyncio_loop)


@contextmanager
def opened(cluster: str | Client, stop: Event | None) -> Iterator[Portfolio]:
    """Give the search on a cluster (see `connection.connected`)."""
    with connected(cluster, stop) as client:
        portfolio = Portfolio(client)
        try:
            yield portfolio
        finally:
            portfolio.close()
