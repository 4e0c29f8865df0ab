"""What a worker is asked by the client: to work on a task, and to exchange what it has for what others have.

Dask sends these functions by their names, so that a worker runs those of its own installation. They are quick
to import.
"""

from __future__ import annotations

import asyncio
import threading
from typing import Protocol


class Exchanging(Protocol):
    """A search that is under way in this process."""

    def work(self) -> None:
        """Search until the time is over; in a thread that the cluster gives for it."""

    def exchange(self, order: str) -> str:
        """Take an order and return a report."""


_lock = threading.Lock()
_sessions: dict[str, Exchanging] = {}


def work(key: str, task: str) -> str:
    """Work on a task until its time is over, it is told to stop, or nobody asks for reports any more.

    Parameters
    ----------
    key
        By which orders name it.
    task
        The text of a `messages.Task`.

    Returns
    -------
    str
        The key: what was found is in the reports.
    """
    from wse_cp.cluster.session import open_session  # late: the search takes a while to load

    session = open_session(task)
    with _lock:
        _sessions[key] = session
    try:
        session.work()
    finally:
        with _lock:
            del _sessions[key]
    return key


async def exchange(key: str, order: str) -> str | None:
    """Give an order to a task in this process and return its report; None if there is no such task.

    It runs in a thread of its own: the worker's heartbeat must not wait for it.
    """
    with _lock:
        session = _sessions.get(key)
    return None if session is None else await asyncio.to_thread(session.exchange, order)
